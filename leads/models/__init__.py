"""Leads: intended investments, what was done for them, journeys, visits and events, and who brought whom."""

from leads.models.activities import Activity, ActivityFile, Companion, PersonMet, Undertaking
from leads.models.claims import Claim, ClaimConflict, ConflictFile, ConflictSide, Ruling
from leads.models.costs import CostKind
from leads.models.credit import CreditShare, CreditSplit
from leads.models.events import Event, EventCost, EventPerson, EventTask
from leads.models.handover import Handover
from leads.models.leads import (
    BROUGHT,
    OPEN_STAGES,
    Admission,
    DropReason,
    Lead,
    Source,
    SourceChange,
    Stage,
    StageChange,
    Tier,
)
from leads.models.reception import Reception, ReceptionGuest, ReceptionItem, ReceptionProvision
from leads.models.referrals import PersonReveal, Referral, Referrer, ReferrerKind, Reward, RewardRule
from leads.models.sharing import SharedResult, ShareNews, ShareOffer
from leads.models.submissions import Submission
from leads.models.trips import Trip, TripCost, TripMember, TripTarget

__all__ = [
    "BROUGHT",
    "OPEN_STAGES",
    "Activity",
    "ActivityFile",
    "Admission",
    "Claim",
    "ClaimConflict",
    "Companion",
    "ConflictFile",
    "ConflictSide",
    "CostKind",
    "CreditShare",
    "CreditSplit",
    "DropReason",
    "Event",
    "EventCost",
    "EventPerson",
    "EventTask",
    "Handover",
    "Lead",
    "PersonMet",
    "PersonReveal",
    "Reception",
    "ReceptionGuest",
    "ReceptionItem",
    "ReceptionProvision",
    "Referral",
    "Referrer",
    "ReferrerKind",
    "Reward",
    "RewardRule",
    "Ruling",
    "ShareNews",
    "ShareOffer",
    "SharedResult",
    "Source",
    "SourceChange",
    "Stage",
    "StageChange",
    "Submission",
    "Tier",
    "Trip",
    "TripCost",
    "TripMember",
    "TripTarget",
    "Undertaking",
]
