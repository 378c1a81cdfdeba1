"""The tick: every five seconds from beat, and on a nudge after a commit."""

from celery import shared_task

from core import jobs
from core.nudge import nudge
from notices import actions

ROUNDS = 20


@shared_task(name="notices.tasks.tick")
def tick() -> None:
    """Deliver what is due, in a bounded number of rounds, and see to waiting jobs."""
    if jobs.is_waiting():
        nudge(jobs.RUN)
    for _round in range(ROUNDS):
        if not actions.deliver_due():
            break
