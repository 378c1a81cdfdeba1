"""What officers and managers do on pages, over the API: a person's leads, the calendar, overdue people, who looked."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from companies.models import Contact
from leads.models import Handover, Lead, ReceptionGuest, Referrer
from tests.fixtures import outward
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_company, make_contact, make_lead, make_submission

pytestmark = pytest.mark.django_db


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def three_leads(cast: Cast) -> list[Lead]:
    with cast.everywhere():
        return [
            make_lead(cast.zone, owner=cast.officer, company=make_company(f"示例{name}有限公司")) for name in "甲乙丙"
        ]


def test_all_leads_of_a_person_are_dealt_out_once_for_each_key(cast: Cast) -> None:
    leads, client = three_leads(cast), api(cast.manager)
    (holder,) = client.get("/api/v1/handovers/holders/").json()
    assert (holder["user"], holder["leads"], holder["is_here"]) == (cast.officer.pk, 3, True)
    body = {"giver": cast.officer.pk, "receivers": [cast.colleague.pk, cast.manager.pk], "note": "调岗"}
    key = {"Idempotency-Key": str(uuid4())}
    made = client.post("/api/v1/handovers/all/", body, headers=key)
    assert (made.status_code, {one["lead"] for one in made.json()}) == (201, {lead.pk for lead in leads})
    again = client.post("/api/v1/handovers/all/", body, headers=key)
    assert (again.status_code, again.json()) == (200, made.json())
    with cast.everywhere():
        assert Handover.objects.count() == 3
        assert set(Lead.objects.values_list("owner", flat=True)) == {cast.colleague.pk, cast.manager.pk}


@pytest.mark.parametrize("who", ["officer", "auditor", "operator_manager"])
def test_who_does_not_assign_leads_there_hands_nothing_over(cast: Cast, who: str) -> None:
    three_leads(cast)
    body = {"giver": cast.officer.pk, "receivers": [cast.officer.pk], "park": cast.zone.code}
    answer = api(cast.people[who]).post("/api/v1/handovers/all/", body)
    assert answer.status_code in {400, 403}
    assert api(cast.people[who]).get(f"/api/v1/handovers/holders/?park={cast.zone.code}").status_code == 403
    with cast.everywhere():
        assert not Handover.objects.exists()


def test_a_key_that_is_none_or_was_used_for_something_else_is_refused(cast: Cast) -> None:
    client, key = api(cast.manager), {"Idempotency-Key": str(uuid4())}
    wrong = client.post("/api/v1/companies/", {"name": "示例新来有限公司"}, headers={"Idempotency-Key": "once"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_key")
    assert client.post("/api/v1/companies/", {"name": "示例新来有限公司"}, headers=key).status_code == 201
    other = client.post("/api/v1/submissions/", {"title": "信息", "content": "内容"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_the_calendar_tells_what_is_due_done_and_coming_as_data_and_as_a_file(cast: Cast) -> None:
    today = timezone.localdate()
    with cast.everywhere():
        company = make_company("示例日程有限公司")
        lead = make_lead(cast.zone, owner=cast.officer, company=company, next_step="送方案", next_date=today)
        make_activity(cast.zone, by=cast.colleague, lead=lead, happened_at=timezone.now())
        outward.make_trip(cast.zone, by=cast.colleague)
    client = api(cast.officer)
    found: list[Any] = client.get("/api/v1/calendar/").json()
    assert {one["note"] for one in found if one["title"] == company.name} >= {"送方案"}
    assert {one["title"] for one in found} == {company.name, "小分队"}
    assert [one["title"] for one in client.get("/api/v1/calendar/?mine=true").json()] == [company.name]
    file = client.get("/api/v1/calendar/file/", headers={"Accept": "text/calendar"})
    assert (file.status_code, file["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "送方案" in file.content.decode()
    for span in (
        "first=9999-12-31",
        "first=0001-01-01",
        "first=2026-01-02&last=2026-01-01",
        "first=2026-01-01&last=2027-01-01",
        "first=x",
    ):
        assert client.get(f"/api/v1/calendar/?{span}").status_code == 400


def test_trips_and_receptions_come_as_calendar_files_to_those_who_see_them(cast: Cast) -> None:
    with cast.everywhere():
        trip, plan = outward.make_trip(cast.zone, by=cast.officer), outward.make_reception(cast.zone, by=cast.officer)
    for path in (f"/api/v1/trips/{trip.pk}/calendar/", f"/api/v1/receptions/{plan.pk}/calendar/"):
        file = api(cast.officer).get(path)
        assert (file.status_code, file["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert b"BEGIN:VEVENT" in file.content
        assert api(cast.stranger).get(path).status_code == 404


def test_people_kept_too_long_are_listed_and_erased_as_many_as_were_shown(cast: Cast) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    with cast.everywhere():
        guest = outward.make_guest(cast.zone, by=cast.officer)
        ReceptionGuest.objects.filter(pk=guest.pk).update(retain_until=yesterday)
        referrer = outward.make_referrer(cast.zone, by=cast.officer, retain_until=yesterday)
    client = api(cast.manager)
    shown = client.get("/api/v1/overdue-people/").json()
    assert (shown["count"], {kind["people"][0]["id"] for kind in shown["kinds"]}) == (2, {guest.pk, referrer.pk})
    assert api(cast.officer).get("/api/v1/overdue-people/").status_code == 403
    assert client.post("/api/v1/overdue-people/erase/", {"count": 1}).status_code == 409
    assert client.post("/api/v1/overdue-people/erase/", {"count": 2}).json() == {"erased": 2}
    with cast.everywhere():
        assert Referrer.objects.get(pk=referrer.pk).is_erased


def test_cards_kept_too_long_are_erased_where_one_may(cast: Cast) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    with cast.everywhere():
        for park in (cast.zone, cast.sibling):
            make_contact(park, company=cast.company, retain_until=yesterday)
    path = "/api/v1/contacts/erase-overdue/"
    assert api(cast.officer).post(path, {}).status_code == 403
    assert api(cast.manager).post(path, {"park": cast.sibling.code}).status_code == 403
    assert api(cast.manager).post(path, {}).json() == {"erased": 1}
    with cast.everywhere():
        assert Contact.objects.get(erased_at=None).park_id == cast.sibling.pk


def test_looks_are_listed_for_those_with_the_right(cast: Cast) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company, name="王总")
        guest = outward.make_guest(cast.zone, by=cast.officer)
    client = api(cast.officer)
    assert client.post(f"/api/v1/contacts/{contact.pk}/reveal/").status_code == 200
    assert client.post(f"/api/v1/reception-guests/{guest.pk}/reveal/").status_code == 200
    for path, name in (("contact-reveals", "王总"), ("person-reveals", guest.name)):
        (look,) = api(cast.leader).get(f"/api/v1/{path}/").json()["results"]
        assert (look["by"], look["name"]) == (cast.officer.pk, name)
        assert client.get(f"/api/v1/{path}/").status_code == 403
        assert api(cast.people["sibling_manager"]).get(f"/api/v1/{path}/").status_code == 403


def test_valid_information_goes_to_whom_the_manager_names(cast: Cast) -> None:
    with cast.everywhere():
        row = make_submission(cast.zone, by=cast.colleague, company=cast.company)
    path = f"/api/v1/submissions/{row.pk}/"
    judged = api(cast.manager).post(f"{path}judge/", {"valid": True}, headers={"If-Match": '"1"'})
    tag = {"If-Match": judged["ETag"]}
    refused = api(cast.officer).post(f"{path}claim/", {"to": cast.colleague.pk}, headers=tag)
    assert refused.status_code in {403, 404}
    answer = api(cast.manager).post(f"{path}claim/", {"to": cast.officer.pk, "note": "请跟进"}, headers=tag)
    assert answer.status_code == 201, answer.json()
    with cast.everywhere():
        assert Lead.objects.get(pk=answer.json()["lead"]).owner == cast.officer


def test_a_step_is_done_over_the_api(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, next_step="送方案", next_date=timezone.localdate())
    client, path = api(cast.officer), f"/api/v1/leads/{lead.pk}/"
    assert client.post(f"{path}step-done/").status_code == 428
    done = client.post(f"{path}step-done/", headers={"If-Match": client.get(path)["ETag"]})
    assert (done.status_code, done.json()["next_step"], done.json()["next_date"]) == (200, "", None)


def test_a_plan_is_copied_inside_its_park_only(cast: Cast) -> None:
    with cast.everywhere():
        own = outward.make_hour(cast.zone, by=cast.leader).reception
        foreign = outward.make_guest(cast.inner, by=cast.people["operator_manager"]).reception
    client = api(cast.leader)
    begin = timezone.now() + timedelta(days=3)
    body = {"title": "再访", "company": own.company_id, "host": cast.leader.pk, "starts_at": begin.isoformat()}
    body |= {"ends_at": (begin + timedelta(hours=5)).isoformat()}
    refused = client.post("/api/v1/receptions/", body | {"copy_from": foreign.pk, "company": foreign.company_id})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "copy_from")
    made = client.post("/api/v1/receptions/", body | {"copy_from": own.pk})
    assert made.status_code == 201, made.json()
