"""Which companies and contacts a person sees, and the search that uses the key index."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from core.isolation import ParkOwnedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class CompanyQuerySet(models.QuerySet[Any]):
    """The registry, and what the reader's own parks typed in."""

    def visible_to(self, user: "User") -> Self:
        """Registry rows for everybody; a park's own rows for that park; a portal session sees its own company."""
        access = user.access
        if access.is_portal:
            return self.filter(pk=access.company_id)
        if not access.read_parks:
            return self.none()
        return self.filter(Q(origin_park=None) | Q(origin_park__in=access.read_parks))


class ContactQuerySet(ParkOwnedQuerySet[Any]):
    """Contacts are private to a park."""
