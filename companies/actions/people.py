"""Changes to what a park knows of a company's people."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.actions.profiles import follow_people
from companies.models import Company, Contact, ContactReveal
from companies.models.contacts import PERSONAL, digits_of
from companies.sayings import investment_promotion
from core.access import require
from core.errors import Refused, Stale
from core.sayings import Said
from parks.queries import rules_of

if TYPE_CHECKING:
    from accounts.models import User


# Hotlines such as 12345 have five digits.
SHORTEST_NUMBER: Final = 5


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
    contact = Contact(park_id=park_id, company=company, created_by=by, retain_until=keep_until(park_id))
    _write_card(contact, card)
    contact.save()
    follow_people(park_id=park_id, company_id=company.pk)
    return contact


def keep_until(park_id: int) -> date:
    """How long the park keeps a card that is written today."""
    return timezone.localdate() + timedelta(days=rules_of(park_id).contact_keep_days)


@transaction.atomic
def change_contact(*, by: "User", contact: Contact, version: int | None, **card: Unpack[Person]) -> Contact:
    """Correct a card. Raises Stale when another version was read."""
    require(by, "contacts.change", contact.park_id)
    if contact.is_erased:
        raise Refused(_("This contact was erased."), code="erased")
    _write_card(contact, card)
    values: dict[str, Any] = {name: getattr(contact, name) for name in card}
    if "phone" in card:
        values["phone_digits"] = digits_of(contact.phone)
    rows = Contact.objects.kept().filter(pk=contact.pk, park_id=contact.park_id)
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(**values, version=F("version") + 1):
        raise Stale(_("This contact was changed meanwhile. Reload it and repeat your change."))
    contact.refresh_from_db()
    follow_people(park_id=contact.park_id, company_id=contact.company_id)
    return contact


def _write_card(contact: Contact, card: Person) -> None:
    known = contact.phone
    for name, value in card.items():
        # What the machine said and nobody changed stays in every reader's language.
        if value != getattr(contact, name):
            setattr(contact, name, value.strip() if isinstance(value, str) and not isinstance(value, Said) else value)
    usual = investment_promotion()
    contact.purpose = usual if contact.purpose in {"", usual} else contact.purpose
    if card.get("retain_until", contact.retain_until) is None:
        contact.retain_until = keep_until(contact.park_id)
    if not contact.name:
        raise Refused(_("Enter the person's name."), field="name", code="required")
    if contact.phone not in {"", known} and len(digits_of(contact.phone)) < SHORTEST_NUMBER:
        raise Refused(_("This is not a telephone number."), field="phone", code="no_number")
    if contact.met_on and contact.met_on > timezone.localdate():
        raise Refused(_("The first meeting cannot be in the future."), field="met_on", code="in_the_future")
    if "retain_until" in card and contact.retain_until < timezone.localdate():
        raise Refused(_("This day is over. Erase the contact instead."), field="retain_until", code="over")


def note_met(*, park_id: int, contacts: Iterable[int], day: date) -> None:
    """These people were met on that day; the first meeting is the earliest known one."""
    rows = Contact.objects.filter(park_id=park_id, pk__in=list(contacts))
    for company_id in set(rows.values_list("company_id", flat=True)):
        rows.filter(Q(met_on=None) | Q(met_on__gt=day)).update(met_on=day, version=F("version") + 1)
        follow_people(park_id=park_id, company_id=company_id)


def note_unmet(*, park_id: int, day: date, others: Mapping[int, date | None]) -> None:
    """These people were not met on that day after all: the first meeting was another one, or there was none.

    `others` names the earliest other meeting of each. A first meeting that somebody wrote down for another day stays.
    """
    rows = Contact.objects.filter(park_id=park_id, pk__in=list(others), met_on=day)
    for contact in rows:
        if others[contact.pk] != day:
            rows.filter(pk=contact.pk).update(met_on=others[contact.pk], version=F("version") + 1)
            follow_people(park_id=park_id, company_id=contact.company_id)


@transaction.atomic
def reveal_contact(*, by: "User", contact: Contact) -> Contact:
    """Show telephone, mail and WeChat unmasked; who looked is written down."""
    require(by, "contacts.reveal", contact.park_id)
    if not contact.is_erased:
        ContactReveal.objects.create(park_id=contact.park_id, contact=contact, by=by)
    return contact


@transaction.atomic
def erase_contact(*, by: "User", contact: Contact, why: str, version: int | None = None) -> Contact:
    """Take everything personal off a card for good; what activities say stays, and that a decision maker was met.

    Raises Stale when another version was read. Erased again changes nothing.
    """
    require(by, "contacts.erase", contact.park_id)
    if why not in Contact.Erasure.values:
        raise Refused(_("Say why it is erased."), field="why", code="required")
    rows = Contact.objects.filter(pk=contact.pk, park_id=contact.park_id)
    erased = _erase(rows if version is None else rows.filter(version=version), by=by, why=why)
    contact.refresh_from_db()
    if not erased and not contact.is_erased:
        raise Stale(_("This contact was changed meanwhile. Reload it and repeat your change."))
    return contact


@transaction.atomic
def erase_overdue(*, by: "User", park_id: int) -> int:
    """Erase the park's cards whose time to be kept is over; returns how many."""
    require(by, "contacts.erase", park_id)
    return _erase(Contact.objects.filter(park_id=park_id).overdue(), by=by, why=Contact.Erasure.OVERDUE)


def _erase(rows: Any, *, by: "User", why: str) -> int:
    empty: dict[str, Any] = dict.fromkeys(PERSONAL, "")
    erased: int = rows.kept().update(
        **empty, erased_at=timezone.now(), erased_by=by, erased_why=why, version=F("version") + 1
    )
    return erased
