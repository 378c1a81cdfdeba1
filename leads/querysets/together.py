"""Credit, hand-overs and offers: as confidential as their lead."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from companies.models import Company
from core.isolation import ParkOwnedQuerySet
from leads.querysets.leads import HEAVY, MANAGES, seen_leads

if TYPE_CHECKING:
    from accounts.models import User


class OfLeadQuerySet(ParkOwnedQuerySet[Any]):
    """Rows that are as confidential as their lead."""

    def visible_to(self, user: "User") -> Self:
        """The parks in which leads may be seen, then the lead's own confidentiality."""
        parks = user.access.parks_with("leads.view")
        if user.access.is_portal or not parks:
            return self.none()
        rows = self.filter(park_id__in=parks)
        return rows if parks <= user.access.parks_with(MANAGES) else rows.filter(seen_leads(user, "lead__"))


class HandoverQuerySet(OfLeadQuerySet):
    """Hand-overs: their lead's, and those one gave or made oneself."""

    def with_people(self) -> Self:
        """With what every list shows."""
        return self.select_related("lead__company", "giver", "receiver", "made_by").defer(
            *(f"lead__{name}" for name in HEAVY)
        )

    def search(self, text: str) -> Self:
        """By the company."""
        return self.filter(lead__company__in=Company.objects.matching(text).values("pk"))


class OfferQuerySet(ParkOwnedQuerySet[Any]):
    """Offers to and from other parks."""

    def visible_to(self, user: "User") -> Self:
        """Those of leads that one sees; what is offered to the park, for those who answer offers there."""
        parks = user.access.parks_with("leads.view")
        if user.access.is_portal or not parks:
            return self.none()
        rows = self.filter(park_id__in=parks)
        if parks <= user.access.parks_with(MANAGES):
            return rows
        of_lead = Q(lead__isnull=False) & seen_leads(user, "lead__")
        return rows.filter(of_lead | Q(park_id__in=user.access.parks_with("leads.share")))

    def with_people(self) -> Self:
        """With what every list shows."""
        return self.select_related("partner", "park", "lead", "offered_by", "answered_by").defer("shown")

    def search(self, text: str) -> Self:
        """By a part of the company's name."""
        return self.filter(company_name__icontains=text)
