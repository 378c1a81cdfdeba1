"""What higher floors add to the pages of leads. They register here when they load; leads knows none of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User
    from leads.models import Lead

_signing_page: "Callable[[User, Lead], str] | None" = None


def register_signing_page(address: "Callable[[User, Lead], str]") -> None:
    """Where the agreement of a lead is recorded; an empty address for those who may not."""
    global _signing_page
    _signing_page = address


def signing_page(user: "User", lead: "Lead") -> str:
    """The address of the page on which this person signs this lead, if there is one."""
    return _signing_page(user, lead) if _signing_page else ""
