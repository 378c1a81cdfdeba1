"""What higher floors add to the lists of companies. They register here when they load; companies knows none of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User

_held: "Callable[[User], Q] | None" = None


def register_held(condition: "Callable[[User], Q]") -> None:
    """Which companies the reader's parks have in work."""
    global _held
    _held = condition


def held_by_parks_of(user: "User") -> Q:
    """A condition on companies; nothing is held where nobody registered."""
    return _held(user) if _held else Q(pk__in=())
