"""Long work of companies: imports."""

from companies.actions import import_work
from companies.actions.imports import CHECK, REVERT, RUN
from core.jobs import Progress, job


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
