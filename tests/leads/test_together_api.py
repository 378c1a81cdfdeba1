"""Credit, offers and hand-overs over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from leads.models import Handover, Lead, ShareOffer
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_lead

pytestmark = pytest.mark.django_db


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def shares(cast: Cast, *percents: str) -> dict[str, Any]:
    people = (cast.officer, cast.colleague)
    roles = ("owner", "assist")
    listed = [
        {"user": user.pk, "role": role, "percent": percent}
        for user, role, percent in zip(people, roles, percents, strict=True)
    ]
    return {"shares": listed}


def test_credit_is_proposed_answered_and_read(cast: Cast, lead: Lead) -> None:
    url = f"/api/v1/leads/{lead.pk}/credit/"
    officer, colleague = client_of(cast.officer), client_of(cast.colleague)
    read = {"If-Match": officer.get(url)["ETag"]}
    assert officer.post(url, shares(cast, "60", "40"), format="json").status_code == 428
    wrong = officer.post(url, shares(cast, "60", "39"), format="json", headers=read)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "sum")
    made = officer.post(url, shares(cast, "60", "40"), format="json", headers=read)
    assert made.status_code == 201
    assert officer.post(url, shares(cast, "50", "50"), format="json", headers=read).status_code == 412
    again = officer.post(url, shares(cast, "50", "50"), format="json", headers={"If-Match": made["ETag"]})
    assert (again.status_code, again.json()["code"]) == (409, "proposal_waiting")
    tag = {"If-Match": f'"{made.json()["proposed"]["version"]}"'}
    assert colleague.post(f"{url}answer/", {"answer": "accept"}, format="json").status_code == 428
    answer = colleague.post(f"{url}answer/", {"answer": "accept"}, format="json", headers=tag)
    assert [one["percent"] for one in answer.json()["shares"]] == ["60.00", "40.00"]
    assert client_of(cast.stranger).get(url).status_code == 404


def test_an_offer_goes_out_and_is_accepted_with_its_version(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.inner, owner=cast.operator_officer, company=cast.company, title="电芯项目")
    giver, taker = client_of(cast.operator_manager), client_of(cast.sibling_manager)
    body = {"lead": lead.pk, "to": "sibling", "own_percent": "30", "fields_shown": ["title"]}
    made = giver.post("/api/v1/offers/", body, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "pending")
    (row,) = taker.get("/api/v1/offers/?direction=incoming").json()["results"]
    assert (row["own_percent"], row["lead"], row["shown"]["fields"]) == ("70.00", None, {"title": "电芯项目"})
    url = f"/api/v1/offers/{row['id']}/"
    assert taker.post(f"{url}accept/", {}, format="json").status_code == 428
    assert taker.post(f"{url}accept/", {}, format="json", headers={"If-Match": '"99"'}).status_code == 412
    done = taker.post(f"{url}accept/", {}, format="json", headers={"If-Match": f'"{row["version"]}"'})
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    assert giver.get(url).status_code == 404
    with cast.everywhere():
        assert ShareOffer.objects.filter(state="accepted").count() == 2


def test_a_hand_over_is_given_and_signed_for(cast: Cast, lead: Lead) -> None:
    manager, colleague = client_of(cast.manager), client_of(cast.colleague)
    body = {"lead": lead.pk, "receiver": cast.stranger.pk, "note": ""}
    assert manager.post("/api/v1/handovers/", body, format="json").status_code == 400
    made = manager.post("/api/v1/handovers/", body | {"receiver": cast.colleague.pk}, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "pending")
    url = f"/api/v1/handovers/{made.json()['id']}/receive/"
    tag = {"If-Match": f'"{made.json()["version"]}"'}
    assert client_of(cast.officer).post(url, {}, format="json", headers=tag).status_code == 403
    assert colleague.post(url, {}, format="json", headers=tag).json()["state"] == "received"
    with cast.everywhere():
        assert Handover.objects.get().state == "received"
