"""What the page of a lead says of those who work on it together: credit, another park, a hand-over to be signed for."""

from typing import TYPE_CHECKING, Any

from leads.models import BROUGHT, Source, Stage
from leads.queries.handover import pending_of
from leads.queries.referrals import referrals_of_lead
from leads.queries.sharing import live_offers_of
from leads.queries.standing import Standing
from leads.views.credit import credit_of

if TYPE_CHECKING:
    from accounts.models import User
    from leads.models import Lead


def together(user: "User", lead: "Lead", standing: Standing) -> dict[str, Any]:
    """The panels beside and above the timeline."""
    shares = user.access.can("leads.share", lead.park_id)
    knows = user.access.can("referrers.view", lead.park_id)
    return {
        "referrals": referrals_of_lead(user, lead.pk) if standing.referred and knows else [],
        "may_refer": lead.stage != Stage.DROPPED and user.access.can("referrers.change", lead.park_id),
        "brought": lead.source in BROUGHT,
        "credit": credit_of(user, lead, standing),
        "offers": live_offers_of(lead) if standing.offered else [],
        "may_share": shares and lead.is_open and lead.source != Source.SHARED,
        "handover": pending_of(lead) if lead.handed_by_id else None,
    }
