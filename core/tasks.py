"""The pulse of worker and beat, and the worker's turn at long jobs.

Beat is known by the heartbeats that only it sends. The worker also sends itself a pulse, so that it is alive on record
while beat is frozen: `beat` missing alone means beat, `worker` missing means the worker (and with it what beat sends).
"""

import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from core import jobs
from core import upkeep as keeping
from core.lists import bulk, exports
from core.models import Heartbeat
from core.nudge import nudge

jobs.job(bulk.EDIT)(bulk.run_bulk_edit)
jobs.job(bulk.UNDO)(bulk.run_undo)
jobs.job(exports.KIND)(exports.run_export)

PULSE_EVERY = 60.0  # seconds
_JOB_SOFT_LIMIT, _JOB_HARD_LIMIT = 3500, 3600


def stamp(*names: str) -> None:
    """Write down that these were alive just now, in one statement."""
    rows = [Heartbeat(name=name, at=timezone.now()) for name in names]
    Heartbeat.objects.bulk_create(rows, update_conflicts=True, unique_fields=["name"], update_fields=["at"])


@shared_task(name="core.tasks.heartbeat")
def heartbeat() -> None:
    """Sent by beat, carried out by the worker: both live."""
    stamp("beat", "worker")


@shared_task(name="core.tasks.pulse")
def pulse() -> None:
    """Sent by the worker to itself: it takes work from the broker and finishes it."""
    stamp("worker")


@shared_task(name="core.tasks.run_jobs", soft_time_limit=_JOB_SOFT_LIMIT, time_limit=_JOB_HARD_LIMIT)
def run_jobs() -> None:
    """Carry out waiting jobs, one after the other."""
    while jobs.run_next():
        pass


@shared_task(name=keeping.RUN)
def upkeep() -> None:
    """Every ten minutes from beat, and on a nudge: what parks need seen to."""
    keeping.run()


@worker_ready.connect
def _keep_pulse(**_kwargs: Any) -> None:
    threading.Thread(target=_pulse_forever, name="pulse", daemon=True).start()


def _pulse_forever(stop: threading.Event | None = None) -> None:
    stop = stop or threading.Event()
    nudge(pulse.name)
    while not stop.wait(PULSE_EVERY):
        nudge(pulse.name)
