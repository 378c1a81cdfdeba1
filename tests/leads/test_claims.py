"""Claiming: first report wins, by the database; editing and handing over."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from leads.actions import claim_company, correct_source, drop_lead, edit_lead, hand_over_lead
from leads.models import Claim, Lead, SourceChange, StageChange
from notices.models import Notice
from tests.fixtures.cast import Cast
from tests.leads.conftest import tomorrow

pytestmark = pytest.mark.django_db


def claim(by: User, cast: Cast, **values: object) -> Lead:
    with user_scope(by):
        return claim_company(by=by, company=cast.company, park_id=cast.zone.pk, **values)  # type: ignore[arg-type]


def test_a_claim_makes_a_lead_in_planning_with_its_owner_department_and_protection(cast: Cast) -> None:
    lead = claim(cast.officer, cast, title="激光器二期", source="event", amount=Decimal(5_000_000))
    assert (lead.stage, lead.owner, lead.department_id) == ("planning", cast.officer, cast.promotion.pk)
    assert lead.protected_until == timezone.localdate() + timedelta(days=90)
    assert lead.counted_month == timezone.localdate().replace(day=1)
    with cast.everywhere():
        change = StageChange.objects.get(lead=lead)
    assert (change.from_stage, change.to_stage, change.by_id) == ("", "planning", cast.officer.pk)


def test_a_second_claim_names_who_holds_the_company_and_since_when(cast: Cast) -> None:
    claim(cast.officer, cast)
    with pytest.raises(Conflict) as refused:
        claim(cast.colleague, cast)
    assert "officer" in str(refused.value)
    assert str(timezone.localdate().year) in str(refused.value)
    assert (refused.value.field, refused.value.status) == ("company", 409)


def test_a_second_claim_of_a_confidential_lead_says_only_that_it_is_taken(cast: Cast) -> None:
    claim(cast.officer, cast, confidentiality="own")
    with pytest.raises(Conflict) as refused:
        claim(cast.colleague, cast)
    assert "officer" not in str(refused.value)


def test_a_dropped_lead_frees_the_company(cast: Cast) -> None:
    lead = claim(cast.officer, cast)
    with user_scope(cast.officer):
        drop_lead(by=cast.officer, lead=lead, reason="对方取消了计划")
    assert claim(cast.colleague, cast).owner == cast.colleague


def test_another_zone_claims_the_same_company_independently(cast: Cast) -> None:
    claim(cast.officer, cast)
    with user_scope(cast.stranger):
        other = claim_company(by=cast.stranger, company=cast.company, park_id=cast.elsewhere.pk)
    assert other.park_id == cast.elsewhere.pk


def test_another_park_of_the_zone_is_told_only_that_there_is_a_conflict(cast: Cast) -> None:
    claim(cast.officer, cast)
    for person, park in ((cast.operator_officer, cast.inner), (cast.sibling_manager, cast.sibling)):
        with user_scope(person), pytest.raises(Conflict) as refused:
            claim_company(by=person, company=cast.company, park_id=park.pk)
        assert refused.value.code == "zone_conflict"
        assert "officer" not in str(refused.value)
        assert cast.zone.name not in str(refused.value)
    with cast.everywhere():
        assert Lead.objects.filter(company=cast.company).count() == 1


def test_what_a_park_shares_is_claimed_in_the_other_without_a_conflict(cast: Cast) -> None:
    claim(cast.officer, cast)
    with user_scope(cast.operator_officer):
        other = claim_company(by=cast.operator_officer, company=cast.company, park_id=cast.inner.pk, agreed=True)
    assert other.park_id == cast.inner.pk


def test_a_source_is_corrected_only_by_a_manager_with_a_reason(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        with pytest.raises(TypeError):
            edit_lead(by=cast.officer, lead=lead, source="event")
        with pytest.raises(PermissionDenied):
            correct_source(by=cast.officer, lead=lead, source="event", reason="记错了")
    with user_scope(cast.manager):
        for source, reason, field in (("event", " ", "reason"), ("own", "r", "source"), ("moon", "r", "source")):
            with pytest.raises(Refused) as refused:
                correct_source(by=cast.manager, lead=lead, source=source, reason=reason)
            assert refused.value.field == field
        assert correct_source(by=cast.manager, lead=lead, source="event", reason="展会名片").source == "event"
        log = SourceChange.objects.get(lead=lead)
    assert (log.before, log.after, log.reason, log.by_id) == ("own", "event", "展会名片", cast.manager.pk)


def test_key_leads_are_named_by_managers_and_protected_longer(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        claim(cast.officer, cast, tier="A")
    assert refused.value.field == "tier"
    lead = claim(cast.officer, cast, tier="C")
    assert lead.protected_until == timezone.localdate() + timedelta(days=60)
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        edit_lead(by=cast.officer, lead=lead, tier="B")
    with user_scope(cast.manager):
        lead = edit_lead(by=cast.manager, lead=lead, tier="A")
        assert lead.protected_until == timezone.localdate() + timedelta(days=120)
        # What was given is not taken away.
        lead = edit_lead(by=cast.manager, lead=lead, tier="C")
    assert lead.protected_until == timezone.localdate() + timedelta(days=120)


def test_a_hand_over_ends_one_claim_and_begins_another(cast: Cast) -> None:
    lead = claim(cast.officer, cast)
    with user_scope(cast.manager):
        hand_over_lead(by=cast.manager, lead=lead, to=cast.colleague, note="分工调整")
    with cast.everywhere():
        first, second = Claim.objects.filter(lead=lead).order_by("pk")
    assert (first.owner, first.ended, first.reason) == (cast.officer, "handed", "分工调整")
    assert (second.owner, second.kind, second.ended_at) == (cast.colleague, "handed", None)


def test_nobody_claims_in_a_park_where_they_may_not(cast: Cast) -> None:
    with user_scope(cast.manager), pytest.raises(PermissionDenied):
        claim_company(by=cast.manager, company=cast.company, park_id=cast.inner.pk)
    with user_scope(cast.auditor), pytest.raises(PermissionDenied):
        claim_company(by=cast.auditor, company=cast.company, park_id=cast.zone.pk)


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_the_same_moment_one_wins(cast: Cast) -> None:
    both_ready = threading.Barrier(2, timeout=20)
    results: list[str] = []

    def claim_now(user: User) -> None:
        try:
            both_ready.wait()
            with user_scope(user):
                claim_company(by=user, company=cast.company, park_id=cast.zone.pk)
            results.append("claimed")
        except Conflict as refused:
            results.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim_now, args=[user]) for user in (cast.officer, cast.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 2
    assert results.count("claimed") == 1
    loser = next(text for text in results if text != "claimed")
    assert "officer" in loser or "colleague" in loser
    with cast.everywhere():
        assert Lead.objects.filter(company=cast.company).count() == 1
        assert StageChange.objects.count() == 1


def test_an_edit_on_an_old_version_is_refused_and_changes_nothing(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        edit_lead(by=cast.officer, lead=lead, version=1, title="一期")
        with pytest.raises(Stale):
            edit_lead(by=cast.officer, lead=lead, version=1, title="二期")
        lead.refresh_from_db()
    assert (lead.title, lead.version) == ("一期", 2)


def test_a_colleague_may_look_but_not_edit(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.colleague):
        assert Lead.objects.visible_to(cast.colleague).filter(pk=lead.pk).exists()
        with pytest.raises(PermissionDenied):
            edit_lead(by=cast.colleague, lead=lead, title="我的")


def test_a_handover_moves_owner_department_and_reminder_and_tells_the_new_owner(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.officer):
        edit_lead(by=cast.officer, lead=lead, next_step="送方案", next_date=tomorrow())
    with user_scope(cast.manager):
        handed = hand_over_lead(by=cast.manager, lead=lead, to=cast.colleague, note="休产假")
    assert handed.owner == cast.colleague
    with cast.everywhere():
        told = Notice.objects.filter(kind="lead_assigned", recipient=cast.colleague, channel="page").get()
        steps = Notice.objects.filter(kind="lead_step", state="pending").values_list("recipient__username", flat=True)
        assert list(steps) == ["colleague"]
    assert "休产假" in told.body


def test_a_lead_is_handed_only_to_people_who_work_on_leads_there(cast: Cast, lead: Lead) -> None:
    with user_scope(cast.manager):
        for person in (cast.stranger, cast.window, cast.operator_officer):
            with pytest.raises(Refused) as refused:
                hand_over_lead(by=cast.manager, lead=lead, to=person)
            assert refused.value.field == "to"
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        hand_over_lead(by=cast.officer, lead=lead, to=cast.colleague)
