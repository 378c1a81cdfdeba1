"""Who is told of what about a request. The texts are made once per person, in that person's language."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.queries import people_with
from notices.actions import queue
from services.models import Ticket, TicketMessage
from services.queries import enterprise_users, receivers

if TYPE_CHECKING:
    from accounts.models import User

Text = Callable[[], tuple[str, str]]


def _tell(ticket: Ticket, people: Iterable["User"], kind: str, key: str, text: Text) -> None:
    queue(park_id=ticket.park_id, recipients=people, kind=kind, key=key, text=text, url=ticket.get_absolute_url())


def _facts(ticket: Ticket) -> dict[str, str]:
    return {"number": ticket.number, "title": ticket.title, "company": str(ticket.company), "item": str(ticket.item)}


def _local(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")


def submitted(ticket: Ticket) -> None:
    """A new request: whoever looks after such requests."""

    def text() -> tuple[str, str]:
        facts = _facts(ticket) | {"due": _local(ticket.response_due_at)}
        return (
            _("New request %(number)s: %(title)s") % facts,
            _("%(company)s asks for “%(item)s”. First response is promised by %(due)s.") % facts,
        )

    _tell(ticket, receivers(ticket), "ticket_new", f"ticket:{ticket.pk}:new", text)


def answered(ticket: Ticket, message: TicketMessage, until: date | None = None) -> None:
    """The park wrote: the enterprise's users; of a resolution, `until` when they may object."""

    def text() -> tuple[str, str]:
        subject = {
            Ticket.State.WAITING_ENTERPRISE: _("Request %(number)s waits for you: %(title)s"),
            Ticket.State.RESOLVED: _("Request %(number)s is resolved, please confirm: %(title)s"),
        }.get(Ticket.State(ticket.state), _("Answer to request %(number)s: %(title)s"))
        term = _("Without your answer by %(day)s it counts as solved.") % {"day": f"{until:%Y-%m-%d}"} if until else ""
        return subject % _facts(ticket), "\n".join(filter(None, (message.body, term)))

    people = enterprise_users(ticket.park_id, ticket.company_id)
    _tell(ticket, people, "ticket_answer", f"ticket:{ticket.pk}:message:{message.pk}", text)


def replied(ticket: Ticket, message: TicketMessage) -> None:
    """The enterprise wrote: the holder, or whoever looks after such requests."""

    def text() -> tuple[str, str]:
        return _("%(company)s replied to %(number)s: %(title)s") % _facts(ticket), message.body

    _tell(ticket, receivers(ticket), "ticket_reply", f"ticket:{ticket.pk}:message:{message.pk}", text)


def reopened(ticket: Ticket, message: TicketMessage) -> None:
    """Still a problem: the holder and the first receiver."""

    def text() -> tuple[str, str]:
        return _("Request %(number)s was reopened: %(title)s") % _facts(ticket), message.body

    people = [*receivers(ticket), *([ticket.owner] if ticket.owner else [])]
    _tell(ticket, people, "ticket_reopened", f"ticket:{ticket.pk}:reopened:{ticket.reopened}", text)


def handed_over(ticket: Ticket, by: "User", reason: str) -> None:
    """The new holder, who must finish it."""

    def text() -> tuple[str, str]:
        facts = _facts(ticket) | {"by": str(by), "due": _local(ticket.resolve_due_at)}
        return (
            _("Request %(number)s was handed to you: %(title)s") % facts,
            _("%(by)s hands over the request of %(company)s. It must be finished by you, by %(due)s.") % facts
            + (f"\n{reason}" if reason else ""),
        )

    people = [ticket.holder] if ticket.holder else []
    _tell(ticket, people, "ticket_handover", f"ticket:{ticket.pk}:handover:{ticket.handovers}", text)


def withdrawn(ticket: Ticket, reason: str) -> None:
    """The enterprise needs it no more: holder and first receiver."""

    def text() -> tuple[str, str]:
        return _("%(company)s withdrew %(number)s: %(title)s") % _facts(ticket), reason

    people = [person for person in (ticket.owner, ticket.holder) if person] or receivers(ticket)
    _tell(ticket, people, "ticket_withdrawn", f"ticket:{ticket.pk}:withdrawn", text)


def closed_by_silence(ticket: Ticket) -> None:
    """The time to object is over: the enterprise's users, who may still rate it."""

    def text() -> tuple[str, str]:
        return (
            _("Request %(number)s is closed: %(title)s") % _facts(ticket),
            _("Nobody objected to the resolution in time, so it counts as solved. You can still rate it."),
        )

    people = enterprise_users(ticket.park_id, ticket.company_id)
    _tell(ticket, people, "ticket_closed", f"ticket:{ticket.pk}:silence:{ticket.reopened}", text)


def rated(ticket: Ticket, *, is_low: bool) -> None:
    """Holder and first receiver; the leaders too when the enterprise is dissatisfied."""

    def text() -> tuple[str, str]:
        facts = _facts(ticket) | {"rating": str(ticket.rating)}
        return _("%(company)s rated %(number)s: %(rating)s of 5") % facts, ticket.rating_text

    people = [person for person in (ticket.owner, ticket.holder) if person]
    if is_low:
        people += people_with("tickets.rule", ticket.park_id)
    _tell(ticket, people, "ticket_rated", f"ticket:{ticket.pk}:rated", text)


def remind(ticket: Ticket, clock: str, level: int, *, key: str, due_at: datetime, limit: datetime) -> None:
    """A reminder written ahead: at 75 % to the holder, at 100 % to the leaders, too."""

    def text() -> tuple[str, str]:
        facts = _facts(ticket) | {"due": _local(limit)}
        late = level >= 100
        if clock == "response":
            head = _("Answer overdue: %(number)s %(title)s") if late else _("Answer soon: %(number)s %(title)s")
        else:
            head = _("Request overdue: %(number)s %(title)s") if late else _("Request due soon: %(number)s %(title)s")
        return head % facts, _("%(company)s · promised by %(due)s") % facts

    people = receivers(ticket)
    if level >= 100:
        people = [*people, *people_with("tickets.rule", ticket.park_id)]
    queue(
        park_id=ticket.park_id,
        recipients=people,
        kind="ticket_due",
        key=key,
        text=text,
        url=ticket.get_absolute_url(),
        due_at=due_at,
    )
