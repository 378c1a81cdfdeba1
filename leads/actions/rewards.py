"""Rewards of referrers: computed when the deal lands, approved by a second person, paid with evidence; never twice."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import people_with
from core.access import require
from core.errors import Conflict, Refused
from core.locking import all_locked
from core.money import short_money
from leads.actions.parts import check_money, hold, need, rewrite, stored
from leads.actions.referrals import rewards_of
from leads.models import Lead, Referral, Reward, RewardRule
from notices.actions import cancel, queue

if TYPE_CHECKING:
    from accounts.models import User

EXACT = Context(prec=60)
CENT = Decimal("0.01")
SIGNED = RewardRule.Base.SIGNED.value
FUNDS = RewardRule.Base.FUNDS.value
STATED = RewardRule.Base.STATED.value


@transaction.atomic
def recognise_reward(
    *, by: "User", lead: Lead, basis: str, amount: Decimal, occasion: str = "", on: date | None = None
) -> list[Reward]:
    """The deal landed: propose what the park's rules give to those who brought the lead.

    Called by the actions that sign (`basis="signed"`, the agreed yuan) and recognise funds (`"funds"`, the yuan of this
    payment, `occasion` naming it), which have checked who may. The same occasion again gives nothing.
    """
    found: list[Reward] = []
    rows = Referral.objects.select_related("referrer").filter(park_id=lead.park_id, lead=lead)
    for referral in all_locked(rows):
        if basis == SIGNED and referral.landed_on is None:
            referral.landed_on, referral.landed_amount = on or timezone.localdate(), amount
            referral.save(update_fields=["landed_on", "landed_amount"])
        rule = _rule_of(referral, basis)
        if rule is None:
            continue
        once = rule.base if rule.method == RewardRule.Method.FIXED else occasion or rule.base
        reward = _propose(by, referral, rule, once, amount)
        found += [reward] if reward else []
    return found


@transaction.atomic
def propose_reward(
    *, by: "User", referral: Referral, amount: Decimal, occasion: str, rule: RewardRule | None = None
) -> Reward:
    """By hand, for a rule over a stated amount such as a year's land rent; `occasion` says which (for example 2026)."""
    require(by, "referrers.change", referral.park_id)
    check_money(amount, "amount", positive=True)
    row = hold(referral)
    if row.landed_on is None:
        raise Refused(_("A reward is proposed when the deal has landed: nothing is signed yet."), code="not_landed")
    rule = rule or _rule_of(row, STATED)
    if rule is None:
        raise Refused(_("No rule over a stated amount is agreed with this referrer."), code="no_rule")
    words = need(occasion, "occasion")[:30]
    reward = _propose(by, row, rule, f"{rule.base}:{words}", amount)
    if reward is None:
        raise Conflict(
            _("This was rewarded already, or the cap is reached."), field="occasion", code="rewarded_already"
        )
    return reward


def reward_amount(rule: RewardRule, base_amount: Decimal, share: int, before: Decimal) -> Decimal:
    """Yuan by a rule: its share of the base, for the referrer's share, under the cap less what was given before."""
    parts = {RewardRule.Method.PERCENT: Decimal(100), RewardRule.Method.PER_MILLE: Decimal(1000)}
    whole = rule.value
    if rule.method != RewardRule.Method.FIXED:
        whole = EXACT.divide(EXACT.multiply(base_amount, rule.value), parts[RewardRule.Method(rule.method)])
    own = EXACT.divide(EXACT.multiply(whole, Decimal(share)), Decimal(100))
    if rule.cap is not None:
        own = min(own, rule.cap - before)
    return max(own, Decimal(0)).quantize(CENT, ROUND_HALF_UP, EXACT)


@transaction.atomic
def approve_reward(*, by: "User", reward: Reward, version: int | None = None) -> Reward:
    """A second person agrees that it is paid."""
    row = _waiting(by, reward, version)
    _decide(row, by, Reward.State.APPROVED)
    return row


@transaction.atomic
def reject_reward(*, by: "User", reward: Reward, reason: str, version: int | None = None) -> Reward:
    """A second person does not agree and says why."""
    row = _waiting(by, reward, version)
    _decide(row, by, Reward.State.REJECTED, need(reason, "reason", _("Give a reason.")))
    return row


