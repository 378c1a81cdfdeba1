"""Requests that are not made in good faith, or come at a bad moment: each finds the door that it belongs to."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from core.errors import Conflict, Refused
from core.isolation import user_scope
from leads.actions import (
    Word,
    add_undertaking,
    change_undertaking,
    claim_company,
    delete_activity,
    drop_lead,
    hand_over_all,
    hand_over_lead,
    reopen_lead,
)
from leads.models import Activity, Claim, Companion, Lead, PersonMet
from parks.models import ParkRules
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_claim, make_company, make_contact
from tests.leads.conftest import visit

pytestmark = pytest.mark.django_db


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def test_an_old_claim_does_not_let_go_of_what_somebody_holds_by_now(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        old = make_claim(lead)
    with user_scope(cast.manager):
        hand_over_lead(by=cast.manager, lead=lead, to=cast.colleague)
    path = f"/api/v1/claims/{old.pk}/"
    tag = {"If-Match": api(cast.manager).get(path)["ETag"]}
    answer = api(cast.manager).post(f"{path}release/", {"reason": "误操作"}, headers=tag)
    assert (answer.status_code, answer.json()["code"]) == (409, "claim_ended")
    with cast.everywhere():
        assert Lead.objects.get(pk=lead.pk).pooled_at is None
        assert Claim.objects.get(lead=lead, ended_at=None).owner == cast.colleague


def test_dropping_and_reopening_is_no_way_round_the_holding_limit(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        ParkRules.objects.update_or_create(park=cast.zone, defaults={"holding_limit": 1})
        companies = [make_company("示例第二有限公司")]
    with user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, reason="暂缓")
        claim_company(by=cast.officer, company=companies[0], park_id=cast.zone.pk)
        with pytest.raises(Refused) as refused:
            reopen_lead(by=cast.officer, lead=lead)
    assert refused.value.code == "holding_limit"
    with user_scope(cast.manager):
        assert reopen_lead(by=cast.manager, lead=lead).is_open


def test_what_was_promised_is_seen_to_by_somebody_of_that_park(cast: Cast, lead: Lead) -> None:
    activity = visit(cast.officer, lead)
    stranger = cast.people["operator_manager"]
    with user_scope(cast.leader):
        for owner in (stranger, cast.stranger):
            with pytest.raises(Refused) as refused:
                add_undertaking(by=cast.leader, activity=activity, kind="promised", word=Word("送图纸", owner=owner))
            assert (refused.value.field, refused.value.code) == ("owner", "not_a_colleague")
        row = add_undertaking(by=cast.leader, activity=activity, kind="promised", word=Word("送图纸"))
        with pytest.raises(Refused):
            change_undertaking(by=cast.leader, undertaking=row, owner=stranger)


def test_nothing_is_promised_in_a_deleted_talk_and_what_is_wrong_stands_at_its_field(cast: Cast, lead: Lead) -> None:
    activity = visit(cast.officer, lead)
    client = Client()
    client.force_login(cast.officer)
    body = {"kind": "promised", "text": "送图纸", "owner": cast.officer.pk, "due_on": "2001-01-01"}
    page: Any = client.post(f"/activities/{activity.pk}/promises/add/", body)
    assert set(page.context["form"].errors) == {"due_on"}
    with user_scope(cast.officer):
        delete_activity(by=cast.officer, activity=activity)
        with pytest.raises(Conflict) as deleted:
            add_undertaking(by=cast.officer, activity=activity, kind="promised", word=Word("送图纸"))
    assert deleted.value.code == "deleted"


def test_who_cannot_own_leads_receives_none_and_the_field_is_the_one_of_the_form(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.manager):
        for receiver in (cast.window, cast.stranger):
            with pytest.raises(Refused) as refused:
                hand_over_all(by=cast.manager, giver=cast.officer, receivers=[receiver], park_id=cast.zone.pk)
            assert refused.value.field == "receivers"
        with pytest.raises(PermissionDenied):
            hand_over_all(by=cast.manager, giver=cast.officer, receivers=[cast.manager], park_id=cast.sibling.pk)


def test_correcting_a_visit_leaves_those_who_were_there(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        contact = make_contact(cast.zone, company=lead.company, name="王总")
    activity = visit(cast.officer, lead, companions=[cast.manager, cast.colleague], contacts=[contact])
    with cast.everywhere():
        contact.erased_at = activity.created_at
        contact.name = contact.title = contact.phone = contact.phone_digits = contact.email = contact.wechat = ""
        contact.erased_why, contact.erased_by = "request", cast.manager
        contact.save()
        cast.colleague.memberships.update(is_active=False)
    client = Client()
    client.force_login(cast.manager)
    form = client.get(f"/activities/{activity.pk}/edit/").context["form"]
    sent = {bound.name: bound.value() for bound in form if bound.value() not in (None, "")}
    sent |= {"happened_at": sent["happened_at"].strftime("%Y-%m-%dT%H:%M"), "summary": "更正"}
    assert client.post(f"/activities/{activity.pk}/edit/", sent).status_code == 302
    with cast.everywhere():
        assert Activity.objects.get(pk=activity.pk).summary == "更正"
        there = set(Companion.objects.filter(activity=activity).values_list("user", flat=True))
        assert there == {cast.manager.pk, cast.colleague.pk}
        assert PersonMet.objects.get(activity=activity).contact_id == contact.pk
