"""Claiming a company as a lead, editing it, handing it to somebody else."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.queries import department_of, people_with
from core.access import require
from core.errors import Conflict, Refused
from core.worktime import local_date
from leads.actions.rows import change, held, require_change
from leads.actions.stages import log_first_stage
from leads.actions.steps import check_step, remind
from leads.models import OPEN_STAGES, Event, Lead, Source
from notices.actions import queue
from parks.queries import counted_month, rules_of

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from accounts.models import User
    from companies.models import Company

EDITABLE = frozenset(
    {"title", "source", "source_note", "confidentiality", "amount", "demands", "next_step", "next_date"}
)


@transaction.atomic
def claim_company(
    *,
    by: "User",
    company: "Company",
    park_id: int,
    title: str = "",
    source: str = Source.OWN,
    source_note: str = "",
    confidentiality: str = Lead.Confidentiality.PARK,
    amount: "Decimal | None" = None,
    demands: str = "",
    next_step: str = "",
    next_date: "date | None" = None,
    event: Event | None = None,
) -> Lead:
    """The first report wins: one open lead per company and park, by the database; the second is told who was first."""
    require(by, "leads.claim", park_id)
    now = timezone.now()
    check_step(next_step, next_date, local_date(now))
    lead = Lead(
        park_id=park_id,
        company=company,
        title=title.strip(),
        source=source,
        source_note=source_note.strip(),
        event=event_of(source, event, park_id),
        owner=by,
        department_id=department_of(by, park_id),
        confidentiality=confidentiality,
        amount=amount,
        demands=demands.strip(),
        next_step=next_step.strip(),
        next_date=next_date,
        claimed_at=now,
        stage_since=now,
        protected_until=local_date(now) + timedelta(days=rules_of(park_id).protection_days),
        counted_month=counted_month(park_id, local_date(now)),
        created_by=by,
    )
    try:
        with transaction.atomic():
            lead.save(force_insert=True)
    except IntegrityError as taken:
        raise _already_claimed(by, company, park_id) from taken
    log_first_stage(lead, by)
    remind(lead)
    return lead


def event_of(source: str, event: Event | None, park_id: int) -> Event | None:
    """The event that a lead came of, kept only where its source is an event."""
    if event is None or source != Source.EVENT:
        return None
    if event.park_id != park_id:
        raise Refused(_("This event belongs to another park."), field="event", code="not_in_park")
    return event


def _already_claimed(by: "User", company: "Company", park_id: int) -> Conflict:
    """Who holds it and since when, for those who may see that lead; else only that it is taken."""
    seen = Lead.objects.visible_to(by).select_related("owner")
    lead = seen.filter(park_id=park_id, company=company, stage__in=OPEN_STAGES).first()
    if lead is None:
        return Conflict(_("This company is already claimed."), field="company", code="already_claimed")
    since = date_format(timezone.localtime(lead.claimed_at), "DATE_FORMAT")
    message = _("%(owner)s has held this company since %(date)s.") % {"owner": lead.owner, "date": since}
    return Conflict(message, field="company", code="already_claimed")


@transaction.atomic
def edit_lead(*, by: "User", lead: Lead, version: int | None = None, **values: Any) -> Lead:
    """Correct what is known of a lead; the stage, the owner and the company have actions of their own."""
    require_change(by, lead)
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"not editable: {sorted(unknown)}")
    row = held(lead, version)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if "next_date" in changed or "next_step" in changed:
        step, day = values.get("next_step", row.next_step), values.get("next_date", row.next_date)
        # A step that is overdue already may be reworded without being moved.
        check_step(
            step, day, local_date(timezone.now()) if "next_date" in changed else (day or local_date(timezone.now()))
        )
    if changed:
        change(row, **changed)
        remind(row)
    return row


@transaction.atomic
def hand_over_lead(*, by: "User", lead: Lead, to: "User", note: str = "", version: int | None = None) -> Lead:
    """Give a lead to somebody who works in the park; the reminder of the next step goes along."""
    require(by, "leads.assign", lead.park_id)
    row = held(lead, version)
    if to.pk == row.owner_id:
        raise Refused(_("%(name)s owns this lead already.") % {"name": to}, field="to", code="same_owner", status=409)
    if to.pk not in {person.pk for person in people_with("leads.change", row.park_id)}:
        raise Refused(_("%(name)s does not work on leads in this park.") % {"name": to}, field="to", code="cannot_own")
    change(row, owner=to, department_id=department_of(to, row.park_id))
    remind(row)
    queue(
        park_id=row.park_id,
        recipients=[to],
        kind="lead_assigned",
        key=f"lead:{row.pk}:assigned:{row.version}",
        text=partial(_assigned_text, row, by, note.strip()),
        url=row.get_absolute_url(),
    )
    return row


def _assigned_text(lead: Lead, by: "User", note: str) -> tuple[str, str]:
    subject = _("A lead was handed to you: %(lead)s") % {"lead": lead.name}
    return subject, _("%(name)s handed it over. %(note)s") % {"name": by, "note": note}
