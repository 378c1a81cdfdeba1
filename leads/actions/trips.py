"""Trips: planned with a team and targets, under way, closed with a report."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.queries import department_of
from core.access import require
from core.errors import Conflict, Refused
from leads.actions.parts import add_line, check_colleagues, check_money, check_span, hold, need, only, rewrite
from leads.models import Trip, TripCost, TripMember, TripTarget
from leads.queries.leads import open_lead
from notices.actions import queue

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

EDITABLE = frozenset({"title", "purpose", "places", "starts_on", "ends_on", "leader", "budget"})
MOST_MEMBERS, MOST_TARGETS = 60, 100


@transaction.atomic
def plan_trip(
    *,
    by: "User",
    park_id: int,
    title: str,
    places: str,
    starts_on: date,
    ends_on: date,
    leader: "User",
    team: "Iterable[User]" = (),
    purpose: str = "",
    budget: Decimal | None = None,
    uuid: UUID | None = None,
) -> Trip:
    """Plan a journey; the leader always goes along, and everybody of the team is told."""
    require(by, "trips.plan", park_id)
    check_span(starts_on, ends_on)
    check_money(budget, "budget")
    people = _team(leader, team, park_id)
    trip: Trip = Trip.objects.create(
        park_id=park_id,
        uuid=uuid or uuid4(),
        title=need(title, "title"),
        purpose=purpose.strip(),
        places=need(places, "places"),
        starts_on=starts_on,
        ends_on=ends_on,
        leader=leader,
        budget=budget,
        created_by=by,
    )
    _join(trip, people)
    _tell(trip, [one for one in people if one.pk != by.pk], "planned", partial(_planned_text, trip))
    return trip


def may_run(user: "User", trip: Trip) -> bool:
    """Who planned it, who goes along, and those who assign leads in the park."""
    if not user.access.can("trips.plan", trip.park_id):
        return False
    if user.pk in {trip.created_by_id, trip.leader_id} or user.access.can("leads.assign", trip.park_id):
        return True
    return TripMember.objects.filter(trip=trip, user=user).exists()


@transaction.atomic
def edit_trip(
    *, by: "User", trip: Trip, version: int | None = None, team: "Iterable[User] | None" = None, **values: Any
) -> Trip:
    """Correct a trip that is not closed; days of members that were the trip's own move along with it."""
    row = _open(by, trip, version)
    values = only(values, EDITABLE)
    before = (row.starts_on, row.ends_on)
    after = (values.get("starts_on", before[0]), values.get("ends_on", before[1]))
    check_span(*after)
    check_money(values.get("budget"), "budget")
    for field in values.keys() & {"title", "places"}:
        need(values[field], field)
    changed = rewrite(row, values)
    if before != after:
        _move_members(row, before)
    if team is not None or "leader" in values:
        changed |= _replace_team(by, row, team)
    return row if changed else trip


@transaction.atomic
def set_days(
    *, by: "User", member: TripMember, starts_on: date, ends_on: date, version: int | None = None
) -> TripMember:
    """Somebody joins later or leaves earlier."""
    trip = _open(by, member.trip)
    if not trip.starts_on <= starts_on <= ends_on <= trip.ends_on:
        raise Refused(_("These days are not within the trip."), field="starts_on", code="outside_trip")
    row = hold(member, version)
    rewrite(row, {"starts_on": starts_on, "ends_on": ends_on})
    return row


@transaction.atomic
def add_target(
    *, by: "User", trip: Trip, company: "Company", planned_on: date | None = None, note: str = ""
) -> TripTarget:
    """A company to be visited, behind the others; its open lead is linked where the planner sees one."""
    row = _open(by, trip)
    if planned_on and not row.starts_on <= planned_on <= row.ends_on:
        raise Refused(_("This day is not within the trip."), field="planned_on", code="outside_trip")
    targets = TripTarget.objects.filter(trip=row)
    if targets.count() >= MOST_TARGETS:
        raise Refused(_("There are too many targets."), code="too_many_targets")
    last = targets.aggregate(last=Max("position"))["last"] or 0
    target = TripTarget(
        park_id=row.park_id,
        trip=row,
        position=last + 1,
        company=company,
        lead=open_lead(by, company, row.park_id),
        planned_on=planned_on,
        note=note.strip(),
    )
    try:
        with transaction.atomic():
            target.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("This company is a target already."), field="company", code="target_twice") from taken
    return target


