"""The public pool: protection, renewal, falling in, picking, letting go."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core import upkeep
from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from leads import queries, tasks
from leads.actions import (
    assign_from_pool,
    claim_company,
    drop_lead,
    edit_lead,
    log_activity,
    move_lead,
    pick_lead,
    release_lead,
)
from leads.models import Claim, Lead
from notices.models import Notice
from parks.models import ParkRules
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead, make_offer
from tests.leads.conftest import visit

pytestmark = pytest.mark.django_db


def claimed(cast: Cast, by: User | None = None, **values: Any) -> Lead:
    by = by or cast.officer
    with user_scope(by):
        return claim_company(by=by, company=values.pop("company", cast.company), park_id=cast.zone.pk, **values)


def rules(cast: Cast, **values: Any) -> None:
    with cast.everywhere():
        ParkRules.objects.update_or_create(park=cast.zone, defaults=values)


def pooled(cast: Cast, **values: Any) -> Lead:
    """A lead that the officer let go of."""
    lead = claimed(cast, **values)
    with user_scope(cast.officer):
        return release_lead(by=cast.officer, lead=lead, reason="跟进不过来")


def fresh(cast: Cast, lead: Lead) -> Lead:
    with cast.everywhere():
        found: Lead = Lead.objects.select_related("owner").get(pk=lead.pk)
        return found


def keep_up() -> None:
    """As beat has it done."""
    assert upkeep.WORKS["leads.pool"][0] is tasks.return_to_pool
    upkeep.run()


def warnings(cast: Cast, lead: Lead, state: str = "pending") -> list[tuple[date, str]]:
    with cast.everywhere():
        rows = Notice.objects.filter(kind="lead_protection", key__startswith=f"lead:{lead.pk}:", channel="page")
        found = rows.filter(state=state).order_by("due_at")
        return [(timezone.localdate(row.due_at), row.recipient.username) for row in found.select_related("recipient")]


def test_warnings_are_written_ahead_seven_three_and_one_day_before_the_end(cast: Cast) -> None:
    lead = claimed(cast)
    assert warnings(cast, lead) == [(lead.protected_until - timedelta(days=days), "officer") for days in (7, 3, 1)]


def test_the_last_warning_comes_by_mail_too_and_one_that_is_over_is_not_written(cast: Cast) -> None:
    rules(cast, protection_days=5)
    lead = claimed(cast)
    days = [day for day, _name in warnings(cast, lead)]
    assert days == [lead.protected_until - timedelta(days=left) for left in (3, 1)]
    with cast.everywhere():
        mail = Notice.objects.get(kind="lead_protection", channel="mail")
    assert timezone.localdate(mail.due_at) == days[-1]


def test_progress_renews_and_moves_the_warnings(cast: Cast) -> None:
    lead, start = claimed(cast), timezone.now()
    with time_machine.travel(start + timedelta(days=80), tick=False):
        visit(cast.officer, lead)
        visit(cast.officer, lead)
        renewed = fresh(cast, lead)
        assert renewed.protected_until == timezone.localdate() + timedelta(days=30)
        assert [day for day, _name in warnings(cast, lead)] == [
            renewed.protected_until - timedelta(days=days) for days in (7, 3, 1)
        ]
        with cast.everywhere():
            assert Claim.objects.get(lead=lead).renewals == 1


def test_a_note_renews_nothing_and_a_move_onward_does(cast: Cast) -> None:
    lead, start = claimed(cast), timezone.now()
    with time_machine.travel(start + timedelta(days=80), tick=False):
        visit(cast.officer, lead, kind="note")
        assert fresh(cast, lead).protected_until == lead.protected_until
    with time_machine.travel(start + timedelta(days=81), tick=False):
        visit(cast.officer, lead, kind="call", happened_at=timezone.now() - timedelta(minutes=1))
    with time_machine.travel(start + timedelta(days=85), tick=False), user_scope(cast.officer):
        move_lead(by=cast.officer, lead=lead, to_stage="contacting")
        assert Lead.objects.get(pk=lead.pk).protected_until == timezone.localdate() + timedelta(days=30)


def test_renewal_stops_at_the_cap_of_one_claim(cast: Cast) -> None:
    rules(cast, protection_cap_days=100)
    lead, start = claimed(cast), timezone.now()
    with time_machine.travel(start + timedelta(days=89), tick=False):
        visit(cast.officer, lead)
    assert fresh(cast, lead).protected_until == timezone.localdate(start) + timedelta(days=100)


def test_a_lead_falls_into_the_pool_once_the_day_after_its_protection_however_often_the_job_runs(cast: Cast) -> None:
    lead = claimed(cast, next_step="送方案", next_date=timezone.localdate() + timedelta(days=10))
    start = timezone.now()
    with time_machine.travel(start + timedelta(days=90), tick=False):
        keep_up()
        assert not fresh(cast, lead).in_pool
    with time_machine.travel(start + timedelta(days=95), tick=False):
        keep_up()
        keep_up()
        found = fresh(cast, lead)
    assert (found.in_pool, found.owner, found.next_step, found.version) == (True, cast.officer, "", lead.version + 1)
    with cast.everywhere():
        claim = Claim.objects.get(lead=lead)
        told = Notice.objects.filter(kind="lead_pool", recipient=cast.officer, channel="page").count()
    assert (claim.ended, told) == ("expired", 1)


def test_progress_before_the_end_keeps_the_lead_out_of_the_pool(cast: Cast) -> None:
    lead, start = claimed(cast), timezone.now()
    with time_machine.travel(start + timedelta(days=89), tick=False):
        visit(cast.officer, lead)
    with time_machine.travel(start + timedelta(days=100), tick=False):
        keep_up()
        assert not fresh(cast, lead).in_pool


def test_leads_in_screening_stay_unless_the_parks_rules_say_otherwise(cast: Cast) -> None:
    with cast.everywhere():
        old: dict[str, Any] = {"protected_until": timezone.localdate() - timedelta(days=1), "owner": cast.officer}
        rows = {stage: make_lead(cast.zone, stage=stage, company=make_company(), **old) for stage in STAGES}
    keep_up()
    assert [stage for stage, row in rows.items() if fresh(cast, row).in_pool] == [
        "planning",
        "contacting",
        "visiting",
        "negotiating",
    ]
    rules(cast, reclaim_screening=True)
    keep_up()
    assert fresh(cast, rows["screening"]).in_pool
    assert not fresh(cast, rows["signed"]).in_pool


STAGES = ("planning", "contacting", "visiting", "negotiating", "screening", "signed", "dropped")


def test_the_last_owner_neither_acts_on_a_pooled_lead_nor_has_it_on_a_list(cast: Cast) -> None:
    lead = pooled(cast)
    with user_scope(cast.officer):
        assert not queries.recent_leads(cast.officer)
        assert not queries.without_progress(cast.officer)
        with pytest.raises(PermissionDenied):
            edit_lead(by=cast.officer, lead=lead, title="还是我的")
        with pytest.raises(PermissionDenied):
            drop_lead(by=cast.officer, lead=lead, why="silent")
    with user_scope(cast.manager), pytest.raises(Refused) as refused:
        move_lead(by=cast.manager, lead=lead, to_stage="contacting")
    assert refused.value.code == "in_pool"


def test_a_pooled_lead_is_logged_on_by_anybody_but_protected_for_nobody(cast: Cast) -> None:
    lead = pooled(cast)
    told: dict[str, Any] = {"kind": "call", "summary": "仍有意向", "next_step": "回访"}
    # When a lead that is held would be renewed.
    with time_machine.travel(timezone.now() + timedelta(days=300)), user_scope(cast.colleague):
        log_activity(by=cast.colleague, lead=lead, happened_at=timezone.now(), **told)
    found = fresh(cast, lead)
    assert (found.in_pool, found.next_step, found.protected_until) == (True, "", lead.protected_until)
    assert warnings(cast, lead) == []


def test_letting_go_needs_a_reason_and_the_owner_or_a_manager(cast: Cast) -> None:
    lead = claimed(cast)
    with user_scope(cast.colleague), pytest.raises(PermissionDenied):
        release_lead(by=cast.colleague, lead=lead, reason="给我")
    with user_scope(cast.manager):
        with pytest.raises(Refused) as refused:
            release_lead(by=cast.manager, lead=lead, reason=" ")
        assert refused.value.field == "reason"
        released = release_lead(by=cast.manager, lead=lead, reason="专员休假", version=1)
        with pytest.raises(Refused):
            release_lead(by=cast.manager, lead=lead, reason="再来")
    assert released.in_pool
    assert warnings(cast, lead) == []
    with cast.everywhere():
        assert "专员休假" in Notice.objects.get(kind="lead_pool", channel="page", recipient=cast.officer).body


def test_a_pick_begins_a_new_claim_with_a_protection_of_its_own(cast: Cast) -> None:
    lead = pooled(cast)
    with user_scope(cast.colleague):
        picked = pick_lead(by=cast.colleague, lead=lead, version=lead.version)
    assert (picked.owner, picked.in_pool, picked.department_id) == (cast.colleague, False, cast.promotion.pk)
    assert picked.created_by == cast.officer
    assert [name for _day, name in warnings(cast, lead)] == ["colleague"] * 3
    with cast.everywhere():
        assert list(Claim.objects.filter(lead=lead).order_by("pk").values_list("kind", "ended")) == [
            ("reported", "released"),
            ("picked", ""),
        ]


def test_a_pick_on_an_old_version_is_stale(cast: Cast) -> None:
    lead = pooled(cast)
    with user_scope(cast.colleague), pytest.raises(Stale):
        pick_lead(by=cast.colleague, lead=lead, version=lead.version - 1)


def test_the_last_owner_waits_before_picking_again(cast: Cast) -> None:
    lead, start = pooled(cast), timezone.now()
    with user_scope(cast.officer), pytest.raises(Refused) as refused:
        pick_lead(by=cast.officer, lead=lead)
    assert refused.value.code == "last_owner"
    with time_machine.travel(start + timedelta(days=30), tick=False), user_scope(cast.officer):
        assert pick_lead(by=cast.officer, lead=lead).owner == cast.officer


def test_picks_are_limited_by_the_day_and_by_what_one_holds(cast: Cast) -> None:
    rules(cast, pool_daily_picks=2, holding_limit=4)
    leads = [pooled(cast, company=make_company(f"示例{number}有限公司")) for number in range(6)]
    start = timezone.now()
    with user_scope(cast.manager):
        for lead in leads[4:]:
            pick_lead(by=cast.manager, lead=lead)
    claimed(cast, cast.colleague)  # no pick
    with user_scope(cast.colleague):
        for lead in leads[:2]:
            pick_lead(by=cast.colleague, lead=lead)
        with pytest.raises(Refused) as refused:
            pick_lead(by=cast.colleague, lead=leads[2])
        assert refused.value.code == "daily_limit"
    with time_machine.travel(start + timedelta(days=1), tick=False), user_scope(cast.colleague):
        pick_lead(by=cast.colleague, lead=leads[2])
        with pytest.raises(Refused) as refused:
            pick_lead(by=cast.colleague, lead=leads[3])
        assert refused.value.code == "holding_limit"


def test_a_claim_of_a_company_in_the_pool_is_sent_to_the_pool(cast: Cast) -> None:
    pooled(cast)
    with pytest.raises(Conflict) as refused:
        claimed(cast, cast.colleague)
    assert refused.value.code == "in_pool"


def test_a_company_in_one_parks_pool_is_free_for_another_park_of_the_zone(cast: Cast) -> None:
    lead = pooled(cast)
    with user_scope(cast.operator_officer):
        claim_company(by=cast.operator_officer, company=cast.company, park_id=cast.inner.pk)
    with user_scope(cast.colleague), pytest.raises(Conflict) as refused:
        pick_lead(by=cast.colleague, lead=lead)
    assert refused.value.code == "zone_conflict"


def test_what_is_shared_with_another_park_is_picked_here_while_that_park_goes_on(cast: Cast) -> None:
    lead = claimed(cast)
    with cast.everywhere():
        make_offer(lead, partner=cast.inner, by=cast.manager, state="accepted", answered_at=timezone.now())
        make_lead(cast.inner, owner=cast.operator_officer, company=cast.company)
    with user_scope(cast.officer):
        release_lead(by=cast.officer, lead=lead, reason="跟进不过来")
    with user_scope(cast.colleague):
        picked = pick_lead(by=cast.colleague, lead=lead)
        assert picked.owner == cast.colleague
        release_lead(by=cast.colleague, lead=picked, reason="跟进不过来")
    with cast.everywhere():
        make_lead(cast.sibling, owner=cast.sibling_manager, company=cast.company)
    with user_scope(cast.manager), pytest.raises(Conflict) as refused:
        pick_lead(by=cast.manager, lead=lead)
    assert refused.value.code == "zone_conflict"


def test_a_manager_gives_leads_of_the_pool_to_somebody_and_misses_none_that_is_gone(cast: Cast) -> None:
    first, second = (pooled(cast, company=make_company(f"示例{name}有限公司")) for name in "甲乙")
    with user_scope(cast.colleague):
        pick_lead(by=cast.colleague, lead=second)
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        assign_from_pool(by=cast.officer, leads=[first], to=cast.officer)
    with user_scope(cast.manager):
        with pytest.raises(Refused) as refused:
            assign_from_pool(by=cast.manager, leads=[first], to=cast.window)
        assert refused.value.field == "to"
        # The last owner, too: the manager decides.
        given = assign_from_pool(by=cast.manager, leads=[second, first], to=cast.officer)
        with pytest.raises(Conflict):
            assign_from_pool(by=cast.manager, leads=[second], to=cast.officer)
    assert [lead.pk for lead in given] == [first.pk]
    assert (fresh(cast, first).owner, fresh(cast, second).owner) == (cast.officer, cast.colleague)


@pytest.mark.django_db(transaction=True)
def test_of_two_picks_at_the_same_moment_one_wins_and_the_other_is_told_who(cast: Cast) -> None:
    lead = pooled(cast)
    both_ready = threading.Barrier(2, timeout=20)
    results: list[str] = []

    def pick_now(user: User) -> None:
        try:
            both_ready.wait()
            with user_scope(user):
                pick_lead(by=user, lead=lead)
            results.append("picked")
        except Conflict as refused:
            results.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=pick_now, args=[user]) for user in (cast.colleague, cast.manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results.count("picked") == 1
    winner = fresh(cast, lead).owner
    assert next(text for text in results if text != "picked").startswith(str(winner))
    with cast.everywhere():
        assert Claim.objects.filter(lead=lead, ended_at=None).count() == 1
