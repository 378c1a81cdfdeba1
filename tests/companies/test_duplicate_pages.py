"""The review list, both sides of a pair, the decision; the same through the API."""

from uuid import uuid4

import pytest
from django.test import Client

import companies.tasks  # noqa: F401 - tells the worker of its jobs
from companies.models import Company, Duplicate, Merge
from core.jobs import run_next
from tests.companies.test_duplicate_rules import ONE
from tests.companies.test_merge import merged, pair_of
from tests.fixtures import rows
from tests.fixtures.cast import Cast, found_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast: Cast) -> Duplicate:
    """Two companies of the registry."""
    one = found_company("示例微电子有限公司", ONE, city="无锡")
    return pair_of(one, found_company("示例微电子（无锡）有限公司", city="南京", website="https://example.com/"))


def test_the_list_shows_what_is_to_be_decided_and_filters(client: Client, cast: Cast, pair: Duplicate) -> None:
    secret = rows.make_duplicate(cast.elsewhere, score=92)
    client.force_login(cast.officer)
    text = client.get("/companies/duplicates/").content.decode()
    assert pair.right.name in text
    assert secret.right.name not in text
    assert "去除地区和组织形式后名称相同" in text
    assert pair.right.name not in client.get("/companies/duplicates/?state=merged").content.decode()
    assert pair.right.name in client.get("/companies/duplicates/?state=all&score=75").content.decode()
    assert pair.right.name not in client.get("/companies/duplicates/?score=90").content.decode()
    assert pair.right.name in client.get("/companies/duplicates/?q=微电子").content.decode()
    client.force_login(cast.enterprise)
    assert client.get("/companies/duplicates/").status_code == 403


def test_both_sides_stand_side_by_side_with_what_my_parks_have(client: Client, cast: Cast, pair: Duplicate) -> None:
    with cast.everywhere():
        rows.make_lead(cast.zone, owner=cast.officer, company=pair.right)
        rows.make_lead(cast.elsewhere, owner=cast.stranger, company=pair.right)
    client.force_login(cast.park_admin)
    response = client.get(pair.get_absolute_url())
    assert [(one.left, one.right) for one in response.context["hanging"]] == [(0, 1)]
    differing = {line.name for line in response.context["lines"] if line.differs}
    assert differing == {"name", "credit_code", "city", "website"}
    client.force_login(cast.officer)
    response = client.get(pair.get_absolute_url())
    assert not response.context["may_decide"]
    assert client.get(f"/companies/duplicates/{pair.pk}/merge/").status_code == 403


def test_a_steward_merges_in_the_page_and_undoes_it_on_the_survivors_page(
    client: Client, cast: Cast, pair: Duplicate
) -> None:
    client.force_login(cast.park_admin)
    url = f"/companies/duplicates/{pair.pk}/merge/"
    assert client.get(url).context["page"].get_form().fields["survivor"].initial == "left"
    key = str(uuid4())
    sent = {"survivor": "left", "version": 1, "keep_name": "left", "keep_credit_code": "left", "request_key": key}
    sent |= {"keep_city": "right", "keep_website": "right"}
    for _again in range(2):
        assert client.post(url, sent).status_code == 302
    assert Merge.objects.count() == 1
    assert "正在把" in client.get(pair.get_absolute_url()).content.decode()
    assert "正在把" in client.get(pair.get_absolute_url(), {"watch": "1"}).content.decode()
    job = f"/jobs/{Merge.objects.get().job}/"
    assert client.post(f"{job}cancel/", headers={"Accept": "application/json"}).status_code == 409
    assert run_next()
    assert client.get(pair.get_absolute_url(), {"watch": "1"})["HX-Refresh"] == "true"
    assert f'href="/companies/{pair.left_id}/"' in client.get(job).content.decode()
    left = Company.objects.get(pk=pair.left_id)
    assert (left.city, left.website) == ("南京", "https://example.com/")
    gone = client.get(f"/companies/{pair.right_id}/")
    assert (gone.status_code, gone["Location"]) == (302, f"/companies/{left.pk}/")
    shown = client.get(f"/companies/{left.pk}/").content.decode()
    assert "前可以撤销" in shown
    undo = f"/companies/merges/{Merge.objects.get().pk}/undo/"
    assert undo in shown
    client.force_login(cast.officer)
    assert undo not in client.get(f"/companies/{left.pk}/").content.decode()
    assert client.post(undo).status_code == 403
    client.force_login(cast.park_admin)
    assert client.post(undo).status_code == 302
    assert run_next()
    assert client.get(f"/companies/{pair.right_id}/").status_code == 200


