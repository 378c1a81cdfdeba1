"""Referrers, whom they brought, and the chain of who recommended whom."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import require
from core.errors import Conflict, Refused, Stale
from core.locking import Turn, wait_turn
from leads.actions.parts import check_colleagues, hold, need, only, rewrite, stored
from leads.actions.personal import refuse_erased
from leads.actions.rows import held as held_lead
from leads.models import Lead, Referral, Referrer, ReferrerKind, Reward, RewardRule

if TYPE_CHECKING:
    from accounts.models import User

EDITABLE = frozenset(
    {
        *("kind", "name", "is_person", "company", "phone", "email", "wechat", "note", "recommended_by", "owner"),
        *("may_be_named", "named_as", "agreed_from", "agreed_until", "terms", "rule_code", "basis", "retain_until"),
        "is_active",
    }
)
LONGEST_CHAIN = 50
ALL = 100


@transaction.atomic
def add_referrer(
    *,
    by: "User",
    park_id: int,
    kind: str,
    name: str,
    owner: "User | None" = None,
    agreement: UploadedFile | None = None,
    uuid: UUID | None = None,
    **values: Any,
) -> Referrer:
    """Somebody who brings investors, looked after by a colleague."""
    require(by, "referrers.change", park_id)
    values = only(values | {"kind": kind, "name": name, "owner": owner or by}, EDITABLE)
    referrer = Referrer(park_id=park_id, uuid=uuid or uuid4(), created_by=by, **values)
    _check(referrer)
    referrer.agreement = stored(park_id, by, agreement, "agreement")
    referrer.save(force_insert=True)
    return referrer


@transaction.atomic
def edit_referrer(
    *,
    by: "User",
    referrer: Referrer,
    version: int | None = None,
    agreement: UploadedFile | None = None,
    **values: Any,
) -> Referrer:
    """Correct what is known of a referrer; rewards keep the rule as it was when the deal landed."""
    require(by, "referrers.change", referrer.park_id)
    if "recommended_by" in values:
        _lock_chain(referrer.park_id)
    row = hold(referrer, version)
    refuse_erased(row)
    values = only(values, EDITABLE)
    if agreement is not None:
        values["agreement"] = stored(row.park_id, by, agreement, "agreement")
    after = Referrer(pk=row.pk, park_id=row.park_id, **({name: getattr(row, name) for name in EDITABLE} | values))
    _check(after)
    rewrite(row, values)
    return row


@transaction.atomic
def refer(
    *,
    by: "User",
    lead: Lead,
    referrer: Referrer,
    share: int = ALL,
    referred_on: date | None = None,
    note: str = "",
) -> Referral:
    """Write down who brought a lead; the shares of several are never more than the whole."""
    require(by, "referrers.change", lead.park_id)
    row = held_lead(lead)
    if referrer.park_id != row.park_id:
        raise Refused(_("This referrer belongs to another park."), field="referrer", code="not_in_park")
    if not referrer.is_active:
        raise Refused(_("This referrer is no longer active."), field="referrer", code="not_active")
    day = referred_on or timezone.localdate()
    if day > timezone.localdate():
        raise Refused(_("This lies in the future."), field="referred_on", code="in_future")
    own = Referral.objects.filter(lead=row)
    if own.filter(referrer=referrer).exists():
        raise Conflict(_("This referrer is recorded for the lead already."), field="referrer", code="referred_twice")
    taken = own.aggregate(total=Sum("share"))["total"] or 0
    if not 1 <= share <= ALL - taken:
        message = _("The shares of all referrers are at most 100 per cent; %(left)s are left.") % {"left": ALL - taken}
        raise Refused(message, field="share", code="share_too_large")
    referral: Referral = Referral.objects.create(
        park_id=row.park_id,
        lead=row,
        referrer=referrer,
        share=share,
        referred_on=day,
        note=note.strip(),
        created_by=by,
    )
    return referral


@transaction.atomic
def take_back_referral(*, by: "User", referral: Referral) -> Referrer:
    """Recorded by mistake; once a reward was proposed it stays."""
    require(by, "referrers.change", referral.park_id)
    row = hold(referral)
    if row.rewards.exists():
        raise Refused(_("A reward was proposed for this referral; it stays."), code="rewarded", status=409)
    referrer: Referrer = row.referrer
    row.delete()
    return referrer


@transaction.atomic
def set_rule(
    *,
    by: "User",
    park_id: int,
    code: str,
    name: str,
    method: str,
    base: str,
    value: Decimal,
    cap: Decimal | None = None,
    source: str = "",
    version: int | None = None,
) -> RewardRule:
    """The next version of a rule of reward, in force from now on; what was computed before keeps the old one.

    `version` is the number of the one that was read, 0 for the first. Raises Stale when another follows it already.
    """
    require(by, "rewards.rules", park_id)
    if method not in RewardRule.Method.values or base not in RewardRule.Base.values:
        raise Refused(_("Choose how the reward is computed."), field="method", code="no_such_method")
    _check_value(method, value, cap)
    _lock_chain(park_id)
    versions = RewardRule.objects.filter(park_id=park_id, code=need(code, "code"))
    last = versions.order_by("-number").first()
    if version is not None and version != (last.number if last else 0):
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    versions.filter(retired_at=None).update(retired_at=timezone.now())
    rule: RewardRule = RewardRule.objects.create(
        park_id=park_id,
        code=code.strip(),
        number=last.number + 1 if last else 1,
        name=need(name, "name"),
        method=method,
        base=base,
        value=value,
        cap=cap,
        source=source.strip(),
        created_by=by,
    )
    return rule


@transaction.atomic
def retire_rule(*, by: "User", rule: RewardRule) -> RewardRule:
    """Nobody is rewarded by it any more; what was computed stays."""
    require(by, "rewards.rules", rule.park_id)
    row = hold(rule)
    if row.retired_at is None:
        row.retired_at = timezone.now()
        row.save(update_fields=["retired_at"])
    return row


def _check(referrer: Referrer) -> None:
    if referrer.kind not in ReferrerKind.values:
        raise Refused(_("Choose the kind."), field="kind", code="no_such_kind")
    need(referrer.name, "name")
    check_colleagues([referrer.owner], referrer.park_id, "owner")
    if referrer.agreed_until and referrer.agreed_from and referrer.agreed_until < referrer.agreed_from:
        raise Refused(_("The end lies before the beginning."), field="agreed_until", code="ends_before_start")
    if referrer.agreed_until and not referrer.agreed_from:
        raise Refused(_("Say from when the agreement runs."), field="agreed_from", code="required")
    rules = RewardRule.objects.filter(park_id=referrer.park_id, code=referrer.rule_code)
    if referrer.rule_code and not rules.current().exists():
        raise Refused(_("There is no such rule of reward."), field="rule_code", code="no_such_rule")
    if referrer.recommended_by is not None:
        _check_chain(referrer)


def _check_chain(referrer: Referrer) -> None:
    """Nobody is recommended, over however many others, by somebody whom they recommended themselves."""
    step: Referrer | None = referrer.recommended_by
    for _n in range(LONGEST_CHAIN):
        if step is None:
            return
        if step.park_id != referrer.park_id:
            break
        if step.pk == referrer.pk:
            message = _("This would be a circle: %(name)s was recommended by this referrer.")
            name = referrer.recommended_by.name if referrer.recommended_by else ""
            raise Refused(message % {"name": name}, field="recommended_by", code="circle")
        step = Referrer.objects.filter(pk=step.recommended_by_id).first() if step.recommended_by_id else None
    raise Refused(_("This chain of recommendations is too long."), field="recommended_by", code="chain_too_long")


def _lock_chain(park_id: int) -> None:
    """Two people must not close a circle between them: changes of one park's chains wait for each other."""
    wait_turn(Turn.CHAINS_OF_PARK, park_id)


def _check_value(method: str, value: Decimal, cap: Decimal | None) -> None:
    most = {RewardRule.Method.PERCENT: 100, RewardRule.Method.PER_MILLE: 1000}.get(RewardRule.Method(method), 10**12)
    if not value.is_finite() or not 0 < value <= most or value != value.quantize(Decimal("0.0001")):
        raise Refused(_("Enter a value above zero and at most %(most)s.") % {"most": most}, field="value", code="value")
    if cap is not None and (not cap.is_finite() or not 0 < cap <= 10**12):
        raise Refused(_("Enter an amount above zero."), field="cap", code="amount")


def rewards_of(referral: Referral) -> Decimal:
    """What a referral was or will be rewarded with so far, in yuan; rejected ones left out."""
    rows = Reward.objects.filter(referral=referral).exclude(state=Reward.State.REJECTED)
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)
