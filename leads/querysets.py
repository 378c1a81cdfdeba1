"""Which leads, activities and submissions a person sees inside the parks."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from core.isolation import ParkOwnedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

MANAGES = "confidential.view"


def seen_leads(user: "User", prefix: str = "") -> Q:
    """The condition by which a lead is seen: the whole park's, the own department's, or one's own; managers see all."""
    access = user.access
    seen = Q(**{f"{prefix}confidentiality": "park"}) | Q(**{f"{prefix}owner": user.pk})
    seen |= Q(**{f"{prefix}confidentiality": "department", f"{prefix}department__in": access.department_ids})
    managed = access.parks_with(MANAGES)
    return seen | Q(**{f"{prefix}park__in": managed}) if managed else seen


class LeadQuerySet(ParkOwnedQuerySet[Any]):
    """Leads of the reader's parks, narrowed by confidentiality."""

    def visible_to(self, user: "User") -> Self:
        """Parks first, then the lead's own confidentiality."""
        rows = super().visible_to(user)
        if user.access.read_parks and user.access.read_parks <= user.access.parks_with(MANAGES):
            return rows
        return rows.filter(seen_leads(user))


class ActivityQuerySet(ParkOwnedQuerySet[Any]):
    """Activities are as confidential as their lead; those without one belong to the whole park."""

    def visible_to(self, user: "User") -> Self:
        """Parks first, then the confidentiality of the lead."""
        rows = super().visible_to(user)
        if user.access.read_parks and user.access.read_parks <= user.access.parks_with(MANAGES):
            return rows
        return rows.filter(Q(lead=None) | seen_leads(user, "lead__"))


class SubmissionQuerySet(ParkOwnedQuerySet[Any]):
    """Submissions: managers judge and see all, everybody sees their own."""

    def visible_to(self, user: "User") -> Self:
        """One's own, and all in the parks where one may judge or oversee."""
        rows = super().visible_to(user)
        parks = user.access.parks_with("submissions.view")
        return rows.filter(Q(submitted_by=user.pk) | Q(park__in=parks))
