"""Handing leads over: nothing is lost, the receiver signs, and until then both see it."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from core.errors import Refused
from core.isolation import user_scope
from leads.actions import (
    Word,
    hand_over_all,
    hand_over_lead,
    plan_step,
    receive_lead,
    return_lead,
    settle_undertaking,
)
from leads.models import Handover, Lead
from leads.queries.credit import owner_on
from leads.queries.handover import estate_of, holders_of
from notices.models import Notice
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead, make_notice
from tests.leads.conftest import tomorrow, visit

pytestmark = pytest.mark.django_db


def given(cast: Cast, lead: Lead) -> Handover:
    with user_scope(cast.manager):
        hand_over_lead(by=cast.manager, lead=lead, to=cast.colleague, note="重点跟进")
        row: Handover = Handover.objects.get(lead=lead, state="pending")
        return row


def test_step_reminder_and_unread_notices_go_along(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        plan_step(by=cast.officer, lead=lead, next_step="送方案", next_date=tomorrow())
    with cast.everywhere():
        make_notice(cast.zone, recipient=cast.officer, key=f"lead:{lead.pk}:admission:1")
        make_notice(cast.zone, recipient=cast.officer, key=f"lead:{lead.pk}:read", read_at=timezone.now())
        make_notice(cast.zone, recipient=cast.officer, key="lead:999999:other")
    row = given(cast, lead)
    assert (row.carried["step"], row.carried["step_on"]) == ("送方案", tomorrow().isoformat())
    with cast.everywhere():
        keys = {n.key for n in Notice.objects.filter(recipient=cast.colleague, channel="page")}
        assert f"lead:{lead.pk}:admission:1" in keys
        assert f"lead:{lead.pk}:read" not in keys
        assert "lead:999999:other" not in keys
        reminder = Notice.objects.get(kind="lead_step", state="pending")
        assert reminder.recipient == cast.colleague


def test_until_it_is_signed_for_both_see_a_lead_of_ones_own(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(confidentiality="own")
        lead.refresh_from_db()
    row = given(cast, lead)
    for user in (cast.officer, cast.colleague):
        with user_scope(user):
            assert Lead.objects.visible_to(user).filter(pk=lead.pk).exists()
    with user_scope(cast.colleague):
        receive_lead(by=cast.colleague, handover=row)
        assert receive_lead(by=cast.colleague, handover=row).state == "received"
    with user_scope(cast.officer):
        assert not Lead.objects.visible_to(cast.officer).filter(pk=lead.pk).exists()


def test_only_the_receiver_answers(cast: Cast, lead: Lead) -> None:
    row = given(cast, lead)
    for user in (cast.officer, cast.manager):
        with user_scope(user), pytest.raises(PermissionDenied):
            receive_lead(by=user, handover=row)


def test_a_reasoned_no_gives_it_back_with_all_that_hangs_on_it(cast: Cast, lead: Lead) -> None:
    row = given(cast, lead)
    with user_scope(cast.colleague):
        with pytest.raises(Refused):
            return_lead(by=cast.colleague, handover=row, reason="")
        return_lead(by=cast.colleague, handover=row, reason="产业不熟悉")
    with cast.everywhere():
        lead.refresh_from_db()
        assert (lead.owner, lead.department, lead.handed_by) == (cast.officer, cast.promotion, None)
        assert Notice.objects.filter(recipient=cast.manager, kind="handover_answered").exists()
        assert not Notice.objects.filter(kind="handover_late", state="pending").exists()


def test_credit_of_earlier_days_stays_with_who_owned_it_then(cast: Cast, lead: Lead) -> None:
    today = timezone.localdate()
    with time_machine.travel(timezone.now() + timedelta(days=10), tick=False):
        given(cast, lead)
        with cast.everywhere():
            lead.refresh_from_db()
            assert owner_on(lead, today) == cast.officer
            assert owner_on(lead, timezone.localdate()) == cast.colleague
    handed = today + timedelta(days=10)
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False), cast.everywhere():
        assert owner_on(lead, handed - timedelta(days=1)) == cast.officer
        assert owner_on(lead, handed) == cast.colleague


def test_all_of_a_leaver_is_dealt_out_in_turn(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        for number in range(4):
            make_lead(
                cast.zone, owner=cast.officer, company=make_company(f"示例{number}有限公司"), amount=Decimal(number)
            )
        make_lead(cast.zone, owner=cast.officer, company=make_company("示例已签有限公司"), stage="signed")
    with user_scope(cast.manager):
        assert estate_of(cast.manager, cast.officer, cast.zone.pk).leads == 5
        made = hand_over_all(
            by=cast.manager, giver=cast.officer, receivers=[cast.colleague, cast.manager], park_id=cast.zone.pk
        )
        assert sorted(row.receiver.username for row in made) == ["colleague"] * 3 + ["manager"] * 2
        assert len({row.batch for row in made}) == 1
        assert [h.person for h in holders_of(cast.manager, cast.zone.pk)] == [cast.colleague, cast.manager]
        told = Notice.objects.filter(kind="lead_assigned", channel="page").values_list("recipient__username", flat=True)
        assert sorted(told) == ["colleague", "manager"]


def test_open_promises_go_along_and_the_page_lists_them(client: Client, cast: Cast, lead: Lead) -> None:
    promised = [Word("送厂房平面图", tomorrow()), Word("已兑现的事")]
    talk = visit(cast.officer, lead, promised=promised)
    with user_scope(cast.officer):
        settle_undertaking(by=cast.officer, undertaking=talk.undertakings.get(text="已兑现的事"), state="kept")
    row = given(cast, lead)
    assert row.carried["promises"] == 1
    client.force_login(cast.colleague)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "送厂房平面图" in page
    assert "已兑现的事" not in page
    with user_scope(cast.colleague):
        assert talk.undertakings.get(text="送厂房平面图").owner == cast.colleague
        return_lead(by=cast.colleague, handover=row, reason="产业不熟悉")
        assert talk.undertakings.get(text="送厂房平面图").owner == cast.officer


def test_the_pages(client: Client, cast: Cast, lead: Lead) -> None:
    client.force_login(cast.manager)
    assert "officer" in client.get("/leads/hand-over/").content.decode()
    url = f"/leads/hand-over/?giver={cast.officer.pk}"
    assert client.get(url).status_code == 200
    assert client.post(url, {"note": "离职"}).status_code == 422
    assert client.post(url, {"receivers": [cast.colleague.pk], "note": "离职"}).status_code == 302
    client.force_login(cast.colleague)
    assert "离职" in client.get("/leads/handovers/?receiver=me&state=pending").content.decode()
    page = client.get(f"/leads/{lead.pk}/").content.decode()
    assert "/receive/" in page
    with cast.everywhere():
        row = Handover.objects.get()
    assert client.post(f"/leads/handovers/{row.pk}/return/", {"reason": ""}).status_code == 422
    assert client.post(f"/leads/handovers/{row.pk}/receive/").status_code == 302
    assert "/receive/" not in client.get(f"/leads/{lead.pk}/").content.decode()


def test_a_visit_that_arrives_late_leaves_the_new_owners_step_alone(cast: Cast, lead: Lead) -> None:
    row = given(cast, lead)
    with user_scope(cast.colleague):
        plan_step(by=cast.colleague, lead=row.lead, next_step="回访", next_date=tomorrow())
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(confidentiality="park")
    visit(cast.officer, lead, next_step="送方案", next_date=tomorrow() + timedelta(days=3), step_done=True)
    with cast.everywhere():
        lead.refresh_from_db()
        assert (lead.next_step, lead.next_date) == ("回访", tomorrow())
        assert Notice.objects.filter(kind="lead_activity", recipient=cast.colleague).exists()


def test_nobody_is_handed_a_lead_by_default(client: Client, cast: Cast, lead: Lead) -> None:
    client.force_login(cast.manager)
    url = f"/leads/{lead.pk}/hand-over/"
    assert '<option value="" selected>—</option>' in client.get(url).content.decode()
    assert client.post(url, {"to": ""}).status_code == 422
    with cast.everywhere():
        assert not Handover.objects.exists()