@transaction.atomic
def pay_reward(
    *,
    by: "User",
    reward: Reward,
    paid_on: date,
    evidence: UploadedFile | None,
    version: int | None = None,
) -> Reward:
    """An approved reward was paid, with the slip as evidence; once."""
    require(by, "rewards.approve", reward.park_id)
    row = hold(reward, version)
    if row.state == Reward.State.PAID:
        raise Conflict(_("This reward was paid already."), code="already_paid")
    if row.state != Reward.State.APPROVED:
        raise Refused(_("Only an approved reward is paid."), code="not_approved", status=409)
    if paid_on > timezone.localdate():
        raise Refused(_("This lies in the future."), field="paid_on", code="in_future")
    if row.decided_at and paid_on < timezone.localdate(row.decided_at):
        raise Refused(_("This lies before the approval."), field="paid_on", code="before_approval")
    slip = stored(row.park_id, by, evidence, "evidence")
    if slip is None:
        raise Refused(_("Attach the payment slip."), field="evidence", code="no_evidence")
    rewrite(row, {"state": Reward.State.PAID, "paid_on": paid_on, "paid_by": by, "evidence": slip})
    return row


def _rule_of(referral: Referral, basis: str) -> RewardRule | None:
    """The current rule agreed with the referrer, where it is over this base and the agreement covers the day."""
    referrer = referral.referrer
    if not referrer.rule_code:
        return None
    day, first, last = referral.referred_on, referrer.agreed_from, referrer.agreed_until
    if (first and day < first) or (last and day > last):
        return None
    rules = RewardRule.objects.filter(park_id=referral.park_id, code=referrer.rule_code, base=basis)
    found: RewardRule | None = rules.current().first()
    return found


def _propose(by: "User", referral: Referral, rule: RewardRule, occasion: str, base_amount: Decimal) -> Reward | None:
    """The held referral makes two at once impossible; the database would refuse the second, too."""
    if Reward.objects.filter(referral=referral, occasion=occasion).exists():
        return None
    amount = reward_amount(rule, base_amount, referral.share, rewards_of(referral))
    if amount <= 0 or base_amount <= 0:
        return None
    reward: Reward = Reward.objects.create(
        park_id=referral.park_id,
        referral=referral,
        rule=rule,
        occasion=occasion,
        rule_snapshot=_snapshot(rule, referral),
        base_amount=base_amount,
        amount=amount,
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    judges = [one for one in people_with("rewards.approve", referral.park_id) if one.pk != by.pk]
    _tell(reward, judges, "proposed", _proposed_text)
    return reward


def _snapshot(rule: RewardRule, referral: Referral) -> dict[str, Any]:
    return {
        "code": rule.code,
        "number": rule.number,
        "name": rule.name,
        "method": rule.method,
        "base": rule.base,
        "value": str(rule.value),
        "cap": str(rule.cap) if rule.cap is not None else None,
        "source": rule.source,
        "share": referral.share,
    }


def _waiting(by: "User", reward: Reward, version: int | None) -> Reward:
    require(by, "rewards.approve", reward.park_id)
    row = hold(reward)
    if row.proposed_by_id == by.pk:
        message = _("You proposed this reward yourself. A second person has to decide.")
        raise Refused(message, code="second_person", status=409)
    if row.state != Reward.State.PROPOSED:
        message = _("%(name)s decided this reward already: %(state)s.")
        raise Conflict(message % {"name": row.decided_by, "state": row.get_state_display()}, code="already_decided")
    return hold(reward, version)


def _decide(row: Reward, by: "User", state: str, reason: str = "") -> None:
    rewrite(row, {"state": state, "decided_by": by, "decided_at": timezone.now(), "reason": reason[:240]})
    cancel(park_id=row.park_id, key_prefix=f"reward:{row.pk}:proposed")
    _tell(row, [row.proposed_by], "decided", _decided_text)


def _tell(row: Reward, people: "list[User]", what: str, text: Callable[[Reward], tuple[str, str]]) -> None:
    queue(
        park_id=row.park_id,
        recipients=people,
        kind=f"reward_{what}",
        key=f"reward:{row.pk}:{what}",
        text=partial(text, row),
        url=row.get_absolute_url(),
    )


def _names(row: Reward) -> dict[str, Any]:
    amount = short_money(row.amount)
    return {"amount": amount, "lead": row.referral.lead.name, "by": row.proposed_by, "rule": row.rule.name}


def _proposed_text(row: Reward) -> tuple[str, str]:
    names = _names(row)
    return _("Reward to approve: %(amount)s") % names, _("%(lead)s, by the rule “%(rule)s”.") % names


def _decided_text(row: Reward) -> tuple[str, str]:
    names = _names(row) | {"state": row.get_state_display()}
    return _("%(state)s: reward of %(amount)s") % names, f"{names['lead']} {row.reason}".strip()
