"""Which notices a person sees: the delivered ones of their own; undelivered ones only where they are managed."""

from typing import TYPE_CHECKING, Any, Self

from core.isolation import ParkOwnedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

LAST_CHARACTER = "\U0010ffff"


class NoticeQuerySet(ParkOwnedQuerySet[Any]):
    """Outbox and inbox."""

    def visible_to(self, user: "User") -> Self:
        """One's own inbox, whatever the park; a portal session's rows are its user's in the database, too."""
        return self.filter(park_id__in=user.access.read_parks, recipient=user.pk, channel="page", state="sent")

    def of_matter(self, park_id: int, key_prefix: str) -> Self:
        """Those of one park whose key begins so.

        A range, which the index can look up; LIKE may not see a row before row security does, and would read them all.
        """
        return self.filter(park_id=park_id, key__gte=key_prefix, key__lt=key_prefix + LAST_CHARACTER)

    def unopened(self) -> Self:
        """Not opened yet."""
        return self.filter(unread=True)

    def given_up(self, user: "User") -> Self:
        """Dead letters of the parks in which this person looks after them."""
        return self.filter(park_id__in=user.access.parks_with("notices.manage"), state="dead")
