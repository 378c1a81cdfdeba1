"""A real worker killed in the middle of a dry run and of the writing: nothing is lost, nothing is there twice."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from companies.actions.imports import map_import, run_import
from companies.models import Company, ImportBatch, ImportRow
from core.isolation import user_scope
from core.models import Job
from ops.daemon import wait_for
from tests.companies.importing import table, upload
from tests.fixtures.cast import Cast, make_cast
from tests.fixtures.live import LiveProcess

ROWS = 6_000


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, seen by other processes too."""
    return make_cast()


def state_of(cast: Cast, batch: ImportBatch) -> tuple[str, int, int]:
    """Where the import stands: its state, its lines, and how many of them are written."""
    with user_scope(cast.officer):
        lines = ImportRow.objects.filter(batch=batch)
        state = ImportBatch.objects.get(pk=batch.pk).state
        return state, lines.count(), lines.filter(state="done").count()


def has_come_far(cast: Cast, batch: ImportBatch, state: str, place: int) -> bool:
    """Some chunks are done, or all of them already."""
    now, lines, written = state_of(cast, batch)
    return (lines, written)[place] > 0 or now == state


def is_in(cast: Cast, batch: ImportBatch, state: str) -> bool:
    return state_of(cast, batch)[0] == state


def killed_and_replaced(cast: Cast, worker: LiveProcess) -> None:
    """Kill it, let its lease end at once, and start another; the next tick finds the job."""
    worker.kill()
    with user_scope(cast.officer):
        running = Job.objects.filter(state=Job.State.RUNNING)
        running.update(lease_until=timezone.now() - timedelta(seconds=1))
    worker.start()


def standing(cast: Cast, worker: LiveProcess, complaint: str) -> str:
    """What went wrong, where the job stands by now, and what the worker said."""
    with user_scope(cast.officer):
        jobs = list(Job.objects.values("kind", "state", "attempts", "done", "error", "due_at", "lease_until"))
    return f"{complaint}: {jobs}\n{worker.log[-3000:]}"


@pytest.mark.drill
def test_a_worker_killed_twice_doubles_no_line_and_no_company(
    people: Cast, live_worker: LiveProcess, live_beat: LiveProcess
) -> None:
    # With beat, as in the product: a nudge may be lost, the next tick finds the job all the same.
    told = partial(standing, people, live_worker)
    batch = upload(people.officer, table(["公司名称"], *[[f"示例演练{n}号有限公司"] for n in range(ROWS)]))
    with user_scope(people.officer):
        map_import(by=people.officer, batch=batch, mapping=["name"], match_keys=["name"])
    wait_for(partial(has_come_far, people, batch, "checked", 0), 120, partial(told, "no dry run"))
    killed_and_replaced(people, live_worker)
    wait_for(partial(is_in, people, batch, "checked"), 180, partial(told, "the dry run does not end"))
    assert state_of(people, batch) == ("checked", ROWS, 0)
    with user_scope(people.officer):
        run_import(by=people.officer, batch=batch)
    wait_for(partial(has_come_far, people, batch, "done", 1), 120, partial(told, "nothing is written"))
    killed_and_replaced(people, live_worker)
    wait_for(partial(is_in, people, batch, "done"), 240, partial(told, "the import does not end"))
    assert state_of(people, batch) == ("done", ROWS, ROWS)
    assert Company.objects.filter(name__startswith="示例演练").count() == ROWS
    assert Company.objects.filter(name__startswith="示例演练").values("name").distinct().count() == ROWS
