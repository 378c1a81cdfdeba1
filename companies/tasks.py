"""Long work with companies."""

from typing import Any

from companies.actions.duplicates import MERGE, SEARCH, UNDO
from companies.actions.merge import carry_out
from companies.actions.unmerge import carry_out_undo
from companies.duplicates import propose_all
from companies.models import Duplicate, Merge
from core.errors import Refused
from core.jobs import Progress, job


@job(MERGE)
def _merge(progress: Progress) -> dict[str, Any]:
    return _carried(progress, carry_out)


@job(UNDO)
def _undo(progress: Progress) -> dict[str, Any]:
    return _carried(progress, carry_out_undo)


def _carried(progress: Progress, carry: Any) -> dict[str, Any]:
    pk = int(progress.input["merge"])
    try:
        merge = carry(pk)
    except Refused as refusal:
        _failed(pk, str(refusal))
        raise
    progress.report(1, 1)
    return {"merge": pk, "survivor": merge.survivor_id}


def _failed(pk: int, error: str) -> None:
    """The pair is to be decided again, with the reason why it could not be done."""
    queued = Merge.objects.filter(pk=pk, state=Merge.State.QUEUED)
    if queued.update(state=Merge.State.FAILED, error=error[:300]):
        pair = Duplicate.objects.filter(merges=pk, state=Duplicate.State.MERGING)
        pair.update(state=Duplicate.State.OPEN)
    Merge.objects.filter(pk=pk, state=Merge.State.UNDOING).update(state=Merge.State.DONE, error=error[:300])


@job(SEARCH)
def _search(progress: Progress) -> dict[str, Any]:
    for done, total in propose_all():
        progress.report(done, total)
    return {"open": Duplicate.objects.filter(park=None, state=Duplicate.State.OPEN).count()}
