"""The story of one request as the staff see it: messages of both sides, notes, and what happened to its state."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Attachment
from core.pages import TimelineEntry
from services.models import Ticket, TicketFile, TicketMessage, TicketNote, TicketState

ENTERED: dict[str, tuple[str, str | Promise]] = {
    "new": ("inbox", pgettext_lazy("request", "Submitted")),
    "open": ("player-play", pgettext_lazy("request", "In progress")),
    "waiting_enterprise": ("player-pause", _("Waiting for the enterprise")),
    "waiting_third": ("hourglass", _("Waiting for a third party")),
    "resolved": ("check", pgettext_lazy("request", "Resolved")),
    "closed": ("circle-check", pgettext_lazy("request", "Closed")),
}


def entries_of(ticket: Ticket, scope: str = "") -> list[TimelineEntry]:
    """Newest first; `scope` is empty, `activity` (messages and notes) or `history` (states)."""
    entries: list[TimelineEntry] = []
    if scope != "history":
        entries += [*_messages(ticket), *_notes(ticket)]
    if scope != "activity":
        entries += _states(ticket)
    return sorted(entries, key=lambda entry: entry.when, reverse=True)


def files_of(ticket: Ticket) -> dict[int | None, list[Attachment]]:
    """Files by the message they came with; those of the request itself under None."""
    found: dict[int | None, list[Attachment]] = {}
    rows = TicketFile.objects.filter(park_id=ticket.park_id, ticket=ticket).select_related("attachment").order_by("id")
    for row in rows:
        found.setdefault(row.message_id, []).append(row.attachment)
    return found


def _messages(ticket: Ticket) -> Iterator[TimelineEntry]:
    files = files_of(ticket)
    rows = TicketMessage.objects.filter(park_id=ticket.park_id, ticket=ticket).select_related("by")
    for row in rows:
        yield TimelineEntry(
            icon="building" if row.from_enterprise else "headset",
            when=row.at,
            who=str(row.by),
            title=_("The enterprise") if row.from_enterprise else _("Answer"),
            text=row.body,
            attachments=files.get(row.pk, ()),
        )


def _notes(ticket: Ticket) -> Iterator[TimelineEntry]:
    rows = TicketNote.objects.filter(park_id=ticket.park_id, ticket=ticket).select_related("by")
    for row in rows:
        yield TimelineEntry(
            icon="lock", when=row.at, who=str(row.by), title=_("Internal note"), text=row.body, internal=True
        )


def _states(ticket: Ticket) -> Iterator[TimelineEntry]:
    rows = TicketState.objects.filter(park_id=ticket.park_id, ticket=ticket).select_related("by", "holder")
    before: TicketState | None = None
    for row in rows.order_by("at", "id"):
        icon, title = ENTERED[row.state]
        if before and row.state == before.state:
            handed = row.holder_id != before.holder_id
            icon = "arrows-exchange" if handed else "pencil"
            title = _("Handed over to %(name)s") % {"name": row.holder} if handed else _("Service changed")
        yield TimelineEntry(icon=icon, when=row.at, who=str(row.by or ""), title=title, text=row.reason, kind="history")
        before = row
