"""Which saved views, exports and batches a person sees."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from core.isolation import ParkOwnedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class SavedViewQuerySet(ParkOwnedQuerySet[Any]):
    """One's own views, and what was shared in the parks in which one works (not in those one only looks into)."""

    def visible_to(self, user: "User") -> Self:
        """Own, the department's, everybody's; a portal session sees none."""
        access = user.access
        if access.is_portal:
            return self.none()
        shared = Q(visibility="park") | Q(visibility="department", department_id__in=access.department_ids)
        return self.filter(Q(owner=user.pk) | shared, park_id__in=access.parks_with("views.use"))

    def kept(self) -> Self:
        """Without those that were deleted."""
        return self.filter(deleted_at=None)


class OwnQuerySet(ParkOwnedQuerySet[Any]):
    """Rows that only the person who made them sees."""

    def visible_to(self, user: "User") -> Self:
        """One's own, in one's parks."""
        return super().visible_to(user).filter(owner=user.pk)
