"""Leads, activities and submissions in the API."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from companies.models import Company
from leads.models import Activity, Lead, Submission
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_company, make_lead, make_submission
from tests.leads.conftest import jpeg, reads, tomorrow

pytestmark = pytest.mark.django_db
NOWHERE = 999_999_999


def api(user: User) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def fields(response: Any) -> set[str]:
    """The fields that a problem document names."""
    assert response["Content-Type"].startswith("application/problem+json"), response.content
    return {error["field"] for error in response.json()["errors"]}


def a_visit(of: Lead, **values: object) -> dict[str, object]:
    return {
        "uuid": str(uuid.uuid4()),
        "lead": of.pk,
        "kind": "outbound_visit",
        "happened_at": timezone.now().isoformat(),
        "summary": "看了厂房",
    } | values


def test_an_activity_is_answered_once_created_and_then_the_same(cast: Cast, lead: Lead) -> None:
    client, body = api(cast.officer), a_visit(lead, next_step="送方案", next_date=str(tomorrow()))
    first = client.post("/api/v1/activities/", body)
    assert first.status_code == 201, first.content
    answer = first.json()
    assert (answer["uuid"], answer["park"], answer["lead"], answer["company"]) == (
        body["uuid"],
        "zone",
        lead.pk,
        lead.company_id,
    )
    again = client.post("/api/v1/activities/", body)
    assert (again.status_code, again.json()) == (200, answer)
    with cast.everywhere():
        assert Activity.objects.count() == 1
    assert client.get(f"/api/v1/leads/{lead.pk}/").json()["next_step"] == "送方案"


def test_a_company_alone_is_logged_in_the_home_park(cast: Cast) -> None:
    body = {"company": cast.company.pk, "kind": "call", "happened_at": timezone.now().isoformat(), "summary": "电话"}
    answer = api(cast.operator_officer).post("/api/v1/activities/", body).json()
    assert (answer["park"], answer["lead"], answer["company"]) == ("inner", None, cast.company.pk)


def test_the_lead_of_another_park_is_answered_like_one_that_does_not_exist(cast: Cast, lead: Lead) -> None:
    for stranger in (cast.stranger, cast.operator_officer):
        client = api(stranger)
        foreign = client.post("/api/v1/activities/", a_visit(lead))
        missing = client.post("/api/v1/activities/", a_visit(lead, lead=NOWHERE))
        assert foreign.status_code == missing.status_code == 400
        assert fields(foreign) == fields(missing) == {"lead"}
        assert foreign.content.replace(str(lead.pk).encode(), b"#") == missing.content.replace(b"999999999", b"#")
        assert client.get(f"/api/v1/leads/{lead.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"happened_at": (timezone.now() + timedelta(days=2)).isoformat()}, "happened_at"),
        ({"happened_at": "0001-01-01T00:00:00"}, "happened_at"),
        ({"happened_at": "9999-12-31T23:59:59Z"}, "happened_at"),
        ({"happened_at": "gestern"}, "happened_at"),
        ({"summary": ""}, "summary"),
        ({"summary": "x" * 9000}, "summary"),
        ({"summary": "a\x00b"}, "summary"),
        ({"kind": "party"}, "kind"),
        ({"next_step": "送方案", "next_date": "2020-01-01"}, "next_date"),
        ({"next_date": "9999-12-31"}, "next_step"),
        ({"uuid": "1"}, "uuid"),
        ({"lead": "x"}, "lead"),
        ({"lead": 10**30}, "lead"),
    ],
)
def test_bad_input_is_named_at_its_field(cast: Cast, lead: Lead, values: dict[str, object], field: str) -> None:
    response = api(cast.officer).post("/api/v1/activities/", a_visit(lead, **values))
    assert (response.status_code, fields(response)) == (400, {field})
    with cast.everywhere():
        assert not Activity.objects.exists()


def test_lead_and_company_must_fit(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        other = make_company()
    response = api(cast.officer).post("/api/v1/activities/", a_visit(lead, company=other.pk))
    assert (response.status_code, fields(response)) == (400, {"company"})


def test_a_photo_comes_along(cast: Cast, lead: Lead) -> None:
    body = a_visit(lead, files=[SimpleUploadedFile("现场.jpg", jpeg(), "image/jpeg")])
    answer = api(cast.officer).post("/api/v1/activities/", body, format="multipart")
    assert answer.status_code == 201, answer.content
    [photo] = answer.json()["attachments"]
    assert (photo["name"], photo["content_type"]) == ("现场.jpg", "image/jpeg")


def test_a_claim_answers_with_its_version_and_a_second_one_with_a_conflict(cast: Cast) -> None:
    body = {"company": cast.company.pk, "title": "一期", "amount": "26600000.00", "source": "event"}
    first = api(cast.officer).post("/api/v1/leads/", body)
    assert first.status_code == 201, first.content
    answer = first.json()
    assert (answer["park"], answer["stage"], answer["amount"], answer["light"]) == (
        "zone",
        "planning",
        "26600000.00",
        "green",
    )
    assert first["ETag"] == '"1"'
    second = api(cast.colleague).post("/api/v1/leads/", body)
    assert (second.status_code, fields(second)) == (409, {"company"})
    assert "officer" in second.json()["detail"]


@pytest.mark.parametrize("amount", ["many", "1e400", "-5", "NaN", "Infinity", 1.5, [], "9" * 40])
def test_amounts_that_are_none_are_refused(cast: Cast, amount: object) -> None:
    response = api(cast.officer).post("/api/v1/leads/", {"company": cast.company.pk, "amount": amount})
    assert (response.status_code, fields(response)) == (400, {"amount"})


def test_a_company_or_park_that_one_does_not_see_does_not_exist(cast: Cast) -> None:
    theirs = Company.objects.create(name="外地自有企业", name_text="外地自有企业", origin_park=cast.elsewhere)
    client = api(cast.officer)
    for body, field in (
        ({"company": theirs.pk}, "company"),
        ({"company": NOWHERE}, "company"),
        ({"company": cast.company.pk, "park": "elsewhere"}, "park"),
        ({"company": cast.company.pk, "park": "nowhere"}, "park"),
    ):
        response = client.post("/api/v1/leads/", body)
        assert (response.status_code, fields(response)) == (400, {field})
    # The zone's manager sees into the inner park, but does not act there.
    assert api(cast.manager).post("/api/v1/leads/", {"company": cast.company.pk, "park": "inner"}).status_code == 403


def test_writes_need_the_version_that_was_read(cast: Cast, lead: Lead) -> None:
    client, url = api(cast.officer), f"/api/v1/leads/{lead.pk}/"
    assert client.patch(url, {"title": "一期"}).status_code == 428
    tag = client.get(url)["ETag"]
    changed = client.patch(url, {"title": "一期"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["title"], changed["ETag"]) == (200, "一期", '"2"')
    assert client.patch(url, {"title": "二期"}, headers={"If-Match": tag}).status_code == 412
    for act in ("move", "drop", "admission"):
        person = cast.manager if act == "admission" else cast.officer
        assert api(person).post(f"{url}{act}/", {"to_stage": "contacting", "reason": "r"}).status_code == 428


def test_protected_fields_do_not_change(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        other = make_company()
    body = {
        "stage": "signed",
        "owner": cast.colleague.pk,
        "park": "inner",
        "company": other.pk,
        "version": 99,
        "is_demo": True,
        "counted_month": "2020-01-01",
        "claimed_at": "2020-01-01T00:00:00Z",
    }
    headers = {"If-Match": '"1"'}
    answer = api(cast.officer).patch(f"/api/v1/leads/{lead.pk}/", body, headers=headers).json()
    with cast.everywhere():
        before = (lead.stage, lead.owner_id, lead.park_id, lead.company_id, lead.version, lead.claimed_at)
        lead.refresh_from_db()
        assert before == (lead.stage, lead.owner_id, lead.park_id, lead.company_id, lead.version, lead.claimed_at)
    assert (answer["stage"], answer["is_demo"]) == ("planning", False)


def test_a_lead_moves_drops_and_is_decided_on_through_the_api(
    cast: Cast, lead: Lead, to_screening: Callable[[Lead], Lead]
) -> None:
    client, url = api(cast.officer), f"/api/v1/leads/{lead.pk}/"
    refused = client.post(f"{url}move/", {"to_stage": "visiting"}, headers={"If-Match": '"1"'})
    assert (refused.status_code, fields(refused)) == (400, {"next_step"})
    moved = client.post(f"{url}move/", {"to_stage": "contacting"}, headers={"If-Match": '"1"'})
    assert (moved.status_code, moved.json()["stage"], moved["ETag"]) == (200, "contacting", '"2"')
    lead = to_screening(lead)
    headers = {"If-Match": f'"{lead.version}"'}
    body = {"decision": "admitted", "reason": "符合定位"}
    assert client.post(f"{url}admission/", body, headers=headers).status_code == 403
    decided = api(cast.manager).post(f"{url}admission/", body, headers=headers)
    assert decided.status_code == 201, decided.content
    headers = {"If-Match": decided["ETag"]}
    dropped = client.post(f"{url}drop/", {"reason": "对方取消"}, headers=headers)
    assert (dropped.status_code, dropped.json()["stage"]) == (200, "dropped")


def test_a_colleague_may_not_change_and_a_stranger_sees_nothing(cast: Cast, lead: Lead) -> None:
    url = f"/api/v1/leads/{lead.pk}/"
    headers = {"If-Match": '"1"'}
    assert api(cast.colleague).patch(url, {"title": "x"}, headers=headers).status_code == 403
    assert api(cast.colleague).post(f"{url}drop/", {"reason": "x"}, headers=headers).status_code == 403
    for stranger in (cast.stranger, cast.operator_manager, cast.sibling_manager):
        client = api(stranger)
        for method in (client.get, client.patch):
            foreign, missing = method(url), method(f"/api/v1/leads/{NOWHERE}/")
            assert (foreign.status_code, foreign.content) == (404, missing.content)
        assert client.get("/api/v1/leads/").json()["results"] == []
    for outsider in (cast.window, cast.enterprise, cast.admin):
        assert api(outsider).get("/api/v1/leads/").status_code == 403
    with cast.everywhere():
        lead.refresh_from_db()
        assert (lead.title, lead.stage, lead.version) == ("", "planning", 1)


def test_a_confidential_lead_and_its_activities_are_for_owner_department_or_managers(cast: Cast, lead: Lead) -> None:
    assert api(cast.officer).post("/api/v1/activities/", a_visit(lead)).status_code == 201
    seen = {"own": {"officer", "manager", "leader"}, "department": {"officer", "manager", "leader", "colleague"}}
    other_office = User.objects.create(username="other_office")
    other_office.memberships.create(park=cast.zone, role=cast.officer.memberships.get().role)
    for level, people in seen.items():
        with cast.everywhere():
            Lead.objects.filter(pk=lead.pk).update(confidentiality=level)
        for person in (cast.officer, cast.manager, cast.leader, cast.colleague, other_office):
            person = User.objects.get(pk=person.pk)
            expected = int(person.username in people)
            for path in ("/api/v1/leads/", "/api/v1/activities/"):
                assert len(api(person).get(path).json()["results"]) == expected, (level, person, path)
            assert api(person).get(f"/api/v1/leads/{lead.pk}/").status_code == (200 if expected else 404)


def test_lists_filter_search_order_and_page(cast: Cast, lead: Lead) -> None:
    company = Company(name="示例激光有限公司")
    company.derive()
    company.save()
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.colleague, company=company, stage="visiting", amount=5_000_000)
        make_lead(cast.inner, owner=cast.operator_officer, company=company)
    client = api(cast.manager)

    def found(query: str) -> int:
        response = client.get(f"/api/v1/leads/?{query}")
        assert response.status_code == 200, response.content
        return len(response.json()["results"])

    assert found("") == 3
    assert found("park=zone") == 2
    assert found("stage=visiting&stage=planning&park=zone") == 2
    assert found("search=激光") == 2
    assert found("search=jg&park=inner") == 1
    assert found("owner=me") == 0
    assert found(f"owner={cast.colleague.pk}") == 1
    assert found("amount_min=400万&amount_max=5000000") == 1
    assert found("light=green&open=true") == 3
    assert found("due=none") == 3
    assert found(f"company={company.pk}&ordering=claimed_at&page_size=1") == 1
    assert client.get("/api/v1/leads/?page_size=1").json()["next"]
    for query in ("stage=nowhere", "light=blue", "amount_min=1e400"):
        assert client.get(f"/api/v1/leads/?{query}").status_code == 400, query


def test_lists_take_the_same_few_queries_for_any_number_of_rows(cast: Cast) -> None:
    with cast.everywhere():
        for number in range(6):
            lead = make_lead(cast.zone, owner=cast.officer, company=make_company(f"示例{number}有限公司"))
            make_activity(cast.zone, by=cast.officer, lead=lead)
            make_submission(cast.zone, by=cast.officer, company=lead.company)
    client = api(cast.officer)
    for path, most in (("leads", 5), ("activities", 8), ("submissions", 4)):
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(f"/api/v1/{path}/").json()["results"]) == 6
        assert len(reads(captured.captured_queries)) <= most, captured.captured_queries


def test_information_is_submitted_and_judged_through_the_api(cast: Cast) -> None:
    officer, manager = api(cast.officer), api(cast.manager)
    made = officer.post("/api/v1/submissions/", {"title": "线索", "content": "正在看地", "company": cast.company.pk})
    assert made.status_code == 201, made.content
    url = f"/api/v1/submissions/{made.json()['id']}/"
    assert officer.post(f"{url}judge/", {"valid": True}, headers={"If-Match": '"1"'}).status_code == 403
    assert manager.post(f"{url}judge/", {"valid": True}).status_code == 428
    refused = manager.post(f"{url}judge/", {"valid": False}, headers={"If-Match": '"1"'})
    assert (refused.status_code, fields(refused)) == (400, {"reason"})
    judged = manager.post(f"{url}judge/", {"valid": True, "reason": "属实"}, headers={"If-Match": '"1"'})
    assert (judged.status_code, judged.json()["state"]) == (200, "valid")
    assert manager.post(f"{url}judge/", {"valid": True}, headers={"If-Match": '"2"'}).status_code == 409
    for stranger in (cast.stranger, cast.sibling_manager, cast.colleague):
        assert api(stranger).get(url).status_code == 404
    assert api(cast.auditor).get(url).status_code == 200
    with cast.everywhere():
        assert Submission.objects.get().counted_month is not None


def test_the_schema_describes_these_routes(cast: Cast) -> None:
    schema = api(cast.officer).get("/api/schema/")
    assert schema.status_code == 200
    paths = schema.json()["paths"]
    for path in ("leads/{id}/move/", "leads/{id}/drop/", "leads/{id}/admission/", "submissions/{id}/judge/"):
        assert f"/api/v1/{path}" in paths
