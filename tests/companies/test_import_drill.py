"""A real worker, or the command, killed in the middle of an import: nothing is lost, nothing is there twice."""

import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from companies.actions.imports import map_import, run_import
from companies.models import Company, ImportBatch, ImportRow
from core import jobs
from core.isolation import user_scope
from core.models import Job
from ops.daemon import wait_for
from ops.home import ROOT
from tests.companies.importing import CODE, table, upload
from tests.fixtures.cast import Cast, found_company
from tests.fixtures.live import LiveProcess, product_environment

ROWS = 6_000


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    """The cast, seen by other processes too."""
    return cast


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
    let_the_lease_end(cast)
    worker.start()


def let_the_lease_end(cast: Cast) -> None:
    """Of whoever was carrying out a job."""
    with user_scope(cast.officer):
        running = Job.objects.filter(state=Job.State.RUNNING)
        running.update(lease_until=timezone.now() - timedelta(seconds=1))


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


@pytest.mark.drill
def test_the_command_killed_in_the_middle_and_given_again_doubles_nothing_and_misses_nothing(
    people: Cast, redis_url: str, tmp_path: Path
) -> None:
    lines, path = 2 * ROWS, tmp_path / "register.csv"  # written at once, in three pieces
    rows = [[f"示例命令{n}号有限公司", CODE if n == lines - 1 else ""] for n in range(lines)]
    path.write_bytes(table(["公司名称", "统一社会信用代码"], *rows))
    command = [sys.executable, "manage.py", "import_companies", str(path), "--by", people.park_admin.username]
    started = partial(
        subprocess.Popen, command, cwd=ROOT, env=product_environment(redis_url), stdout=subprocess.PIPE, text=True
    )
    made = Company.objects.filter(name__startswith="示例命令")
    with transaction.atomic():
        # The last piece waits for a company of this code, of which nobody knows yet whether it will be there.
        found_company("示例占位有限公司", CODE)
        with started() as killed:
            wait_for(made.exists, 120, "nothing is written")
            killed.kill()
        transaction.set_rollback(True)
    before = made.count()
    assert 0 < before < lines, "it was not killed in the middle"
    with started() as again:
        said, _nothing = again.communicate(timeout=240)
    assert again.returncode == 0
    assert f"created {lines - before}, updated 0, unchanged {before}" in said
    # A worker carries the killed one's job on behind its last line.
    let_the_lease_end(people)
    assert jobs.run_next()
    with user_scope(people.officer):
        first, second = ImportBatch.objects.order_by("pk")
        for batch in (first, second):
            numbers = ImportRow.objects.filter(batch=batch).values("number").distinct()
            assert (batch.state, batch.at_once, numbers.count()) == ("done", True, lines)
        assert ImportRow.objects.filter(outcome="create", state="done").count() == lines
    assert made.count() == lines
    assert made.values("name").distinct().count() == lines
