"""What plans, trips and events consist of, over the API; and the visit that a plan led to."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from leads.models import Activity, PersonReveal, Reception, Trip
from tests.fixtures.cast import Cast
from tests.fixtures.outward import make_event, make_reception, make_trip, make_trip_cost
from tests.fixtures.rows import make_company, make_contact, make_lead

pytestmark = pytest.mark.django_db
VISIT = {"uuid": "6b0f8d3c-0000-4000-8000-000000000007", "summary": "看了厂房，需要两千平方米"}


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def plan(cast: Cast) -> Reception:
    """Began an hour ago."""
    begin = timezone.now() - timedelta(hours=1)
    with cast.everywhere():
        return make_reception(cast.zone, by=cast.officer, company=cast.company, starts_at=begin)


def tag(client: APIClient, path: str) -> dict[str, str]:
    return {"If-Match": client.get(path)["ETag"]}


def test_a_plan_is_filled_confirmed_and_its_visit_logged_once(cast: Cast, plan: Reception) -> None:
    client, path = api(cast.officer), f"/api/v1/receptions/{plan.pk}/"
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company, name="王总", title="董事长", phone="13800001234")
    guests = [
        client.post("/api/v1/reception-guests/", {"reception": plan.pk} | who).json()
        for who in ({"contact": contact.pk}, {"name": "李工", "phone": "13900005678"})
    ]
    assert [(one["name"], one["title"], one["phone"]) for one in guests] == [
        ("王总", "董事长", ""),
        ("李工", "", "139****5678"),
    ]
    hours = {"starts_at": plan.starts_at.isoformat(), "ends_at": plan.ends_at.isoformat()}
    item = {"reception": plan.pk, "title": "座谈", "host": cast.colleague.pk} | hours
    assert client.post("/api/v1/reception-items/", item).status_code == 201
    assert client.post(f"{path}confirm/", headers=tag(client, path)).json()["state"] == "confirmed"
    body = VISIT | {"happened_at": plan.starts_at.isoformat()}
    assert client.post(f"{path}visit/", body).status_code == 428
    read = tag(client, path)
    made = client.post(f"{path}visit/", body, headers=read)
    assert made.status_code == 201, made.content
    answer = made.json()
    assert (answer["kind"], answer["company"], answer["met"]) == ("inbound_visit", cast.company.pk, "王总 董事长、李工")
    assert answer["colleagues"] == [cast.colleague.pk]
    again = client.post(f"{path}visit/", body, headers=read)
    assert (again.status_code, again.json()) == (200, answer)
    other = client.post(f"{path}visit/", body | {"uuid": VISIT["uuid"][:-1] + "8"}, headers=tag(client, path))
    assert (other.status_code, other.json()["code"]) == (409, "visit_logged")
    with cast.everywhere():
        assert Activity.objects.filter(reception=plan).count() == 1


def test_a_stale_plan_a_missing_text_and_a_stranger_log_nothing(cast: Cast, plan: Reception) -> None:
    client, path = api(cast.officer), f"/api/v1/receptions/{plan.pk}/visit/"
    body = VISIT | {"happened_at": plan.starts_at.isoformat()}
    assert client.post(path, body, headers={"If-Match": '"9"'}).status_code == 412
    refused = client.post(path, body | {"summary": " "}, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "summary")
    assert api(cast.stranger).post(path, body, headers={"If-Match": '"1"'}).status_code == 404
    assert api(cast.auditor).post(path, body, headers={"If-Match": '"1"'}).status_code == 403
    with cast.everywhere():
        assert not Activity.objects.exists()


def test_parts_of_a_confidential_plan_are_nobody_elses(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company, confidentiality="own")
        plan = make_reception(cast.zone, by=cast.officer, company=cast.company, lead=lead)
    guest = api(cast.officer).post("/api/v1/reception-guests/", {"reception": plan.pk, "name": "陈总"}).json()
    other, path = api(cast.colleague), f"/api/v1/reception-guests/{guest['id']}/"
    assert other.get(f"/api/v1/reception-guests/?reception={plan.pk}").json()["results"] == []
    assert {other.get(path).status_code, other.patch(path, {"name": "x"}).status_code} == {404}
    assert other.post("/api/v1/reception-guests/", {"reception": plan.pk, "name": "x"}).status_code == 400


def test_a_guest_is_corrected_shown_to_those_who_may_erased_and_taken_out(cast: Cast, plan: Reception) -> None:
    client = api(cast.officer)
    made = client.post("/api/v1/reception-guests/", {"reception": plan.pk, "name": "陈总", "phone": "13800001234"})
    path = f"/api/v1/reception-guests/{made.json()['id']}/"
    assert client.patch(path, {"diet": "清真"}).status_code == 428
    old = tag(client, path)
    assert client.patch(path, {"diet": "清真"}, headers=old).json()["diet"] == "清真"
    assert client.patch(path, {"diet": "素食"}, headers=old).status_code == 412
    assert api(cast.manager).post(f"{path}reveal/").json()["phone"] == "13800001234"
    with cast.everywhere():
        assert PersonReveal.objects.filter(by=cast.manager).count() == 1
        other = make_contact(cast.zone, company=make_company("示例别家有限公司"))
    refused = client.patch(path, {"contact": other.pk}, headers=tag(client, path))
    assert (refused.status_code, refused.json()["code"]) == (400, "company_mismatch")
    erased = api(cast.manager).post(f"{path}erase/", {"why": "request"}, headers=tag(client, path))
    assert (erased.status_code, erased.json()["diet"]) == (200, "")
    assert client.delete(path).status_code == 428
    assert client.delete(path, headers=tag(client, path)).status_code == 204


def test_targets_are_ordered_days_shortened_and_a_wrong_cost_taken_out(cast: Cast) -> None:
    client = api(cast.officer)
    with cast.everywhere():
        cost = make_trip_cost(cast.zone, by=cast.officer)
        trip: Trip = cost.trip
        first, second = make_company("示例甲有限公司"), make_company("示例乙有限公司")
    for company in (first, second):
        client.post(f"/api/v1/trips/{trip.pk}/targets/", {"company": company.pk})
    rows: Any = client.get(f"/api/v1/trip-targets/?trip={trip.pk}").json()["results"]
    moved = client.post(f"/api/v1/trip-targets/{rows[1]['id']}/move/", {"up": True})
    assert (moved.status_code, moved.json()["position"]) == (200, 1)
    assert client.delete(f"/api/v1/trip-targets/{rows[0]['id']}/").status_code == 204
    (member,) = client.get(f"/api/v1/trip-members/?trip={trip.pk}").json()["results"]
    path = f"/api/v1/trip-members/{member['id']}/"
    shorter = client.patch(path, {"ends_on": str(trip.starts_on)}, headers=tag(client, path))
    assert shorter.json()["ends_on"] == str(trip.starts_on)
    late = client.patch(path, {"ends_on": str(trip.ends_on + timedelta(days=1))}, headers=tag(client, path))
    assert (late.status_code, late.json()["code"]) == (400, "outside_trip")
    (line,) = client.get(f"/api/v1/trip-costs/?trip={trip.pk}").json()["results"]
    assert (line["amount"], line["receipt"]) == ("300.00", None)
    with cast.everywhere():
        make_trip(cast.sibling, by=cast.sibling_manager)
    # Who does not go along changes nothing.
    assert api(cast.colleague).delete(f"/api/v1/trip-costs/{cost.pk}/").status_code == 403
    assert client.delete(f"/api/v1/trip-costs/{cost.pk}/").status_code == 204


def test_people_of_an_event_come_tasks_are_ticked_and_it_is_cancelled(cast: Cast) -> None:
    client = api(cast.officer)
    with cast.everywhere():
        event = make_event(cast.zone, by=cast.officer, title="光电沙龙")
    guest = client.post("/api/v1/event-people/", {"event": event.pk, "name": "李工", "organisation": "示例公司"})
    assert guest.status_code == 201, guest.content
    twice = client.post("/api/v1/event-people/", {"event": event.pk, "name": "李工", "organisation": "示例公司"})
    assert (twice.status_code, twice.json()["code"]) == (409, "registered_twice")
    path = f"/api/v1/event-people/{guest.json()['id']}/"
    came = client.post(f"{path}attended/")
    assert (came.status_code, bool(came.json()["attended_at"])) == (200, True)
    assert client.delete(path).status_code == 409
    due = str(timezone.localdate())
    task = {"event": event.pk, "title": "订展位", "assignee": cast.colleague.pk, "due_on": due}
    made = client.post("/api/v1/event-tasks/", task).json()
    ticked = api(cast.colleague).post(f"/api/v1/event-tasks/{made['id']}/done/")
    assert ticked.json()["done_at"]
    whole = f"/api/v1/events/{event.pk}/"
    assert client.post(f"{path}attended/", {"attended": False}).json()["attended_at"] is None
    assert client.post(f"{whole}cancel/", {"reason": "改期"}).status_code == 428
    done = client.post(f"{whole}cancel/", {"reason": "改期"}, headers=tag(client, whole))
    assert done.json()["state"] == "cancelled"


def test_a_trip_of_a_park_that_one_only_reads_is_refused_and_stays(cast: Cast) -> None:
    with cast.everywhere():
        trip = make_trip(cast.inner, by=cast.operator_officer)
    client, path = api(cast.manager), f"/api/v1/trips/{trip.pk}/"
    assert client.post(f"{path}start/", headers=tag(client, path)).status_code == 403
