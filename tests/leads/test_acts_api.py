"""Acts of the pages that programs carry out, too: taken up again, given out of the pool, claimed, taken back, ruled."""

from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from core.isolation import user_scope
from leads.actions import drop_lead
from leads.models import Lead, PersonReveal, Referral, RewardRule
from tests.fixtures.cast import Cast
from tests.fixtures.outward import make_referral, make_referrer
from tests.fixtures.rows import make_company, make_lead, make_submission

pytestmark = pytest.mark.django_db


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def test_a_dropped_lead_is_taken_up_again(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, why="elsewhere")
    client, path = api(cast.officer), f"/api/v1/leads/{lead.pk}/"
    assert client.post(f"{path}reopen/", {}).status_code == 428
    read = {"If-Match": client.get(path)["ETag"]}
    assert client.post(f"{path}reopen/", {"reason": "又有意向"}, headers=read).json()["stage"] == "planning"
    assert client.post(f"{path}reopen/", {}, headers=read).status_code == 412
    open_one = client.post(f"{path}reopen/", {}, headers={"If-Match": client.get(path)["ETag"]})
    assert (open_one.status_code, open_one.json()["code"]) == (409, "not_dropped")


def test_a_lead_of_the_pool_is_given_to_somebody(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=make_company(), pooled_at=timezone.now())
    path = f"/api/v1/leads/{lead.pk}/"
    read = {"If-Match": api(cast.manager).get(path)["ETag"]}
    body = {"to": cast.colleague.pk, "note": "请跟进"}
    assert api(cast.officer).post(f"{path}assign/", body, headers=read).status_code == 403
    done = api(cast.manager).post(f"{path}assign/", body, headers=read)
    assert (done.status_code, done.json()["owner"]) == (200, cast.colleague.pk)
    again = api(cast.manager).post(f"{path}assign/", body, headers={"If-Match": done["ETag"]})
    assert (again.status_code, again.json()["code"]) == (409, "already_picked")


def test_valid_information_becomes_a_lead(cast: Cast) -> None:
    with cast.everywhere():
        told = make_submission(cast.zone, by=cast.officer, state="valid", judged_at=timezone.now())
    client, path = api(cast.officer), f"/api/v1/submissions/{told.pk}/"
    read = {"If-Match": client.get(path)["ETag"]}
    missing = client.post(f"{path}claim/", {}, headers=read)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (400, "company")
    made = client.post(f"{path}claim/", {"company": make_company().pk}, headers=read)
    assert made.status_code == 201, made.content
    with cast.everywhere():
        assert Lead.objects.get(pk=made.json()["lead"]).source == "submission"


def test_a_wrong_referral_is_taken_back_a_referrer_is_shown_and_thanked(cast: Cast) -> None:
    with cast.everywhere():
        referral = make_referral(cast.zone, by=cast.officer)
        landed = {"landed_on": timezone.localdate(), "landed_amount": Decimal(3_000_000)}
        Referral.objects.filter(pk=referral.pk).update(**landed)
        friend = make_referrer(cast.zone, by=cast.officer, kind="hometown", name="乡贤甲", phone="13800001234")
        wrong = make_referral(cast.zone, by=cast.officer)
    client = api(cast.manager)
    assert client.get(f"/api/v1/referrers/{friend.pk}/").json()["phone"] == "138****1234"
    assert client.post(f"/api/v1/referrers/{friend.pk}/reveal/").json()["phone"] == "13800001234"
    with cast.everywhere():
        assert PersonReveal.objects.filter(by=cast.manager, row_pk=friend.pk).exists()
    assert client.delete(f"/api/v1/referrals/{wrong.pk}/").status_code == 204
    (thanks,) = client.get("/api/v1/referrers/thanks/").json()
    assert (thanks["place"], thanks["projects"], thanks["amount"]) == (1, 1, "3000000.00")
    assert api(cast.stranger).get("/api/v1/referrers/thanks/?park=zone").json() == []


def test_a_rule_gets_its_next_version_and_is_retired(cast: Cast) -> None:
    with user_scope(cast.leader):
        client = api(cast.leader)
    body = {"name": "引荐奖", "method": "per_mille", "base": "funds", "value": "3"}
    first = client.post("/api/v1/reward-rules/", body)
    assert first.status_code == 201, first.content
    code = first.json()["code"]
    second = client.post("/api/v1/reward-rules/", body | {"code": code, "value": "2"}).json()
    assert (second["code"], second["number"], client.get(f"/api/v1/reward-rules/{second['id']}/").status_code) == (
        code,
        2,
        200,
    )
    assert client.post(f"/api/v1/reward-rules/{second['id']}/retire/").json()["retired_at"]
    assert api(cast.officer).post("/api/v1/reward-rules/", body).status_code == 403
    too_much = client.post("/api/v1/reward-rules/", body | {"value": "1001"})
    assert (too_much.status_code, too_much.json()["errors"][0]["field"]) == (400, "value")
    with cast.everywhere():
        assert not RewardRule.objects.filter(retired_at=None).exists()
