"""What hangs on a lead: most have none of it, and asking for each alone costs a statement."""

from typing import Final, NamedTuple

from django.db import connection

from leads.models import Lead

HANGS: Final = """
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
  (SELECT by_id FROM leads_activity WHERE park_id = %(park)s AND lead_id = %(lead)s AND deleted_at IS NULL
   AND kind <> 'note' ORDER BY happened_at, id LIMIT 1),
  EXISTS (SELECT FROM leads_referral WHERE park_id = %(park)s AND lead_id = %(lead)s)"""


class Standing(NamedTuple):
    """Is it offered to another park, contested, its credit written down, something promised, a decision maker met,
    did somebody bring it?

    `first_contact` is the id of who spoke with the company first, where somebody has.
    """

    offered: bool
    contested: bool
    credited: bool
    promised: bool
    met: bool
    first_contact: int | None
    referred: bool


def standing_of(lead: Lead) -> Standing:
    """In one statement, for the page of one lead."""
    with connection.cursor() as cursor:
        cursor.execute(HANGS, {"park": lead.park_id, "lead": lead.pk, "company": lead.company_id})
        return Standing(*cursor.fetchone())
