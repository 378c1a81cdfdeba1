"""Referrers, the chain, and rewards: computed once when the deal lands, decided by a second person, paid once."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from core.errors import Conflict, Refused
from core.isolation import user_scope
from leads.actions.referrals import add_referrer, edit_referrer, refer, set_rule
from leads.actions.rewards import approve_reward, pay_reward, recognise_reward, reward_amount
from leads.models import Lead, Referrer, Reward, RewardRule
from leads.queries.referrals import chain_of, referrals_of_company, thanked
from tests.fixtures import outward
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_lead
from tests.leads.conftest import jpeg

MILLION = Decimal(1_000_000)


def rule_of(cast: Cast, **values: Any) -> RewardRule:
    """A rule set by the leader: three per cent at signing."""
    defaults: dict[str, Any] = {"method": "percent", "base": "signed", "value": Decimal(3), "name": "推荐奖"}
    with user_scope(cast.leader):
        return set_rule(by=cast.leader, park_id=cast.zone.pk, code="r", **(defaults | values))


def referrer_of(cast: Cast, **values: Any) -> Referrer:
    """An agent with that rule."""
    defaults: dict[str, Any] = {"kind": "agent", "name": "示例咨询有限公司", "rule_code": "r"}
    with user_scope(cast.officer):
        return add_referrer(by=cast.officer, park_id=cast.zone.pk, **(defaults | values))


def landed(cast: Cast, lead: Lead, **values: Any) -> list[Reward]:
    """The lead is signed for ten million."""
    defaults: dict[str, Any] = {"basis": "signed", "amount": 10 * MILLION}
    with user_scope(cast.officer):
        return recognise_reward(by=cast.officer, lead=lead, **(defaults | values))


@pytest.mark.parametrize(
    ("method", "value", "cap", "share", "before", "expected"),
    [
        ("fixed", "50000", None, 100, "0", "50000"),
        ("percent", "3", None, 100, "0", "300000"),
        ("percent", "3", None, 40, "0", "120000"),
        ("per_mille", "5", "20000", 100, "0", "20000"),
        ("per_mille", "5", "60000", 100, "30000", "30000"),
        ("per_mille", "5", "60000", 100, "70000", "0"),
        ("percent", "0.0333", None, 33, "0", "1098.90"),
    ],
)
def test_the_sum_of_a_rule(method: str, value: str, cap: str | None, share: int, before: str, expected: str) -> None:
    rule = RewardRule(method=method, value=Decimal(value), cap=Decimal(cap) if cap else None)
    assert reward_amount(rule, 10 * MILLION, share, Decimal(before)) == Decimal(expected)


def test_the_reward_is_proposed_once_and_keeps_the_rule_of_that_day(cast: Cast, lead: Lead) -> None:
    rule_of(cast)
    with user_scope(cast.officer):
        refer(by=cast.officer, lead=lead, referrer=referrer_of(cast))
    (reward,) = landed(cast, lead)
    assert (reward.amount, reward.state, reward.rule_snapshot["number"]) == (Decimal(300_000), "proposed", 1)
    assert landed(cast, lead) == []
    rule_of(cast, value=Decimal(9))
    with cast.everywhere():
        reward.refresh_from_db()
    assert reward.rule_snapshot["value"] == "3.0000" or Decimal(reward.rule_snapshot["value"]) == 3


def test_every_recognised_payment_is_rewarded_up_to_the_cap(cast: Cast, lead: Lead) -> None:
    rule_of(cast, base="funds", value=Decimal(1), cap=Decimal(150_000))
    with user_scope(cast.officer):
        refer(by=cast.officer, lead=lead, referrer=referrer_of(cast))
    sums = [landed(cast, lead, basis="funds", occasion=f"funds:{n}") for n in (1, 2, 3)]
    assert [[one.amount for one in found] for found in sums] == [[Decimal(100_000)], [Decimal(50_000)], []]


def test_an_agreement_that_was_over_gives_nothing(cast: Cast, lead: Lead) -> None:
    rule_of(cast)
    day = timezone.localdate() - timedelta(days=10)
    over = referrer_of(cast, agreed_from=day - timedelta(days=90), agreed_until=day)
    with user_scope(cast.officer):
        refer(by=cast.officer, lead=lead, referrer=over)
    assert landed(cast, lead) == []


def test_shares_are_never_more_than_the_whole(cast: Cast, lead: Lead) -> None:
    rule_of(cast)
    with user_scope(cast.officer):
        refer(by=cast.officer, lead=lead, referrer=referrer_of(cast), share=60)
        other = referrer_of(cast, name="乡贤甲", kind="hometown")
        with pytest.raises(Refused) as refused:
            refer(by=cast.officer, lead=lead, referrer=other, share=50)
        assert refused.value.field == "share"
        refer(by=cast.officer, lead=lead, referrer=other, share=40)
        with pytest.raises(Conflict):
            refer(by=cast.officer, lead=lead, referrer=other, share=1)
    assert sorted(one.amount for one in landed(cast, lead)) == [Decimal(120_000), Decimal(180_000)]


def test_nobody_recommends_in_a_circle(cast: Cast) -> None:
    rule_of(cast)
    first = referrer_of(cast, name="甲")
    second = referrer_of(cast, name="乙", recommended_by=first)
    third = referrer_of(cast, name="丙", recommended_by=second)
    with user_scope(cast.officer):
        assert [one.name for one in chain_of(third)] == ["甲", "乙", "丙"]
        with pytest.raises(Refused) as refused:
            edit_referrer(by=cast.officer, referrer=first, recommended_by=third)
        assert refused.value.code == "circle"


def test_the_proposer_does_not_approve_and_a_paid_reward_is_paid_once(cast: Cast, lead: Lead) -> None:
    rule_of(cast)
    with user_scope(cast.officer):
        refer(by=cast.officer, lead=lead, referrer=referrer_of(cast))
    with user_scope(cast.manager):
        (reward,) = recognise_reward(by=cast.manager, lead=lead, basis="signed", amount=MILLION)
        with pytest.raises(Refused) as refused:
            approve_reward(by=cast.manager, reward=reward)
        assert refused.value.code == "second_person"
    with user_scope(cast.officer), pytest.raises(PermissionDenied):
        approve_reward(by=cast.officer, reward=reward)
    with user_scope(cast.leader):
        approve_reward(by=cast.leader, reward=reward)
        with pytest.raises(Conflict):
            approve_reward(by=cast.leader, reward=reward)
        with pytest.raises(Refused) as bare:
            pay_reward(by=cast.leader, reward=reward, paid_on=timezone.localdate(), evidence=None)
        assert bare.value.field == "evidence"
        slip = SimpleUploadedFile("slip.jpg", jpeg(), content_type="image/jpeg")
        pay_reward(by=cast.leader, reward=reward, paid_on=timezone.localdate(), evidence=slip)
        with pytest.raises(Conflict):
            pay_reward(by=cast.leader, reward=reward, paid_on=timezone.localdate(), evidence=slip)


@pytest.mark.django_db(transaction=True)
def test_two_who_recognise_at_once_make_one_reward(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
        rule = outward.make_rule(cast.zone, by=cast.leader)
        referrer = outward.make_referrer(cast.zone, by=cast.officer, rule_code=rule.code)
        outward.make_referral(cast.zone, by=cast.officer, lead=lead, referrer=referrer)
    start, made = threading.Barrier(2), []

    def recognise() -> None:
        try:
            start.wait(timeout=30)
            made.append(len(landed(cast, lead)))
        finally:
            connection.close()

    threads = [threading.Thread(target=recognise) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(made) == [0, 1]


def test_only_those_who_agreed_are_named_among_the_thanked(cast: Cast, lead: Lead) -> None:
    rule_of(cast)
    with cast.everywhere():
        second = make_lead(cast.zone, owner=cast.officer, company=cast.settled)
    named = referrer_of(cast, name="示例商会", kind="association", may_be_named=True, named_as="示例商会（公开）")
    hidden = referrer_of(cast, name="乡贤乙", kind="hometown")
    with user_scope(cast.officer):
        refer(by=cast.officer, lead=lead, referrer=named)
        refer(by=cast.officer, lead=second, referrer=hidden)
    landed(cast, lead)
    landed(cast, second, amount=MILLION)
    with user_scope(cast.colleague):
        found = thanked(cast.colleague, cast.zone.pk)
        assert [(one.name, one.amount) for one in found] == [("示例商会（公开）", 10 * MILLION), ("", MILLION)]
        assert found[1].companies == []
        assert thanked(cast.colleague, cast.zone.pk, 1999) == []
        assert [one.referrer.name for one in referrals_of_company(cast.colleague, lead.company).brought_by] == [
            "示例商会"
        ]
