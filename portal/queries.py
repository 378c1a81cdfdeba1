"""What the portal's home shows of one enterprise: what waits for it, what runs, its project and its case officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from core.access import fetch
from parks.models import Park
from projects.models import Milestone, Project
from services.models import Ticket, TicketMessage
from services.queries import with_timers
from services.timeline import files_of

if TYPE_CHECKING:
    from accounts.models import User

STATES: dict[str, str | Promise] = {
    "new": pgettext_lazy("request", "Submitted"),
    "open": pgettext_lazy("request", "In progress"),
    "waiting_enterprise": _("Waiting for you"),
    "waiting_third": _("Waiting for another office"),
    "resolved": _("Please confirm"),
    "closed": pgettext_lazy("request", "Closed"),
}
TONES = {"waiting_enterprise": "ld-tag-amber", "resolved": "ld-tag-green", "new": "ld-tag-accent"}
# How many of the three dots (received, in progress, done) are filled.
PROGRESS = {"new": 1, "open": 2, "waiting_enterprise": 2, "waiting_third": 2, "resolved": 3, "closed": 3}
STEPS: tuple[str | Promise, ...] = (_("Received"), pgettext_lazy("request", "In progress"), _("Done"))


def company_of(user: "User") -> Company:
    """The enterprise of a portal session."""
    company: Company = fetch(Company.objects.visible_to(user), pk=user.access.company_id)
    return company


def park_of(user: "User") -> Park:
    """The park of a portal session."""
    park: Park = fetch(Park.objects.all(), pk=user.access.home_park_id)
    return park


def requests_of(user: "User") -> Any:
    """The enterprise's own requests."""
    return Ticket.objects.visible_to(user).select_related("item", "holder", "department")


def dressed(tickets: Sequence[Any]) -> Sequence[Any]:
    """Give each request the enterprise's words for its state, its dots and its time."""
    for ticket in with_timers(tickets):
        ticket.word, ticket.tone = STATES[ticket.state], TONES.get(ticket.state, "")
        filled = PROGRESS[ticket.state]
        ticket.dots = [(label, place < filled) for place, label in enumerate(STEPS)]
    return tickets


@dataclass(frozen=True)
class Running:
    """Open and unconfirmed requests: first those that wait for the enterprise itself."""

    waiting: list[Any]
    running: list[Any]


def running_of(user: "User") -> Running:
    """Everything that is not closed, the next limit first."""
    rows = dressed(list(requests_of(user).exclude(state="closed").order_by("due_at", "id")[:50]))
    mine = {"waiting_enterprise", "resolved"}
    return Running([row for row in rows if row.state in mine], [row for row in rows if row.state not in mine])


@dataclass(frozen=True)
class Step:
    """A milestone as the enterprise sees it: `done`, `current` (begun), `late` or `ahead`."""

    name: str
    state: str
    due_on: date
    done_on: date | None


@dataclass(frozen=True)
class Plan:
    """A project with its steps and the people who answer for it."""

    project: Project
    steps: list[Step]

    @property
    def done(self) -> int:
        """Steps that are done."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def production(self) -> Step | None:
        """The last step: when production is planned."""
        return self.steps[-1] if self.steps else None


def plans_of(user: "User") -> list[Plan]:
    """The enterprise's projects with their milestone plans, the newest first."""
    milestones = Prefetch("milestones", Milestone.objects.visible_to(user).order_by("due_on", "position", "id"))
    rows = Project.objects.visible_to(user).exclude(state="terminated").select_related("case_officer", "department")
    return [
        Plan(project, [_step(row) for row in project.milestones.all()])
        for project in rows.prefetch_related(milestones).order_by("-signed_on", "-id")[:5]
    ]


def _step(row: Milestone) -> Step:
    today = timezone.localdate()
    if row.done_on:
        state = "done"
    elif row.due_on < today:
        state = "late"
    else:
        state = "current" if row.starts_on <= today else "ahead"
    return Step(str(row), state, row.due_on, row.done_on)


@dataclass(frozen=True)
class Said:
    """One message of the talk, the request's own text included."""

    mine: bool
    who: str
    at: Any
    text: str
    files: Sequence[Any]


def talk_of(ticket: Ticket) -> list[Said]:
    """What both sides wrote, the oldest first. Notes and the log of hands are not read at all."""
    files = files_of(ticket)
    talk = [Said(True, str(ticket.created_by), ticket.created_at, ticket.text, files.get(None, ()))]  # noqa: FBT003 - a field
    rows = TicketMessage.objects.filter(park_id=ticket.park_id, ticket=ticket).select_related("by").order_by("at", "id")
    return talk + [Said(row.from_enterprise, str(row.by), row.at, row.body, files.get(row.pk, ())) for row in rows]
