"""The enterprise's side: ask, reply, say “still a problem”."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import department_of
from companies.models import Company
from core.errors import Conflict, Refused
from core.files import DOCUMENTS, store_attachment
from parks.models import Park
from parks.queries import rules_of
from services import clocks
from services.actions import telling
from services.actions.clockwork import RESOLUTION, RESPONSE, Clockwork, hold
from services.models import CatalogueItem, Ticket, TicketFile, TicketMessage

if TYPE_CHECKING:
    from accounts.models import User

State = Ticket.State
Files = Sequence[UploadedFile]
MAX_FILES = 6


@transaction.atomic
def submit_ticket(
    *,
    by: "User",
    company: Company,
    park: Park,
    item: CatalogueItem,
    title: str,
    text: str,
    files: Files = (),
    uuid: UUID | None = None,
) -> Ticket:
    """A new request. Both limits run from now; one that staff write down for an enterprise is theirs from the start.

    A `uuid` sent again answers the same request. Raises Refused for an item that the park does not offer.
    """
    if uuid and (known := Ticket.objects.filter(park=park, uuid=uuid, company=company).first()):
        return cast("Ticket", known)
    if item.park_id != park.pk or not item.is_active:
        raise Refused(_("This park does not offer that service."), field="item", code="not_offered")
    now, staff = timezone.now(), None if by.access.is_portal else by
    ticket: Ticket = Ticket.objects.create(
        park=park,
        uuid=uuid or uuid4(),
        number=_next_number(park.pk),
        company=company,
        item=item,
        title=title.strip()[:160],
        text=text.strip(),
        created_by=by,
        created_at=now,
        owner=staff,
        holder=staff,
        department_id=item.department_id or (department_of(by, park.pk) if staff else None),
        response_due_at=now,
        resolve_due_at=now,
        due_at=now,
    )
    work = Clockwork(ticket, by)
    work.enter(State.OPEN if staff else State.NEW)
    work.begin(RESPONSE, item.response_minutes, now)
    work.begin(RESOLUTION, item.resolve_minutes, now)
    work.finish()
    attach(ticket, None, by, files)
    if not staff:
        telling.submitted(ticket)
    return ticket


def _next_number(park_id: int) -> str:
    """The next number of the park's year; its row is locked until the request is committed, so none is given twice."""
    year = timezone.localdate().year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO services_ticketnumber AS n (park_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (park_id, year) DO UPDATE SET last = n.last + 1 RETURNING last",
            [park_id, year],
        )
        return f"SQ{year}-{cursor.fetchone()[0]:04d}"


def attach(ticket: Ticket, message: TicketMessage | None, by: "User", files: Files) -> None:
    """Keep what came with a request or a message; both sides may open it."""
    if len(files) > MAX_FILES:
        raise Refused(_("At most %(n)s files at once.") % {"n": MAX_FILES}, field="files", code="too_many_files")
    for file in files:
        stored = store_attachment(
            park_id=ticket.park_id, by=by, file=file, allowed=DOCUMENTS, company_id=ticket.company_id
        )
        TicketFile.objects.create(
            park_id=ticket.park_id, ticket=ticket, message=message, company_id=ticket.company_id, attachment=stored
        )


def write_message(work: Clockwork, body: str, files: Files, *, from_enterprise: bool) -> TicketMessage:
    """A message that both sides read."""
    ticket, by = work.ticket, work.by
    if not body.strip():
        raise Refused(_("Write a message."), field="message", code="required")
    assert by is not None  # noqa: S101 - only people write
    message = TicketMessage.objects.create(
        park_id=ticket.park_id,
        ticket=ticket,
        company_id=ticket.company_id,
        by=by,
        from_enterprise=from_enterprise,
        body=body.strip(),
        at=work.now,
    )
    attach(ticket, message, by, files)
    return message


@transaction.atomic
def enterprise_reply(*, by: "User", ticket: Ticket, message: str, files: Files = ()) -> Ticket:
    """A message of the enterprise: a request that waited for it goes on, and the park has its time to answer."""
    work = Clockwork(hold(ticket), by)
    if work.ticket.state == State.CLOSED:
        raise Conflict(_("This request is closed. Submit a new one."), code="closed")
    written = write_message(work, message, files, from_enterprise=True)
    if work.ticket.state == State.WAITING_ENTERPRISE:
        work.enter(State.OPEN)
    if work.ticket.is_open:
        _expect_answer(work)
    telling.replied(work.ticket, written)
    return work.finish()


def _expect_answer(work: Clockwork) -> None:
    """After the first response, each unanswered message has its own limit; the oldest one counts."""
    if work.ticket.responded_at is not None and not work.runs(RESPONSE):
        item = work.ticket.item
        work.begin(RESPONSE, item.response_minutes, work.now, work.next_cycle(RESPONSE))


@transaction.atomic
def reopen_ticket(*, by: "User", ticket: Ticket, message: str, files: Files = ()) -> Ticket:
    """Still a problem, within the park's days after the resolution.

    The first resolution keeps its month and its outcome; a second clock measures the total, resolved time excluded.
    """
    work = Clockwork(hold(ticket), by)
    held, resolved = work.ticket, clocks.last_resolved(work.log)
    if held.state != State.RESOLVED or resolved is None:
        raise Conflict(_("Only a resolved request can be reopened."), code="not_resolved")
    if work.now > resolved + timedelta(days=rules_of(held.park_id).reopen_days):
        raise Conflict(_("It was resolved too long ago to be reopened. Submit a new request."), code="too_late")
    written = write_message(work, message, files, from_enterprise=True)
    work.enter(State.OPEN)
    held.reopened += 1
    work.begin(RESOLUTION, held.item.resolve_minutes, held.created_at, work.next_cycle(RESOLUTION))
    _expect_answer(work)
    work.finish()
    telling.reopened(held, written)
    return held
