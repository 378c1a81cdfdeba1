"""Which service requests and catalogue items a person sees, and conditions that SQL can compute."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from companies.models import Company
from core.isolation import ParkOwnedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

CLOSED = ("resolved", "closed")
NOT_RUNNING = (*CLOSED, "waiting_enterprise")


class CatalogueQuerySet(ParkOwnedQuerySet[Any]):
    """The services of the reader's parks."""

    def on_offer(self) -> Self:
        """What an enterprise may ask for, in the order of the catalogue."""
        return self.filter(is_active=True).order_by("position", "id")

    def search(self, text: str) -> Self:
        """By a part of the Chinese or English name."""
        return self.filter(Q(name__icontains=text) | Q(name_en__icontains=text))


class TicketQuerySet(ParkOwnedQuerySet[Any]):
    """The park's staff see the park's requests; the enterprise sees its own."""

    def visible_to(self, user: "User") -> Self:
        """Staff: the parks in which they may see requests. A portal session: its own company's."""
        rows = super().visible_to(user)
        return rows if user.access.is_portal else rows.filter(park_id__in=user.access.parks_with("tickets.view"))

    def open(self) -> Self:
        """Neither resolved nor closed."""
        return self.exclude(state__in=CLOSED)

    def overdue(self, now: datetime) -> Self:
        """A limit that runs has passed; a paused one has not."""
        return self.filter(due_at__lt=now).exclude(state__in=NOT_RUNNING)

    def search(self, text: str) -> Self:
        """By number, by a part of the subject, or by the company as the registry finds it."""
        companies = Company.objects.matching(text).values("pk")
        return self.filter(Q(number__icontains=text) | Q(title__icontains=text) | Q(company__in=companies))
