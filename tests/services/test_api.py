"""`/api/v1/tickets/` and `/api/v1/catalogue/`, with staff's and enterprises' sessions."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from services import actions
from services.models import Ticket
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_item, make_ticket
from tests.services.conftest import Desk
from tests.services.counting import reads

pytestmark = pytest.mark.django_db
TICKETS, CATALOGUE = "/api/v1/tickets/", "/api/v1/catalogue/"


def api(cast: Cast, who: str) -> APIClient:
    client = APIClient()
    client.force_login(cast.people[who])
    return client


def test_an_enterprise_submits_follows_and_rates_its_request(desk: Desk, cast: Cast) -> None:
    enterprise, staff = api(cast, "enterprise"), api(cast, "operator_officer")
    made = enterprise.post(TICKETS, {"item": desk.item.pk, "title": "工商变更", "text": "请协助"})
    assert made.status_code == 201, made.content
    assert (made.data["park"], made.data["company"], made.data["state"]) == ("inner", cast.settled.pk, "new")
    address = f"{TICKETS}{made.data['id']}/"
    assert staff.post(f"{address}answer/", {"message": "收到"}).data["holder_name"] == "operator_officer"
    assert enterprise.post(f"{address}reply/", {"message": "谢谢"}).status_code == 200
    assert staff.post(f"{address}resolve/", {"message": "办好了"}).data["state"] == "resolved"
    rated = enterprise.post(f"{address}confirm/", {"rating": 5, "text": "很快"})
    assert (rated.data["state"], rated.data["rating"]) == ("closed", 5)
    assert [message["body"] for message in rated.data["messages"]] == ["收到", "谢谢", "办好了"]


def test_a_uuid_makes_the_repetition_harmless(desk: Desk, cast: Cast) -> None:
    enterprise, body = api(cast, "enterprise"), {"item": desk.item.pk, "title": "t", "text": "x", "uuid": str(uuid4())}
    first, second = enterprise.post(TICKETS, body), enterprise.post(TICKETS, body)
    assert first.data["id"] == second.data["id"]


def test_an_idempotency_key_does_an_act_once(desk: Desk, cast: Cast) -> None:
    ticket, staff, key = desk.ask(), api(cast, "operator_officer"), str(uuid4())
    for _ in range(2):
        answer = staff.post(f"{TICKETS}{ticket.pk}/answer/", {"message": "收到"}, headers={"Idempotency-Key": key})
    assert len(answer.data["messages"]) == 1


def test_the_enterprise_sees_its_own_and_none_of_the_staffs_acts(desk: Desk, cast: Cast) -> None:
    own = desk.ask()
    with cast.everywhere():
        other = make_ticket(cast.inner, company=make_company(), by=cast.operator_officer)
    enterprise = api(cast, "enterprise")
    assert [row["id"] for row in enterprise.get(TICKETS).data["results"]] == [own.pk]
    assert enterprise.get(f"{TICKETS}{other.pk}/").status_code == 404
    for act in ("answer", "resolve", "take", "note", "hand_over", "wait", "wait_third", "resume"):
        assert enterprise.post(f"{TICKETS}{own.pk}/{act}/", {"message": "x"}).status_code == 403, act
    for act in ("reply", "confirm", "reopen"):
        assert enterprise.post(f"{TICKETS}{other.pk}/{act}/", {"message": "x", "rating": 5}).status_code == 404, act


def test_staff_do_not_act_as_the_enterprise(desk: Desk, cast: Cast) -> None:
    ticket, staff = desk.ask(), api(cast, "operator_manager")
    for act in ("reply", "confirm", "reopen"):
        assert staff.post(f"{TICKETS}{ticket.pk}/{act}/", {"message": "x", "rating": 5}).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"), [("leader", 403), ("window", 404), ("stranger", 404), ("sibling_manager", 404)]
)
def test_acts_of_staff_who_look_on_or_stand_outside(desk: Desk, cast: Cast, who: str, status: int) -> None:
    ticket = desk.ask()
    answer = api(cast, who).post(f"{TICKETS}{ticket.pk}/answer/", {"message": "x"})
    assert answer.status_code == status
    with cast.everywhere():
        assert Ticket.objects.get(pk=ticket.pk).responded_at is None


@pytest.mark.parametrize("who", ["enterprise", "operator_officer"])
def test_another_parks_service_does_not_exist(desk: Desk, cast: Cast, who: str) -> None:
    with cast.everywhere():
        foreign = make_item(cast.sibling)
    body = {"item": foreign.pk, "title": "t", "text": "x", "company": cast.settled.pk}
    answer, missing = (api(cast, who).post(TICKETS, body | {"item": item}) for item in (foreign.pk, 999_999_999))
    assert (answer.status_code, missing.status_code) == (400, 400)
    assert answer.data["errors"][0]["field"] == missing.data["errors"][0]["field"] == "item"


def test_an_enterprise_cannot_ask_in_another_companys_name(desk: Desk, cast: Cast) -> None:
    answer = api(cast, "enterprise").post(
        TICKETS, {"item": desk.item.pk, "title": "t", "text": "x", "company": cast.company.pk}
    )
    assert answer.status_code == 400
    assert answer.data["errors"][0]["field"] == "company"


def test_staff_write_a_request_down_for_a_company(desk: Desk, cast: Cast) -> None:
    staff = api(cast, "operator_officer")
    nameless = staff.post(TICKETS, {"item": desk.item.pk, "title": "电话", "text": "x"})
    assert nameless.data["errors"] == [{"field": "company", "message": nameless.data["title"]}]
    made = staff.post(TICKETS, {"item": desk.item.pk, "title": "电话", "text": "x", "company": cast.company.pk})
    assert (made.status_code, made.data["holder_name"]) == (201, "operator_officer")


def test_the_second_hand_over_is_a_conflict(desk: Desk, cast: Cast) -> None:
    ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
    first = api(cast, "operator_officer").post(f"{TICKETS}{ticket.pk}/hand_over/", {"to": cast.second.pk})
    assert (first.status_code, first.data["handovers"]) == (200, 1)
    second = api(cast, "second").post(f"{TICKETS}{ticket.pk}/hand_over/", {"to": cast.third.pk, "reason": "x"})
    assert (second.status_code, second.data["code"]) == (409, "second_ask")


def test_a_stale_version_that_is_named_is_refused(desk: Desk, cast: Cast) -> None:
    ticket, staff = desk.ask(), api(cast, "operator_officer")
    tag = staff.get(f"{TICKETS}{ticket.pk}/")["ETag"]
    assert staff.post(f"{TICKETS}{ticket.pk}/take/", headers={"If-Match": tag}).status_code == 200
    assert staff.post(f"{TICKETS}{ticket.pk}/take/", headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize("rating", [0, 6, "a", None])
def test_a_bad_rating_names_its_field(desk: Desk, cast: Cast, rating: Any) -> None:
    ticket = desk.do(actions.resolve_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="好")
    answer = api(cast, "enterprise").post(f"{TICKETS}{ticket.pk}/confirm/", {"rating": rating})
    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "rating")


def test_filters_search_and_order(desk: Desk, cast: Cast) -> None:
    first, second = desk.ask(title="甲事"), desk.ask("Mon 09:10", title="乙事")
    staff = api(cast, "operator_officer")

    def ids(query: str) -> list[int]:
        return [row["id"] for row in staff.get(TICKETS + query).data["results"]]

    assert ids("?ordering=due_at") == [first.pk, second.pk]
    assert ids("?ordering=-due_at") == [second.pk, first.pk]
    assert ids("?search=乙事") == [second.pk]
    assert ids("?holder=nobody&state=new") == [second.pk, first.pk]
    assert ids("?due=overdue") == []
    assert staff.get(f"{TICKETS}?state=nonsense").status_code == 400


def test_a_list_needs_few_reads(desk: Desk, cast: Cast) -> None:
    with cast.everywhere():
        for _ in range(30):
            make_ticket(cast.inner, company=cast.settled, by=cast.enterprise, holder=cast.officer, owner=cast.officer)
    staff = api(cast, "operator_officer")
    with reads() as counted:
        assert len(staff.get(TICKETS).data["results"]) == 30
    assert len(counted) <= 8, counted


class TestCatalogue:
    def test_the_enterprise_reads_its_parks_catalogue_and_changes_nothing(self, desk: Desk, cast: Cast) -> None:
        with cast.everywhere():
            make_item(cast.sibling)
        enterprise = api(cast, "enterprise")
        assert [row["id"] for row in enterprise.get(CATALOGUE).data["results"]] == [desk.item.pk]
        assert enterprise.post(CATALOGUE, {"code": "x"}).status_code == 403
        assert enterprise.patch(f"{CATALOGUE}{desk.item.pk}/", {"name": "x"}).status_code == 403

    def test_its_keeper_adds_and_changes(self, desk: Desk, cast: Cast) -> None:
        keeper = api(cast, "operator_manager")
        body = {
            "code": "pass",
            "name": "通行证",
            "category": "operation",
            "response_minutes": 60,
            "resolve_minutes": 450,
        }
        made = keeper.post(CATALOGUE, body)
        assert (made.status_code, made.data["park"]) == (201, "inner")
        assert keeper.post(CATALOGUE, body).status_code == 409
        assert keeper.post(CATALOGUE, body | {"code": "y", "park": "sibling"}).data["errors"][0]["field"] == "park"
        changed = keeper.patch(f"{CATALOGUE}{made.data['id']}/", {"resolve_minutes": 900})
        assert (changed.status_code, changed.data["resolve_minutes"], changed.data["name"]) == (200, 900, "通行证")
