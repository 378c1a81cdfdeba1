"""Reads over conflicts of claims: both sides for who rules, what waits, and what each source leads to."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum

from core.pages import TimelineEntry
from leads.models import OPEN_STAGES, ClaimConflict, ConflictSide, Lead, Source, Stage
from leads.timeline import timeline_of_company

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


@dataclass(frozen=True)
class Heard:
    """One claimant's side as the ruler reads it; without the park's rows where the ruler does not see that park."""

    place: str
    label: str
    person: Any
    park: Any
    since: "datetime"
    side: ConflictSide | None = None
    lead: Lead | None = None
    files: list[Any] = field(default_factory=list)
    entries: list[TimelineEntry] = field(default_factory=list)


def both_sides(user: "User", conflict: ClaimConflict) -> list[Heard]:
    """The first and the second claimant with statement, evidence and the history of the company in their park."""
    rows = ConflictSide.objects.visible_to(user).filter(case=conflict.uuid).with_people()
    known = {side.place: side for side in rows.prefetch_related("files__attachment")}
    people = {
        "first": (conflict.first_person, conflict.first_park, conflict.first_since),
        "second": (conflict.second_person, conflict.second_park, conflict.opened_at),
    }
    return [_heard(user, conflict, place, known.get(place), *people[place]) for place in ("first", "second")]


def _heard(
    user: "User", conflict: ClaimConflict, place: str, side: ConflictSide | None, who: Any, park: Any, since: "datetime"
) -> Heard:
    label = str(ConflictSide.Place(place).label)
    if side is None:
        return Heard(place, label, who, park, since)
    lead = Lead.objects.visible_to(user).filter(pk=side.lead_id).with_people().first() if side.lead_id else None
    entries = timeline_of_company(user, conflict.company, park_id=side.park_id)
    if not conflict.between_parks:
        # One park's history of the company: each side shows what that person did.
        entries = [entry for entry in entries if entry.who == str(who)]
    return Heard(place, label, who, park, since, side, lead, [link.attachment for link in side.files.all()], entries)


def to_rule(user: "User") -> Any:
    """Cases that wait for this person's ruling, the most urgent first."""
    parks = user.access.parks_with("leads.rule")
    waiting = ClaimConflict.objects.visible_to(user).filter(park_id__in=parks, state=ClaimConflict.State.OPEN)
    return waiting.exclude(Q(first_person=user) | Q(second_person=user)).with_people().order_by("rule_by", "id")


def own_open_sides(user: "User") -> Any:
    """The open cases about one's own claims, the oldest first: as long as they last one may state one's side."""
    parks = user.access.parks_with("leads.claim")
    rows = ConflictSide.objects.visible_to(user).filter(park_id__in=parks, person=user, state="open")
    rows = rows.select_related("company").order_by("filed_at", "id")
    return rows.only("park", "company__name", "statement", "filed_at")


def open_sides_of(user: "User", lead: Lead) -> list[ConflictSide]:
    """The open cases about a lead that the reader sees, and the reader's own claim against it."""
    either = Q(lead=lead) | Q(company=lead.company_id, person=user)
    rows = ConflictSide.objects.visible_to(user).filter(either, park_id=lead.park_id, state="open")
    return list(rows.order_by("-filed_at").only("park")[:5])


@dataclass(frozen=True)
class SourceLine:
    """What came of one source."""

    source: str
    label: str
    count: int
    open: int
    signed: int
    amount: Decimal

    @property
    def conversion(self) -> int | None:
        """Signed of those that ended, in percent."""
        ended = self.count - self.open
        return round(100 * self.signed / ended) if ended else None


def by_source(rows: Any) -> list[SourceLine]:
    """Leads by where they came from, the most first: one statement over `(park, source)`."""
    grouped = (
        rows.order_by()
        .values("source")
        .annotate(
            n=Count("id"),
            open=Count("id", filter=Q(stage__in=OPEN_STAGES)),
            signed=Count("id", filter=Q(stage=Stage.SIGNED)),
            amount=Sum("signed_amount"),
        )
    )
    lines = [
        SourceLine(
            row["source"],
            str(Source(row["source"]).label),
            row["n"],
            row["open"],
            row["signed"],
            row["amount"] or Decimal(0),
        )
        for row in grouped
    ]
    return sorted(lines, key=lambda line: -line.count)
