"""Reads over trips: who is away, what a trip cost and what came of it, dated entries for a calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from core.worktime import WorkingCalendar
from leads.models import Activity, Lead, Stage, Trip, TripMember, TripTarget
from leads.querysets.leads import MANAGES, seen_leads

if TYPE_CHECKING:
    from accounts.models import User

VISITS = (Activity.Kind.OUTBOUND_VISIT, Activity.Kind.INBOUND_VISIT, Activity.Kind.NEGOTIATION)
MOST = 500


@dataclass(frozen=True)
class Away:
    """How long one person is out: calendar days, and how many of them are working days."""

    member: TripMember
    days: int
    working_days: int


@dataclass(frozen=True)
class Overlap:
    """Somebody who is on another trip at the same time."""

    user: "User"
    trip: Trip


@dataclass
class Results:
    """What came of a trip or an event, and what each of it cost; amounts in yuan."""

    spent: Decimal = Decimal(0)
    visits: int = 0
    leads_touched: int = 0
    leads_made: int = 0
    signed: int = 0
    signed_amount: Decimal = Decimal(0)

    @property
    def per_visit(self) -> Decimal | None:
        """Yuan for each visit."""
        return self._share(self.visits)

    @property
    def per_lead(self) -> Decimal | None:
        """Yuan for each lead made."""
        return self._share(self.leads_made)

    @property
    def per_signing(self) -> Decimal | None:
        """Yuan for each signing."""
        return self._share(self.signed)

    @property
    def conversion(self) -> int | None:
        """Per cent of the leads made that were signed."""
        return round(100 * self.signed / self.leads_made) if self.leads_made else None

    def _share(self, number: int) -> Decimal | None:
        return (self.spent / number).quantize(Decimal("0.01")) if number and self.spent else None


@dataclass(frozen=True)
class Dated:
    """An entry of a calendar: days (both ends included) or hours, and where it leads."""

    kind: str
    title: str
    starts_at: datetime | None
    starts_on: date
    ends_on: date
    url: str
    people: tuple[int, ...] = ()
    place: str = ""


def days_out(members: Iterable[TripMember], calendar: WorkingCalendar) -> list[Away]:
    """The days of each member."""
    return [
        Away(
            member,
            (member.ends_on - member.starts_on).days + 1,
            sum(calendar.is_working_day(day) for day in _each_day(member.starts_on, member.ends_on)),
        )
        for member in members
    ]


def _each_day(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def trip_overlaps(park_id: int, users: Iterable[int], first: date, last: date, but: int | None = None) -> list[Overlap]:
    """Who of these is on another open trip of the park within those days."""
    rows = TripMember.objects.filter(park_id=park_id, user__in=list(users), starts_on__lte=last, ends_on__gte=first)
    rows = rows.filter(trip__state__in=[Trip.State.PLANNED, Trip.State.RUNNING]).exclude(trip_id=but)
    return [Overlap(row.user, row.trip) for row in rows.select_related("user", "trip").order_by("starts_on")[:MOST]]


def overlaps_of(trip: Trip) -> list[Overlap]:
    """The same for a planned trip: by the days of each member."""
    members = list(trip.members.all())
    found = trip_overlaps(trip.park_id, [m.user_id for m in members], trip.starts_on, trip.ends_on, but=trip.pk)
    own = {member.user_id: member for member in members}
    return [one for one in found if own[one.user.pk].overlap(one.trip.starts_on, one.trip.ends_on)]


def running_trips(user: "User") -> list[Trip]:
    """The trips on which this person is, or was until some days ago and that are not closed yet; with `until`."""
    mine = TripMember.objects.visible_to(user).filter(user=user, starts_on__lte=timezone.localdate())
    return _journeys(mine.filter(trip__state__in=[Trip.State.PLANNED, Trip.State.RUNNING]))


def trips_on(user: "User", member: "User", park_id: int, day: date) -> list[Trip]:
    """The trips of a park on which somebody was on that day, closed ones too; of those that the reader sees."""
    rows = TripMember.objects.visible_to(user).filter(park_id=park_id, user=member)
    return _journeys(rows.filter(starts_on__lte=day, ends_on__gte=day).exclude(trip__state=Trip.State.CANCELLED))


def _journeys(members: "QuerySet[TripMember]") -> list[Trip]:
    """The latest first; `until` is the last day of that member, who may leave before the others."""
    found = []
    for member in members.select_related("trip").order_by("-starts_on", "-trip_id")[:5]:
        member.trip.until = member.ends_on
        found.append(member.trip)
    return found


def seen_targets(user: "User", rows: Any) -> Any:
    """But for those whose lead this person may not see."""
    return rows.filter(Q(lead=None) | seen_leads(user, "lead__") | Q(park_id__in=user.access.parks_with(MANAGES)))


def targets_of(user: "User", trip: Trip) -> list[TripTarget]:
    """The targets in their order; one whose lead is confidential is seen by those who see the lead."""
    rows = seen_targets(user, TripTarget.objects.filter(trip=trip)).with_company().select_related("lead")
    visited = dict(
        Activity.objects.filter(trip=trip, deleted_at=None)
        .order_by()
        .values_list("company_id")
        .annotate(n=Count("id"))
        .values_list("company_id", "n")
    )
    found: list[TripTarget] = list(rows)
    for target in found:
        target.visits = visited.get(target.company_id, 0)  # type: ignore[attr-defined]  # for the page
    return found


def results_of(user: "User", trip: Trip) -> Results:
    """What came of a trip, of the leads that the reader sees: touched by it, made within and thirty days after it."""
    done = Activity.objects.visible_to(user).filter(trip=trip)
    visits = done.filter(kind__in=VISITS).count()
    touched = Lead.objects.visible_to(user).filter(pk__in=done.exclude(lead=None).values("lead"))
    companies = done.order_by().values("company")
    made = Lead.objects.visible_to(user).filter(
        park_id=trip.park_id,
        company__in=companies,
        claimed_at__date__gte=trip.starts_on,
        claimed_at__date__lte=trip.ends_on + timedelta(days=30),
    )
    signed = touched.filter(stage=Stage.SIGNED).aggregate(n=Count("id"), total=Sum("signed_amount"))
    return Results(
        spent=trip.costs.aggregate(total=Sum("amount"))["total"] or Decimal(0),
        visits=visits,
        leads_touched=touched.count(),
        leads_made=made.count(),
        signed=signed["n"],
        signed_amount=signed["total"] or Decimal(0),
    )


def trip_entries(user: "User", first: date, last: date, *, own: bool = False) -> list[Dated]:
    """For a calendar: the trips of those days, everybody's or one's own."""
    rows = Trip.objects.visible_to(user).filter(starts_on__lte=last, ends_on__gte=first)
    rows = rows.exclude(state=Trip.State.CANCELLED)
    if own:
        rows = rows.filter(pk__in=TripMember.objects.filter(user=user).values("trip"))
    rows = rows.prefetch_related("members").order_by("starts_on", "id")[:MOST]
    return [
        Dated(
            kind="trip",
            title=trip.title,
            starts_at=None,
            starts_on=trip.starts_on,
            ends_on=trip.ends_on,
            url=trip.get_absolute_url(),
            people=tuple(member.user_id for member in trip.members.all()),
            place=trip.places,
        )
        for trip in rows
    ]
