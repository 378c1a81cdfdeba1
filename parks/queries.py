"""A park's rules, its working calendar and the month in which a fact counts."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from core.locking import Turn, wait_turn
from core.worktime import (
    SHANGHAI,
    Interval,
    WorkingCalendar,
    default_week,
    month_bounds,
    published_years,
    statutory_exceptions,
)
from parks.models import CalendarDay, MonthClose, OpeningHours, Park, ParkRules

T = TypeVar("T")

_known: ContextVar[dict[tuple[str, int], Any] | None] = ContextVar("known rules and calendars", default=None)


@contextmanager
def rules_stand_still() -> Iterator[None]:
    """Inside the block, rules and calendars are read once: for a load during which nobody changes them."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def rules_of(park_id: int) -> ParkRules:
    """The park's thresholds, or the defaults where none were set."""
    return _once("rules", park_id, _rules_of)


def _rules_of(park_id: int) -> ParkRules:
    return ParkRules.objects.filter(park_id=park_id).first() or ParkRules(park_id=park_id)


def thresholds_of(park_id: int, *names: str) -> tuple[Any, ...]:
    """Some of the park's thresholds by name, or their defaults: a page that needs two does not read eighty."""
    return thresholds(*names).get(park_id) or tuple(getattr(ParkRules(), name) for name in names)


def thresholds(*names: str) -> dict[int, tuple[Any, ...]]:
    """Some thresholds of every park that the scope reads and that has set any. Every page with leads asks for them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT park_id, {', '.join(names)} FROM parks_parkrules")  # noqa: S608 - our own columns
        return {park_id: tuple(values) for park_id, *values in cursor.fetchall()}


def calendar_of(park_id: int) -> WorkingCalendar:
    """Opening hours, statutory holidays with make-up days, and the park's own exceptions, which win."""
    return _once("calendar", park_id, lambda park: calendars_of([park])[park])


def _once(what: str, park_id: int, read: Callable[[int], T]) -> T:
    known = _known.get()
    if known is None:
        return read(park_id)
    if (what, park_id) not in known:
        known[what, park_id] = read(park_id)
    found: T = known[what, park_id]
    return found


def calendars_of(park_ids: Iterable[int]) -> dict[int, WorkingCalendar]:
    """The calendars of several parks in two queries, for lists."""
    parks = set(park_ids)
    hours: dict[int, dict[int, list[Interval]]] = {park: {} for park in parks}
    for row in OpeningHours.objects.filter(park_id__in=parks).order_by("opens"):
        hours[row.park_id].setdefault(row.weekday, []).append(Interval(row.opens, row.closes))
    days: dict[int, list[CalendarDay]] = {park: [] for park in parks}
    for day in CalendarDay.objects.filter(park_id__in=parks):
        days[day.park_id].append(day)
    return {park: _calendar(hours[park], days[park]) for park in parks}


def _calendar(hours: dict[int, list[Interval]], days: Iterable[CalendarDay]) -> WorkingCalendar:
    week = {day: tuple(spans) for day, spans in hours.items()} or default_week()
    full_day = week.get(0) or default_week()[0]
    exceptions: dict[date, tuple[Interval, ...]] = {}
    this_year = timezone.localdate().year
    for year in range(this_year - 2, this_year + 3):
        exceptions.update(_statutory(year, full_day))
    for row in days:
        exceptions[row.day] = _spans_of(row, full_day)
    return WorkingCalendar(week=week, exceptions=exceptions)


@lru_cache(maxsize=64)
def _statutory(year: int, hours: tuple[Interval, ...]) -> dict[date, tuple[Interval, ...]]:
    """What the State Council published for a year; nothing while it has not."""
    return statutory_exceptions(year, hours) or {}


def _spans_of(row: CalendarDay, full_day: tuple[Interval, ...]) -> tuple[Interval, ...]:
    if not row.is_open:
        return ()
    return (Interval(row.opens, row.closes),) if row.opens and row.closes else full_day


def unpublished_years(first: date, last: date) -> list[int]:
    """The years between two days for which no holidays are known, to be shown as a warning."""
    known = published_years(first.year, last.year)
    return [year for year in range(first.year, last.year + 1) if year not in known]


def month_of(day: date) -> date:
    """The first day of a day's month: how months are stored."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the following month."""
    return (month + timedelta(days=32)).replace(day=1)


def cutoff_of(park_id: int, month: date) -> datetime:
    """When a month closes: by default the third working day of the next month, 18:00."""
    rules, following = rules_of(park_id), next_month(month)
    day = calendar_of(park_id).nth_working_day(following.year, following.month, rules.cutoff_working_day)
    return datetime.combine(day, rules.cutoff_time, tzinfo=SHANGHAI)


def hold_months(park_id: int) -> None:
    """Facts being entered hold the months open until they commit, so that a closing waits for them."""
    wait_turn(Turn.MONTHS_OF_PARK, park_id, shared=True)


def lock_months(park_id: int) -> None:
    """A closing waits for facts being entered and keeps new ones out until it commits."""
    wait_turn(Turn.MONTHS_OF_PARK, park_id)


def counted_month(park_id: int, happened: date, now: datetime | None = None) -> date:
    """The month in which a fact counts (assessment.md): that of its event while it is open, else the one open now.

    A month is open until it was closed or its cut-off has passed; what is entered later counts in the first open month.
    """
    hold_months(park_id)
    now = now or timezone.now()
    month = month_of(happened)
    closed = set(MonthClose.objects.filter(park_id=park_id, month__gte=month).values_list("month", flat=True))
    current = month_of(now.astimezone(SHANGHAI).date())
    if month >= current and month not in closed:
        return month
    candidate = max(month, month_of(current - timedelta(days=1)))
    while candidate in closed or (candidate < current and now > cutoff_of(park_id, candidate)):
        candidate = next_month(candidate)
    return candidate


def month_range(month: date) -> tuple[datetime, datetime]:
    """The half-open span of a month in Beijing time."""
    return month_bounds(month.year, month.month)


def park_by_code(code: str) -> Park | None:
    """The active park of that code."""
    return Park.objects.filter(code=code, is_active=True).first()
