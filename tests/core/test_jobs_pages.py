"""The pages of jobs: kinds in words, and a button to stop only what can still be stopped."""

import pytest
from django.test import Client

from companies import tasks
from core import tasks as core_tasks
from core.jobs import KINDS, LOOKS
from core.models import Job
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def test_every_kind_of_job_has_a_name_in_words() -> None:
    assert tasks.__name__, core_tasks.__name__
    named = {kind for kind in KINDS if not kind.startswith("test")}
    assert {"export", "bulk_edit", "find_duplicates", "companies.import_run"} <= named
    assert named - LOOKS.keys() == set()


@pytest.mark.parametrize(("state", "stoppable"), [("running", True), ("waiting", True), ("done", False)])
def test_a_job_is_named_and_stopped_only_while_it_is_open(cast: Cast, state: str, *, stoppable: bool) -> None:
    with cast.everywhere():
        job = Job.objects.create(
            park=cast.zone, owner=cast.officer, kind="find_duplicates", state=state, total=9, result={"open": 2}
        )
    client = Client()
    client.force_login(cast.officer)
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(f"/jobs/{job.uuid}/", headers=headers).content.decode()
        assert "查找重复" in page
        assert "find_duplicates" not in page
        assert (f"/jobs/{job.uuid}/cancel/" in page) == stoppable
    assert "查找重复" in client.get("/jobs/").content.decode()
    assert client.get("/api/v1/jobs/").json()["results"][0]["title"] == "查找重复企业"
