"""Writing down which companies may be one: for some companies at once, or through all of the registry as a job."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from companies.duplicates.candidates import candidates, same_organisation_codes, without_valid_code
from companies.duplicates.rules import Likeness, compare

if TYPE_CHECKING:
    from companies.models import Company, Duplicate

CHUNK = 200
Found = tuple["Company", "Company", Likeness]


def propose_for(companies: "Sequence[Company]", *, deep: bool = True) -> int:
    """Write down what these saved companies may be the same as; the number of pairs found.

    What a person decided stays decided. Pairs that wait for a decision and have no ground any more are taken back,
    where the search was a deep one.
    """
    live = [company for company in companies if not company.is_merged]
    answer = candidates(live, deep=deep)
    found = [(live[place], other, how) for place, others in answer.items() for other, how in others]
    with transaction.atomic():
        kept = _write(found)
        if deep:
            _take_back(live, kept)
    return len(kept)


def _write(found: Iterable[Found]) -> set[int]:
    """Insert new pairs, freshen those that wait; the ids of all of them."""
    from companies.models import Duplicate

    wanted: dict[tuple[int, int], Found] = {}
    for one, other, how in found:
        left, right = sorted((one, other), key=lambda company: company.pk)
        wanted[left.pk, right.pk] = (left, right, how)
    Duplicate.objects.bulk_create([_pair(*one) for one in wanted.values()], ignore_conflicts=True, batch_size=500)
    rows = Duplicate.objects.filter(left__in=[k[0] for k in wanted], right__in=[k[1] for k in wanted])
    there = [row for row in rows if (row.left_id, row.right_id) in wanted]
    changed = []
    for row in there:
        fresh = _pair(*wanted[row.left_id, row.right_id])
        if row.is_open and (row.evidence, row.score, row.park_id) != (fresh.evidence, fresh.score, fresh.park_id):
            row.evidence, row.score, row.park_id = fresh.evidence, fresh.score, fresh.park_id
            changed.append(row)
    Duplicate.objects.bulk_update(changed, ["evidence", "score", "park"], batch_size=500)
    return {row.pk for row in there}


def _pair(left: "Company", right: "Company", how: Likeness) -> "Duplicate":
    from companies.models import Duplicate

    park = left.origin_park_id or right.origin_park_id
    return Duplicate(left=left, right=right, park_id=park, evidence=how.evidence, score=how.score)


def _take_back(companies: "Sequence[Company]", kept: set[int]) -> None:
    from companies.models import Duplicate

    ids = [company.pk for company in companies]
    waiting = [Duplicate.State.OPEN, Duplicate.State.LATER]
    rows = (
        Duplicate.objects.filter(state__in=waiting)
        .exclude(pk__in=kept)
        .exclude(evidence="hand")
        .select_related("left", "right")
    )
    gone = [
        row.pk
        for row in (*rows.filter(left__in=ids), *rows.filter(right__in=ids))
        if row.left.is_merged or row.right.is_merged or compare(row.left, row.right) is None
    ]
    Duplicate.objects.filter(pk__in=gone, state__in=waiting).delete()


def propose_all() -> Iterator[tuple[int, int]]:
    """Go through all companies without a valid code, then through the organisation codes; yields (done, total).

    Each chunk is a transaction of the caller's; companies with valid codes are met as the other side.
    """
    from companies.models import Company

    rows = Company.objects.filter(without_valid_code()).order_by("pk")
    total, done, last = rows.count(), 0, 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        propose_for(chunk)
        last, done = chunk[-1].pk, done + len(chunk)
        yield done, total
    pairs = list(same_organisation_codes())
    known = Company.objects.in_bulk({pk for pair in pairs for pk in pair})
    _write(
        (known[left], known[right], how)
        for left, right in pairs
        if (how := compare(known[left], known[right])) is not None
    )
