"""Leads from an imported list of companies: one for each line, or the reason why not."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import people_with
from core.access import require
from core.errors import Refused
from leads.actions.claims import already_claimed, claim_company
from leads.actions.rows import held
from leads.actions.stages import drop_row
from leads.models import OPEN_STAGES, DropReason, Lead, Source, Stage
from notices.actions import queue

if TYPE_CHECKING:
    from accounts.models import User
    from companies.hooks import ListedLead

# Sources that have a row of their own elsewhere are given there.
ELSEWHERE: Final = frozenset({Source.SUBMISSION, Source.SHARED, Source.INQUIRY})


class Listed:
    """What `companies.hooks.LeadTaker` asks for."""

    def sources(self) -> list[tuple[str, str]]:
        """Where leads of a list can come from."""
        return [(code, str(label)) for code, label in Source.choices if code not in ELSEWHERE]

    def may_take(self, user: "User", park_id: int) -> bool:
        """Whether this person may claim there."""
        return bool(user.access.can("leads.claim", park_id))

    def check(self, *, by: "User", park_id: int, source: str) -> None:
        """Raises PermissionDenied for those who may not claim, Refused for an unknown source."""
        require(by, "leads.claim", park_id)
        if source not in dict(self.sources()):
            raise Refused(_("Say where these leads come from."), field="lead_source", code="no_such_source")

    def held(self, *, by: "User", park_id: int, companies: Sequence[int]) -> dict[int, str]:
        """Company → who holds it in this park, as far as the reader may know."""
        rows = Lead.objects.filter(park_id=park_id, company__in=companies, stage__in=OPEN_STAGES)
        return {
            lead.company_id: str(already_claimed(by, lead.company, park_id)) for lead in rows.select_related("company")
        }

    def take(self, *, by: "User", park_id: int, source: str, lines: "Sequence[ListedLead]") -> dict[int, int | str]:
        """Line → the lead that it became, or why it did not; one line's refusal is not another's."""
        people = Owners(by, park_id) if any(line.owner for line in lines) else None
        answer: dict[int, int | str] = {}
        for line in lines:
            try:
                with transaction.atomic():
                    owner = people.called(line.owner) if people and line.owner else by
                    answer[line.number] = _taken(by, owner, park_id, source, line).pk
            except Refused as refusal:
                answer[line.number] = str(refusal)
        return answer

    def give_up(self, *, by: "User", park_id: int, leads: Sequence[int], reason: str) -> set[int]:
        """Those that are still as the list made them; the stage log and the claim stay and say why it ended."""
        untouched = Lead.objects.filter(
            park_id=park_id, pk__in=leads, stage=Stage.PLANNING, version=1, last_activity_at=None
        )
        given_up = set()
        for lead in untouched.filter(activities=None).order_by("pk"):
            drop_row(held(lead), by, DropReason.OTHER, reason)
            given_up.add(lead.pk)
        return given_up

    def address(self, lead: int) -> str:
        """Its page."""
        return reverse("leads:record", args=[lead])


class Owners:
    """Who can own a lead in a park, by user name or by name. Only who assigns leads names others."""

    def __init__(self, by: "User", park_id: int) -> None:
        self.by, self.park_id = by, park_id
        self.people = people_with("leads.claim", park_id)

    def called(self, text: str) -> "User":
        """Raises Refused for a name that nobody has, or several."""
        found = [one for one in self.people if text in {one.username, one.display_name}]
        if len(found) != 1:
            said = _("Several people are called %s.") if found else _("Nobody called %s works on leads in this park.")
            raise Refused(said % text, field="owner", code="no_such_owner")
        if found[0].pk != self.by.pk and not self.by.access.can("leads.assign", self.park_id):
            raise Refused(_("You may not claim for %s.") % text, field="owner", code="not_assigning")
        return found[0]


def _taken(by: "User", owner: "User", park_id: int, source: str, line: "ListedLead") -> Lead:
    lead = claim_company(
        by=owner,
        company=line.company,
        park_id=park_id,
        source=source,
        source_note=line.note,
        next_step=line.next_step,
        next_date=line.next_date,
    )
    if owner.pk != by.pk:
        queue(
            park_id=park_id,
            recipients=[owner],
            kind="lead_assigned",
            key=f"lead:{lead.pk}:listed",
            text=partial(_given_text, lead, by),
            url=lead.get_absolute_url(),
        )
    return lead


def _given_text(lead: Lead, by: "User") -> tuple[str, str]:
    subject = _("A lead from a list is yours: %(lead)s") % {"lead": lead.name}
    return subject, _("%(name)s imported it.") % {"name": by}
