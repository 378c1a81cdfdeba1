"""The staff's side: whoever is asked first owns the request; handed over once, the second must finish it."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import department_of, people_with
from core.errors import Conflict, Refused
from parks.queries import counted_month
from services.actions import telling
from services.actions.asking import Files, write_message
from services.actions.clockwork import RESOLUTION, RESPONSE, Clockwork, hold
from services.models import CatalogueItem, Ticket, TicketMessage, TicketNote
from services.queries import silence_ends

if TYPE_CHECKING:
    from accounts.models import User

State = Ticket.State


def _open(ticket: Ticket, by: "User", version: int | None = None) -> Clockwork:
    """Locked, and refused when there is nothing left to do."""
    work = Clockwork(hold(ticket, version), by)
    if not work.ticket.is_open:
        raise Conflict(_("This request is resolved already."), code="not_open")
    return work


def _held(ticket: Ticket, by: "User", version: int | None = None) -> Clockwork:
    """Open and in these hands, or nobody's yet; a leader may act in the holder's place."""
    work = _open(ticket, by, version)
    holder = work.ticket.holder
    if holder is not None and holder.pk != by.pk and not by.access.can("tickets.rule", ticket.park_id):
        raise Conflict(_("%(name)s holds this request and must finish it.") % {"name": holder}, code="not_holder")
    return work


def _take(work: Clockwork, by: "User") -> None:
    """The first receiver becomes owner and holder."""
    ticket = work.ticket
    if ticket.holder_id is not None:
        return
    ticket.holder, ticket.owner = by, ticket.owner or by
    ticket.department_id = ticket.department_id or department_of(by, ticket.park_id)
    work.enter(State.OPEN if ticket.state == State.NEW else ticket.state)
    work.rearm()


def _say(work: Clockwork, by: "User", message: str, files: Files) -> TicketMessage:
    """A public message of the park: it stops the response clock, and makes who answers first the first receiver."""
    written = write_message(work, message, files, from_enterprise=False)
    _take(work, by)
    work.meet(RESPONSE)
    work.ticket.responded_at = work.ticket.responded_at or work.now
    return written


@transaction.atomic
def answer_ticket(*, by: "User", ticket: Ticket, message: str, files: Files = (), version: int | None = None) -> Ticket:
    """Write to the enterprise; anybody who works on requests may, the holder stays the same."""
    work = Clockwork(hold(ticket, version), by)
    if work.ticket.state == State.CLOSED:
        raise Conflict(_("The enterprise has closed this request."), code="closed")
    written = _say(work, by, message, files)
    work.finish()
    telling.answered(work.ticket, written)
    return work.ticket


@transaction.atomic
def take_ticket(*, by: "User", ticket: Ticket, version: int | None = None) -> Ticket:
    """Become the first receiver of a request that nobody holds. This is no answer: the response clock runs on."""
    work = _open(ticket, by, version)
    holder = work.ticket.holder
    if holder is not None and holder.pk != by.pk:
        raise Conflict(_("%(name)s was faster and holds this request.") % {"name": holder}, code="taken")
    _take(work, by)
    return work.finish()


def _explain(work: Clockwork, by: "User", reason: str) -> None:
    """Why the hands or the service changed is for colleagues: a note, since the enterprise's session reads the log."""
    if reason.strip():
        note_ticket(by=by, ticket=work.ticket, body=reason)


@transaction.atomic
def hand_over(*, by: "User", ticket: Ticket, to: "User", reason: str = "", version: int | None = None) -> Ticket:
    """Once, by the holder; the second holder must finish it.

    A third needs a leader's decision with a reason, no fourth is possible. The first receiver stays named as the owner.
    """
    work = _held(ticket, by, version)
    held, rules = work.ticket, by.access.can("tickets.rule", ticket.park_id)
    if held.holder_id is None:
        raise Refused(_("Take the request first: whoever is asked first owns it."), field="to", code="nobody_holds")
    if to.pk == held.holder_id or to not in people_with("tickets.work", held.park_id):
        raise Refused(_("Choose a colleague of this park who works on requests."), field="to", code="not_a_colleague")
    if held.handovers >= 2 or (held.handovers == 1 and not rules):
        raise Conflict(_("It was handed over before: the second holder must finish it."), code="second_ask")
    if held.handovers == 1 and not reason.strip():
        raise Refused(_("A third holder needs a reason."), field="reason", code="required")
    held.holder = to
    held.handovers += 1
    held.department_id = department_of(to, held.park_id) or held.department_id
    _explain(work, by, reason)
    work.enter(held.state)
    work.rearm()
    work.finish()
    telling.handed_over(held, by, reason.strip())
    return held


