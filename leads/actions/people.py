"""Who was there: people of the company, and colleagues."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.queries import colleagues
from companies.actions import note_met, note_unmet
from companies.models import Contact
from core.errors import Refused
from core.worktime import local_date
from leads.models import Activity, Companion, PersonMet

if TYPE_CHECKING:
    from accounts.models import User

MOST = 30
LONGEST = 60
SEPARATORS = re.compile(r"[、，,;；\n]+")
# On the telephone nobody is met.
MEETINGS = (Activity.Kind.OUTBOUND_VISIT, Activity.Kind.INBOUND_VISIT, Activity.Kind.NEGOTIATION)


def meet(
    activity: Activity,
    *,
    by: "User",
    met: str | None = None,
    contacts: Iterable[Contact] | None = None,
    companions: "Iterable[User] | None" = None,
) -> None:
    """Write down who was there; `None` leaves that side as it is."""
    if met is not None:
        _names(activity, met)
    if contacts is not None:
        _contacts(activity, list(contacts))
    if companions is not None:
        _companions(activity, by, list(companions))


def _names(activity: Activity, met: str) -> None:
    names = list(dict.fromkeys(name for part in SEPARATORS.split(met) if (name := part.strip())))
    if len(names) > MOST or any(len(name) > LONGEST for name in names):
        text = _("At most %(n)s people, each with a name of at most %(length)s characters, separated by commas.")
        raise Refused(text % {"n": MOST, "length": LONGEST}, field="met", code="too_many_people")
    known = set(activity.people.filter(contact=None).values_list("name", flat=True))
    if not known <= set(names):
        activity.people.filter(contact=None).exclude(name__in=names).delete()
    PersonMet.objects.bulk_create(
        PersonMet(park_id=activity.park_id, activity=activity, name=name) for name in names if name not in known
    )


def _contacts(activity: Activity, contacts: list[Contact]) -> None:
    """Contacts of this company in this park only; a meeting in person is noted on their cards."""
    if any((one.park_id, one.company_id) != (activity.park_id, activity.company_id) for one in contacts):
        raise Refused(_("This contact belongs to another company."), field="contacts", code="contact_mismatch")
    wanted = {one.pk for one in contacts}
    # Who was erased since cannot be chosen again: that somebody was met stays.
    activity.people.filter(contact__isnull=False, contact__erased_at=None).exclude(contact__in=wanted).delete()
    known = set(activity.people.filter(contact__in=wanted).values_list("contact_id", flat=True))
    PersonMet.objects.bulk_create(
        PersonMet(park_id=activity.park_id, activity=activity, contact_id=pk) for pk in sorted(wanted - known)
    )
    note_meeting(activity)


@dataclass(frozen=True)
class Meeting:
    """Which contacts were met in person, and on which day."""

    day: date
    contacts: frozenset[int]


def meeting_of(activity: Activity) -> Meeting:
    """The meeting that an activity stands for; of nobody when it was a call, or is deleted."""
    met = activity.people.filter(contact__isnull=False).values_list("contact_id", flat=True)
    counts = activity.kind in MEETINGS and activity.deleted_at is None
    return Meeting(local_date(activity.happened_at), frozenset(met if counts else ()))


def note_meeting(activity: Activity, before: Meeting | None = None) -> None:
    """Write the meeting on the cards of the contacts; what was said of it `before` and holds no more is taken back."""
    now = meeting_of(activity)
    if before is not None and before != now:
        others = PersonMet.objects.filter(
            park_id=activity.park_id,
            contact__in=before.contacts,
            activity__deleted_at=None,
            activity__kind__in=MEETINGS,
        )
        first = dict(others.order_by().values_list("contact").annotate(Min("activity__happened_at")))
        earliest = {pk: local_date(first[pk]) if pk in first else None for pk in before.contacts}
        note_unmet(park_id=activity.park_id, day=before.day, others=earliest)
    if now.contacts:
        note_met(park_id=activity.park_id, contacts=now.contacts, day=now.day)


def _companions(activity: Activity, by: "User", users: "list[User]") -> None:
    wanted = {user.pk for user in users} - {activity.by_id}
    known = set(activity.companions.values_list("user_id", flat=True))
    if wanted - known and not wanted - known <= {user.pk for user in colleagues(by.access.read_parks)}:
        raise Refused(_("Choose colleagues of your parks."), field="companions", code="not_a_colleague")
    activity.companions.exclude(user__in=wanted).delete()
    Companion.objects.bulk_create(
        Companion(park_id=activity.park_id, activity=activity, user_id=pk) for pk in sorted(wanted - known)
    )
