"""Long work of companies: imports, the search for duplicates, merges and their undoing."""

from typing import Any

from companies.actions import import_work
from companies.actions.duplicates import MERGE, SEARCH, UNDO
from companies.actions.imports import CHECK, REVERT, RUN
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


@job(CHECK)
def check_import(progress: Progress) -> None:
    """The dry run of an import."""
    assert progress.job.owner  # noqa: S101 - an import's job has one
    import_work.check(progress, progress.job.owner, progress.input["import"])


@job(RUN)
def run_import(progress: Progress) -> None:
    """The writing of an import."""
    assert progress.job.owner  # noqa: S101 - as above
    import_work.run(progress, progress.job.owner, progress.input["import"])


@job(REVERT)
def revert_import(progress: Progress) -> None:
    """The taking back of an import."""
    assert progress.job.owner  # noqa: S101 - as above
    import_work.revert(progress, progress.job.owner, progress.input["import"])
