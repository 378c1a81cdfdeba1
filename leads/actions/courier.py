"""Cases between parks, carried from park to park: each row is written in the scope of its own park and no other.

A second claim waits in the claimant's park until it is brought before the zone; a ruling waits in the zone until it
took effect on both sides. Part of every park's upkeep; whatever is interrupted is done again and changes nothing twice.
"""

from collections.abc import Iterator

from django.utils import timezone

from core.isolation import scope
from leads.actions.conflicts import apply_to, bring_before, first_side, holding_lead
from leads.actions.rulings import share_what_landed, tie_leads
from leads.actions.withdrawals import close_conflict, close_first
from leads.models import ClaimConflict, ConflictSide, Lead, Ruling
from leads.sayings import company_free
from parks.models import Park


def carry(park_id: int) -> None:
    """Bring this park's new cases before the zone, and this zone's rulings back. Opens its own scopes."""
    for side in _uncarried(park_id):
        if side.state == ClaimConflict.State.WITHDRAWN:
            _take_back(side)
        else:
            _bring(side)
    for conflict in _unapplied(park_id):
        _return(conflict)


def _uncarried(park_id: int) -> list[ConflictSide]:
    with scope(read=[park_id], write=[park_id]):
        rows = ConflictSide.objects.filter(park_id=park_id, carried_at=None, place=ConflictSide.Place.SECOND)
        return list(rows.select_related("company", "person").order_by("id"))


def _unapplied(park_id: int) -> list[ClaimConflict]:
    with scope(read=[park_id], write=[park_id]):
        rows = ClaimConflict.objects.filter(park_id=park_id, state=ClaimConflict.State.RULED, applied_at=None)
        return list(rows.select_related("company", "ruled_by", "second_person").order_by("id"))


def family_of(park_id: int) -> tuple[int, list[int]]:
    """The zone of a park, and all parks of that zone, itself included."""
    park = Park.objects.get(pk=park_id)
    zone = park.pk if park.kind == Park.Kind.ZONE or park.parent_id is None else park.parent_id
    return zone, [zone, *Park.objects.filter(parent_id=zone).order_by("pk").values_list("pk", flat=True)]


def _bring(second: ConflictSide) -> None:
    zone, parks = family_of(second.park_id)
    found = list(_holders(second, [park for park in parks if park != second.park_id]))
    if not found:
        _settle(second)
        return
    holding = min(found, key=lambda lead: lead.claimed_at)
    with scope(read=[holding.park_id], write=[holding.park_id]):
        first = first_side(second, holding)
    with scope(read=[zone], write=[zone]):
        bring_before(second, first, holding, ruling_park=zone)
    _mark_carried(second)


def _holders(second: ConflictSide, parks: list[int]) -> Iterator[Lead]:
    for park_id in parks:
        with scope(read=[park_id], write=[park_id]):
            if (lead := holding_lead(second.company_id, park_id)) is not None:
                yield lead


def _mark_carried(second: ConflictSide, **changes: object) -> None:
    with scope(read=[second.park_id], write=[second.park_id]):
        rows = ConflictSide.objects.filter(pk=second.pk, carried_at=None)
        rows.update(carried_at=timezone.now(), **changes)


def _settle(second: ConflictSide) -> None:
    """Whoever held the company let it go meanwhile: there is nothing to rule."""
    _mark_carried(second, state=ClaimConflict.State.SETTLED, outcome=company_free(), version=second.version + 1)


def _take_back(second: ConflictSide) -> None:
    """The claimant withdrew it: end the case and the first's side. A ruling that was made meanwhile stands instead."""
    zone, _parks = family_of(second.park_id)
    with scope(read=[zone], write=[zone]):
        conflict = close_conflict(park_id=zone, case=second.case)
    if conflict is None:
        _mark_carried(second)
    elif conflict.state == ClaimConflict.State.RULED:
        _mark_carried(second, state=ClaimConflict.State.OPEN, outcome="", version=second.version + 1)
        with scope(read=[zone], write=[zone]):
            ClaimConflict.objects.filter(pk=conflict.pk).update(applied_at=None)
    else:
        with scope(read=[conflict.first_park_id], write=[conflict.first_park_id]):
            close_first(park_id=conflict.first_park_id, case=second.case, reason=second.outcome)
        _mark_carried(second)


def _return(conflict: ClaimConflict) -> None:
    sides = ((conflict.first_park_id, "first"), (conflict.second_park_id, "second"))
    for park_id, place in sides:
        with scope(read=[park_id], write=[park_id]):
            apply_to(conflict, park_id=park_id, place=place)
    if conflict.ruling == Ruling.SHARED:
        with scope(read=[conflict.second_park_id], write=[conflict.second_park_id]):
            tie_leads(conflict)
        for park_id, place in sides:
            with scope(read=[park_id], write=[park_id]):
                share_what_landed(conflict, place)
    with scope(read=[conflict.park_id], write=[conflict.park_id]):
        ClaimConflict.objects.filter(pk=conflict.pk, applied_at=None).update(applied_at=timezone.now())
