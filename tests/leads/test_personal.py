"""Guests, participants and referrers as people: masked, looks written down, erased for good."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.isolation import user_scope
from leads.actions.personal import erase_person
from leads.actions.referrals import edit_referrer
from leads.models import EventPerson, PersonReveal, ReceptionGuest, Referrer
from tests.fixtures import outward
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
PHONE, MASKED = "13800004444", "138****4444"


def rows_of(cast: Cast) -> dict[str, Any]:
    """One of each kind, all with the same telephone."""
    with cast.everywhere():
        person = outward.make_event_person(cast.zone, by=cast.officer)
        guest = outward.make_guest(cast.zone, by=cast.officer)
        referrer = outward.make_referrer(cast.zone, by=cast.officer, name="乡贤乙", is_person=True, may_be_named=True)
        for row in (person, guest, referrer):
            row.phone = PHONE
            row.save()
    return {"event-people": person, "reception-guests": guest, "referrers": referrer}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home_of(row: Any) -> str:
    whole = getattr(row, "event", None) or getattr(row, "reception", None) or row
    return str(whole.get_absolute_url())


@pytest.mark.parametrize("kind", ["event-people", "reception-guests", "referrers"])
def test_a_telephone_is_masked_and_whoever_looks_is_written_down(cast: Cast, kind: str) -> None:
    row = rows_of(cast)[kind]
    client = signed_in(cast.officer)
    page = client.get(home_of(row)).content.decode()
    assert MASKED in page
    assert PHONE not in page
    shown = client.post(f"/{kind}/{row.pk}/reveal/", headers={"HX-Request": "true"}).content.decode()
    assert PHONE in shown
    with cast.everywhere():
        assert [(one.row_pk, one.by_id) for one in PersonReveal.objects.all()] == [(row.pk, cast.officer.pk)]
    assert signed_in(cast.auditor).post(f"/{kind}/{row.pk}/reveal/").status_code == 403
    assert signed_in(cast.stranger).post(f"/{kind}/{row.pk}/reveal/").status_code == 404


@pytest.mark.parametrize("kind", ["event-people", "reception-guests", "referrers"])
def test_a_person_is_erased_for_good_and_a_number_is_left(cast: Cast, kind: str) -> None:
    row = rows_of(cast)[kind]
    name = row.name
    client = signed_in(cast.manager)
    address = f"/{kind}/{row.pk}/erase/"
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"why": "request"}).status_code == 302
    page = client.get(home_of(row)).content.decode()
    assert name not in page
    assert MASKED not in page
    with cast.everywhere():
        row.refresh_from_db()
        assert (row.name, row.phone, row.erased_by_id) == (f"#{row.pk}", "", cast.manager.pk)
        with transaction.atomic(), pytest.raises(IntegrityError):
            type(row).objects.filter(pk=row.pk).update(phone=PHONE)
    assert signed_in(cast.officer).get(address).status_code == 403
    assert signed_in(cast.people["sibling_manager"]).get(address).status_code == 404


def test_the_history_never_held_what_is_personal() -> None:
    with connection.cursor() as cursor:
        for model in (EventPerson, ReceptionGuest, Referrer):
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
                [f"{model._meta.db_table}event"],
            )
            columns = {name for (name,) in cursor.fetchall()}
            assert columns
            assert not columns & {"name", *model.personal}


def test_an_erased_referrer_is_unnamed_inactive_and_not_filled_in_again(cast: Cast) -> None:
    referrer = rows_of(cast)["referrers"]
    with user_scope(cast.manager):
        with pytest.raises(Refused):
            erase_person(by=cast.manager, row=referrer, why="")
        erase_person(by=cast.manager, row=referrer, why="request")
        referrer.refresh_from_db()
        assert (referrer.is_active, referrer.may_be_named) == (False, False)
        with pytest.raises(Refused):
            edit_referrer(by=cast.manager, referrer=referrer, name="乡贤乙")


def test_an_association_keeps_its_name_and_loses_its_telephone(cast: Cast) -> None:
    with cast.everywhere():
        row = outward.make_referrer(cast.zone, by=cast.officer, kind="association", name="示例商会")
    client = signed_in(cast.manager)
    assert client.post(f"/api/v1/referrers/{row.pk}/erase/", {"why": "request"}).status_code == 428
    answer = client.post(f"/api/v1/referrers/{row.pk}/erase/", {"why": "request"}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["name"], answer.json()["phone"]) == (200, "示例商会", "")


def test_colleagues_and_those_who_may_not_are_refused(cast: Cast) -> None:
    row = rows_of(cast)["event-people"]
    with cast.everywhere():
        colleague = EventPerson.objects.create(
            park=cast.zone, event=row.event, user=cast.colleague, name="同事", role="colleague", created_by=cast.officer
        )
    with user_scope(cast.manager), pytest.raises(Refused):
        erase_person(by=cast.manager, row=colleague, why="request")
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        erase_person(by=cast.officer, row=row, why="request")


def overdue(cast: Cast) -> dict[str, Any]:
    """One of each kind whose time is over, a referrer with an unpaid reward, and one of another park."""
    rows = rows_of(cast)
    with cast.everywhere():
        for row in rows.values():
            type(row).objects.filter(pk=row.pk).update(retain_until="2020-01-01")
        owed = outward.make_reward(cast.zone, by=cast.officer).referral.referrer
        other = outward.make_referrer(cast.elsewhere, by=cast.people["stranger"], name="外地某")
        Referrer.objects.filter(pk__in=[owed.pk, other.pk]).update(retain_until="2020-01-01", is_person=True)
    return rows | {"owed": owed, "other": other}


def test_those_kept_too_long_are_listed_and_erased_together(cast: Cast) -> None:
    rows = overdue(cast)
    client = signed_in(cast.manager)
    page = client.get("/contacts/outside/overdue/")
    assert page.context["total"] == 3
    text = page.content.decode()
    assert all(rows[kind].name in text for kind in ("event-people", "reception-guests", "referrers"))
    assert rows["other"].name not in text
    erase = "/contacts/outside/overdue/erase/"
    as_json = {"Accept": "application/json"}
    assert client.post(erase, {"count": "2"}, headers=as_json).status_code == 409, "not what was confirmed"
    assert client.post(erase, {}, headers=as_json).status_code == 422
    with cast.everywhere():
        assert not EventPerson.objects.exclude(erased_at=None).exists()
    assert client.post(erase, {"count": "3"}).status_code == 302
    with cast.everywhere():
        for kind in ("event-people", "reception-guests", "referrers"):
            row = rows[kind]
            row.refresh_from_db()
            assert (row.name, row.phone, row.erased_why) == (f"#{row.pk}", "", "overdue")
        assert Referrer.objects.filter(pk__in=[rows["owed"].pk, rows["other"].pk], erased_at=None).count() == 2
    assert "没有逾期保存" in client.get("/contacts/outside/overdue/").content.decode()
    assert signed_in(cast.officer).post(erase, {"count": "0"}).status_code == 403


def test_who_looked_is_listed_with_names_that_the_reader_may_know(cast: Cast) -> None:
    rows = rows_of(cast)
    for kind in ("event-people", "reception-guests", "referrers"):
        signed_in(cast.officer).post(f"/{kind}/{rows[kind].pk}/reveal/")
    client = signed_in(cast.park_admin)
    page = client.get("/contacts/reveals/outside/")
    assert [look.by for look in page.context["rows"]] == [cast.officer] * 3
    assert {look.person.name for look in page.context["rows"]} == {
        rows[kind].name for kind in ("event-people", "reception-guests", "referrers")
    }
    assert len(client.get("/contacts/reveals/outside/?kind=guest").context["rows"]) == 1
    assert client.get("/contacts/reveals/outside/?at_before=2020-01-01").context["rows"] == []
    assert signed_in(cast.officer).get("/contacts/reveals/outside/").status_code == 403
