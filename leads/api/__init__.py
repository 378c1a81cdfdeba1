"""The routes of this app in `/api/v1/`."""

from core.api import ViewSet
from leads.api.activities import ActivityViewSet
from leads.api.calendar import CalendarViewSet
from leads.api.claims import ClaimViewSet, ConflictViewSet, SideViewSet
from leads.api.event_parts import EventCostViewSet, EventPersonViewSet, EventTaskViewSet
from leads.api.events import EventViewSet
from leads.api.leads import LeadViewSet
from leads.api.people import OverduePeopleViewSet, PersonRevealViewSet
from leads.api.reception import ReceptionViewSet
from leads.api.reception_parts import GuestViewSet, ItemViewSet, ProvisionViewSet
from leads.api.referrals import ReferralViewSet, ReferrerViewSet, RewardViewSet
from leads.api.rules import RuleViewSet
from leads.api.sharing import HandoverViewSet, OfferViewSet
from leads.api.submissions import SubmissionViewSet
from leads.api.trip_parts import MemberViewSet, TargetViewSet, TripCostViewSet
from leads.api.trips import TripViewSet
from leads.api.undertakings import UndertakingViewSet

routes: list[tuple[str, type[ViewSet]]] = [
    ("leads", LeadViewSet),
    ("claims", ClaimViewSet),
    ("conflicts", ConflictViewSet),
    ("conflict-sides", SideViewSet),
    ("activities", ActivityViewSet),
    ("submissions", SubmissionViewSet),
    ("trips", TripViewSet),
    ("trip-targets", TargetViewSet),
    ("trip-members", MemberViewSet),
    ("trip-costs", TripCostViewSet),
    ("receptions", ReceptionViewSet),
    ("reception-guests", GuestViewSet),
    ("reception-items", ItemViewSet),
    ("reception-provisions", ProvisionViewSet),
    ("events", EventViewSet),
    ("event-people", EventPersonViewSet),
    ("event-tasks", EventTaskViewSet),
    ("event-costs", EventCostViewSet),
    ("referrers", ReferrerViewSet),
    ("referrals", ReferralViewSet),
    ("rewards", RewardViewSet),
    ("reward-rules", RuleViewSet),
    ("offers", OfferViewSet),
    ("handovers", HandoverViewSet),
    ("promises", UndertakingViewSet),
    ("calendar", CalendarViewSet),
    ("person-reveals", PersonRevealViewSet),
    ("overdue-people", OverduePeopleViewSet),
]
