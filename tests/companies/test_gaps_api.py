"""What stewards do on pages, over the API: what stayed behind after a merge, the search through the registry."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from companies.models import Contact, MergeRow
from core.models import Job
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_contact, make_merge

pytestmark = pytest.mark.django_db


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def test_what_stayed_behind_is_brought_over(cast: Cast) -> None:
    with cast.everywhere():
        merge = make_merge(None, by=cast.leader)
        contact = make_contact(cast.zone, company=merge.loser)
        reference = "companies.Contact.company"
        stayed = {"reference": reference, "row_id": contact.pk, "outcome": MergeRow.Outcome.STAYED}
        MergeRow.objects.create(park=cast.zone, merge=merge, **stayed)
    path = f"/api/v1/merges/{merge.pk}/bring-over/"
    (listed,) = api(cast.manager).get(f"/api/v1/merges/?loser={merge.loser_id}").json()["results"]
    assert (listed["id"], listed["state"]) == (merge.pk, "done")
    assert api(cast.officer).post(path, {}).status_code == 403
    assert api(cast.manager).post(path, {"park": cast.sibling.code}).status_code == 403
    assert api(cast.manager).post(path, {}).json() == {"came": 1}
    again = api(cast.manager).post(path, {})
    assert (again.status_code, again.json()["code"]) == (400, "still_two")
    with cast.everywhere():
        assert Contact.objects.get(pk=contact.pk).company_id == merge.survivor_id


def test_the_registry_is_searched_once_at_a_time_and_the_search_is_stopped(cast: Cast) -> None:
    client = api(cast.people["park_admin"])
    begun = client.post("/api/v1/duplicates/search/")
    assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
    assert client.post("/api/v1/duplicates/search/").json()["id"] == begun.json()["id"]
    assert api(cast.manager).post("/api/v1/duplicates/search/").status_code == 403
    stopped = client.post(f"/api/v1/jobs/{begun.json()['id']}/cancel/")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "cancelled")
    assert client.post(f"/api/v1/jobs/{begun.json()['id']}/cancel/").status_code == 409
    assert api(cast.manager).post(f"/api/v1/jobs/{begun.json()['id']}/cancel/").status_code == 404
    with cast.everywhere():
        assert Job.objects.count() == 1
