"""What hangs on a lead: most have none of it, and asking for each alone costs a statement."""

from typing import Final, NamedTuple

from django.utils import timezone

from accounts.models import User
from core.prepared import Prepared
from leads.models import Lead

HANGS: Final = Prepared(
    "standing_of_lead",
    """
SELECT
  EXISTS (SELECT FROM leads_shareoffer WHERE park_id = %(park)s AND lead_id = %(lead)s
          AND state IN ('pending', 'accepted')),
  EXISTS (SELECT FROM leads_conflictside WHERE park_id = %(park)s AND lead_id = %(lead)s AND state = 'open')
  OR EXISTS (SELECT FROM leads_conflictside WHERE park_id = %(park)s AND company_id = %(company)s AND state = 'open'),
  EXISTS (SELECT FROM leads_creditsplit WHERE park_id = %(park)s AND lead_id = %(lead)s
          AND state IN ('in_force', 'proposed')),
  EXISTS (SELECT FROM leads_undertaking WHERE park_id = %(park)s AND company_id = %(company)s AND state = 'open'),
  EXISTS (SELECT FROM companies_contact WHERE park_id = %(park)s AND company_id = %(company)s
          AND is_decision_maker AND met_on IS NOT NULL),
  EXISTS (SELECT FROM leads_referral WHERE park_id = %(park)s AND lead_id = %(lead)s),
  EXISTS (SELECT FROM leads_tripmember m JOIN leads_trip t ON t.park_id = m.park_id AND t.id = m.trip_id
          WHERE m.park_id = %(park)s AND m.user_id = %(reader)s AND m.starts_on <= %(today)s
          AND t.state IN ('planned', 'running')),
  first.*
FROM (VALUES (1)) lead LEFT JOIN LATERAL (
  SELECT u.id, u.username, u.display_name FROM leads_activity a JOIN accounts_user u ON u.id = a.by_id
  WHERE a.park_id = %(park)s AND a.lead_id = %(lead)s AND a.deleted_at IS NULL AND a.kind <> 'note'
  ORDER BY a.happened_at, a.id LIMIT 1) first ON true""",
)


class Standing(NamedTuple):
    """Is it offered to another park, contested, its credit written down, something promised, a decision maker met,
    did somebody bring it, is the reader on a journey?

    `first_contact` is who spoke with the company first (`leads.queries.credit`), where somebody has.
    """

    offered: bool
    contested: bool
    credited: bool
    promised: bool
    met: bool
    referred: bool
    travelling: bool
    first_contact: User | None


def standing_of(lead: Lead, reader: User) -> Standing:
    """In one statement, for the page of one lead."""
    keys = {"park": lead.park_id, "lead": lead.pk, "company": lead.company_id}
    [(*there, pk, username, display_name)] = HANGS.rows(**keys, reader=reader.pk, today=timezone.localdate())
    first = None if pk is None else User(pk=pk, username=username, display_name=display_name)
    return Standing._make((*there, first))
