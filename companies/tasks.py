"""Long work of companies: imports, the search for duplicates, merges and their undoing."""

from typing import Any

from companies.actions import import_work
from companies.actions.duplicates import MERGE, SEARCH, UNDO
from companies.actions.imports import CHECK, REVERT, RUN
from companies.actions.merge import carry_out, give_up_lost, mark_failed
from companies.actions.unmerge import carry_out_undo
from companies.duplicates import propose_all
from companies.models import Duplicate
from companies.sayings import merge_fault
from core.errors import Refused
from core.jobs import Progress, job
from core.upkeep import upkeep


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
        mark_failed(pk, str(refusal))
        raise
    except Exception:
        # The job's page has the reference for support; without this the pair would be “being merged” for ever.
        mark_failed(pk, merge_fault())
        raise
    progress.report(1, 1)
    return {"merge": pk, "survivor": merge.survivor_id, "url": merge.survivor.get_absolute_url()}


@upkeep("companies.merges")
def give_up_merges(park_id: int) -> None:
    """Merges whose worker was lost three times."""
    give_up_lost(park_id=park_id)


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
