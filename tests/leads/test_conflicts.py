"""Two want one company: opened, heard, ruled; inside a park and between the parks of a zone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from core import upkeep
from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from leads import tasks
from leads.actions import (
    claim_company,
    drop_lead,
    open_conflict,
    release_lead,
    rule_conflict,
    share_result,
    state_side,
    withdraw_case,
)
from leads.models import (
    ClaimConflict,
    ConflictFile,
    ConflictSide,
    CreditShare,
    CreditSplit,
    Lead,
    SharedResult,
    ShareOffer,
)
from notices.models import Notice
from parks.models import Park
from tests.fixtures.cast import Cast
from tests.leads.conftest import jpeg

pytestmark = pytest.mark.django_db


def claim(by: User, park: Park, cast: Cast) -> Lead:
    with user_scope(by):
        return claim_company(by=by, company=cast.company, park_id=park.pk)


def contest(by: User, park: Park, cast: Cast, **values: Any) -> ConflictSide:
    with user_scope(by):
        given = {"reason": "上月已登门拜访", "company": cast.company} | values
        return open_conflict(by=by, park_id=park.pk, **given)  # type: ignore[arg-type]


def rule(by: User, conflict: ClaimConflict, ruling: str, **values: Any) -> ClaimConflict:
    with user_scope(by):
        return rule_conflict(by=by, conflict=conflict, ruling=ruling, **({"reason": "首报在先"} | values))


def case(cast: Cast) -> ClaimConflict:
    with cast.everywhere():
        return ClaimConflict.objects.get()


def sides(cast: Cast) -> dict[str, ConflictSide]:
    with cast.everywhere():
        return {side.place: side for side in ConflictSide.objects.select_related("lead", "park")}


def told(cast: Cast, kind: str) -> list[str]:
    with cast.everywhere():
        rows = Notice.objects.filter(kind=kind, channel="page").exclude(state="cancelled")
        return sorted(set(rows.values_list("recipient__username", flat=True)))


def carry() -> None:
    assert upkeep.WORKS["leads.conflicts"][0] is tasks.carry_conflicts
    upkeep.run()


def test_a_second_claim_opens_a_case_and_both_sides_and_tells_those_concerned(cast: Cast) -> None:
    lead = claim(cast.officer, cast.zone, cast)
    photo = SimpleUploadedFile("名片.jpg", jpeg(), content_type="image/jpeg")
    contest(cast.colleague, cast.zone, cast, files=[photo])
    found, both = case(cast), sides(cast)
    assert (found.park, found.first_person, found.second_person) == (cast.zone, cast.officer, cast.colleague)
    assert found.first_since == lead.claimed_at
    assert (both["first"].lead, both["second"].statement) == (lead, "上月已登门拜访")
    assert told(cast, "conflict") == ["officer"]
    assert told(cast, "conflict_ruling") == ["leader", "manager"]
    with cast.everywhere():
        assert ConflictFile.objects.get().side_id == both["second"].pk


def test_a_case_needs_a_reason_a_holder_and_comes_once(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        contest(cast.colleague, cast.zone, cast)
    assert refused.value.code == "not_held"
    claim(cast.officer, cast.zone, cast)
    for values, by, code in (({"reason": " "}, cast.colleague, "reason_missing"), ({}, cast.officer, "own_claim")):
        with pytest.raises(Refused) as refused:
            contest(by, cast.zone, cast, **values)
        assert refused.value.code == code
    contest(cast.colleague, cast.zone, cast)
    with pytest.raises(Conflict) as twice:
        contest(cast.colleague, cast.zone, cast)
    assert twice.value.code == "already_open"
    with user_scope(cast.auditor), pytest.raises(PermissionDenied):
        open_conflict(by=cast.auditor, company=cast.company, park_id=cast.zone.pk, reason="r")


def test_each_claimant_sees_and_states_only_the_own_side(cast: Cast) -> None:
    claim(cast.officer, cast.zone, cast)
    own = contest(cast.colleague, cast.zone, cast)
    first = sides(cast)["first"]
    with user_scope(cast.colleague):
        assert list(ConflictSide.objects.visible_to(cast.colleague)) == [own]
        assert not ClaimConflict.objects.visible_to(cast.colleague).exists()
        with pytest.raises(PermissionDenied):
            state_side(by=cast.colleague, side=first, reason="不是他的")
    with user_scope(cast.officer):
        state_side(by=cast.officer, side=first, reason="名片与会议纪要为证", version=1)
        with pytest.raises(Stale):
            state_side(by=cast.officer, side=first, reason="补充", version=1)
    assert sides(cast)["first"].statement == "名片与会议纪要为证"


def test_the_ruling_is_reasoned_comes_once_and_from_nobody_concerned(cast: Cast) -> None:
    claim(cast.officer, cast.zone, cast)
    contest(cast.manager, cast.zone, cast)
    found = case(cast)
    for person in (cast.manager, cast.officer, cast.operator_manager):
        with user_scope(person), pytest.raises(PermissionDenied):
            rule_conflict(by=person, conflict=found, ruling="second", reason="r")
    for ruling, values, field in (
        ("third", {}, "ruling"),
        ("first", {"reason": " "}, "reason"),
        ("shared", {}, "first_share"),
        ("shared", {"first_share": 100}, "first_share"),
    ):
        with pytest.raises(Refused) as refused:
            rule(cast.leader, found, ruling, **values)
        assert refused.value.field == field
    rule(cast.leader, found, "first", version=1)
    with pytest.raises(Refused) as again:
        rule(cast.leader, found, "second")
    assert again.value.code == "case_over"


def test_inside_a_park_the_second_gets_the_lead_at_once(cast: Cast) -> None:
    lead = claim(cast.officer, cast.zone, cast)
    contest(cast.colleague, cast.zone, cast)
    rule(cast.manager, case(cast), "second", reason="实际跟进在先")
    with cast.everywhere():
        lead = Lead.objects.get(pk=lead.pk)
        assert (lead.owner, lead.stage) == (cast.colleague, "planning")
        assert list(lead.claims.order_by("pk").values_list("ended", "kind")) == [("ruled", "reported"), ("", "ruled")]
    both = sides(cast)
    assert [(both[place].state, both[place].outcome) for place in ("first", "second")] == [
        ("ruled", "实际跟进在先")
    ] * 2
    assert told(cast, "conflict") == ["colleague", "officer"]
    with cast.everywhere():
        assert not Notice.objects.filter(kind="conflict_ruling", key__endswith=":late", state="pending").exists()


def test_shared_credit_leaves_the_lead_and_tells_each_the_share(cast: Cast) -> None:
    lead = claim(cast.officer, cast.zone, cast)
    contest(cast.colleague, cast.zone, cast)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        rule(cast.manager, case(cast), "shared", first_share=60, reason="双方均有实质跟进。" * 60)
    both = sides(cast)
    assert (both["first"].share, both["second"].share) == (60, 40)
    with cast.everywhere():
        shares = CreditShare.objects.filter(split__lead=lead, split__state="in_force")
        assert sorted(shares.values_list("user__username", "percent")) == [
            ("colleague", Decimal(40)),
            ("officer", Decimal(60)),
        ]
        assert CreditSplit.objects.get().valid_from == timezone.localdate(case(cast).opened_at)
        assert Lead.objects.get(pk=lead.pk).owner == cast.officer


def test_a_case_between_parks_is_brought_before_the_zone_by_the_worker_once(cast: Cast) -> None:
    lead = claim(cast.sibling_manager, cast.sibling, cast)
    contest(cast.operator_officer, cast.inner, cast)
    with cast.everywhere():
        assert not ClaimConflict.objects.exists()
    carry()
    carry()
    found, both = case(cast), sides(cast)
    assert (found.park, found.first_park, found.second_park) == (cast.zone, cast.sibling, cast.inner)
    assert (both["first"].park, both["first"].lead, both["second"].park) == (cast.sibling, lead, cast.inner)
    assert told(cast, "conflict_ruling") == ["leader", "manager"]
    assert told(cast, "conflict") == ["sibling_manager"]
    for person, own in ((cast.operator_manager, "second"), (cast.sibling_manager, "first")):
        with user_scope(person):
            assert [side.place for side in ConflictSide.objects.visible_to(person)] == [own]
            assert not ClaimConflict.objects.visible_to(person).exists()


def test_between_parks_the_seconds_victory_closes_the_firsts_lead_and_makes_the_seconds(cast: Cast) -> None:
    lead = claim(cast.sibling_manager, cast.sibling, cast)
    contest(cast.operator_officer, cast.inner, cast)
    carry()
    rule(cast.leader, case(cast), "second", reason="产业定位相符")
    with cast.everywhere():
        assert Lead.objects.get().stage == "planning"
    carry()
    carry()
    with cast.everywhere():
        first, second = Lead.objects.get(pk=lead.pk), Lead.objects.get(park=cast.inner)
        assert (first.stage, first.dropped_why, first.dropped_reason) == ("dropped", "ruled", "产业定位相符")
        assert (second.owner, second.stage, Lead.objects.count()) == (cast.operator_officer, "planning", 2)
        assert ClaimConflict.objects.get().applied_at is not None
    assert told(cast, "conflict") == ["operator_officer", "sibling_manager"]


def test_between_parks_shared_credit_lets_both_work(cast: Cast) -> None:
    lead = claim(cast.officer, cast.zone, cast)
    contest(cast.operator_officer, cast.inner, cast)
    carry()
    rule(cast.leader, case(cast), "shared", first_share=70)
    carry()
    with cast.everywhere():
        assert sorted(Lead.objects.values_list("park__code", "stage")) == [("inner", "planning"), ("zone", "planning")]
        links = {
            row.park.code: row for row in ShareOffer.objects.filter(state="accepted").select_related("park", "lead")
        }
        assert {code: (row.own_percent, row.lead.park.code) for code, row in links.items()} == {
            "zone": (Decimal(70), "zone"),
            "inner": (Decimal(30), "inner"),
        }
    assert sides(cast)["second"].share == 30
    amount, day = Decimal(10_000_000), timezone.localdate()
    with user_scope(cast.officer):
        share_result(lead=lead, kind="signing", origin=lead.uuid, amount=amount, happened_on=day)
    with cast.everywhere():
        result = SharedResult.objects.get()
        assert (result.park.code, result.part, result.amount) == ("inner", Decimal("0.30"), Decimal(3_000_000))


def test_a_claimant_withdraws_the_case_and_the_first_keeps_the_lead(cast: Cast) -> None:
    lead = claim(cast.officer, cast.zone, cast)
    own = contest(cast.colleague, cast.zone, cast)
    first = sides(cast)["first"]
    for person, side in ((cast.officer, first), (cast.manager, own)):
        with user_scope(person), pytest.raises(PermissionDenied):
            withdraw_case(by=person, side=side, reason="r")
    with user_scope(cast.colleague):
        with pytest.raises(Refused):
            withdraw_case(by=cast.colleague, side=own, reason=" ")
        withdraw_case(by=cast.colleague, side=own, reason="核实后确认对方先行跟进")
        with pytest.raises(Refused) as again:
            withdraw_case(by=cast.colleague, side=own, reason="r")
    assert again.value.code == "case_over"
    assert {(side.state, side.outcome) for side in sides(cast).values()} == {("withdrawn", "核实后确认对方先行跟进")}
    assert case(cast).state == "withdrawn"
    with pytest.raises(Refused):
        rule(cast.leader, case(cast), "second")
    with cast.everywhere():
        assert Lead.objects.get(pk=lead.pk).owner == cast.officer
        assert not Notice.objects.filter(kind="conflict_ruling", key__endswith=":late", state="pending").exists()
        words = Notice.objects.filter(recipient=cast.officer, key__endswith=":withdrawn", channel="page")
        assert words.get().body == "核实后确认对方先行跟进"
    contest(cast.colleague, cast.zone, cast)


def test_a_case_between_parks_is_taken_back_where_it_lies_unless_it_was_ruled_before(cast: Cast) -> None:
    claim(cast.sibling_manager, cast.sibling, cast)
    own = contest(cast.operator_officer, cast.inner, cast)
    carry()
    with user_scope(cast.operator_officer):
        withdraw_case(by=cast.operator_officer, side=own, reason="撤回")
    carry()
    assert (case(cast).state, sides(cast)["first"].state) == ("withdrawn", "withdrawn")
    with cast.everywhere():
        ClaimConflict.objects.all().delete()
        ConflictSide.objects.all().delete()
    own = contest(cast.operator_officer, cast.inner, cast)
    carry()
    rule(cast.leader, case(cast), "second")
    with user_scope(cast.operator_officer):
        withdraw_case(by=cast.operator_officer, side=own, reason="撤回")
    carry()
    carry()
    assert (sides(cast)["second"].state, sides(cast)["second"].ruling) == ("ruled", "second")
    with cast.everywhere():
        assert Lead.objects.get(park=cast.inner).owner == cast.operator_officer


def test_a_company_let_go_before_the_worker_came_needs_no_ruling(cast: Cast) -> None:
    lead = claim(cast.sibling_manager, cast.sibling, cast)
    contest(cast.operator_officer, cast.inner, cast)
    with user_scope(cast.sibling_manager):
        release_lead(by=cast.sibling_manager, lead=lead, reason="不再跟进")
    carry()
    with cast.everywhere():
        assert not ClaimConflict.objects.exists()
    assert sides(cast)["second"].state == "settled"


def test_a_ruling_for_the_second_after_the_first_gave_up_still_gives_the_second_a_lead(cast: Cast) -> None:
    lead = claim(cast.sibling_manager, cast.sibling, cast)
    contest(cast.operator_officer, cast.inner, cast)
    carry()
    with user_scope(cast.sibling_manager):
        drop_lead(by=cast.sibling_manager, lead=lead, why="silent")
    rule(cast.leader, case(cast), "second")
    carry()
    with cast.everywhere():
        assert Lead.objects.get(park=cast.inner).owner == cast.operator_officer
        assert Lead.objects.get(pk=lead.pk).dropped_why == "silent"


def test_rulers_are_reminded_on_the_last_day_and_after_it(cast: Cast) -> None:
    claim(cast.officer, cast.zone, cast)
    contest(cast.colleague, cast.zone, cast)
    found = case(cast)
    with cast.everywhere():
        due = dict(Notice.objects.filter(kind="conflict_ruling", channel="page").values_list("key", "due_at"))
    assert due[f"conflict:{found.uuid}:rule:late"] == found.rule_by
    assert timezone.localdate(due[f"conflict:{found.uuid}:rule:soon"]) == timezone.localdate(found.rule_by)
    with time_machine.travel(found.rule_by + timedelta(minutes=1), tick=False):
        assert found.is_late
