"""The people of a company as one person may see them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from companies.models import Company, Contact
from core.masking import mask_mail, mask_phone, mask_text

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Card:
    """A contact as one person may see it: masked unless `revealed`."""

    contact: Contact
    phone: str
    email: str
    wechat: str
    may_reveal: bool
    may_change: bool
    may_erase: bool
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
        contact,
        *seen,
        may_reveal=access.can("contacts.reveal", park),
        may_change=access.can("contacts.change", park),
        may_erase=access.can("contacts.erase", park),
        revealed=revealed,
    )


def contacts_of(user: "User", company: Company) -> list[Card]:
    """What the reader's parks know of a company's people, decision makers first."""
    parks = user.access.parks_with("contacts.view")
    rows = Contact.objects.visible_to(user).kept().filter(company=company, park_id__in=parks).select_related("park")
    return [card_of(user, contact) for contact in rows.order_by("-is_decision_maker", "id")[:50]]


def decision_maker_met(company_id: int, park_id: int) -> bool:
    """Has the park met somebody at the company who can decide? A card that was erased since still says so."""
    people = Contact.objects.filter(park_id=park_id, company_id=company_id, is_decision_maker=True)
    return bool(people.filter(met_on__isnull=False).exists())
