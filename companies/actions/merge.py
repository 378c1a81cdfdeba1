"""Carrying a merge out, and undoing it: across all parks, from the models' own references, one transaction.

Every reference to the merged company is moved (`core.merging.references`): a test fails for one that is not. A row that
cannot move, because the survivor has its like already (two open leads of one park), stays where it is, is told to the
managers of its park, and follows when they have settled it. Nothing is lost and no other park waits. Which rows were
moved is written down: those of parks behind each park's boundary, so a merge tells nobody who else knows a company.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import IntegrityError, InternalError, OperationalError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import people_with
from companies.duplicates import propose_for
from companies.models import Company, Duplicate, Merge, MergeRow
from companies.models.duplicates import FACTS, FOLLOWING, UNDO_FOR
from core.errors import Refused
from core.isolation import ParkOwned, system_scope
from core.locking import locked
from core.merging import Reference, references
from core.models import Job
from core.sayings import trimmed
from notices.actions import queue

TRIES = 3
ARRAYS = ("former_names", "short_names", "marks")


def carry_out(merge_id: int) -> Merge:
    """Do what `merge_companies` asked for; done already, it does nothing. Raises Refused where it cannot be done."""
    for attempt in range(TRIES):
        try:
            with system_scope(), _locked(merge_id) as (merge, survivor, loser):
                if merge.state == Merge.State.QUEUED:
                    _merge(merge, survivor, loser)
                return merge
        except OperationalError:
            # Two transactions waited for each other (an import holds many rows): this one begins again.
            if attempt == TRIES - 1:
                raise
    raise AssertionError


@contextmanager
def _locked(merge_id: int) -> Iterator[tuple[Merge, Company, Company]]:
    """The journal and both companies, locked in the order of their ids."""
    merge: Merge = locked(Merge.objects.select_related("by"), pk=merge_id)
    rows = Company.objects.filter(pk__in=[merge.survivor_id, merge.loser_id]).order_by("pk")
    both = {company.pk: company for company in rows.select_for_update(of=("self",))}
    with pghistory.context(user=merge.by_id, command="merge_companies"):
        yield merge, both[merge.survivor_id], both[merge.loser_id]


def _merge(merge: Merge, survivor: Company, loser: Company) -> None:
    if survivor.is_merged or loser.is_merged:
        raise Refused(_("One of them was merged meanwhile."), code="already_merged")
    merge.loser_before = loser_facts(loser)
    # First the signpost: from now on the database sends to the survivor whatever is written to the merged company.
    _save(loser, merged_into_id=survivor.pk)
    merge.survivor_changes = _take_over(merge, survivor, loser)
    merge.last_ids, merge.shared_rows = {}, []
    for reference in references():
        top = _rows(reference).aggregate(top=models.Max("pk"))["top"]
        merge.last_ids[str(reference)] = top or 0
        _move(merge, reference)
    merge.state, merge.done_at = Merge.State.DONE, timezone.now()
    merge.undo_until, merge.version = merge.done_at + UNDO_FOR, merge.version + 1
    merge.save()
    _settle_pairs(merge)
    propose_for([Company.objects.get(pk=survivor.pk)])


def _rows(reference: Reference) -> "models.QuerySet[Any]":
    rows: models.QuerySet[Any] = reference.model._base_manager.all()
    return rows


def _save(company: Company, **values: Any) -> None:
    """Columns that are no names: without deriving the search keys anew."""
    Company.objects.filter(pk=company.pk).update(**values, version=models.F("version") + 1, updated_at=timezone.now())


def loser_facts(company: Company) -> dict[str, Any]:
    """The before-image: every fact, as texts."""
    return {name: _plain(company, name) for name in (*FACTS, *ARRAYS)}


def _plain(company: Company, name: str) -> Any:
    field = Company._meta.get_field(name)
    value = getattr(company, getattr(field, "attname", name))
    return value if isinstance(value, list | int | None) else str(value)


def _take_over(merge: Merge, survivor: Company, loser: Company) -> dict[str, Any]:
    """The chosen facts, what the survivor lacks, and the names by which the loser was known; field → before and after.

    What a park typed in itself does not get into the registry unless a steward chose it.
    """
    private = loser.origin_park_id is not None and survivor.origin_park_id is None
    names = [*FACTS, *(follower for name in FACTS for follower in FOLLOWING.get(name, ())), *ARRAYS]
    before = {name: _plain(survivor, name) for name in names}
    kept_name = survivor.name
    for name in FACTS:
        lacks = not private and not getattr(survivor, name)
        if name in merge.taken or lacks:
            _copy(survivor, loser, (name, *FOLLOWING.get(name, ())))
    if not private or "name" in merge.taken:
        _unite(survivor, loser, kept_name)
    survivor.version += 1
    survivor.save()
    return {name: [old, new] for name, old in before.items() if (new := _plain(survivor, name)) != old}


def _copy(survivor: Company, loser: Company, names: Iterable[str]) -> None:
    for name in names:
        setattr(survivor, name, getattr(loser, name))


def _unite(survivor: Company, loser: Company, kept_name: str) -> None:
    """A name that is not the survivor's any more, or never was, becomes a former one."""
    former = [*survivor.former_names, kept_name, loser.name, *loser.former_names]
    survivor.former_names = [name for name in dict.fromkeys(former) if name and name != survivor.name]
    survivor.short_names = list(dict.fromkeys([*survivor.short_names, *loser.short_names]))
    survivor.marks = [code for code in Company.Mark.values if code in {*survivor.marks, *loser.marks}]


