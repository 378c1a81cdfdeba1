"""What higher floors add to the lists of companies and to their import. They register here when they load.

Companies knows none of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.db.models import Q

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User
    from companies.models import Company

_held: "Callable[[User], Q] | None" = None


def register_held(condition: "Callable[[User], Q]") -> None:
    """Which companies the reader's parks have in work."""
    global _held
    _held = condition


def held_by_parks_of(user: "User") -> Q:
    """A condition on companies; nothing is held where nobody registered."""
    return _held(user) if _held else Q(pk__in=())


@dataclass(frozen=True)
class ListedLead:
    """What a line of a list says about a lead, beside its company."""

    number: int
    company: "Company"
    owner: str = ""
    next_step: str = ""
    next_date: "date | None" = None
    note: str = ""


class LeadTaker(Protocol):
    """What makes leads of the lines of a list."""

    def sources(self) -> list[tuple[str, str]]:
        """Where leads of a list can come from: code and name."""

    def check(self, *, by: "User", park_id: int, source: str) -> None:
        """Raises PermissionDenied for those who may not claim, Refused for an unknown source."""

    def may_take(self, user: "User", park_id: int) -> bool:
        """Whether this person may claim there."""

    def held(self, *, by: "User", park_id: int, companies: "Sequence[int]") -> dict[int, str]:
        """Company → why it cannot be claimed now."""

    def take(self, *, by: "User", park_id: int, source: str, lines: "Sequence[ListedLead]") -> dict[int, int | str]:
        """Line → the lead that it became, or why it did not."""

    def give_up(self, *, by: "User", park_id: int, leads: "Sequence[int]", reason: str) -> set[int]:
        """Those of the leads that nobody has worked on, given up."""

    def address(self, lead: int) -> str:
        """Its page."""


_taker: LeadTaker | None = None


def register_leads(taker: LeadTaker) -> None:
    """A list of companies can become leads, too."""
    global _taker
    _taker = taker


def lead_taker() -> LeadTaker | None:
    """Who makes them, where anybody does."""
    return _taker