@transaction.atomic
def wait_for_enterprise(
    *, by: "User", ticket: Ticket, reason: str, message: str = "", files: Files = (), version: int | None = None
) -> Ticket:
    """The enterprise has to bring something: the resolution pauses, the first response does not.

    With a `message` the enterprise is written to as well, and that is an answer.
    """
    return _wait(_held(ticket, by, version), by, State.WAITING_ENTERPRISE, reason, message, files)


@transaction.atomic
def wait_for_third(*, by: "User", ticket: Ticket, reason: str, version: int | None = None) -> Ticket:
    """Somebody else has to do something. The enterprise does not care who: the clock runs on."""
    return _wait(_held(ticket, by, version), by, State.WAITING_THIRD, reason, "", ())


def _wait(work: Clockwork, by: "User", state: str, reason: str, message: str, files: Files) -> Ticket:
    if not reason.strip():
        raise Refused(_("Say what is being waited for."), field="message", code="required")
    written = _say(work, by, message, files) if message.strip() else None
    _take(work, by)
    work.enter(state, " ".join(reason.split()))
    work.finish()
    if written:
        telling.answered(work.ticket, written)
    return work.ticket


@transaction.atomic
def resume(*, by: "User", ticket: Ticket, version: int | None = None) -> Ticket:
    """What was waited for has come, by another way than a reply."""
    work = _open(ticket, by, version)
    if not work.ticket.is_waiting:
        raise Conflict(_("This request is not waiting."), code="not_waiting")
    work.enter(State.OPEN)
    return work.finish()


@transaction.atomic
def resolve_ticket(
    *, by: "User", ticket: Ticket, message: str, files: Files = (), version: int | None = None
) -> Ticket:
    """Say what was done: the clock stops, and the enterprise is asked to confirm.

    The request counts in the month of its first resolution.
    """
    work = _held(ticket, by, version)
    held = work.ticket
    written = _say(work, by, message, files)
    work.meet(RESOLUTION)
    work.enter(State.RESOLVED)
    if held.resolved_at is None:
        held.resolved_at = work.now
        held.counted_month = counted_month(held.park_id, timezone.localdate(work.now))
    work.finish()
    telling.answered(held, written, silence_ends(held.park_id, work.now))
    return held


@transaction.atomic
def note_ticket(*, by: "User", ticket: Ticket, body: str) -> TicketNote:
    """A note among colleagues: never shown in the portal, and no answer."""
    if not body.strip():
        raise Refused(_("Write a message."), field="message", code="required")
    return TicketNote.objects.create(park_id=ticket.park_id, ticket=ticket, by=by, body=body.strip(), at=timezone.now())


@transaction.atomic
def reclassify_ticket(
    *, by: "User", ticket: Ticket, item: CatalogueItem, reason: str, version: int | None = None
) -> Ticket:
    """Another service of the catalogue: running limits get its targets from the original start, with the pauses so far.

    A limit that has passed by this is marked as breached on re-targeting.
    """
    work = _held(ticket, by, version)
    held = work.ticket
    if item.park_id != held.park_id or not item.is_active:
        raise Refused(_("This park does not offer that service."), field="item", code="not_offered")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason", code="required")
    held.item, held.department_id = item, item.department_id or held.department_id
    for row in work.running:
        in_time = work.read(row).breached_at is None
        row.target_minutes = item.response_minutes if row.clock == RESPONSE else item.resolve_minutes
        row.breached_on_retarget |= in_time and work.read(row).breached_at is not None
    _explain(work, by, reason)
    work.enter(held.state)
    work.rearm()
    return work.finish()