def _move(merge: Merge, reference: Reference) -> None:
    """Point every row at the survivor, and write down which; what the database does not accept stays."""
    rows = _rows(reference).filter(**{reference.field.name: merge.loser_id})
    if reference.field.name == "merged_into":
        rows = rows.exclude(pk=merge.loser_id)
    owned = issubclass(reference.model, ParkOwned)
    parks = dict(rows.order_by("pk").values_list("pk", "park_id" if owned else "pk"))
    moved = repoint(reference, list(parks), merge.survivor_id)
    outcomes = {pk: "moved" if pk in moved else "stayed" for pk in parks}
    if not owned:
        merge.shared_rows += [[str(reference), pk, outcome] for pk, outcome in outcomes.items()]
        return
    MergeRow.objects.bulk_create(
        [
            MergeRow(park_id=parks[pk], merge=merge, reference=str(reference), row_id=pk, outcome=outcome)
            for pk, outcome in outcomes.items()
        ],
        batch_size=1000,
    )
    stayed: dict[int, int] = {}
    for pk, park_id in parks.items():
        if pk not in moved:
            stayed[park_id] = stayed.get(park_id, 0) + 1
    for park_id in stayed:
        _tell(merge, park_id)


def repoint(reference: Reference, ids: list[int], company_id: int) -> set[int]:
    """Have these rows refer to that company: all at once, else one by one; those that the database accepted."""
    rows = _rows(reference)
    if _accepted(lambda: rows.filter(pk__in=ids).update(**{reference.field.name: company_id})):
        return set(ids)
    return {
        pk for pk in ids if _accepted(lambda pk=pk: rows.filter(pk=pk).update(**{reference.field.name: company_id}))
    }


def _accepted(write: Any) -> bool:
    """Whether no unique, check or exclusion constraint (nor a guarding trigger) stands against it."""
    try:
        with transaction.atomic():
            write()
    except (IntegrityError, InternalError):
        return False
    return True


def _tell(merge: Merge, park_id: int) -> None:
    name = merge.survivor.name

    def text() -> tuple[str, str]:
        body = _(
            "Your park had the same thing with both records, for example an open lead each. One stayed behind: "
            "close or settle one of the two on the company's page, then bring the other over."
        )
        return _("Two records of %(name)s are now one: settle what both had") % {"name": name}, body

    queue(
        park_id=park_id,
        recipients=people_with("companies.merge", park_id),
        kind="merge_left",
        key=f"merge-left:{merge.pk}",
        text=text,
        url=merge.survivor.get_absolute_url(),
    )


def _settle_pairs(merge: Merge) -> None:
    """This pair is decided; “not the same” holds for the survivor too; other questions about the loser are void."""
    pairs = Duplicate.objects.of(merge.loser_id)
    own = pairs.of(merge.survivor_id)
    own.update(state=Duplicate.State.MERGED, version=models.F("version") + 1)
    others = pairs.exclude(pk__in=own.values("pk"))
    for pair in others.filter(state=Duplicate.State.DIFFERENT):
        third = pair.right_id if pair.left_id == merge.loser_id else pair.left_id
        left, right = sorted((third, merge.survivor_id))
        values = {"evidence": pair.evidence, "score": pair.score, "state": pair.state, "reason": pair.reason}
        values |= {"decided_by_id": pair.decided_by_id, "decided_at": pair.decided_at, "park_id": pair.park_id}
        Duplicate.objects.get_or_create(left_id=left, right_id=right, defaults=values)
    others.filter(state__in=[Duplicate.State.OPEN, Duplicate.State.LATER]).delete()


def mark_failed(merge_id: int, error: str) -> None:
    """The pair is to be decided again, with the reason why it could not be done; an undoing may be asked for again."""
    queued = Merge.objects.filter(pk=merge_id, state=Merge.State.QUEUED)
    if queued.update(state=Merge.State.FAILED, error=trimmed(error, 300)):
        pair = Duplicate.objects.filter(merges=merge_id, state=Duplicate.State.MERGING)
        pair.update(state=Duplicate.State.OPEN)
    Merge.objects.filter(pk=merge_id, state=Merge.State.UNDOING).update(
        state=Merge.State.DONE, error=trimmed(error, 300)
    )


def give_up_lost(*, park_id: int) -> None:
    """Say of merges that wait for a job of this park which ended without them that they could not be done."""
    busy = Merge.objects.filter(state__in=[Merge.State.QUEUED, Merge.State.UNDOING], job__isnull=False)
    asked = dict(busy.values_list("job", "pk"))
    ended = Job.objects.filter(park_id=park_id, uuid__in=list(asked), state__in=[Job.State.FAILED, Job.State.CANCELLED])
    for uuid, error in ended.values_list("uuid", "error"):
        mark_failed(asked[uuid], error)
