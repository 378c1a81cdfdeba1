"""Which notices a person sees: the delivered ones of their own; undelivered ones only where they are managed."""

from typing import TYPE_CHECKING, Any, Self

from core.isolation import ParkOwnedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class NoticeQuerySet(ParkOwnedQuerySet[Any]):
    """Outbox and inbox."""

    def visible_to(self, user: "User") -> Self:
        """One's own inbox, whatever the park; a portal session's rows are its user's in the database, too."""
        return self.filter(park_id__in=user.access.read_parks, recipient=user.pk, channel="page", state="sent")

    def unopened(self) -> Self:
        """Not opened yet."""
        return self.filter(unread=True)

    def given_up(self, user: "User") -> Self:
        """Dead letters of the parks in which this person looks after them."""
        return self.filter(park_id__in=user.access.parks_with("notices.manage"), state="dead")
