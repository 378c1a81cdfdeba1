"""Which parts of the start page hold anything for a person: mostly few do, and each costs a statement of its own."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.utils import timezone

from core.prepared import Prepared
from core.worktime import local_date

if TYPE_CHECKING:
    from accounts.models import User

DAYS: Final = 7
# Coarse, as far as row security reaches: each part asks exactly for what it shows.
WAITING: Final = Prepared(
    "waiting_for_person",
    """
SELECT
  EXISTS (SELECT FROM leads_shareoffer WHERE direction = 'incoming' AND state = 'pending'),
  EXISTS (SELECT FROM leads_handover WHERE receiver_id = %(user)s AND state = 'pending'),
  EXISTS (SELECT FROM leads_conflictside WHERE person_id = %(user)s AND state = 'open'),
  EXISTS (SELECT FROM leads_creditshare WHERE user_id = %(user)s AND answer = 'waiting'),
  EXISTS (SELECT FROM leads_undertaking WHERE owner_id = %(user)s AND state = 'open' AND due_on <= %(until)s),
  EXISTS (SELECT FROM projects_milestone WHERE owner_id = %(user)s AND done_on IS NULL AND due_on <= %(until)s),
  EXISTS (SELECT FROM leads_lead WHERE owner_id = %(user)s AND created_by_id <> %(user)s AND claimed_at >= %(since)s
          AND last_activity_at IS NULL AND pooled_at IS NULL),
  EXISTS (SELECT FROM services_ticket WHERE holder_id = %(user)s AND state NOT IN ('resolved', 'closed')),
  EXISTS (SELECT FROM projects_project WHERE counted_month = %(month)s)""",
)


class Waiting(NamedTuple):
    """Offers, leads to sign for, cases, credit, promises, steps of projects, new leads, requests of enterprises.

    `signings`: was anything signed this month that may be one's own?
    """

    offers: bool
    handovers: bool
    cases: bool
    credit: bool
    promises: bool
    milestones: bool
    assigned: bool
    requests: bool
    signings: bool


def waiting_for(user: "User") -> Waiting:
    """In one statement."""
    now = timezone.now()
    values: dict[str, Any] = {
        "user": user.pk,
        "month": local_date(now).replace(day=1),
        "until": local_date(now) + timedelta(days=DAYS),
        "since": now - timedelta(days=DAYS),
    }
    [found] = WAITING.rows(**values)
    return Waiting(*found)
