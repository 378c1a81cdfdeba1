"""Undoing a merge, and bringing over what had stayed behind."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.actions.duplicates import may_decide
from companies.actions.merge import _locked, _plain, _save, repoint
from companies.duplicates import propose_for
from companies.models import Company, Duplicate, Merge, MergeRow
from core.access import require
from core.errors import Refused
from core.isolation import system_scope
from core.locking import locked
from core.merging import Reference, references

if TYPE_CHECKING:
    from accounts.models import User


def carry_out_undo(merge_id: int) -> Merge:
    """Two companies again: exactly the rows that were moved and still point at the survivor go back.

    Rows made since stay with the survivor, and rows that were given to a third company stay there. Fields of the
    survivor go back where they are still as the merge left them.
    """
    with system_scope(), _locked(merge_id) as (merge, survivor, loser):
        if merge.state != Merge.State.UNDOING:
            return merge
        if survivor.is_merged:
            raise Refused(_("The company was merged once more since. Undo that first."), code="merged_again")
        _give_back_facts(merge, survivor)
        _check_code(loser)
        _save(loser, merged_into_id=None)
        known = {str(reference): reference for reference in references()}
        _give_back_shared(merge, known)
        _give_back_rows(merge, known)
        merge.state, merge.undone_at, merge.version = Merge.State.UNDONE, timezone.now(), merge.version + 1
        merge.save()
        Duplicate.objects.of(loser).of(survivor).update(state=Duplicate.State.OPEN, decided_by=None, decided_at=None)
        propose_for(list(Company.objects.filter(pk__in=[survivor.pk, loser.pk])))
        return merge


def _give_back_facts(merge: Merge, survivor: Company) -> None:
    for name, (before, after) in merge.survivor_changes.items():
        if _plain(survivor, name) == after:
            field: Any = Company._meta.get_field(name)
            setattr(survivor, field.attname, field.to_python(before) if not isinstance(before, list) else before)
    survivor.version += 1
    survivor.save()


def _check_code(loser: Company) -> None:
    """Its code may belong to a living company by now."""
    if loser.code_kind != "valid" or loser.origin_park_id is not None:
        return
    taken = Company.objects.live().filter(credit_code=loser.credit_code, code_kind="valid", origin_park=None)
    if other := taken.exclude(pk=loser.pk).first():
        problem = _("%(name)s has the credit code %(code)s now. Correct that first.")
        raise Refused(problem % {"name": other.name, "code": other.credit_code}, code="code_taken")


def _give_back(reference: Reference, ids: list[int], merge: Merge) -> set[int]:
    rows = reference.model._base_manager.filter(pk__in=ids, **{reference.field.name: merge.survivor_id})
    return repoint(reference, list(rows.order_by("pk").values_list("pk", flat=True)), merge.loser_id)


def _give_back_shared(merge: Merge, known: dict[str, Reference]) -> None:
    kept: list[list[Any]] = []
    for name, reference in known.items():
        rows = {pk: outcome for label, pk, outcome in merge.shared_rows if label == name}
        back = _give_back(reference, [pk for pk, outcome in rows.items() if outcome == "moved"], merge)
        for pk, outcome in rows.items():
            ended = "returned" if pk in back else "elsewhere"
            kept.append([name, pk, ended if outcome == "moved" else outcome])
    merge.shared_rows = kept


def _give_back_rows(merge: Merge, known: dict[str, Reference]) -> None:
    moved = MergeRow.objects.filter(merge=merge, outcome=MergeRow.Outcome.MOVED)
    for name, reference in known.items():
        rows = moved.filter(reference=name)
        back = _give_back(reference, list(rows.values_list("row_id", flat=True)), merge)
        rows.filter(row_id__in=back).update(outcome=MergeRow.Outcome.RETURNED)
        rows.filter(reference=name).update(outcome=MergeRow.Outcome.ELSEWHERE)


@transaction.atomic
def bring_over(*, by: "User", merge: Merge, park_id: int) -> int:
    """Move what had stayed behind in a park and can come now; how many rows came. Raises Refused when none could."""
    require(by, "companies.merge", park_id)
    # Undoing it takes the same row first: what is brought over while it is undone would be left with the survivor.
    merge = locked(Merge.objects.all(), pk=merge.pk)
    if merge.state != Merge.State.DONE:
        raise Refused(_("This merge was undone."), code="undone")
    known = {str(reference): reference for reference in references()}
    stayed = MergeRow.objects.filter(merge=merge, park_id=park_id, outcome=MergeRow.Outcome.STAYED)
    came = 0
    for name in set(stayed.values_list("reference", flat=True)):
        rows = stayed.filter(reference=name)
        moved = repoint(known[name], list(rows.values_list("row_id", flat=True)), merge.survivor_id)
        came += rows.filter(row_id__in=moved).update(outcome=MergeRow.Outcome.MOVED)
    if not came:
        raise Refused(_("The company still has both. Settle one of them first."), code="still_two")
    return came


def may_undo(user: "User", merge: Merge) -> bool:
    """Within thirty days, for those who decide about such pairs."""
    return merge.can_be_undone and may_decide(user, merge.park_id)
