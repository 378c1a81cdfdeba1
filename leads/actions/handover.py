"""Handing leads from one officer to another without loss; the receiver signs for each, or gives it back."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.queries import people_with
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.locking import all_locked, locked
from core.worktime import local_date, local_moment
from leads.actions.claims import pass_on
from leads.actions.rows import change, held
from leads.actions.undertakings import pass_on_undertakings
from leads.models import OPEN_STAGES, Claim, Handover, Lead
from leads.queries.handover import share_out
from notices.actions import cancel, queue
from notices.actions import pass_on as pass_notices
from parks.queries import calendar_of, rules_of

if TYPE_CHECKING:
    from accounts.models import User

REMIND_AT = time(9, 0)
State = Handover.State


@transaction.atomic
def hand_over_lead(*, by: "User", lead: Lead, to: "User", note: str = "", version: int | None = None) -> Lead:
    """Give a lead to somebody who works in the park; what is open goes along, and the receiver signs for it."""
    require(by, "leads.assign", lead.park_id)
    row = held(lead, version)
    _check_receiver(to, row.park_id)
    handover = _give(by, row, to, note)
    _tell_receiver(handover, 1, handover.get_absolute_url())
    return row


@transaction.atomic
def hand_over_all(
    *, by: "User", giver: "User", receivers: Sequence["User"], park_id: int, note: str = ""
) -> list[Handover]:
    """Give all open leads of a person to others, as evenly as `share_out` does it; one notice for each receiver."""
    require(by, "leads.assign", park_id)
    if not receivers:
        raise Refused(_("Choose at least one person."), field="receivers", code="nobody")
    for receiver in receivers:
        _check_receiver(receiver, park_id, giver)
    rows = Lead.objects.visible_to(by).filter(park_id=park_id, owner=giver, stage__in=OPEN_STAGES, pooled_at=None)
    leads = all_locked(rows.select_related("company", "owner"))
    if not leads:
        raise Refused(_("%(name)s has no open leads here.") % {"name": giver}, field="giver", code="no_leads")
    batch, due, made = uuid4(), _due(park_id), []
    for receiver, given in share_out(leads, receivers):
        handovers = [_give(by, lead, receiver, note, batch, due) for lead in given]
        if handovers:
            _tell_receiver(handovers[0], len(handovers), _list_url())
        made += handovers
    return made


@transaction.atomic
def receive_lead(*, by: "User", handover: Handover, version: int | None = None) -> Handover:
    """Sign for a lead: from now on the giver sees it only as anybody else does. Again changes nothing."""
    _check_signer(by, handover)
    row = _held(handover, version)
    if row.state == State.RECEIVED:
        return row
    _check_pending(row)
    change(held(row.lead), handed_by=None)
    _answer(row, State.RECEIVED, "")
    return row


@transaction.atomic
def return_lead(*, by: "User", handover: Handover, reason: str, version: int | None = None) -> Handover:
    """Give a lead back to whoever gave it, with a reason; what went along comes back, too."""
    _check_signer(by, handover)
    row = _held(handover, version)
    if row.state == State.RETURNED:
        return row
    _check_pending(row)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")
    if row.giver_id not in {person.pk for person in people_with("leads.change", row.park_id)}:
        message = _("%(name)s no longer works here. Ask for somebody else instead.") % {"name": row.giver}
        raise Refused(message, code="giver_left", status=409)
    lead = held(row.lead)
    pass_notices(park_id=lead.park_id, key_prefix=f"lead:{lead.pk}:", giver=row.receiver, receiver=row.giver)
    pass_on_undertakings(lead=lead, giver=row.receiver, taker=row.giver)
    pass_on(lead, row.giver, kind=Claim.Kind.HANDED, ended=Claim.Ended.HANDED, reason=reason.strip())
    change(lead, handed_by=None)
    _answer(row, State.RETURNED, reason.strip())
    return row


def _check_receiver(to: "User", park_id: int, giver: "User | None" = None) -> None:
    """`giver` where everything of a person goes, to several."""
    field = "receivers" if giver is not None else "to"
    if giver is not None and to.pk == giver.pk:
        raise Refused(_("Choose other people than the one who gives."), field=field, code="same_owner")
    if to.pk not in {person.pk for person in people_with("leads.change", park_id)}:
        raise Refused(_("%(name)s does not work on leads in this park.") % {"name": to}, field=field, code="cannot_own")


def _give(
    by: "User", lead: Lead, to: "User", note: str, batch: UUID | None = None, due: datetime | None = None
) -> Handover:
    """Change the owner of a held lead, with all that hangs on it. Credit for what happened before stays."""
    giver, department_id = lead.owner, lead.department_id
    if to.pk == giver.pk:
        raise Refused(_("%(name)s owns this lead already.") % {"name": to}, field="to", code="same_owner", status=409)
    now = timezone.now()
    _replace_pending(lead, now)
    promises = pass_on_undertakings(lead=lead, giver=giver, taker=to)
    carried = {
        "step": lead.next_step,
        "step_on": lead.next_date.isoformat() if lead.next_date else "",
        "promises": len(promises),
        "words": [row.pk for row in promises],
        "notices": pass_notices(park_id=lead.park_id, key_prefix=f"lead:{lead.pk}:", giver=giver, receiver=to),
    }
    pass_on(lead, to, kind=Claim.Kind.HANDED, ended=Claim.Ended.HANDED, reason=note.strip())
    change(lead, handed_by=giver)
    handover: Handover = Handover.objects.create(
        park_id=lead.park_id, batch=batch, lead=lead, giver=giver, giver_department_id=department_id, receiver=to,
        made_by=by, at=now, note=note.strip(), carried=carried,
    )  # fmt: skip
    _remind_to_sign(handover, due or _due(lead.park_id))
    return handover


def _replace_pending(lead: Lead, now: datetime) -> None:
    for earlier in Handover.objects.filter(park_id=lead.park_id, lead=lead, state=State.PENDING):
        _close(earlier, State.REPLACED, "", now)


def _due(park_id: int) -> datetime:
    """When the receiver is reminded, and the manager told."""
    days = rules_of(park_id).handover_days
    return local_moment(calendar_of(park_id).add_working_days(local_date(timezone.now()), days), REMIND_AT)


def _remind_to_sign(handover: Handover, due: datetime) -> None:
    queue(
        park_id=handover.park_id,
        recipients=[handover.receiver, handover.made_by],
        kind="handover_late",
        key=f"handover:{handover.pk}:late",
        text=partial(_late_text, handover),
        url=handover.get_absolute_url(),
        due_at=due,
        channels=("page",),
    )


def _tell_receiver(handover: Handover, count: int, url: str) -> None:
    queue(
        park_id=handover.park_id,
        recipients=[handover.receiver],
        kind="lead_assigned",
        key=f"handover:{handover.pk}:given",
        text=partial(_given_text, handover, count),
        url=url,
    )


def _held(handover: Handover, version: int | None) -> Handover:
    rows = Handover.objects.select_related("lead__company", "giver", "receiver", "made_by")
    row: Handover = locked(rows, pk=handover.pk)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return row


def _check_signer(by: "User", handover: Handover) -> None:
    require(by, "leads.change", handover.park_id)
    if by.pk != handover.receiver_id:
        raise PermissionDenied("leads.change")


def _check_pending(handover: Handover) -> None:
    if handover.state != State.PENDING:
        raise Conflict(_("This hand-over is over: %(state)s.") % {"state": handover.get_state_display()})


def _close(handover: Handover, state: str, reason: str, now: datetime) -> None:
    handover.state, handover.reason, handover.answered_at = state, reason, now
    handover.version += 1
    handover.save(update_fields=["state", "reason", "answered_at", "version"])
    cancel(park_id=handover.park_id, key_prefix=f"handover:{handover.pk}:late")


def _answer(handover: Handover, state: str, reason: str) -> None:
    _close(handover, state, reason, timezone.now())
    queue(
        park_id=handover.park_id,
        recipients=[handover.giver, handover.made_by],
        kind="handover_answered",
        key=f"handover:{handover.pk}:answered",
        text=partial(_answered_text, handover),
        url=handover.get_absolute_url(),
        channels=("page",),
    )


def _list_url() -> str:
    return reverse("leads:handovers") + "?receiver=me&state=pending"


def _given_text(handover: Handover, count: int) -> tuple[str, str]:
    names: dict[str, Any] = {"lead": handover.lead.name, "name": handover.made_by, "note": handover.note, "n": count}
    if count > 1:
        subject = ngettext("%(n)s lead was handed to you", "%(n)s leads were handed to you", count) % names
    else:
        subject = _("A lead was handed to you: %(lead)s") % names
    return subject, _("%(name)s handed it over. %(note)s Please sign for it.") % names


def _late_text(handover: Handover) -> tuple[str, str]:
    names = {"lead": handover.lead.name, "giver": handover.giver, "receiver": handover.receiver}
    subject = _("Not signed for yet: %(lead)s") % names
    return subject, _("%(giver)s → %(receiver)s: the hand-over waits to be signed for or given back.") % names


def _answered_text(handover: Handover) -> tuple[str, str]:
    names = {"lead": handover.lead.name, "name": handover.receiver, "reason": handover.reason}
    if handover.state == State.RECEIVED:
        return _("Received: %(lead)s") % names, _("%(name)s has signed for the lead.") % names
    return _("Given back: %(lead)s") % names, _("%(name)s gives the lead back: %(reason)s") % names
