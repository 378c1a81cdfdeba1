"""Who holds the credit of a lead: now, on a day, by default; and what waits for one's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.models import User, named
from accounts.queries import department_of
from leads.models import Activity, CreditShare, CreditSplit, Handover, Lead
from leads.shares import WHOLE, by_role
from parks.queries import thresholds_of

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Share:
    """A person's share before it is written down."""

    user: User
    role: str
    percent: Decimal

    @property
    def role_words(self) -> "str | Promise":
        """The role in words."""
        return CreditShare.Role(self.role).label


def with_shares(rows: QuerySet[CreditSplit]) -> QuerySet[CreditSplit]:
    """With people and departments, as every page shows them."""
    shares = CreditShare.objects.select_related("user", "department")
    return rows.select_related("made_by").prefetch_related(Prefetch("shares", queryset=shares))


def split_on(lead: Lead, day: date) -> CreditSplit | None:
    """The set that counts for a day: the one decided last among those valid by then. The reports read the same."""
    rows = CreditSplit.objects.filter(
        park_id=lead.park_id, lead=lead, state=CreditSplit.State.IN_FORCE, valid_from__lte=day
    )
    found: CreditSplit | None = with_shares(rows).order_by("-decided_at", "-id").first()
    return found


def proposal_of(lead: Lead) -> CreditSplit | None:
    """What is being asked now, if anything."""
    rows = CreditSplit.objects.filter(park_id=lead.park_id, lead=lead, state=CreditSplit.State.PROPOSED)
    found: CreditSplit | None = with_shares(rows).first()
    return found


def standing_of(lead: Lead, day: date) -> tuple[CreditSplit | None, CreditSplit | None]:
    """The set that counts for a day and what is proposed, read together."""
    live = (CreditSplit.State.IN_FORCE, CreditSplit.State.PROPOSED)
    rows = CreditSplit.objects.filter(park_id=lead.park_id, lead=lead, state__in=live)
    sets = list(with_shares(rows).order_by("-decided_at", "-id"))
    held = [one for one in sets if one.state == CreditSplit.State.IN_FORCE and one.valid_from <= day]
    asked = [one for one in sets if one.state == CreditSplit.State.PROPOSED]
    return held[0] if held else None, asked[0] if asked else None


def history_of(lead: Lead) -> list[CreditSplit]:
    """Every set there ever was, the newest first."""
    return list(with_shares(CreditSplit.objects.filter(park_id=lead.park_id, lead=lead)).order_by("-id"))


def owner_on(lead: Lead, day: date) -> User:
    """Who owned a lead on a day: the giver of the first hand-over after it, else the owner of today."""
    if day >= timezone.localdate():
        return lead.owner
    rows = Handover.objects.filter(park_id=lead.park_id, lead=lead, at__date__gt=day).select_related("giver")
    later = rows.order_by("at", "id").first()
    return later.giver if later else lead.owner


def first_contact_of(lead: Lead) -> User | None:
    """Who spoke with the company first (首谈): the first activity of the lead that is more than a note."""
    rows = Activity.objects.filter(park_id=lead.park_id, lead=lead, deleted_at=None).exclude(kind=Activity.Kind.NOTE)
    first = rows.select_related("by").only(*named("by")).order_by("happened_at", "id").first()
    return first.by if first else None


def default_shares(lead: Lead, day: date, assists: Sequence[User] = ()) -> list[Share]:
    """The park's default split: owner, first contact where it was somebody else, assists where they are named."""
    return by_default(lead, owner_on(lead, day), first_contact_of(lead), assists)


def by_default(lead: Lead, owner: User, first: User | None, assists: Sequence[User] = ()) -> list[Share]:
    """The park's default split between people who are known."""
    people = [(owner, "owner")]
    if first is not None and first.pk != owner.pk:
        people.append((first, "first"))
    known = {person.pk for person, _role in people}
    people += [(person, "assist") for person in assists if person.pk not in known]
    if len(people) == 1:
        return [Share(owner, "owner", WHOLE)]
    first_share, assist_share = thresholds_of(lead.park_id, "credit_first_share", "credit_assist_share")
    roles = [role for _person, role in people]
    percents = by_role(roles, first=Decimal(first_share), assist=Decimal(assist_share))
    return [Share(person, role, percent) for (person, role), percent in zip(people, percents, strict=True)]


def shares_on(lead: Lead, day: date) -> list[Share]:
    """The shares that count for a day, whether written down or by default."""
    return shares_of(split_on(lead, day), lead, day)


def shares_of(split: CreditSplit | None, lead: Lead, day: date) -> list[Share]:
    """The shares of a set; the default where there is none."""
    if split is None:
        return default_shares(lead, day)
    return [Share(share.user, share.role, share.percent) for share in split.shares.all() if share.percent]


def departments_of(lead: Lead, people: Sequence[User]) -> dict[int, int | None]:
    """By which department each person's share is credited; the owner's is the lead's own."""
    found = {person.pk: department_of(person, lead.park_id) for person in people}
    return found | ({lead.owner_id: lead.department_id} if lead.department_id and lead.owner_id in found else {})


def to_answer(user: User) -> QuerySet[CreditShare]:
    """Proposed shares that wait for this person's word, the oldest first."""
    rows: QuerySet[CreditShare] = CreditShare.objects.filter(
        park_id__in=user.access.parks_with("leads.view"),
        user=user,
        answer=CreditShare.Answer.WAITING,
        split__state=CreditSplit.State.PROPOSED,
    )
    rows = rows.select_related("split__lead__company", "split__made_by").order_by("split_id")
    return rows.only("split__lead__company__name", "split__made_at", *named("split__made_by"))
