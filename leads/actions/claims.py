"""Claiming a company as a lead, editing it, correcting its source, passing it on."""

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.queries import department_of
from core.access import require
from core.errors import Conflict, Refused
from core.worktime import local_date
from leads.actions.holding import (
    begin,
    check_holding,
    check_zone,
    end,
    lock_company,
    lock_person,
    protect_until,
    protection,
)
from leads.actions.referrals import refer
from leads.actions.rows import change, held, require_change
from leads.actions.stages import log_first_stage
from leads.actions.steps import check_step, remind
from leads.models import BROUGHT, OPEN_STAGES, Claim, Event, Lead, Referrer, Source, SourceChange, Tier
from parks.queries import counted_month, rules_of

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from accounts.models import User
    from companies.models import Company

EDITABLE = frozenset(
    {"title", "source_note", "confidentiality", "tier", "industry", "amount", "demands", "next_step", "next_date"}
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
    tier: str = Tier.B,
    amount: "Decimal | None" = None,
    demands: str = "",
    next_step: str = "",
    next_date: "date | None" = None,
    event: Event | None = None,
    referrer: Referrer | None = None,
    agreed: bool = False,
) -> Lead:
    """The first report wins: one open lead per company and park, by the database; the second is told who was first.

    Another park of the same zone that holds the company is a conflict, unless it agreed (`agreed`: it shares the lead).
    """
    require(by, "leads.claim", park_id)
    now = timezone.now()
    check_step(next_step, next_date, local_date(now))
    check_tier(by, park_id, tier)
    rules = rules_of(park_id)
    lock_person(by)
    check_holding(by, park_id, rules)
    lead = Lead(
        park_id=park_id,
        company=company,
        title=title.strip(),
        source=source,
        source_note=source_note.strip(),
        event=event_of(source, event, park_id),
        confidentiality=confidentiality,
        tier=tier,
        amount=amount,
        demands=demands.strip(),
        next_step=next_step.strip(),
        next_date=next_date,
        protected_until=protection(tier, rules, local_date(now)),
    )
    lay_claim(lead, by, kind=Claim.Kind.REPORTED, agreed=agreed)
    if referrer is not None and source in BROUGHT:
        refer(by=by, lead=lead, referrer=referrer)
    return lead


def lay_claim(lead: Lead, by: "User", *, kind: str, agreed: bool) -> Lead:
    """Save a new lead as that person's, with the first line of its log, its claim and its reminders."""
    now = timezone.now()
    lead.owner = lead.created_by = by
    lead.department_id = lead.claim_department_id = department_of(by, lead.park_id)
    lead.claimed_at = lead.stage_since = now
    lead.counted_month = counted_month(lead.park_id, local_date(now))
    lock_company(lead.company_id)
    try:
        with transaction.atomic():
            lead.save(force_insert=True)
    except IntegrityError as taken:
        raise already_claimed(by, lead.company, lead.park_id) from taken
    if not agreed:
        check_zone(lead)
    log_first_stage(lead, by)
    begin(lead, kind)
    remind(lead)
    return lead


def event_of(source: str, event: Event | None, park_id: int) -> Event | None:
    """The event that a lead came of, kept only where its source is an event."""
    if event is None or source != Source.EVENT:
        return None
    if event.park_id != park_id:
        raise Refused(_("This event belongs to another park."), field="event", code="not_in_park")
    return event


def check_tier(by: "User", park_id: int, tier: str) -> None:
    """Key leads are protected longest, so a manager says which they are."""
    if tier not in Tier.values:
        raise Refused(_("There is no such tier."), field="tier", code="no_such_tier")
    if tier == Tier.A and not by.access.can("leads.assign", park_id):
        raise Refused(_("A manager decides which leads are key leads."), field="tier", code="tier_by_manager")


def already_claimed(by: "User", company: "Company", park_id: int) -> Conflict:
    """Who holds it and since when, for those who may see that lead; else only that it is taken."""
    seen = Lead.objects.visible_to(by).select_related("owner")
    lead = seen.filter(park_id=park_id, company=company, stage__in=OPEN_STAGES).first()
    if lead is None:
        return Conflict(_("This company is already claimed."), field="company", code="already_claimed")
    if lead.in_pool:
        message = _("This company's lead is in the public pool. Pick it there.")
        return Conflict(message, field="company", code="in_pool")
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
    if "tier" in changed:
        _check_new_tier(by, row, changed["tier"])
    if "next_date" in changed or "next_step" in changed:
        step, day = values.get("next_step", row.next_step), values.get("next_date", row.next_date)
        # A step that is overdue already may be reworded without being moved.
        check_step(
            step, day, local_date(timezone.now()) if "next_date" in changed else (day or local_date(timezone.now()))
        )
    if changed:
        change(row, **changed)
        remind(row)
    if "tier" in changed and row.is_open and not row.in_pool:
        _protect_as_tier(row)
    return row


def _check_new_tier(by: "User", lead: Lead, tier: str) -> None:
    require(by, "leads.assign", lead.park_id)
    check_tier(by, lead.park_id, tier)


def _protect_as_tier(lead: Lead) -> None:
    """A higher tier protects longer from the day of the claim; a lower one takes nothing away that was given."""
    running = Claim.objects.filter(park_id=lead.park_id, lead=lead, ended_at=None).first()
    began = local_date(running.began_at if running else lead.claimed_at)
    until = protection(lead.tier, rules_of(lead.park_id), began)
    if until > lead.protected_until:
        protect_until(lead, until)


@transaction.atomic
def correct_source(
    *,
    by: "User",
    lead: Lead,
    source: str,
    reason: str,
    source_note: str | None = None,
    event: Event | None = None,
    version: int | None = None,
) -> Lead:
    """Put a wrong source right: sources are kept to the end, so only a manager does, and says why."""
    require(by, "leads.assign", lead.park_id)
    if source not in Source.values:
        raise Refused(_("There is no such source."), field="source", code="no_such_source")
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")
    row = held(lead, version)
    event = event_of(source, event, row.park_id)
    if (source, event) == (row.source, row.event):
        raise Refused(_("This is its source already."), field="source", code="same_source", status=409)
    SourceChange.objects.create(
        park_id=row.park_id,
        lead=row,
        before=row.source,
        after=source,
        reason=reason.strip()[:240],
        by=by,
        at=timezone.now(),
    )
    change(row, source=source, event=event, source_note=row.source_note if source_note is None else source_note.strip())
    return row


def pass_on(lead: Lead, to: "User", *, kind: str, ended: str, reason: str = "") -> None:
    """A held row gets another owner: the old claim ends, a new one begins with a protection of its own."""
    end(lead, ended, reason)
    until = protection(lead.tier, rules_of(lead.park_id), local_date(timezone.now()))
    department = department_of(to, lead.park_id)
    change(lead, owner=to, department_id=department, pooled_at=None, protected_until=until)
    begin(lead, kind)
    remind(lead)
