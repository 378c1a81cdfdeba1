"""Reads over reception plans: double bookings of hosts, entries of a calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from core.worktime import local_date, start_of_day
from leads.models import Reception, ReceptionItem, Trip
from leads.queries.trips import MOST, Dated, trip_overlaps

if TYPE_CHECKING:
    from accounts.models import User

OPEN = (Reception.State.DRAFT, Reception.State.CONFIRMED)


@dataclass(frozen=True)
class Booked:
    """A host who is somewhere else at the same hour: in another reception, or away on a trip."""

    host: "User"
    item: ReceptionItem
    other: ReceptionItem | None = None
    trip: Trip | None = None


def double_bookings(reception: Reception) -> list[Booked]:
    """The hours of a plan whose host is also in another open plan of the park, or on a trip that day."""
    items = [item for item in reception.items.select_related("host") if item.host_id]
    if not items:
        return []
    hosts = {item.host_id for item in items}
    others = ReceptionItem.objects.filter(
        park_id=reception.park_id,
        host__in=hosts,
        starts_at__lt=max(item.ends_at for item in items),
        ends_at__gt=min(item.starts_at for item in items),
        reception__state__in=OPEN,
    ).exclude(reception=reception)
    elsewhere = list(others.select_related("reception__company")[:MOST])
    first, last = local_date(reception.starts_at), local_date(reception.ends_at)
    away = trip_overlaps(reception.park_id, hosts, first, last)
    found = [
        Booked(item.host, item, other=other)
        for item in items
        for other in elsewhere
        if other.host_id == item.host_id and other.starts_at < item.ends_at and other.ends_at > item.starts_at
    ]
    for item in items:
        day = local_date(item.starts_at)
        found += [
            Booked(item.host, item, trip=one.trip)
            for one in away
            if one.user.pk == item.host_id and one.trip.starts_on <= day <= one.trip.ends_on
        ]
    return found


def reception_entries(user: "User", first: date, last: date, *, own: bool = False) -> list[Dated]:
    """For a calendar: the receptions of those days; one's own are those in which one receives."""
    rows = Reception.objects.visible_to(user).filter(
        starts_at__lt=_after(last), ends_at__gte=start_of_day(first), state__in=(*OPEN, Reception.State.DONE)
    )
    rows = rows.with_people().prefetch_related("items").order_by("starts_at", "id")[:MOST]
    found = []
    for row in rows:
        people = {row.host_id, *(item.host_id for item in row.items.all() if item.host_id)}
        if not own or user.pk in people:
            found.append(
                Dated(
                    kind="reception",
                    title=row.title,
                    starts_at=row.starts_at,
                    starts_on=local_date(row.starts_at),
                    ends_on=local_date(row.ends_at),
                    url=row.get_absolute_url(),
                    people=tuple(sorted(people)),
                    place=row.place,
                )
            )
    return found


def _after(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))
