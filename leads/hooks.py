"""What higher floors add to the pages of leads. They register here when they load; leads knows none of them."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models import User
    from leads.models import Lead


class Landed(NamedTuple):
    """A signing or recognised funds of a lead: what `share_result` takes, in yuan."""

    kind: str
    origin: UUID
    amount: Decimal
    happened_on: date


_signing_page: "Callable[[User, Lead], str] | None" = None
_landed: "Callable[[Lead], Iterable[Landed]] | None" = None


def register_signing_page(address: "Callable[[User, Lead], str]") -> None:
    """Where the agreement of a lead is recorded; an empty address for those who may not."""
    global _signing_page
    _signing_page = address


def signing_page(user: "User", lead: "Lead") -> str:
    """The address of the page on which this person signs this lead, if there is one."""
    return _signing_page(user, lead) if _signing_page else ""


def register_landed(results: "Callable[[Lead], Iterable[Landed]]") -> None:
    """What landed of a lead so far."""
    global _landed
    _landed = results


def landed_of(lead: "Lead") -> "Iterable[Landed]":
    """What was signed and recognised of a lead, in its own park's scope."""
    return _landed(lead) if _landed else ()
