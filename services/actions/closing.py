"""The end of a request: confirmed and rated, withdrawn, or closed because nobody objected."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Conflict, Refused
from core.nudge import nudge
from core.upkeep import RUN
from core.worktime import local_date
from notices.actions import cancel
from services.actions import telling
from services.actions.clockwork import RESOLUTION, RESPONSE, Clockwork, hold
from services.clocks import last_resolved
from services.models import Ticket
from services.queries import silence_ends

if TYPE_CHECKING:
    from accounts.models import User

State, Closing = Ticket.State, Ticket.Closing
LOW_RATING = 2


@transaction.atomic
def confirm_and_rate(*, by: "User", ticket: Ticket, rating: int, text: str = "") -> Ticket:
    """Thanks, solved: the enterprise closes its request and rates it, once. A low rating alerts the leaders.

    One that was closed by silence can still be rated.
    """
    work = Clockwork(hold(ticket), by)
    held = work.ticket
    if not held.can_be_rated:
        raise Conflict(_("Only a resolved request can be confirmed."), code="not_resolved")
    if not 1 <= rating <= 5:
        raise Refused(_("Rate from 1 to 5."), field="rating", code="out_of_range")
    held.rating, held.rating_text, held.rated_at = rating, text.strip(), work.now
    if held.state == State.RESOLVED:
        _close(work, Closing.CONFIRMED)
    work.finish()
    telling.rated(held, is_low=rating <= LOW_RATING)
    return held


@transaction.atomic
def withdraw_ticket(*, by: "User", ticket: Ticket, reason: str) -> Ticket:
    """The enterprise no longer needs it. It counts in no month; a limit that was passed before stays recorded."""
    work = Clockwork(hold(ticket), by)
    if not work.ticket.is_open:
        raise Conflict(_("Only a request that is being worked on can be withdrawn."), code="not_running")
    if not reason.strip():
        raise Refused(_("Say why it is withdrawn."), field="reason", code="required")
    for clock in (RESPONSE, RESOLUTION):
        work.meet(clock)
    _close(work, Closing.WITHDRAWN, reason.strip())
    work.finish()
    telling.withdrawn(work.ticket, reason.strip())
    # The portal's session does not even see the reminders of the staff: the worker takes them back.
    nudge(RUN)
    return work.ticket


def cancel_reminders(*, park_id: int) -> None:
    """Take back what would remind the staff of requests that the enterprises withdrew lately."""
    since = timezone.now() - timedelta(days=2)
    withdrawn = Ticket.objects.filter(park_id=park_id, closing=Closing.WITHDRAWN, closed_at__gt=since)
    for pk in withdrawn.values_list("pk", flat=True):
        for clock in (RESPONSE, RESOLUTION):
            cancel(park_id=park_id, key_prefix=f"ticket:{pk}:{clock}:")


@transaction.atomic
def close_silent(*, park_id: int, limit: int = 200) -> int:
    """Close what was resolved so many working days ago without a word: silence counts as consent. Returns how many."""
    today, closed = local_date(timezone.now()), 0
    waiting = Ticket.objects.filter(park_id=park_id, state=State.RESOLVED).order_by("resolved_at", "id")
    for ticket in waiting.select_for_update(of=("self",), skip_locked=True)[:limit]:
        work = Clockwork(ticket, None)
        resolved = last_resolved(work.log)
        if resolved is None or silence_ends(park_id, resolved) >= today:
            continue
        _close(work, Closing.SILENCE)
        work.finish()
        telling.closed_by_silence(ticket)
        closed += 1
    return closed


def _close(work: Clockwork, how: Ticket.Closing, reason: str = "") -> None:
    work.ticket.closed_at, work.ticket.closing = work.now, how
    work.enter(State.CLOSED, reason or str(how.label) if how != Closing.CONFIRMED else "")
