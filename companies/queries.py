"""Reads over companies and contacts for pages of this app and of the floors above."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from companies.models import Company, Contact
from core.masking import mask_mail, mask_phone, mask_text

if TYPE_CHECKING:
    from accounts.models import User

FEW = 3
# So many found companies are compared with each other; of more, only those whose name begins with the text come first.
MOST = 500


@dataclass(frozen=True)
class Card:
    """A contact as one person may see it: masked unless `revealed`."""

    contact: Contact
    phone: str
    email: str
    wechat: str
    may_reveal: bool
    may_change: bool
    revealed: bool = False

    @property
    def has_secrets(self) -> bool:
        """Is there anything that the mask hides?"""
        return bool(self.contact.phone or self.contact.email or self.contact.wechat)


def card_of(user: "User", contact: Contact, *, revealed: bool = False) -> Card:
    """One contact as this person sees it. Reveal through `companies.actions.reveal_contact`, which writes it down."""
    seen = (
        (contact.phone, contact.email, contact.wechat)
        if revealed
        else (mask_phone(contact.phone), mask_mail(contact.email), mask_text(contact.wechat))
    )
    access, park = user.access, contact.park_id
    return Card(
        contact, *seen, access.can("contacts.reveal", park), access.can("contacts.change", park), revealed=revealed
    )


def contacts_of(user: "User", company: Company) -> list[Card]:
    """What the reader's parks know of a company's people, decision makers first."""
    parks = user.access.parks_with("contacts.view")
    rows = Contact.objects.visible_to(user).filter(company=company, park_id__in=parks).select_related("park")
    return [card_of(user, contact) for contact in rows.order_by("-is_decision_maker", "id")[:50]]


def find_companies(user: "User", text: str, limit: int = 8) -> list[Company]:
    """The best few for what was typed: strictly first, then with other characters in between, for short names."""
    rows = Company.objects.visible_to(user).slim()
    strict = rows.search(text).candidates(text, MOST)
    found = _best(rows, strict, text, limit)
    if len(found) < FEW and len(text) > 1 and not text.isascii():
        loose = set(rows.search(text, loose=True).candidates(text, MOST)) - set(strict)
        found += _best(rows, loose, text, limit - len(found))
    return found


def _best(rows: Any, ids: Collection[int], text: str, limit: int) -> list[Company]:
    return list(rows.filter(pk__in=ids).ranked(text)[:limit]) if ids else []


def may_change(user: "User", company: Company) -> bool:
    """Whether this person may correct the company (the rule of `companies.actions.require_change`)."""
    if company.origin_park_id is not None:
        return bool(user.access.can("companies.change", company.origin_park_id))
    owned = company.created_by_id == user.pk and user.access.can("companies.change")
    return bool(owned or user.access.can("companies.steward"))


def similar_to(user: "User", company: Company, limit: int = 5) -> list[Company]:
    """Other visible companies of exactly the same normalised name: perhaps the same one."""
    rows: Any = Company.objects.visible_to(user).slim().filter(name_key=company.name_key).exclude(pk=company.pk)
    return list(rows.order_by("pk")[:limit])
