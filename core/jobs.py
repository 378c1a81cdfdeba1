"""Long work as rows: a job waits in the database, a worker claims it, its owner watches the progress.

A kind is a function registered in its app's `tasks.py` with `@job("kind")`. It works in chunks: each `with
progress.chunk():` is one transaction in the job's park, `progress.report(done, total)` between them renews the lease,
shows how far it got and stops a cancelled job. A lost worker's job starts again at most twice, so a function must bear
repetition.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.errors import Conflict, Refused
from core.isolation import scope, system_scope
from core.models import Job
from core.nudge import nudge
from core.sayings import saying

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

RUN = "core.tasks.run_jobs"
LEASE = timedelta(minutes=5)
LOST_WORKERS = 3
# One at a time: the worker's other process stays free for notices.
AT_ONCE = 1
_OPEN = (Job.State.WAITING, Job.State.RUNNING)

Run = Callable[["Progress"], "dict[str, Any] | None"]
KINDS: dict[str, Run] = {}


@dataclass(frozen=True)
class Look:
    """How a kind of job is called, the partial (with `job`) of its result, and whether its owner may stop it."""

    label: str | Promise
    template: str = ""
    stoppable: bool = True


LOOKS: dict[str, Look] = {}


def describe(kind: str, label: str | Promise, template: str = "", *, stoppable: bool = True) -> None:
    """Give a kind of job its name in the interface; call it where the web process imports it, too.

    What is one transaction is not `stoppable`: there is nothing between its beginning and its end.
    """
    LOOKS[kind] = Look(label, template, stoppable)


def look_of(kind: str) -> Look:
    """The name of a kind; one that nobody described is shown by its code."""
    return LOOKS.get(kind, Look(kind))


class Cancelled(Exception):
    """The owner stopped the job, or its lease went to another worker."""


def job(kind: str) -> Callable[[Run], Run]:
    """Decorator: this function carries out jobs of that kind; what it returns becomes the job's `result`."""

    def register(function: Run) -> Run:
        if KINDS.setdefault(kind, function) is not function:
            raise ValueError(f"two functions for jobs of kind {kind!r}")
        return function

    return register


class Progress:
    """What a running job knows and says of itself."""

    def __init__(self, row: Job) -> None:
        self.job = row
        self.input: dict[str, Any] = row.input

    @property
    def park_id(self) -> int:
        """The park that owns the job."""
        return int(self.job.park_id)

    @contextmanager
    def chunk(self) -> Iterator[None]:
        """One transaction in the job's park."""
        with scope(read=[self.park_id], write=[self.park_id]):
            yield

    def report(self, done: int, total: int | None = None) -> None:
        """Show how far it got; raises `Cancelled` when it shall not go on. Call it between chunks, not inside one."""
        changes: dict[str, Any] = {"done": done, "lease_until": timezone.now() + LEASE}
        if total is not None:
            changes["total"] = total
        with self.chunk():
            if not _held(self.job).update(**changes):
                raise Cancelled


def start_job(*, by: "User", park_id: int, kind: str, input: dict[str, Any], total: int = 0, here: bool = False) -> Job:
    """Put long work on the list; the worker begins when this transaction has committed.

    `here`: a command carries it out itself with `run` (if it is killed, the worker goes on when the lease has ended).
    """
    now = timezone.now()
    row = Job(park_id=park_id, owner=by, kind=kind, input=input, total=total, due_at=now)
    if here:
        row.state, row.attempts, row.lease_until = Job.State.RUNNING, 1, now + LEASE
    row.save()
    if not here:
        nudge(RUN)
    return row


def cancel_job(*, by: "User", job: Job) -> Job:
    """Stop one's own job: at once while it waits, at its next report while it runs."""
    if not look_of(job.kind).stoppable:
        raise Conflict(_("This job cannot be stopped; it ends by itself."))
    own = Job.objects.visible_to(by).filter(pk=job.pk, owner=by, state__in=_OPEN)
    if not own.update(state=Job.State.CANCELLED, finished_at=timezone.now(), lease_until=None):
        raise Conflict(_("This job has already ended."))
    job.refresh_from_db()
    return job


def is_waiting() -> bool:
    """Whether a worker should have a look."""
    with system_scope():
        return bool(_claimable(Job.objects.all()).exists())


def run_next() -> bool:
    """Claim and carry out one job; False when there is none to be had."""
    row = claim_next()
    if row is None:
        return False
    run(row)
    return True


def claim_next() -> Job | None:
    """Lease the oldest waiting job, or one whose worker was lost; one that lost three workers has failed."""
    now = timezone.now()
    with system_scope():
        _give_up_lost()
        if Job.objects.filter(state=Job.State.RUNNING, lease_until__gte=now).count() >= AT_ONCE:
            return None
        rows = _claimable(Job.objects.select_for_update(skip_locked=True, of=("self",)))
        row: Job | None = rows.order_by("due_at", "id").first()
        if row is not None:
            row.state, row.attempts, row.lease_until = Job.State.RUNNING, row.attempts + 1, now + LEASE
            row.save(update_fields=["state", "attempts", "lease_until"])
    return row


def run(row: Job) -> None:
    """Carry out a claimed job and write down how it ended."""
    language = row.owner.language if row.owner else None
    with translation.override(language):
        try:
            result = _function(row.kind)(Progress(row)) or {}
        except Cancelled:
            return
        except Refused as refusal:
            _end(row, state=Job.State.FAILED, error=str(refusal))
        except Exception as error:
            reference = uuid.uuid4().hex[:8]
            logger.exception("job %s failed (%s)", row.uuid, reference)
            _end(row, state=Job.State.FAILED, error=job_fault(fault=type(error).__name__, reference=reference))
        else:
            _end(row, state=Job.State.DONE, result=result)


def _function(kind: str) -> Run:
    if kind not in KINDS:
        raise Refused(_("Nobody knows how to do “%(kind)s”.") % {"kind": kind}, code="unknown_kind")
    return KINDS[kind]


def _claimable(rows: Any) -> Any:
    now = timezone.now()
    return rows.filter(Q(state=Job.State.WAITING, due_at__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now))


def _give_up_lost() -> None:
    now = timezone.now()
    lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now, attempts__gte=LOST_WORKERS)
    lost.update(state=Job.State.FAILED, error=worker_lost(), finished_at=now, lease_until=None)


def _held(row: Job) -> Any:
    """Still ours: neither cancelled nor claimed by another worker."""
    return Job.objects.filter(pk=row.pk, park_id=row.park_id, state=Job.State.RUNNING, attempts=row.attempts)


def _end(row: Job, **changes: Any) -> None:
    with scope(read=[row.park_id], write=[row.park_id]):
        _held(row).update(finished_at=timezone.now(), lease_until=None, **changes)


@saying
def job_fault(*, fault: str, reference: str) -> str:
    """A fault of the program stopped the job."""
    said = _("It stopped because of a fault (%(fault)s). Reference for support: %(reference)s.")
    return said % {"fault": fault, "reference": reference}


@saying
def worker_lost() -> str:
    """Nobody could say more."""
    return _("It was begun three times, and each time the worker was lost.")