def test_a_refusal_stands_at_its_field_and_keeps_what_was_chosen(client: Client, cast: Cast) -> None:
    pair = rows.make_duplicate(cast.zone)
    client.force_login(cast.manager)
    response = client.post(f"/companies/duplicates/{pair.pk}/different/", {"version": 1, "reason": ""})
    assert response.status_code == 422
    Duplicate.objects.filter(pk=pair.pk).update(version=2)
    response = client.post(f"/companies/duplicates/{pair.pk}/merge/", {"version": 1, "survivor": "left"})
    assert response.status_code == 412
    response = client.post(f"/companies/duplicates/{pair.pk}/merge/", {"version": 2, "survivor": "right"})
    assert response.status_code == 422
    assert client.post(f"/companies/duplicates/{pair.pk}/later/").status_code == 302
    assert Duplicate.objects.get().state == "later"
    assert client.post(f"/companies/duplicates/{pair.pk}/reopen/").status_code == 302
    assert Duplicate.objects.get().state == "open"


def test_what_stayed_behind_is_shown_to_its_park_alone(client: Client, cast: Cast, pair: Duplicate) -> None:
    with cast.everywhere():
        for company, owner in ((pair.left, cast.officer), (pair.right, cast.colleague)):
            lead = rows.make_lead(cast.zone, owner=owner, company=company)
    merge = merged(cast, pair.left, pair.right)
    client.force_login(cast.manager)
    text = client.get(f"/companies/{pair.left_id}/").content.decode()
    assert f"/leads/{lead.pk}/" in text
    assert f"/companies/merges/{merge.pk}/bring-over/" in text
    assert client.post(f"/companies/merges/{merge.pk}/bring-over/", {"park": cast.zone.pk}).status_code == 302
    client.force_login(cast.stranger)
    assert f"/leads/{lead.pk}/" not in client.get(f"/companies/{pair.left_id}/").content.decode()


def test_similar_companies_are_offered_while_typing_and_on_the_record(
    client: Client, cast: Cast, pair: Duplicate
) -> None:
    client.force_login(cast.officer)
    offered = client.get("/companies/similar/", {"name": "无锡示例微电子股份有限公司"}, headers={"HX-Request": "true"})
    assert pair.left.name in offered.content.decode()
    assert f"/companies/duplicates/{pair.pk}/" in client.get(f"/companies/{pair.left_id}/").content.decode()
    other = found_company("示例另一家有限公司")
    response = client.post(f"/companies/{pair.left_id}/compare/", {"other": other.pk})
    assert response["Location"] == Duplicate.objects.of(other).get().get_absolute_url()


def test_the_whole_registry_is_searched_as_a_job(client: Client, cast: Cast) -> None:
    one = found_company("示例微电子有限公司", ONE)
    two = found_company("示例微电子（无锡）有限公司")
    client.force_login(cast.officer)
    assert client.post("/companies/duplicates/search/").status_code == 403
    client.force_login(cast.park_admin)
    assert client.post("/companies/duplicates/search/").status_code == 302
    assert run_next()
    assert Duplicate.objects.of(one).of(two).exists()


def test_the_api_lists_decides_merges_and_undoes(client: Client, cast: Cast, pair: Duplicate) -> None:
    client.force_login(cast.park_admin)
    listed = client.get("/api/v1/duplicates/?score=75").json()["results"]
    assert [(row["id"], row["left"]["name"]) for row in listed] == [(pair.pk, pair.left.name)]
    url = f"/api/v1/duplicates/{pair.pk}/"
    tag = client.get(url)["ETag"]
    body = {"survivor": pair.left_id, "taken": ["website"]}
    assert client.post(f"{url}merge/", body, "application/json").status_code == 428
    answer = client.post(f"{url}merge/", body, "application/json", headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["merge"]["state"]) == (202, "queued")
    stale = client.post(f"{url}different/", {"reason": "x"}, "application/json", headers={"If-Match": tag})
    assert stale.status_code == 412
    assert run_next()
    gone = client.get(f"/api/v1/companies/{pair.right_id}/")
    assert gone.json()["id"] == pair.left_id
    assert gone["Content-Location"].endswith(f"/api/v1/companies/{pair.left_id}/")
    names = [row["name"] for row in client.get("/api/v1/companies/?search=微电子").json()["results"]]
    assert names == [pair.left.name]
    assert client.post(f"{url}undo/", headers={"If-Match": "*"}).status_code == 202
    assert run_next()
    assert client.get(f"/api/v1/companies/{pair.right_id}/").json()["id"] == pair.right_id
    made = client.post("/api/v1/duplicates/", {"left": pair.left_id, "right": cast.company.pk}, "application/json")
    assert (made.status_code, made.json()["evidence"]) == (201, "hand")
