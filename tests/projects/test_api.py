"""Projects, milestones and payments over `/api/v1/`."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from projects.models import Milestone, MilestoneTemplate, Payment, Project
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site, acting
from tests.projects.test_payments import claim

API = "/api/v1"
Slip = Callable[[], SimpleUploadedFile]


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def body(cast: Cast, lead_id: int, **values: Any) -> dict[str, Any]:
    return {
        "lead": lead_id,
        "name": "示例光电一期",
        "signed_on": "2026-08-03",
        "agreed_amount": "266000000.00",
        "party_zone": "测试开发区管委会",
        "party_enterprise": "示例光电有限公司",
        "case_officer": cast.officer.pk,
    } | values


def step(cast: Cast, project: Project) -> Milestone:
    with cast.everywhere():
        found: Milestone = project.milestones.get(position=1)
        return found


def test_posting_a_lead_signs_it(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    answer = signed_in(cast.manager).post(f"{API}/projects/", body(cast, lead.pk), format="json")
    assert answer.status_code == 201, answer.json()
    got = answer.json()
    assert (got["park"], got["code"], got["state"], got["light"]) == ("zone", "ZONE-2026-001", "signed", "green")
    assert (got["agreed_amount"], got["claimed"], got["recognised"]) == ("266000000.00", "0.00", "0.00")
    assert (got["signed_by"], got["counted_month"], got["unpublished_years"]) == (cast.officer.pk, "2026-08", [2027])
    assert got["next_milestone"]["due_on"] == "2026-08-17"
    assert answer["ETag"] == '"1"'


def test_the_same_key_signs_once_and_another_post_conflicts(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    client, key = signed_in(cast.manager), str(uuid.uuid4())
    answers = [
        client.post(f"{API}/projects/", body(cast, lead.pk), format="json", headers={"Idempotency-Key": one})
        for one in (key, key, str(uuid.uuid4()))
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 409]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[2].json()["code"] == "already_signed"


def test_an_agreement_in_dollars_is_sent_in_dollars(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    client = signed_in(cast.manager)
    dollars = {"agreed_amount": None, "original_amount": "1000000", "currency": "USD"}
    without_rate = {key: value for key, value in body(cast, lead.pk, **dollars).items() if key != "agreed_amount"}
    missing = client.post(f"{API}/projects/", without_rate, format="json")
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (400, "rate")
    got = client.post(f"{API}/projects/", without_rate | {"rate": "7.1"}, format="json").json()
    assert (got["agreed_amount"], got["original_amount"], got["currency"]) == ("7100000.00", "1000000.00", "USD")


@pytest.mark.parametrize("amount", ["abc", "1e400", "-1", "0", 1.5, True, "1.001", None, "99999999999999999999"])
def test_bad_amounts_name_their_field(cast: Cast, site: Site, amount: object) -> None:
    with cast.everywhere():
        lead = site.lead()
    answer = signed_in(cast.manager).post(f"{API}/projects/", body(cast, lead.pk, agreed_amount=amount), format="json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["field"] for error in answer.json()["errors"]} == {"agreed_amount"}


@pytest.mark.parametrize("field", ["lead", "case_officer", "responsible_leader", "template"])
def test_another_parks_id_is_answered_as_one_that_does_not_exist(cast: Cast, site: Site, field: str) -> None:
    with cast.everywhere():
        lead = site.lead()
        site.lead(cast.sibling, cast.sibling_manager)
        foreign = {
            "lead": site.lead(cast.elsewhere, cast.stranger).pk,
            "case_officer": cast.stranger.pk,
            "responsible_leader": cast.stranger.pk,
            "template": MilestoneTemplate.objects.create(park=cast.elsewhere, name="别家").pk,
        }
    client, ids = signed_in(cast.manager), (foreign[field], 10**9)
    sent = [body(cast, lead.pk) | {field: pk} for pk in ids]
    answers = [client.post(f"{API}/projects/", one, format="json") for one in sent]
    assert [answer.status_code for answer in answers] == [400, 400]
    said = [answer.json()["errors"][0]["message"] for answer in answers]
    assert said[0].replace(str(ids[0]), "") == said[1].replace(str(ids[1]), "")
    assert {answer.json()["errors"][0]["field"] for answer in answers} == {field}


def test_an_inner_parks_people_are_refused_for_the_zone(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    answer = signed_in(cast.manager).post(
        f"{API}/projects/", body(cast, lead.pk, case_officer=cast.operator_officer.pk), format="json"
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "case_officer")


def test_protected_values_in_the_body_change_nothing(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead = site.lead()
    smuggled = {
        "code": "X",
        "state": "production",
        "park": "inner",
        "signed_by": cast.manager.pk,
        "counted_month": "2020-01",
    }
    got = signed_in(cast.manager).post(f"{API}/projects/", body(cast, lead.pk, **smuggled), format="json").json()
    assert (got["code"], got["state"], got["park"]) == ("ZONE-2026-001", "signed", "zone")
    assert (got["signed_by"], got["counted_month"]) == (cast.officer.pk, "2026-08")


def test_who_may_not_sign_is_refused(cast: Cast, site: Site) -> None:
    with cast.everywhere():
        lead, inner = site.lead(), site.lead(cast.inner, cast.operator_officer)
    assert signed_in(cast.officer).post(f"{API}/projects/", body(cast, lead.pk), format="json").status_code == 403
    assert signed_in(cast.manager).post(f"{API}/projects/", body(cast, inner.pk), format="json").status_code == 403


@pytest.mark.parametrize("route", ["projects", "milestones", "payments"])
def test_lists_hold_the_readers_parks_alone(cast: Cast, site: Site, slip: Slip, route: str) -> None:
    claim(cast, site.project(), files=[slip()])
    claim(cast, site.inner_project(), by=cast.operator_officer, files=[slip()])
    seen = {
        name: {row["park"] for row in signed_in(cast.people[name]).get(f"{API}/{route}/").json()["results"]}
        for name in ("manager", "officer", "operator_manager", "sibling_manager", "stranger")
    }
    assert seen == {
        "manager": {"zone", "inner"},
        "officer": {"zone"},
        "operator_manager": {"inner"},
        "sibling_manager": set(),
        "stranger": set(),
    }
    assert signed_in(cast.enterprise).get(f"{API}/{route}/").status_code == 403


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("light=green", 1),
        ("light=red", 0),
        ("state=signed&state=production", 1),
        ("officer=me", 0),
        ("park=zone", 1),
        ("park=inner", 0),
        ("search=光电", 1),
        ("search=没有", 0),
        ("signed_on_before=2026-08-02", 0),
        ("ordering=-agreed_amount", 1),
        ("ordering=light", 1),
    ],
)
def test_projects_are_filtered_searched_and_ordered(cast: Cast, site: Site, query: str, n: int) -> None:
    site.project()
    answer = signed_in(cast.manager).get(f"{API}/projects/?{query}")
    assert (answer.status_code, len(answer.json()["results"])) == (200, n)


def test_a_step_is_done_and_moved_with_the_version_that_was_read(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    client, url = signed_in(cast.officer), f"{API}/milestones/{milestone.pk}/"
    assert client.patch(url, {"done_on": "2026-08-03"}, format="json").status_code == 428
    moved = client.patch(
        url,
        {"due_on": "2026-09-10", "reason": "等待变更"},
        format="json",
        headers={"If-Match": client.get(url)["ETag"]},
    )
    assert (moved.status_code, moved.json()["first_due_on"], moved.json()["due_on"]) == (
        200,
        "2026-08-17",
        "2026-09-10",
    )
    stale = client.patch(url, {"done_on": "2026-08-03"}, format="json", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    done = client.patch(url, {"done_on": "2026-08-03"}, format="json", headers={"If-Match": moved["ETag"]})
    assert (done.status_code, done.json()["done_on"]) == (200, "2026-08-03")
    reopened = client.patch(url, {"done_on": None, "reason": "退回"}, format="json", headers={"If-Match": done["ETag"]})
    assert (reopened.status_code, reopened.json()["done_on"]) == (200, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"done_on": "2026-08-04"}, "done_on"),
        ({"due_on": "2026-09-10"}, "reason"),
        ({"due_on": "gestern", "reason": "x"}, "due_on"),
        ({"due_on": "2026-09-10", "done_on": "2026-08-03", "reason": "x"}, None),
        ({"name": "改名"}, None),
        ({}, None),
    ],
)
def test_wrong_changes_of_a_step_are_refused(cast: Cast, site: Site, change: dict[str, str], field: str | None) -> None:
    milestone = step(cast, site.project())
    answer = signed_in(cast.officer).patch(
        f"{API}/milestones/{milestone.pk}/", change, format="json", headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ([field] if field else [])
    assert step(cast, milestone.project).version == 1


def test_nobody_changes_another_parks_step(cast: Cast, site: Site) -> None:
    milestone = step(cast, site.project())
    for name, status in {"operator_manager": 404, "stranger": 404, "auditor": 403, "enterprise": 403}.items():
        answer = signed_in(cast.people[name]).patch(
            f"{API}/milestones/{milestone.pk}/", {"done_on": "2026-08-03"}, format="json", headers={"If-Match": "*"}
        )
        assert answer.status_code == status
    inner = step(cast, site.inner_project())
    overseer = signed_in(cast.manager).patch(
        f"{API}/milestones/{inner.pk}/", {"done_on": "2026-08-03"}, format="json", headers={"If-Match": "*"}
    )
    assert overseer.status_code == 403
    assert step(cast, inner.project).done_on is None


def test_a_step_is_added(cast: Cast, site: Site) -> None:
    project = site.project()
    new = {"project": project.pk, "kind": "other", "name": "能评", "starts_on": "2026-08-03", "due_on": "2026-08-20"}
    answer = signed_in(cast.officer).post(f"{API}/milestones/", new, format="json")
    assert (answer.status_code, answer.json()["position"], answer.json()["owner"]) == (201, 9, cast.officer.pk)
    foreign = signed_in(cast.operator_officer).post(f"{API}/milestones/", new, format="json")
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (400, "project")


def test_late_steps_are_found(cast: Cast, site: Site) -> None:
    site.project(signed_on=date(2026, 7, 1))
    client = signed_in(cast.officer)
    late = client.get(f"{API}/milestones/?state=late&owner=me").json()["results"]
    assert [row["kind"] for row in late] == ["registration", "filing"]
    assert all(row["is_late"] for row in late)


def claim_body(project: Project, **values: Any) -> dict[str, Any]:
    return {"project": project.pk, "paid_on": "2026-08-03", "amount": "26600000", "evidence": "bank_slip"} | values


def test_a_claim_without_a_file_needs_words_to_be_recognised(cast: Cast, site: Site) -> None:
    project = site.project()
    claimed = signed_in(cast.officer).post(f"{API}/payments/", claim_body(project), format="json")
    assert (claimed.status_code, claimed.json()["state"], claimed.json()["amount_yuan"]) == (
        201,
        "claimed",
        "26600000.00",
    )
    url, client = f"{API}/payments/{claimed.json()['id']}/recognise/", signed_in(cast.manager)
    refused = client.post(url, {}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "reason")
    done = client.post(url, {"reason": "已核对原件"}, format="json")
    assert (done.status_code, done.json()["state"], done.json()["counted_month"]) == (200, "recognised", "2026-08")
    assert client.post(url, {"reason": "再来"}, format="json").status_code == 200
    other = signed_in(cast.leader).post(url.replace("recognise", "reject"), {"reason": "不对"}, format="json")
    assert (other.status_code, other.json()["code"]) == (409, "already_decided")


def test_evidence_comes_with_multipart(cast: Cast, site: Site, slip: Slip) -> None:
    project = site.project()
    answer = signed_in(cast.officer).post(
        f"{API}/payments/", claim_body(project) | {"files": [slip()]}, format="multipart"
    )
    assert answer.status_code == 201, answer.json()
    (file,) = answer.json()["evidence_files"]
    assert file["name"] == "slip.png"
    assert b"PNG" in signed_in(cast.manager).get(file["url"]).content
    assert signed_in(cast.stranger).get(file["url"]).status_code == 404


def test_ones_own_claim_and_a_strangers_are_not_decided(cast: Cast, site: Site, slip: Slip) -> None:
    payment = claim(cast, site.project(), by=cast.manager, files=[slip()])
    url = f"{API}/payments/{payment.pk}/recognise/"
    statuses = {
        name: signed_in(cast.people[name]).post(url, {}, format="json").status_code
        for name in ("manager", "officer", "auditor", "operator_manager", "stranger", "enterprise")
    }
    assert statuses == {
        "manager": 409,
        "officer": 403,
        "auditor": 403,
        "operator_manager": 404,
        "stranger": 403,
        "enterprise": 403,
    }
    with cast.everywhere():
        assert Payment.objects.get().state == "claimed"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": "abc"}, "amount"),
        ({"amount": "1e400"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"paid_on": "2026-08-04"}, "paid_on"),
        ({"paid_on": "morgen"}, "paid_on"),
        ({"evidence": "word"}, "evidence"),
        ({"currency": "USD"}, "rate"),
        ({"currency": "USD", "rate": "1e400"}, "rate"),
        ({"currency": "USD", "rate": "NaN"}, "rate"),
        ({"project": 10**9}, "project"),
    ],
)
def test_bad_claims_name_their_field(cast: Cast, site: Site, changed: dict[str, object], field: str) -> None:
    sent = claim_body(site.project()) | changed
    answer = signed_in(cast.officer).post(f"{API}/payments/", sent, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_payments_for_a_foreign_project_are_not_claimed(cast: Cast, site: Site) -> None:
    inner = site.inner_project()
    assert signed_in(cast.officer).post(f"{API}/payments/", claim_body(inner), format="json").status_code == 400
    # The manager sees into the inner park, but works there no more than anybody else.
    assert signed_in(cast.manager).post(f"{API}/payments/", claim_body(inner), format="json").status_code == 403
    with acting(cast.operator_manager):
        assert not Payment.objects.exists()
