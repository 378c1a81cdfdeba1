"""What stands in the calendar of leads: next steps, activities, receptions, trips and events.

Each kind is a plain function of what is asked for; a higher floor adds one of its own with `register`.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.pages import CalendarItem
from core.worktime import local_moment
from leads.editing import LEADS
from leads.models import OPEN_STAGES, Activity, Event, Lead, Reception, Trip
from leads.timeline import ICONS

if TYPE_CHECKING:
    from accounts.models import User

MOST: Final = 500


@dataclass(frozen=True)
class Asked:
    """These days, both included, of this person's parks. `leads` are those that the filters leave.

    `mine` narrows to oneself; with `narrowed` other filters are set, which only rows of a lead can answer to.
    """

    user: "User"
    first: dt.date
    last: dt.date
    leads: QuerySet[Lead]
    mine: bool = False
    narrowed: bool = False
    park_id: int | None = None

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """From the first day's beginning to the end of the last."""
        return local_moment(self.first, dt.time()), local_moment(self.last + dt.timedelta(days=1), dt.time())


Source = Callable[[Asked], Iterator[CalendarItem]]


def steps(asked: Asked) -> Iterator[CalendarItem]:
    """Next steps of open leads, on their day."""
    rows = asked.leads.filter(stage__in=OPEN_STAGES, next_date__range=(asked.first, asked.last))
    today, movable = timezone.localdate(), LEADS.names_for(asked.user)
    for lead in rows.order_by("next_date", "id")[:MOST]:
        yield CalendarItem(
            day=lead.next_date or today,
            title=lead.company.name,
            note=lead.next_step,
            url=lead.get_absolute_url(),
            icon="corner-up-right",
            kind=_("Next step"),
            who=str(lead.owner),
            late=lead.is_overdue,
            move=LEADS.address_for(asked.user, lead, movable)("next_date"),
            version=lead.version,
        )


def activities(asked: Asked) -> Iterator[CalendarItem]:
    """What was done, at its hour."""
    start, end = asked.moments
    rows = Activity.objects.visible_to(asked.user).filter(happened_at__gte=start, happened_at__lt=end)
    rows = rows.filter(by=asked.user) if asked.mine else rows
    rows = rows.filter(park_id=asked.park_id) if asked.park_id else rows
    rows = rows.filter(lead__in=asked.leads.order_by().values("pk")) if asked.narrowed else rows
    # Not with_people(): a calendar shows no files.
    for row in rows.select_related("company", "by").only(*ACTIVITY).order_by("-happened_at", "-id")[:MOST]:
        moment = timezone.localtime(row.happened_at)
        yield CalendarItem(
            day=moment.date(),
            at=moment.time(),
            title=row.company.name,
            note=row.get_kind_display(),
            url=row.get_absolute_url(),
            icon=ICONS.get(row.kind, "note"),
            kind=row.get_kind_display(),
            who=str(row.by),
            done=True,
        )


ACTIVITY: Final = ("park", "kind", "happened_at", "lead", "company__name", "by__display_name", "by__username")


def receptions(asked: Asked) -> Iterator[CalendarItem]:
    """Guests who come, cancelled ones left out."""
    start, end = asked.moments
    rows = Reception.objects.visible_to(asked.user).filter(starts_at__gte=start, starts_at__lt=end)
    rows = rows.exclude(state=Reception.State.CANCELLED)
    rows = rows.filter(host=asked.user) if asked.mine else rows
    rows = rows.filter(park_id=asked.park_id) if asked.park_id else rows
    rows = rows.filter(lead__in=asked.leads.order_by().values("pk")) if asked.narrowed else rows
    for row in rows.with_people().order_by("starts_at", "id")[:MOST]:
        moment = timezone.localtime(row.starts_at)
        yield CalendarItem(
            day=moment.date(),
            at=moment.time(),
            title=row.title,
            note=row.company.name,
            url=row.get_absolute_url(),
            icon="door-enter",
            kind=_("Reception plan"),
            who=str(row.host),
            done=not row.is_open,
        )


def trips(asked: Asked) -> Iterator[CalendarItem]:
    """Journeys out, on each of their days."""
    if asked.narrowed:
        return
    rows = Trip.objects.visible_to(asked.user).filter(starts_on__lte=asked.last, ends_on__gte=asked.first)
    rows = rows.exclude(state=Trip.State.CANCELLED).select_related("leader")
    rows = rows.filter(members__user=asked.user).distinct() if asked.mine else rows
    rows = rows.filter(park_id=asked.park_id) if asked.park_id else rows
    for row in rows.order_by("starts_on", "id")[:MOST]:
        yield CalendarItem(
            day=row.starts_on,
            until=row.ends_on,
            title=row.title,
            note=row.places,
            url=row.get_absolute_url(),
            icon="plane-departure",
            kind=_("Trip"),
            who=str(row.leader),
        )


def events(asked: Asked) -> Iterator[CalendarItem]:
    """Fairs, salons, trainings."""
    if asked.narrowed:
        return
    start, end = asked.moments
    rows = Event.objects.visible_to(asked.user).filter(starts_at__lt=end, ends_at__gte=start)
    rows = rows.exclude(state=Event.State.CANCELLED).select_related("owner")
    rows = rows.filter(owner=asked.user) if asked.mine else rows
    rows = rows.filter(park_id=asked.park_id) if asked.park_id else rows
    for row in rows.order_by("starts_at", "id")[:MOST]:
        moment = timezone.localtime(row.starts_at)
        yield CalendarItem(
            day=moment.date(),
            at=moment.time(),
            until=timezone.localtime(row.ends_at).date(),
            title=row.title,
            note=row.place,
            url=row.get_absolute_url(),
            icon="calendar-event",
            kind=row.get_kind_display(),
            who=str(row.owner),
        )


SOURCES: list[Source] = [steps, activities, receptions, trips, events]


def register(source: Source) -> None:
    """Add a kind from a higher floor."""
    if source not in SOURCES:
        SOURCES.append(source)


def items(asked: Asked) -> Iterator[CalendarItem]:
    """All kinds."""
    for source in SOURCES:
        yield from source(asked)
