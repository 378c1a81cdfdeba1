"""People at companies: kept no longer than needed, found by who may see them, erased for good."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from companies.actions import (
    add_contact,
    change_contact,
    erase_contact,
    erase_overdue,
    reveal_contact,
)
from companies.models import Contact
from companies.queries import contacts_of, decision_maker_met
from core.errors import Refused
from parks.models import ParkRules
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_contact

pytestmark = pytest.mark.django_db
LONG_AGO = date(2020, 1, 1)


def test_a_new_card_has_a_purpose_and_is_kept_as_long_as_the_parks_rule_says(cast: Cast) -> None:
    with cast.everywhere():
        ParkRules.objects.create(park=cast.zone, contact_keep_days=30)
        contact = add_contact(by=cast.officer, park_id=cast.zone.pk, company=cast.company, name="某甲")
        assert contact.purpose
        assert contact.retain_until == timezone.localdate() + timedelta(days=30)
        with pytest.raises(Refused) as refused:
            change_contact(by=cast.officer, contact=contact, version=None, retain_until=LONG_AGO)
        assert refused.value.field == "retain_until"


def test_a_telephone_without_a_number_is_refused_unless_it_stood_there_before(cast: Cast) -> None:
    with cast.everywhere():
        with pytest.raises(Refused) as refused:
            add_contact(by=cast.officer, park_id=cast.zone.pk, company=cast.company, name="某甲", phone="问前台")
        assert refused.value.field == "phone"
        contact = make_contact(cast.zone, company=cast.company, phone="问前台")
        change_contact(by=cast.officer, contact=contact, version=None, phone="问前台", title="总经理")
        assert Contact.objects.get(pk=contact.pk).title == "总经理"


def test_erasing_takes_the_person_away_and_leaves_what_activities_say(cast: Cast) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company, is_decision_maker=True, met_on=LONG_AGO)
        activity = make_activity(cast.zone, by=cast.officer, company=cast.company, summary="王总来访")
        erased = erase_contact(by=cast.manager, contact=contact, why="request")
        assert [erased.name, erased.phone, erased.phone_digits, erased.email, erased.wechat, erased.title] == [""] * 6
        assert (erased.erased_by, erased.erased_why) == (cast.manager, "request")
        assert contacts_of(cast.officer, cast.company) == []
        assert decision_maker_met(cast.company.pk, cast.zone.pk)
        activity.refresh_from_db()
        assert activity.summary == "王总来访"
        with pytest.raises(Refused):
            change_contact(by=cast.officer, contact=erased, version=None, name="又来")
        reveal_contact(by=cast.officer, contact=erased)
        assert not erased.reveals.exists()


def test_the_history_never_had_the_person(cast: Cast) -> None:
    with cast.everywhere():
        make_contact(cast.zone, company=cast.company, title="总经理")
        event = Contact.pgh_event_model.objects.values().get()  # type: ignore[attr-defined]
    assert not {"name", "title", "phone", "phone_digits", "email", "wechat"} & set(event)


def test_officers_do_not_erase_and_nobody_erases_in_another_park(cast: Cast) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company)
        for user in (cast.officer, cast.operator_manager):
            with pytest.raises(PermissionDenied):
                erase_contact(by=user, contact=contact, why="request")


def test_the_overdue_are_listed_and_erased_by_one_button(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        make_contact(cast.zone, company=cast.company, retain_until=LONG_AGO)
        other = make_contact(cast.inner, company=cast.company, retain_until=LONG_AGO)
        kept = make_contact(cast.zone, company=cast.settled)
    client.force_login(cast.manager)
    page = client.get("/contacts/?overdue=true")
    assert len(page.context["rows"]) == 2, "the zone looks into its inner park"
    assert page.context["overdue"] == 1, "but erases only its own"
    assert client.post("/contacts/erase-overdue/").status_code == 302
    with cast.everywhere():
        assert set(Contact.objects.kept()) == {other, kept}
        assert erase_overdue(by=cast.manager, park_id=cast.zone.pk) == 0


def test_digits_of_a_telephone_find_only_for_who_may_see_them(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        add_contact(by=cast.officer, park_id=cast.zone.pk, company=cast.company, name="某甲", phone="138-0013 ８０００")
        make_contact(cast.elsewhere, company=cast.company, phone="13800138001")
    for user, found in ((cast.officer, 1), (cast.auditor, 0), (cast.window, 0)):
        client.force_login(user)
        for typed in ("13800138", "138 0013 8000", "8000"):
            assert len(client.get("/contacts/", {"q": typed}).context["rows"]) == found, (user, typed)
    client.force_login(cast.officer)
    assert "某甲" in client.get("/search/", {"q": "001380"}).content.decode()
    client.force_login(cast.auditor)
    assert "某甲" not in client.get("/search/", {"q": "001380"}).content.decode()


def test_the_administrator_sees_who_looked_at_whom(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company)
        with time_machine.travel("2026-11-02 10:00+08:00"):
            reveal_contact(by=cast.officer, contact=contact)
        reveal_contact(by=cast.stranger, contact=make_contact(cast.elsewhere, company=cast.company))
    client.force_login(cast.park_admin)
    page = client.get("/contacts/reveals/")
    assert [(row.by, row.contact) for row in page.context["rows"]] == [(cast.officer, contact)]
    assert "王总" in page.content.decode()
    assert client.get("/contacts/reveals/?at_after=2026-11-03").context["rows"] == []
    client.force_login(cast.officer)
    assert client.get("/contacts/reveals/").status_code == 403


def test_the_api_erases_with_a_reason_and_the_card_is_gone(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company)
    client.force_login(cast.manager)
    url = f"/api/v1/contacts/{contact.pk}/"
    read = {"If-Match": client.get(url)["ETag"]}
    assert client.post(f"{url}erase/", {}, "application/json", headers=read).status_code == 400
    assert client.post(f"{url}erase/", {"why": "request"}, "application/json").status_code == 428
    old = client.post(f"{url}erase/", {"why": "request"}, "application/json", headers={"If-Match": '"0"'})
    assert old.status_code == 412
    assert client.post(f"{url}erase/", {"why": "request"}, "application/json", headers=read).status_code == 204
    assert client.get(url).status_code == 404


def test_the_erase_page_asks_why(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=cast.company)
    client.force_login(cast.manager)
    url = f"/contacts/{contact.pk}/erase/"
    assert client.get(url).status_code == 200
    assert client.post(url, {}).context["form"].errors["why"]
    assert client.post(url, {"why": "mistake"}).status_code == 302
    assert client.get(f"/companies/{cast.company.pk}/").status_code == 200
