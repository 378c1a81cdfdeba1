"""Which parks a person sees."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


class ParkQuerySet(models.QuerySet[Any]):
    """The tree of parks."""

    def visible_to(self, user: "User") -> Self:
        """The parks one works in or oversees; never all of them by default."""
        return self.filter(pk__in=user.access.read_parks)

    def search(self, text: str) -> Self:
        """By name or code."""
        return self.filter(Q(name__icontains=text) | Q(code__icontains=text))
