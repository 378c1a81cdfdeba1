"""Rows of those parks in which the reader has a permission."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from core.isolation import ParkOwnedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class PermittedQuerySet(ParkOwnedQuerySet[Any]):
    """A subclass names the permission that shows its rows; enterprises see none of them."""

    code: ClassVar[str] = ""

    def visible_to(self, user: "User") -> Self:
        """The parks in which the permission is held."""
        return self.none() if user.access.is_portal else self.filter(park_id__in=user.access.parks_with(self.code))
