"""Long work: claimed once, watched, cancelled, repeated after a lost worker, given up after three."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from core import jobs
from core.errors import Conflict, Refused
from core.isolation import current_scope
from core.models import Job
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def kinds() -> Iterator[dict[str, jobs.Run]]:
    """The registry, put back afterwards."""
    before = dict(jobs.KINDS)
    yield jobs.KINDS
    jobs.KINDS.clear()
    jobs.KINDS.update(before)


def put(cast: Cast, kind: str = "count", **given: Any) -> Job:
    with cast.everywhere():
        return jobs.start_job(by=cast.officer, park_id=cast.zone.pk, kind=kind, input=given)


def reread(cast: Cast, row: Job) -> Job:
    with cast.everywhere():
        row.refresh_from_db()
    return row


def test_a_job_runs_once_in_its_park_and_keeps_its_result(cast: Cast, kinds: dict[str, jobs.Run]) -> None:
    seen = []

    def count(progress: jobs.Progress) -> dict[str, Any]:
        for done in range(3):
            with progress.chunk():
                seen.append(current_scope().write)  # type: ignore[union-attr]  # the chunk opened one
            progress.report(done + 1, 3)
        return {"counted": progress.input["upto"]}

    kinds["count"] = count
    row = put(cast, upto=3)
    assert jobs.run_next()
    assert not jobs.run_next()
    reread(cast, row)
    assert (row.state, row.done, row.total, row.result) == ("done", 3, 3, {"counted": 3})
    assert set(seen) == {frozenset({cast.zone.pk})}


def test_a_refusal_is_said_and_a_fault_is_hidden_behind_a_reference(cast: Cast, kinds: dict[str, jobs.Run]) -> None:
    def refuse(_progress: jobs.Progress) -> None:
        raise Refused("第 3 行缺企业名称")

    def fall(_progress: jobs.Progress) -> None:
        raise RuntimeError("secret detail")

    kinds.update(refuse=refuse, fall=fall)
    refused, fallen = put(cast, "refuse"), put(cast, "fall")
    jobs.run_next()
    jobs.run_next()
    assert (reread(cast, refused).state, refused.error) == ("failed", "第 3 行缺企业名称")
    assert reread(cast, fallen).state == "failed"
    assert "RuntimeError" in fallen.error
    assert "secret" not in fallen.error


def test_an_unknown_kind_fails_with_its_name(cast: Cast) -> None:
    row = put(cast, "fly")
    jobs.run_next()
    assert reread(cast, row).state == "failed"
    assert "fly" in row.error


def test_a_lost_workers_job_is_begun_three_times_at_most(cast: Cast, clock: Any) -> None:
    row = put(cast)
    for _lost in range(3):
        assert jobs.claim_next()
        assert jobs.claim_next() is None
        clock.shift(jobs.LEASE + timedelta(seconds=1))
    assert jobs.claim_next() is None
    assert reread(cast, row).state == "failed"


def test_a_worker_that_lost_its_lease_stops_at_its_next_report(cast: Cast, clock: Any) -> None:
    row = put(cast)
    slow = jobs.claim_next()
    assert slow
    clock.shift(jobs.LEASE + timedelta(seconds=1))
    assert jobs.claim_next()
    with pytest.raises(jobs.Cancelled):
        jobs.Progress(slow).report(1)
    assert reread(cast, row).done == 0


def test_a_report_renews_the_lease(cast: Cast, clock: Any) -> None:
    put(cast)
    row = jobs.claim_next()
    assert row
    for done in range(5):
        clock.shift(jobs.LEASE - timedelta(seconds=1))
        jobs.Progress(row).report(done)
    assert jobs.claim_next() is None


def test_the_owner_stops_a_job_and_nobody_else_can(cast: Cast, kinds: dict[str, jobs.Run]) -> None:
    def endless(progress: jobs.Progress) -> None:
        with cast.everywhere():
            jobs.cancel_job(by=cast.officer, job=progress.job)
        progress.report(1)
        raise AssertionError("it went on")

    kinds["endless"] = endless
    row = put(cast, "endless")
    with cast.everywhere(), pytest.raises(Conflict):
        jobs.cancel_job(by=cast.colleague, job=row)
    jobs.run_next()
    assert reread(cast, row).state == "cancelled"
    with cast.everywhere(), pytest.raises(Conflict):
        jobs.cancel_job(by=cast.officer, job=row)


def test_one_job_at_a_time_leaves_a_worker_for_notices(cast: Cast) -> None:
    put(cast)
    put(cast)
    assert jobs.claim_next()
    assert jobs.claim_next() is None


def test_the_page_shows_ones_own_jobs_only(client: Client, cast: Cast) -> None:
    row = put(cast, "导入企业")
    client.force_login(cast.officer)
    assert "导入企业" in client.get("/jobs/").content.decode()
    assert client.get(f"/jobs/{row.uuid}/").status_code == 200
    client.force_login(cast.colleague)
    assert "导入企业" not in client.get("/jobs/").content.decode()
    assert client.get(f"/jobs/{row.uuid}/").status_code == 404


def test_the_owner_stops_a_job_on_its_page(client: Client, cast: Cast) -> None:
    row = put(cast)
    client.force_login(cast.colleague)
    assert client.post(f"/jobs/{row.uuid}/cancel/").status_code == 404
    client.force_login(cast.officer)
    assert "停止" in client.get(f"/jobs/{row.uuid}/").content.decode()
    assert client.post(f"/jobs/{row.uuid}/cancel/").status_code == 302
    assert reread(cast, row).state == "cancelled"
    assert "停止</button>" not in client.get(f"/jobs/{row.uuid}/").content.decode()
