"""The pipeline. This module is the only one that writes a stage; every step is logged for good."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import require
from core.errors import Conflict, Refused, Stale
from core.sayings import trimmed
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
    renew,
)
from leads.actions.news import tell_partners
from leads.actions.rows import change, held, require_change
from leads.actions.steps import check_step, remind
from leads.demands import demanded
from leads.models import OPEN_STAGES, Admission, Claim, DropReason, Lead, Stage, StageChange
from leads.sayings import lead_dropped, move_undone
from notices.actions import queue
from parks.queries import rules_of

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Industry


@transaction.atomic
def move_lead(
    *,
    by: "User",
    lead: Lead,
    to_stage: str,
    from_stage: str | None = None,
    version: int | None = None,
    next_step: str = "",
    next_date: date | None = None,
    amount: Decimal | None = None,
    demands: str = "",
    industry: "Industry | None" = None,
    reason: str = "",
) -> Lead:
    """Move an open lead to another open stage, with what the stages on the way demand; back only with a reason."""
    require_change(by, lead)
    row = held(lead, version)
    if from_stage is not None and row.stage != from_stage:
        raise Stale(_("Somebody else moved this lead meanwhile. Look at it again and repeat your change."))
    _check_move(row, to_stage)
    given: dict[str, Any] = {"next_step": next_step.strip(), "next_date": next_date, "amount": amount}
    given |= {"demands": demands.strip(), "industry": industry}
    changes = {name: value for name, value in given.items() if value not in (None, "")}
    check_step(next_step or row.next_step, next_date, local_date(timezone.now()))
    for demand in demanded(row, to_stage, changes | {"reason": reason.strip()}):
        raise Refused(demand.message, field=demand.field, code=demand.code)
    onward = OPEN_STAGES.index(Stage(to_stage)) > OPEN_STAGES.index(Stage(row.stage))
    _enter(row, to_stage, by, reason, **changes)
    remind(row)
    if onward:
        renew(row)
    return row


def _check_move(lead: Lead, to_stage: str) -> None:
    if to_stage == Stage.SIGNED:
        raise Refused(_("A lead is signed by recording its agreement."), field="to_stage", code="sign_instead")
    if to_stage == Stage.DROPPED:
        raise Refused(_("Drop the lead with a reason instead."), field="to_stage", code="drop_instead")
    if to_stage not in OPEN_STAGES:
        raise Refused(_("There is no such stage."), field="to_stage", code="no_such_stage")
    if not lead.is_open:
        raise Refused(_("This lead is closed."), field="to_stage", code="lead_closed", status=409)
    if lead.in_pool:
        message = _("This lead is in the public pool. Pick it first.")
        raise Refused(message, field="to_stage", code="in_pool", status=409)
    if to_stage == lead.stage:
        raise Refused(_("The lead is in this stage already."), field="to_stage", code="same_stage", status=409)


@transaction.atomic
def unmove_lead(
    *, by: "User", lead: Lead, stage: str, stage_since: datetime, protected_until: date, version: int
) -> Lead:
    """The move was a slip: the lead stands where it stood, since then and protected as it was; at that version only.

    The append-only log keeps both changes.
    """
    require_change(by, lead)
    row = held(lead, version)
    _log(row, row.stage, stage, by, move_undone())
    change(row, stage=stage, stage_since=stage_since)
    tell_partners(row, stage, timezone.now())
    if row.protected_until != protected_until:
        protect_until(row, protected_until, renewals=F("renewals") - 1)
    remind(row)
    return row


@transaction.atomic
def drop_lead(
    *, by: "User", lead: Lead, reason: str = "", why: str = DropReason.OTHER, version: int | None = None
) -> Lead:
    """Give a lead up, with a reason of the list; “other” says more. The company is free to be claimed."""
    require_change(by, lead)
    row = held(lead, version)
    if not row.is_open:
        raise Refused(_("This lead is closed."), code="lead_closed", status=409)
    if why not in DropReason.values or why == DropReason.RULED:
        raise Refused(_("Choose a reason of the list."), field="why", code="no_such_reason")
    if why == DropReason.OTHER:
        _check_reason(reason)
    drop_row(row, by, why, reason)
    return row


def drop_row(lead: Lead, by: "User", why: str, reason: str) -> None:
    """Close a held row; also by a ruling."""
    words = trimmed(reason, 240)
    note = words if why == DropReason.OTHER else lead_dropped(why=str(why), words=str(words))
    gone = {"dropped_why": why, "dropped_reason": words, "next_step": "", "next_date": None, "pooled_at": None}
    _enter(lead, Stage.DROPPED, by, note, **gone)
    end(lead, Claim.Ended.RULED if why == DropReason.RULED else Claim.Ended.DROPPED, note)
    remind(lead)


@transaction.atomic
def reopen_lead(*, by: "User", lead: Lead, reason: str = "", version: int | None = None) -> Lead:
    """Take a dropped lead up again where it stood, unless somebody claimed the company meanwhile."""
    require_change(by, lead)
    # As where one claims or picks: before the lead, so that two never wait for each other.
    lock_person(by)
    row = held(lead, version)
    if row.stage != Stage.DROPPED:
        raise Refused(_("Only a dropped lead can be reopened."), code="not_dropped", status=409)
    last = StageChange.objects.filter(lead=row, to_stage=Stage.DROPPED).order_by("-at", "-id").first()
    if by.pk == row.owner_id:
        check_holding(by, row.park_id, rules_of(row.park_id))
    lock_company(row.company_id)
    until = protection(row.tier, rules_of(row.park_id), local_date(timezone.now()))
    again = {"dropped_why": "", "dropped_reason": "", "protected_until": until}
    try:
        with transaction.atomic():
            _enter(row, last.from_stage if last else Stage.PLANNING, by, reason, **again)
    except IntegrityError as taken:
        raise Conflict(_("The company was claimed meanwhile."), code="already_claimed") from taken
    check_zone(row)
    begin(row, Claim.Kind.REOPENED)
    return row


@transaction.atomic
def decide_admission(*, by: "User", lead: Lead, decision: str, reason: str, version: int | None = None) -> Admission:
    """Record whether the company may move in; the owner is told."""
    require(by, "leads.screen", lead.park_id)
    row = held(lead, version)
    if row.stage != Stage.SCREENING:
        raise Refused(_("Admission is decided while the lead is in screening."), code="not_in_screening", status=409)
    if decision not in Admission.Decision.values:
        raise Refused(_("Choose admitted or refused."), field="decision", code="no_such_decision")
    _check_reason(reason)
    admission: Admission = Admission.objects.create(
        park_id=row.park_id, lead=row, decision=decision, reason=reason.strip(), by=by, at=timezone.now()
    )
    change(row)
    tell(row, f"admission:{admission.pk}", "admission", partial(_admission_text, row, admission))
    return admission


@transaction.atomic
def mark_signed(
    *, by: "User", lead: Lead, amount: Decimal | None = None, version: int | None = None, note: str = ""
) -> Lead:
    """The agreement on `amount` yuan is signed: called by the action that records it, which checked who may sign."""
    row = held(lead, version)
    if row.stage == Stage.SIGNED:
        raise Refused(_("This lead was signed already."), code="already_signed", status=409)
    if row.stage != Stage.SCREENING:
        raise Refused(_("Only a lead in screening can be signed."), code="not_in_screening", status=409)
    if not is_admitted(row):
        raise Refused(_("Signing needs an admission decision that says “admitted”."), code="not_admitted", status=409)
    _enter(row, Stage.SIGNED, by, note, signed_amount=amount)
    end(row, Claim.Ended.SIGNED)
    return row


def is_admitted(lead: Lead) -> bool:
    """Does the last decision since the lead entered screening say “admitted”?"""
    last = Admission.objects.filter(lead=lead, at__gte=lead.stage_since).order_by("-at", "-id").first()
    return last is not None and last.decision == Admission.Decision.ADMITTED


def log_first_stage(lead: Lead, by: "User") -> None:
    """The first line of the stage log: the claim."""
    _log(lead, "", lead.stage, by, "")


def tell(lead: Lead, key: str, kind: str, text: Any) -> None:
    """Tell the owner what others did to the lead."""
    queue(
        park_id=lead.park_id,
        recipients=[lead.owner],
        kind=f"lead_{kind}",
        key=f"lead:{lead.pk}:{key}",
        text=text,
        url=lead.get_absolute_url(),
    )


def _enter(lead: Lead, stage: str, by: "User", note: str, **changes: Any) -> None:
    _log(lead, lead.stage, stage, by, trimmed(note, 240))
    now = timezone.now()
    change(lead, stage=stage, stage_since=now, **changes)
    tell_partners(lead, stage, now)


def _log(lead: Lead, before: str, after: str, by: "User", note: str) -> None:
    StageChange.objects.create(
        park_id=lead.park_id, lead=lead, from_stage=before, to_stage=after, at=timezone.now(), by=by, note=note
    )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")


def _admission_text(lead: Lead, admission: Admission) -> tuple[str, str]:
    subject = _("%(decision)s: %(lead)s") % {"decision": admission.get_decision_display(), "lead": lead.name}
    return subject, admission.reason
