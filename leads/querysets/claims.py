"""Who sees claims and the cases in which two want the same company."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q
from django.utils import timezone

from companies.models import Company
from core.isolation import ParkOwnedQuerySet
from leads.querysets.leads import HEAVY, MANAGES, seen_leads

if TYPE_CHECKING:
    from accounts.models import User


class ClaimQuerySet(ParkOwnedQuerySet[Any]):
    """Claims are seen as their leads are."""

    def visible_to(self, user: "User") -> Self:
        """The parks in which leads may be seen, then the confidentiality of the lead."""
        parks = user.access.parks_with("leads.view")
        rows = self.filter(park_id__in=parks)
        if user.access.is_portal or not parks:
            return self.none()
        return rows if parks <= user.access.parks_with(MANAGES) else rows.filter(seen_leads(user, "lead__"))

    def running(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)


class ConflictQuerySet(ParkOwnedQuerySet[Any]):
    """Cases are seen by those who rule in their park, and by those who check."""

    def visible_to(self, user: "User") -> Self:
        """The parks in which one rules or reads conflicts."""
        return super().visible_to(user).filter(park_id__in=user.access.parks_with("conflicts.view"))

    def search(self, text: str) -> Self:
        """By the company."""
        return self.filter(company__in=Company.objects.matching(text).values("pk"))

    def with_people(self) -> Self:
        """With the company, the parks and the claimants that every list shows."""
        return self.select_related(
            "company", "first_person", "second_person", "first_park", "second_park", "ruled_by"
        ).defer(*HEAVY)

    def overdue(self, now: datetime | None = None) -> Self:
        """Still to be ruled although the time for it is over."""
        return self.filter(state="open", rule_by__lt=now or timezone.now())


class ConflictSideQuerySet(ParkOwnedQuerySet[Any]):
    """A claimant sees the own side, and the managers of that park the sides of their people: never the other park's."""

    def visible_to(self, user: "User") -> Self:
        """One's own sides, and those of one's park for its managers."""
        rows = super().visible_to(user)
        return rows.filter(Q(person=user.pk) | Q(park__in=user.access.parks_with(MANAGES)))

    def search(self, text: str) -> Self:
        """By the company."""
        return self.filter(company__in=Company.objects.matching(text).values("pk"))

    def with_people(self) -> Self:
        """With the company, the person and the lead that every list shows."""
        return self.select_related("company", "person", "lead").defer(*HEAVY)
