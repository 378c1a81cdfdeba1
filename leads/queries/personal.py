"""Reads over people outside the house: who was looked at, and who was kept longer than they may be."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from leads.models import Event, EventPerson, PersonReveal, Reception, ReceptionGuest, Referrer, Reward

if TYPE_CHECKING:
    from accounts.models import User

Kind = PersonReveal.Kind
UNPAID: Final = (Reward.State.PROPOSED, Reward.State.APPROVED)
# The row that a person is shown on: the participant's event, the guest's plan.
WHOLE: Final = {Kind.EVENT_PERSON: "event", Kind.GUEST: "reception", Kind.REFERRER: ""}


class Outsider(NamedTuple):
    """Somebody outside the house, and where they are shown."""

    name: str
    of: str
    url: str


def overdue_of(parks: Iterable[int]) -> dict[str, QuerySet[Any]]:
    """By kind, the people whom these parks kept longer than they may.

    A referrer whose reward is not paid yet is kept until it is: there is an agreement to fulfil.
    """
    today = timezone.localdate()
    due: dict[str, Any] = {"park_id__in": list(parks), "erased_at": None, "retain_until__lt": today}
    unpaid = Reward.objects.filter(
        park=OuterRef("park"), referral__park=OuterRef("park"), referral__referrer=OuterRef("pk"), state__in=UNPAID
    )
    return {
        Kind.EVENT_PERSON: EventPerson.objects.filter(**due, user=None),
        Kind.GUEST: ReceptionGuest.objects.filter(**due),
        Kind.REFERRER: Referrer.objects.filter(~Exists(unpaid), **due),
    }


def people_looked_at(user: "User", looks: Iterable[PersonReveal]) -> dict[tuple[str, int], Outsider]:
    """Who the people of one page of looks are, in one query for each kind; those whom the reader may not see miss."""
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for look in looks:
        wanted[look.kind].append(look.row_pk)
    return {(kind, pk): one for kind, pks in wanted.items() for pk, one in outsiders(user, kind, pks).items()}


def outsiders(user: "User", kind: str, pks: Iterable[int]) -> dict[int, Outsider]:
    """Participants with their event, guests with their plan, referrers: those of them whom the reader may see."""
    found, place = {}, WHOLE[Kind(kind)]
    for row in _seen(user, kind).filter(pk__in=list(pks)):
        whole: Any = getattr(row, place) if place else row
        found[row.pk] = Outsider(str(row), str(whole) if place else "", whole.get_absolute_url())
    return found


def _seen(user: "User", kind: str) -> QuerySet[Any]:
    """People of that kind whom this person may see: guests are as confidential as the plan, and its lead."""
    if kind == Kind.EVENT_PERSON:
        events = Event.objects.visible_to(user).values("pk")
        return EventPerson.objects.visible_to(user).filter(event__in=events).select_related("event")
    if kind == Kind.GUEST:
        plans = Reception.objects.visible_to(user).values("pk")
        return ReceptionGuest.objects.visible_to(user).filter(reception__in=plans).select_related("reception")
    rows: QuerySet[Any] = Referrer.objects.visible_to(user)
    return rows
