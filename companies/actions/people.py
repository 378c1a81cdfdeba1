"""Changes to what a park knows of a company's people."""

from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Company, Contact, ContactReveal
from core.access import require
from core.errors import Refused, Stale

if TYPE_CHECKING:
    from accounts.models import User


class Person(TypedDict, total=False):
    """A contact's card."""

    name: str
    title: str
    phone: str
    email: str
    wechat: str
    is_decision_maker: bool
    met_on: date | None
    purpose: str
    basis: str
    retain_until: date | None


@transaction.atomic
def add_contact(*, by: "User", park_id: int, company: Company, **card: Unpack[Person]) -> Contact:
    """Keep a person at a company; the card belongs to the park alone."""
    require(by, "contacts.change", park_id)
    contact = Contact(park_id=park_id, company=company, created_by=by)
    _write_card(contact, card)
    contact.save()
    return contact


@transaction.atomic
def change_contact(*, by: "User", contact: Contact, version: int | None, **card: Unpack[Person]) -> Contact:
    """Correct a card. Raises Stale when another version was read."""
    require(by, "contacts.change", contact.park_id)
    _write_card(contact, card)
    values: dict[str, Any] = {name: getattr(contact, name) for name in card}
    rows = Contact.objects.filter(pk=contact.pk, park_id=contact.park_id)
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(**values, version=F("version") + 1):
        raise Stale(_("This contact was changed meanwhile. Reload it and repeat your change."))
    contact.refresh_from_db()
    return contact


def _write_card(contact: Contact, card: Person) -> None:
    for name, value in card.items():
        setattr(contact, name, value.strip() if isinstance(value, str) else value)
    if not contact.name:
        raise Refused(_("Enter the person's name."), field="name", code="required")
    if contact.met_on and contact.met_on > timezone.localdate():
        raise Refused(_("The first meeting cannot be in the future."), field="met_on", code="in_the_future")


@transaction.atomic
def reveal_contact(*, by: "User", contact: Contact) -> Contact:
    """Show telephone, mail and WeChat unmasked; who looked is written down."""
    require(by, "contacts.reveal", contact.park_id)
    ContactReveal.objects.create(park_id=contact.park_id, contact_pk=contact.pk, by=by)
    return contact
