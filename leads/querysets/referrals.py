"""Which referrers, referrals and rewards a person sees."""

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from companies.models import Company
from leads.querysets.leads import MANAGES, seen_leads
from leads.querysets.permitted import PermittedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class ReferrerQuerySet(PermittedQuerySet):
    """Referrers are the whole park's; their telephone is shown to those who may change them."""

    code = "referrers.view"

    def with_people(self) -> Self:
        """With the company and the colleague that every list shows."""
        return self.select_related("owner")

    def search(self, text: str) -> Self:
        """By the name, or the company as the registry is searched."""
        companies = Company.objects.matching(text).values("pk")
        return self.filter(Q(name__icontains=text) | Q(company__in=companies))


class PersonRevealQuerySet(PermittedQuerySet):
    """Who looked at people outside the house: for those who see who looked at contacts."""

    code = "reveals.view"


class RuleQuerySet(PermittedQuerySet):
    """The rules by which referrers are rewarded."""

    code = "referrers.view"

    def current(self) -> Self:
        """Those that are in force."""
        return self.filter(retired_at=None)


class ReferralQuerySet(PermittedQuerySet):
    """Referrals are as confidential as their lead."""

    code = "referrers.view"

    def visible_to(self, user: "User") -> Self:
        """The parks, then the lead's own confidentiality."""
        rows = super().visible_to(user)
        managed = user.access.parks_with(self.code) <= user.access.parks_with(MANAGES)
        return rows if managed else rows.filter(seen_leads(user, "lead__"))

    def with_names(self) -> Self:
        """With the lead, its company and the referrer."""
        return self.select_related("lead__company", "referrer").defer(
            *(f"lead__company__{name}" for name in ("search_keys", "introduction", "former_names"))
        )


class RewardQuerySet(PermittedQuerySet):
    """Rewards are as confidential as the lead that they are for."""

    code = "rewards.view"

    def visible_to(self, user: "User") -> Self:
        """The parks, then the lead's own confidentiality."""
        rows = super().visible_to(user)
        managed = user.access.parks_with(self.code) <= user.access.parks_with(MANAGES)
        return rows if managed else rows.filter(seen_leads(user, "referral__lead__"))

    def with_names(self) -> Self:
        """With the referrer and the lead that a line shows."""
        return self.select_related("referral__referrer", "referral__lead__company", "rule", "proposed_by").defer(
            *(f"referral__lead__company__{name}" for name in ("search_keys", "introduction", "former_names"))
        )
