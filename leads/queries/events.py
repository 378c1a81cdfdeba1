"""Reads over events: what came of them and what it cost, attendance of training, entries of a calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.utils import timezone

from core.worktime import local_date, start_of_day
from leads.models import Event, EventCost, EventPerson, EventTask, Lead, Stage
from leads.queries.trips import MOST, Dated, Results

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Turnout:
    """How many registered and came: guests (speakers among them), and colleagues."""

    registered: int = 0
    attended: int = 0
    guests: int = 0
    guests_attended: int = 0


def turnout_of(event: Event) -> Turnout:
    """The people of one event."""
    guest = Q(role__in=[EventPerson.Role.GUEST, EventPerson.Role.SPEAKER])
    came = Q(attended_at__isnull=False)
    found = event.people.aggregate(
        registered=Count("id"),
        attended=Count("id", filter=came),
        guests=Count("id", filter=guest),
        guests_attended=Count("id", filter=guest & came),
    )
    return Turnout(**found)


def results_of_event(user: "User", event: Event) -> Results:
    """The leads claimed as coming of an event, of those that the reader sees, and their signings; yuan."""
    return results_of_events(user, [event])[event.pk]


def results_of_events(user: "User", events: Iterable[Event]) -> dict[int, Results]:
    """The same for several events in two queries: for a list."""
    found = {event.pk: Results() for event in events}
    leads = Lead.objects.visible_to(user).filter(event__in=list(found)).order_by().values("event")
    signed = Q(stage=Stage.SIGNED)
    for row in leads.annotate(n=Count("id"), signed=Count("id", filter=signed), total=Sum("signed_amount")):
        one = found[row["event"]]
        one.leads_made, one.signed, one.signed_amount = row["n"], row["signed"], row["total"] or Decimal(0)
    costs = EventCost.objects.filter(event__in=list(found)).order_by().values_list("event")
    for pk, spent in costs.annotate(total=Sum("amount")):
        found[pk].spent = spent
    return found


def people_counts(events: Iterable[Event]) -> dict[int, int]:
    """How many attended each of these events."""
    rows = EventPerson.objects.filter(event__in=[event.pk for event in events], attended_at__isnull=False)
    return dict(rows.order_by().values_list("event").annotate(n=Count("id")).values_list("event", "n"))


def leads_of_event(user: "User", event: Event) -> list[Lead]:
    """The leads that came of an event, of those that the reader sees."""
    rows = Lead.objects.visible_to(user).filter(event=event).with_people().with_light()
    return list(rows.order_by("-claimed_at")[:MOST])


def recent_events(park_id: int, limit: int = 12) -> list[Event]:
    """The events that a new lead most likely comes of: begun, the latest first."""
    rows = Event.objects.filter(park_id=park_id, starts_at__lte=timezone.now() + timedelta(days=1))
    rows = rows.exclude(state=Event.State.CANCELLED).exclude(kind=Event.Kind.TRAINING)
    return list(rows.order_by("-starts_at", "-id")[:limit])


def training_attendance(park_id: int, month: date) -> dict[int, int]:
    """How many training sessions each officer attended that count in the month (R5), by the person's id."""
    rows = EventPerson.objects.filter(
        park_id=park_id,
        counted_month=month,
        user__isnull=False,
        attended_at__isnull=False,
        event__kind=Event.Kind.TRAINING,
    )
    return dict(rows.order_by().values_list("user").annotate(n=Count("id")).values_list("user", "n"))


def open_tasks(user: "User", limit: int = 20) -> list[EventTask]:
    """One's own tasks for events that are not done yet, the earliest first: for the desk."""
    rows = EventTask.objects.visible_to(user).filter(assignee=user, done_at=None).select_related("event")
    return list(rows.exclude(event__state=Event.State.CANCELLED).order_by("due_on", "id")[:limit])


def event_entries(user: "User", first: date, last: date, *, own: bool = False) -> list[Dated]:
    """For a calendar: the events of those days; one's own are those one is in charge of or registered for."""
    rows = Event.objects.visible_to(user).filter(
        starts_at__lt=start_of_day(last + timedelta(days=1)), ends_at__gte=start_of_day(first)
    )
    rows = rows.exclude(state=Event.State.CANCELLED)
    if own:
        rows = rows.filter(Q(owner=user) | Q(pk__in=EventPerson.objects.filter(user=user).values("event")))
    return [
        Dated(
            kind="training" if row.is_training else "event",
            title=row.title,
            starts_at=row.starts_at,
            starts_on=local_date(row.starts_at),
            ends_on=local_date(row.ends_at),
            url=row.get_absolute_url(),
            people=(row.owner_id,),
            place=row.place,
        )
        for row in rows.order_by("starts_at", "id")[:MOST]
    ]