@transaction.atomic
def remove_target(*, by: "User", target: TripTarget) -> Trip:
    """Take a company off the list."""
    trip = _open(by, target.trip)
    target.delete()
    return trip


@transaction.atomic
def move_target(*, by: "User", target: TripTarget, up: bool) -> Trip:
    """One place earlier or later in the order."""
    trip = _open(by, target.trip)
    order = list(TripTarget.objects.filter(trip=trip).order_by("position", "id"))
    place = next((n for n, one in enumerate(order) if one.pk == target.pk), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(order):
        return trip
    order[place], order[other] = order[other], order[place]
    for position, one in enumerate(order, start=1):
        one.position = position
    TripTarget.objects.bulk_update(order, ["position"])
    return trip


@transaction.atomic
def add_trip_cost(
    *,
    by: "User",
    trip: Trip,
    kind: str,
    amount: Decimal,
    spent_on: date,
    note: str = "",
    receipt: UploadedFile | None = None,
) -> TripCost:
    """Money spent; also after the trip was closed, since bills come late."""
    row = hold(trip)
    _require_run(by, row)
    if row.state == Trip.State.CANCELLED:
        raise Refused(_("This trip was cancelled."), code="trip_cancelled", status=409)
    return add_line(
        TripCost,
        by=by,
        park_id=row.park_id,
        kind=kind,
        amount=amount,
        spent_on=spent_on,
        note=note,
        receipt=receipt,
        trip=row,
    )


@transaction.atomic
def remove_trip_cost(*, by: "User", cost: TripCost) -> Trip:
    """Take a mistake out again; the history keeps it."""
    trip: Trip = hold(cost.trip)
    _require_run(by, trip)
    cost.delete()
    return trip


@transaction.atomic
def start_trip(*, by: "User", trip: Trip, version: int | None = None) -> Trip:
    """The team is on its way: its members are now offered the trip when they log a visit."""
    row = _open(by, trip, version)
    if row.state == Trip.State.RUNNING:
        return row
    if row.starts_on > timezone.localdate():
        raise Refused(
            _("The trip has not begun yet. Change its days if you leave earlier."), code="not_begun", status=409
        )
    rewrite(row, {"state": Trip.State.RUNNING})
    return row


@transaction.atomic
def close_trip(*, by: "User", trip: Trip, report: str, version: int | None = None) -> Trip:
    """The team is back; a short report says what came of it."""
    row = _open(by, trip, version)
    report = need(report, "report", _("Write a few sentences: whom you met, what came of it, what is next."))
    if row.starts_on > timezone.localdate():
        raise Refused(_("The trip has not begun yet. Cancel it instead."), code="not_begun", status=409)
    rewrite(row, {"state": Trip.State.CLOSED, "report": report, "closed_at": timezone.now(), "closed_by": by})
    managers = [one.user for one in row.members.select_related("user") if one.user_id != by.pk]
    _tell(row, managers, "closed", partial(_closed_text, row))
    return row


@transaction.atomic
def cancel_trip(*, by: "User", trip: Trip, reason: str, version: int | None = None) -> Trip:
    """The journey does not take place; the team is told why."""
    row = _open(by, trip, version)
    reason = need(reason, "reason", _("Give a reason."))
    if row.activities.exists():
        raise Refused(_("Visits were logged on this trip. Close it instead."), code="has_visits", status=409)
    rewrite(row, {"state": Trip.State.CANCELLED, "report": reason})
    people = [one.user for one in row.members.select_related("user") if one.user_id != by.pk]
    _tell(row, people, "cancelled", partial(_cancelled_text, row))
    return row


def check_trip(by: "User", trip: Trip | None, park_id: int, day: date) -> None:
    """An activity is done on a trip of the same park, by somebody who goes along, on a day of the trip."""
    if trip is None:
        return
    member = TripMember.objects.filter(trip=trip, user=by).first() if trip.park_id == park_id else None
    if member is None:
        raise Refused(_("You are not a member of this trip."), field="trip", code="not_on_trip")
    if trip.state == Trip.State.CANCELLED or not member.overlap(day, day):
        raise Refused(_("You were not on this trip on that day."), field="trip", code="outside_trip")


def _require_run(by: "User", trip: Trip) -> None:
    if not may_run(by, trip):
        raise PermissionDenied("trips.plan")


def _open(by: "User", trip: Trip, version: int | None = None) -> Trip:
    row = hold(trip, version)
    _require_run(by, row)
    if not row.is_open:
        raise Refused(_("This trip is over and can no longer be changed."), code="trip_closed", status=409)
    return row


def _team(leader: "User", team: "Iterable[User]", park_id: int) -> "list[User]":
    people = list({one.pk: one for one in (leader, *team)}.values())
    if len(people) > MOST_MEMBERS:
        raise Refused(_("The team is too large."), field="team", code="too_many_members")
    check_colleagues(people[:1], park_id, "leader")
    check_colleagues(people[1:], park_id, "team")
    return people


def _join(trip: Trip, people: "Iterable[User]") -> None:
    TripMember.objects.bulk_create(
        TripMember(
            park_id=trip.park_id,
            trip=trip,
            user=one,
            department_id=department_of(one, trip.park_id),
            starts_on=trip.starts_on,
            ends_on=trip.ends_on,
        )
        for one in people
    )


def _replace_team(by: "User", trip: Trip, team: "Iterable[User] | None") -> bool:
    """Those who come along now; those who stay keep their days."""
    known = {one.user_id: one for one in trip.members.select_related("user")}
    wanted = _team(trip.leader, team if team is not None else [one.user for one in known.values()], trip.park_id)
    new = [one for one in wanted if one.pk not in known]
    gone = known.keys() - {one.pk for one in wanted}
    trip.members.filter(user__in=gone).delete()
    _join(trip, new)
    _tell(trip, [one for one in new if one.pk != by.pk], "planned", partial(_planned_text, trip))
    return bool(new or gone)


def _move_members(trip: Trip, before: tuple[date, date]) -> None:
    for member in trip.members.all():
        whole = (member.starts_on, member.ends_on) == before
        first, last = max(member.starts_on, trip.starts_on), min(member.ends_on, trip.ends_on)
        if whole or last < first:
            first, last = trip.starts_on, trip.ends_on
        rewrite(member, {"starts_on": first, "ends_on": last})


def _tell(trip: Trip, people: "Iterable[User]", what: str, text: Any) -> None:
    queue(
        park_id=trip.park_id,
        recipients=people,
        kind=f"trip_{what}",
        key=f"trip:{trip.pk}:{what}",
        text=text,
        url=trip.get_absolute_url(),
    )


def _names(trip: Trip) -> dict[str, Any]:
    days = f"{date_format(trip.starts_on, 'DATE_FORMAT')} – {date_format(trip.ends_on, 'DATE_FORMAT')}"
    return {"trip": trip.title, "places": trip.places, "days": days, "leader": trip.leader}


def _planned_text(trip: Trip) -> tuple[str, str]:
    names = _names(trip)
    return _("You go along: %(trip)s") % names, _("%(days)s, %(places)s. Led by %(leader)s.") % names


def _closed_text(trip: Trip) -> tuple[str, str]:
    return _("The trip is closed: %(trip)s") % _names(trip), trip.report


def _cancelled_text(trip: Trip) -> tuple[str, str]:
    return _("The trip is cancelled: %(trip)s") % _names(trip), trip.report
