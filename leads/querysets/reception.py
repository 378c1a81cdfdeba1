"""Which reception plans a person sees: they are as confidential as their lead."""

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from companies.models import Company
from leads.querysets.leads import HEAVY, MANAGES, seen_leads
from leads.querysets.permitted import PermittedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class ReceptionQuerySet(PermittedQuerySet):
    """Plans of the reader's parks, narrowed by the confidentiality of the lead; hosts see what they receive."""

    code = "receptions.view"

    def visible_to(self, user: "User") -> Self:
        """The parks, then the lead's own confidentiality."""
        rows = super().visible_to(user)
        if user.access.parks_with(self.code) <= user.access.parks_with(MANAGES):
            return rows
        return rows.filter(Q(lead=None) | Q(host=user) | seen_leads(user, "lead__"))

    def with_people(self) -> Self:
        """With the company and the host that every list shows."""
        return self.select_related("company", "host").defer(*HEAVY)

    def search(self, text: str) -> Self:
        """By the title, or the company as the registry is searched."""
        companies = Company.objects.matching(text).values("pk")
        return self.filter(Q(title__icontains=text) | Q(company__in=companies))


class ReceptionPartQuerySet(PermittedQuerySet):
    """Guests, hours and provisions: reached through a plan that the reader sees."""

    code = "receptions.view"
