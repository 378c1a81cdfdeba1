"""Reads over referrers: who referred whom, the chain, and the page of thanks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from leads.models import Referral, Referrer, Reward, RewardRule

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

LONGEST_CHAIN = 20
MOST = 70


@dataclass(frozen=True)
class Ties:
    """A company as somebody's guest and as a referrer itself: (referral, its referrer and lead)."""

    brought_by: list[Referral] = field(default_factory=list)
    brought: list[Referral] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.brought_by or self.brought)


@dataclass
class Thanked:
    """One place of honour: a name (empty for somebody who did not agree to be named) and what they brought."""

    name: str
    kind: str
    projects: int
    amount: Decimal
    companies: list[str] = field(default_factory=list)
    place: int = 0


def referrals_of_company(user: "User", company: "Company") -> Ties:
    """Who brought a company to the reader's parks, and whom it brought itself: for the company's page."""
    either = Q(lead__company=company) | Q(referrer__company=company)
    rows = Referral.objects.visible_to(user).with_names().filter(either).order_by("-referred_on", "-id")[:MOST]
    ties = Ties()
    for row in rows:
        (ties.brought_by if row.lead.company_id == company.pk else ties.brought).append(row)
    return ties


def referrals_of_lead(user: "User", lead_id: int) -> list[Referral]:
    """Who brought a lead."""
    return list(Referral.objects.visible_to(user).with_names().filter(lead=lead_id).order_by("id"))


def chain_of(referrer: Referrer) -> list[Referrer]:
    """Who recommended whom, from the first one down to this one."""
    found = [referrer]
    while found[0].recommended_by_id and len(found) < LONGEST_CHAIN:
        above = Referrer.objects.filter(pk=found[0].recommended_by_id).first()
        if above is None or above in found:
            break
        found.insert(0, above)
    return found


def active_referrers(park_id: int, limit: int = 200) -> list[Referrer]:
    """Those who can be chosen for a lead, by name."""
    return list(Referrer.objects.filter(park_id=park_id, is_active=True).order_by("name", "id")[:limit])


def current_rules(park_id: int) -> list[RewardRule]:
    """The rules of reward in force."""
    return list(RewardRule.objects.filter(park_id=park_id).current().order_by("name", "id"))


def totals_of(referrers: Iterable[Referrer]) -> dict[int, dict[str, object]]:
    """`brought`, `landed` and `amount` (yuan) of each referrer of one page: in one query."""
    rows = Referral.objects.filter(referrer__in=[one.pk for one in referrers]).order_by().values("referrer")
    landed = Q(landed_on__isnull=False)
    found = rows.annotate(
        brought=Count("id"), landed=Count("id", filter=landed), amount=Sum("landed_amount", filter=landed)
    )
    return {row["referrer"]: row for row in found}


def rewards_to_approve(user: "User") -> int:
    """How many rewards wait for this person."""
    parks = user.access.parks_with("rewards.approve")
    waiting = Reward.objects.visible_to(user).filter(park_id__in=parks, state=Reward.State.PROPOSED)
    return int(waiting.exclude(proposed_by=user).count())


def thanked(user: "User", park_id: int, year: int | None = None) -> list[Thanked]:
    """Those whose referrals landed, the most projects first; a name only for those who agreed to be named.

    A deal with several referrers is each one's project; its amount is shared as the reward is.
    """
    rows = Referral.objects.visible_to(user).filter(park_id=park_id, landed_on__isnull=False)
    rows = rows.filter(landed_on__year=year) if year else rows
    found: dict[int, Thanked] = {}
    for row in rows.with_names().order_by("-landed_on", "-id")[:2000]:
        who = row.referrer
        one = found.setdefault(
            who.pk,
            Thanked((who.named_as or who.name) if who.may_be_named else "", who.get_kind_display(), 0, Decimal(0)),
        )
        one.projects += 1
        one.amount += (row.landed_amount or Decimal(0)) * row.share / 100
        if who.may_be_named:
            one.companies.append(row.lead.company.name)
    ranked = sorted(found.values(), key=lambda one: (-one.projects, -one.amount))
    for place, one in enumerate(ranked, start=1):
        one.place = place
    return ranked


def years_of_thanks(user: "User", park_id: int) -> list[int]:
    """The years in which referrals landed, the latest first."""
    rows = Referral.objects.visible_to(user).filter(park_id=park_id, landed_on__isnull=False)
    return [day.year for day in rows.dates("landed_on", "year", order="DESC")]
