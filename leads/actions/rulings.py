"""What a ruling of “shared” becomes: inside a park the lead's credit, between parks two leads tied by an agreement."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from core.isolation import errand
from core.worktime import local_date
from leads.actions.credit import settle_split
from leads.actions.holding import shared_with
from leads.actions.news import share_landed, tell_fate, ties_of
from leads.actions.sharing import replace_offers
from leads.models import ClaimConflict, ConflictSide, CreditShare, Lead, ShareOffer, Stage
from leads.queries.credit import Share

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_NOTE = 240
LONGEST_WORDS = 1000


def share_credit(*, by: "User", conflict: ClaimConflict) -> None:
    """Inside one park the ruling is the lead's credit from the day on which the case was opened.

    Also where the lead was signed or went into the pool meanwhile: what comes of it is shared.
    """
    lead = lead_of(conflict, ConflictSide.Place.FIRST)
    if lead is None or lead.stage == Stage.DROPPED or conflict.first_share is None:
        return
    percents = ((conflict.first_person, conflict.first_share), (conflict.second_person, 100 - conflict.first_share))
    shares = [Share(person, _role(person, lead), Decimal(percent)) for person, percent in percents]
    day, reason = local_date(conflict.opened_at), conflict.reason[:LONGEST_NOTE]
    settle_split(by=by, lead=lead, shares=shares, reason=reason, valid_from=day)


def _role(person: "User", lead: Lead) -> str:
    return CreditShare.Role.OWNER if person.pk == lead.owner_id else CreditShare.Role.ASSIST


def lead_of(conflict: ClaimConflict, place: str) -> Lead | None:
    """The lead of one side of a case, in the park that the scope is in."""
    park_id = conflict.first_park_id if place == ConflictSide.Place.FIRST else conflict.second_park_id
    sides = ConflictSide.objects.filter(park_id=park_id, case=conflict.uuid, place=place)
    side = sides.select_related("lead__company", "lead__owner").first()
    return side.lead if side else None


@transaction.atomic
def tie_leads(conflict: ClaimConflict) -> bool:
    """Between parks the two leads become one shared lead, as if the first had offered it and the second accepted: both
    follow its fate, and what lands in either is divided as ruled. In the second park's scope; once.

    Also where one of the two was signed or given up while the case lay with the ruler: the other park learns of it.
    What either shares with a third park stays as it is (`news.share_result` divides what that left); what the two had
    agreed between themselves is replaced.
    """
    second = lead_of(conflict, ConflictSide.Place.SECOND)
    if second is None or ShareOffer.objects.filter(park_id=second.park_id, uuid=conflict.uuid).exists():
        return False
    with errand(park_id=conflict.first_park_id):
        first = lead_of(conflict, ConflictSide.Place.FIRST)
        if first is None or (not first.is_open and second.park_id in shared_with(first)):
            return False  # what landed under an agreement of the two is divided already
        replace_offers(lead=first, partner_id=second.park_id)
    replace_offers(lead=second, partner_id=first.park_id)
    with errand(park_id=conflict.first_park_id):
        _side(conflict, ShareOffer.Direction.OUTGOING, own=first, other=second)
    _side(conflict, ShareOffer.Direction.INCOMING, own=second, other=first)
    return True


def share_what_landed(conflict: ClaimConflict, place: str) -> None:
    """What one side had landed before the two leads were tied is divided, too. In that side's park; nothing twice."""
    lead = lead_of(conflict, place)
    if lead and any(tie.uuid == conflict.uuid for tie in ties_of(lead)):
        share_landed(lead)


def _side(conflict: ClaimConflict, direction: str, *, own: Lead, other: Lead) -> None:
    """One side's row, in its own park; of the other lead it holds the stage and its day, and tells how it ended."""
    company, ruled_at = conflict.company, conflict.ruled_at or conflict.opened_at
    outgoing = direction == ShareOffer.Direction.OUTGOING
    stage, day = other.stage, local_date(other.stage_since)
    side = ShareOffer.objects.create(
        park_id=own.park_id,
        partner_id=other.park_id,
        lead=own,
        uuid=conflict.uuid,
        direction=direction,
        ruled=True,
        company=company if company.origin_park_id is None else None,
        company_name=company.name,
        own_percent=Decimal((conflict.first_share if outgoing else conflict.second_share) or 0),
        note=conflict.reason[:LONGEST_WORDS],
        state=ShareOffer.State.ACCEPTED,
        offered_by_id=conflict.first_person_id,
        offered_at=ruled_at,
        expires_on=local_date(ruled_at),
        answered_by_id=conflict.second_person_id,
        answered_at=ruled_at,
        partner_stage=stage,
        partner_stage_on=day,
    )
    if not other.is_open:
        tell_fate(side, stage, day)
