"""Rights of the people behind events, receptions and referrals: who looked is written down, and they can be erased."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Contact
from core.access import require
from core.errors import Conflict, Refused
from leads.actions.parts import hold
from leads.models import EventPerson, PersonReveal, ReceptionGuest, Referrer
from leads.models.personal import Erasable
from leads.queries.personal import overdue_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

KINDS: Final[dict[type[Erasable], str]] = {
    EventPerson: PersonReveal.Kind.EVENT_PERSON,
    ReceptionGuest: PersonReveal.Kind.GUEST,
    Referrer: PersonReveal.Kind.REFERRER,
}
# What else goes with a person: links to them, and their consent to be named.
WITH_THEM: Final[dict[type[Erasable], dict[str, Any]]] = {
    EventPerson: {"retain_until": None},
    ReceptionGuest: {"contact": None, "retain_until": None},
    Referrer: {"may_be_named": False, "is_active": False, "retain_until": None},
}


def reveal_person(*, by: "User", row: Erasable) -> None:
    """Somebody looks at an unmasked telephone or mail: written down first."""
    require(by, "contacts.reveal", row.park_id)
    if not row.is_erased:
        PersonReveal.objects.create(park_id=row.park_id, kind=KINDS[type(row)], row_pk=row.pk, by=by)


@transaction.atomic
def erase_person(*, by: "User", row: Erasable, why: str, version: int | None = None) -> Erasable:
    """Take everything personal off a row for good; that somebody came, or brought a lead, stays.

    Raises Refused for a colleague, whose attendance is the house's own record.
    """
    require(by, "contacts.erase", row.park_id)
    if why not in Contact.Erasure.values:
        raise Refused(_("Say why it is erased."), field="why", code="required")
    found: Any = hold(row, version)
    if getattr(found, "user_id", None) is not None:
        raise Refused(_("Colleagues are not erased here."), code="colleague")
    if found.is_erased:
        return found  # type: ignore[no-any-return]  # as it came in
    values: dict[str, Any] = dict.fromkeys(found.personal, "") | WITH_THEM[type(row)]
    if found.is_of_person:
        values["name"] = f"#{found.pk}"
    values |= {"erased_at": timezone.now(), "erased_by": by, "erased_why": why}
    if hasattr(found, "version"):
        values["version"] = found.version + 1
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=[*values])
    return found  # type: ignore[no-any-return]  # as above


@transaction.atomic
def erase_overdue_people(*, by: "User", parks: Iterable[int], expected: int) -> int:
    """Erase all participants, guests and referrers of these parks whose time to be kept is over; returns how many.

    Raises Conflict where they are not `expected` ones any more: only what somebody saw and confirmed is erased.
    """
    parks = list(parks)
    for park_id in parks:
        require(by, "contacts.erase", park_id)
    erased = sum(_erase_all(rows, by=by) for rows in overdue_of(parks).values())
    if erased != expected:
        raise Conflict(
            _("They are %(n)s by now. Look at the list again before you erase them.") % {"n": erased}, code="moved"
        )
    return erased


def _erase_all(rows: "QuerySet[Any]", *, by: "User") -> int:
    model = rows.model
    values: dict[str, Any] = dict.fromkeys(model.personal, "") | WITH_THEM[model]
    number = Concat(Value("#"), Cast("pk", CharField()))
    of_person = Q(is_person=True) if model is Referrer else Q(pk__isnull=False)
    values["name"] = Case(When(of_person, then=number), default=F("name"))
    if hasattr(model, "version"):
        values["version"] = F("version") + 1
    return rows.update(**values, erased_at=timezone.now(), erased_by=by, erased_why=Contact.Erasure.OVERDUE)


def refuse_erased(row: Any) -> None:
    """What was erased is not filled in again."""
    if getattr(row, "is_erased", False):
        raise Refused(_("These personal data were erased and are not entered again."), code="erased", status=409)
