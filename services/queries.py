"""Reads over requests: who looks after them, what is promised, and the time that is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, User
from accounts.queries import people_with
from core.worktime import WorkingCalendar, local_date
from parks.queries import calendar_of, calendars_of, rules_of, unpublished_years
from services import clocks
from services.models import CatalogueItem, Ticket, TicketClock, TicketState


def enterprise_users(park_id: int, company_id: int) -> list[User]:
    """The people of an enterprise who use the portal in that park."""
    return list(
        User.objects.filter(
            is_active=True,
            memberships__park_id=park_id,
            memberships__company_id=company_id,
            memberships__is_active=True,
            memberships__role__code="enterprise",
        ).distinct()
    )


def receivers(ticket: Ticket) -> list[User]:
    """Who is told about a request: its holder; before there is one, its window, else all who receive requests."""
    if ticket.holder is not None:
        return [ticket.holder]
    people = people_with("tickets.receive", ticket.park_id)
    if ticket.department_id:
        here = Membership.objects.filter(
            park_id=ticket.park_id, department_id=ticket.department_id, is_active=True
        ).values_list("user_id", flat=True)
        people = [person for person in people if person.pk in set(here)] or people
    return people or people_with("tickets.work", ticket.park_id)


@dataclass(frozen=True)
class Promise:
    """What an enterprise is promised when it asks now, and what stands in between."""

    response_due_at: datetime
    resolve_due_at: datetime
    closed: tuple[tuple[date, date], ...] = ()
    """Spans of days, both included, on which the park is shut though the weekday is a working one: holidays."""
    unpublished: tuple[int, ...] = field(default=())
    """Years whose holidays are not published yet, so that the promise may still move."""


def promise(item: CatalogueItem, at: datetime, calendar: WorkingCalendar | None = None) -> Promise:
    """The limits of a request for this service that is submitted at that moment."""
    calendar = calendar or calendar_of(item.park_id)
    response = calendar.add(at, timedelta(minutes=item.response_minutes))
    resolve = calendar.add(at, timedelta(minutes=item.resolve_minutes))
    first, last = local_date(at), local_date(max(response, resolve))
    return Promise(response, resolve, holidays(calendar, first, last), tuple(unpublished_years(first, last)))


def holidays(calendar: WorkingCalendar, first: date, last: date) -> tuple[tuple[date, date], ...]:
    """Spans of closed days that an exception makes, weekends beside them included."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    spans: list[tuple[date, date]] = []
    for day in days:
        if calendar.is_working_day(day):
            continue
        if spans and spans[-1][1] == day - timedelta(days=1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return tuple(span for span in spans if _has_holiday(calendar, span))


def _has_holiday(calendar: WorkingCalendar, span: tuple[date, date]) -> bool:
    first, last = span
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return any(calendar.week.get(day.weekday()) and not calendar.hours(day) for day in days)


@dataclass(frozen=True)
class Timer:
    """The chip of a request: the next limit and the working time until it, or what it waits for."""

    state: str
    """`running`, `soon` (less than a quarter is left), `late`, `paused` or `done`."""
    due_at: datetime
    left: timedelta
    day: timedelta
    is_response: bool = False
    reason: str = ""

    @property
    def days_hours_minutes(self) -> tuple[int, int, int]:
        """Working days, hours and minutes."""
        return clocks.in_days(self.left, self.day)


def timer_of(ticket: Ticket, calendar: WorkingCalendar, now: datetime) -> Timer:
    """Pure: from the request's cached limits, nothing is read."""
    day = clocks.day_of(calendar)
    due = ticket.due_at
    is_response = ticket.responded_at is None and due == ticket.response_due_at
    if not ticket.is_open:
        return Timer("done", due, timedelta(0), day)
    if ticket.state == Ticket.State.WAITING_ENTERPRISE and ticket.waiting_since and not is_response:
        left = clocks.left_of(calendar, due, ticket.waiting_since)
        return Timer("paused", due, left.time, day, reason=ticket.waiting_reason)
    left = clocks.left_of(calendar, due, now)
    state = "late" if left.late else "running"
    if state == "running" and left.time * 4 <= timedelta(minutes=_target(ticket, is_response=is_response)):
        state = "soon"
    return Timer(state, due, left.time, day, is_response, ticket.waiting_reason)


def _target(ticket: Ticket, *, is_response: bool) -> int:
    return int(ticket.item.response_minutes if is_response else ticket.item.resolve_minutes)


def clocks_of(ticket: Ticket) -> list[Any]:
    """All clocks of a request, each with `is_paused` and `is_late` as they stand now."""
    now, waits = timezone.now(), ticket.state == Ticket.State.WAITING_ENTERPRISE
    rows = TicketClock.objects.filter(park_id=ticket.park_id, ticket=ticket).select_related("holder")
    found: list[Any] = list(rows.order_by("clock", "cycle"))
    for row in found:
        pausable = row.clock == TicketClock.Clock.RESOLUTION or row.cycle > 1
        row.is_paused = row.met_at is None and waits and pausable
        row.is_late = row.met_at is None and not row.is_paused and row.due_at < now
    return found


def with_timers(tickets: Sequence[Any]) -> Sequence[Any]:
    """Give each request its `timer`; the calendars of all their parks take two queries."""
    now, calendars = timezone.now(), calendars_of({ticket.park_id for ticket in tickets}) if tickets else {}
    for ticket in tickets:
        ticket.timer = timer_of(ticket, calendars[ticket.park_id], now)
    return tickets


def catalogue_by_category(items: Iterable[CatalogueItem]) -> list[tuple[str, str, list[CatalogueItem]]]:
    """Code, label and services of each category that has some, in the order of the categories."""
    rows = list(items)
    groups = [
        (code, str(label), [row for row in rows if row.category == code])
        for code, label in CatalogueItem.Category.choices
    ]
    return [group for group in groups if group[2]]


def with_promises(items: Sequence[Any]) -> Sequence[Any]:
    """Give each service what is promised for it, in working days of its park's calendar; two queries."""
    days = {park: clocks.day_of(calendar) for park, calendar in calendars_of({item.park_id for item in items}).items()}
    for item in items:
        item.day = days[item.park_id]
    return items


def silence_ends(park_id: int, resolved: datetime) -> date:
    """The last day on which the enterprise may object to a resolution."""
    return calendar_of(park_id).add_working_days(local_date(resolved), rules_of(park_id).silence_days)


def silent_on(ticket: Ticket) -> date | None:
    """The same of one request, None where it is not resolved."""
    rows = TicketState.objects.filter(park_id=ticket.park_id, ticket=ticket, state=Ticket.State.RESOLVED)
    last = rows.order_by("-at", "-id").values_list("at", flat=True).first()
    return silence_ends(ticket.park_id, last) if last else None
