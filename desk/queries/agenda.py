"""What one person has to do: next steps of leads and steps of projects in one list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from leads import queries as leads
from projects.queries import milestones_due, today

if TYPE_CHECKING:
    from accounts.models import User
    from leads.models import Lead
    from projects.models import Milestone

WEEK = timedelta(days=7)
LONG_AGO = date(2000, 1, 1)


def days_late(days: int) -> str:
    """“2 days overdue”."""
    return ngettext("%(n)s day overdue", "%(n)s days overdue", days) % {"n": days}


@dataclass(frozen=True)
class Task:
    """One thing to do; `done_url` is a button or, with `done_asks`, a form. Without both there is only the link."""

    title: str
    url: str
    what: str
    due: date
    icon: str
    done_url: str = ""
    move_url: str = ""
    done_asks: bool = False

    @property
    def late_days(self) -> int:
        """How many days ago it should have been done; 0 when it is not late."""
        return max(0, (today() - self.due).days)

    @property
    def light(self) -> str:
        """Red when late, amber on its day, else green."""
        if self.late_days:
            return "red"
        return "amber" if self.due == today() else "green"

    @property
    def late_words(self) -> str:
        """How late, in words."""
        return days_late(self.late_days)


@dataclass(frozen=True)
class Part:
    """A part of the agenda under its heading, the anchor of its count."""

    code: str
    label: str | Promise
    tasks: list[Task]


def agenda_of(user: "User", park_id: int | None = None) -> list[Part]:
    """Overdue, today, within seven days; the earliest first. Three parts, each perhaps empty."""
    day = today()
    found = [*_of_leads(user, park_id), *_of_promises(user, park_id), *_of_projects(user, park_id)]
    tasks = sorted(found, key=lambda task: task.due)
    return [
        Part("overdue", _("Overdue"), [task for task in tasks if task.due < day]),
        Part("today", _("Due today"), [task for task in tasks if task.due == day]),
        Part("week", _("Next seven days"), [task for task in tasks if task.due > day]),
    ]


def _here(rows: Iterable[Any], park_id: int | None) -> list[Any]:
    return [row for row in rows if park_id in (None, row.park_id)]


def _of_leads(user: "User", park_id: int | None) -> list[Task]:
    if not user.access.can("leads.view"):
        return []
    steps = leads.today(user)
    found = _here([*steps.overdue, *steps.today, *steps.week], park_id)
    return [_step(user, lead) for lead in found if lead.is_open]


def _step(user: "User", lead: "Lead") -> Task:
    may = user.access.can("leads.change", lead.park_id)
    return Task(
        title=lead.company.name,
        url=lead.get_absolute_url(),
        what=lead.next_step,
        due=lead.next_date or LONG_AGO,
        icon="target-arrow",
        done_url=reverse("leads:step_done", args=[lead.pk]) if may else "",
        move_url=reverse("leads:step", args=[lead.pk]) if may else "",
    )


def _of_promises(user: "User", park_id: int | None) -> list[Task]:
    """What one promised, or has to answer, and until when."""
    if not user.access.can("activities.log"):
        return []
    rows = leads.open_undertakings(user).filter(due_on__lte=today() + WEEK)[:100]
    return [
        Task(
            title=row.company.name,
            url=row.get_absolute_url(),
            what=row.text,
            due=row.due_on,
            icon="heart-handshake",
            done_url=reverse("leads:undertaking_kept", args=[row.pk]),
            move_url=reverse("leads:undertaking", args=[row.pk]),
        )
        for row in _here(rows, park_id)
    ]


def _of_projects(user: "User", park_id: int | None) -> list[Task]:
    if not user.access.can("projects.view"):
        return []
    rows = milestones_due(user, today() + WEEK, LONG_AGO).filter(park_id__in=user.access.parks_with("projects.view"))
    return [_milestone(user, row) for row in _here(rows[:100], park_id)]


def _milestone(user: "User", row: "Milestone") -> Task:
    may = user.access.can("projects.change", row.park_id)
    return Task(
        title=row.project.name,
        url=row.project.get_absolute_url(),
        what=row.title,
        due=row.due_on,
        icon="building-factory-2",
        done_url=reverse("projects:milestone_done", args=[row.pk]) if may else "",
        move_url=reverse("projects:milestone_move", args=[row.pk]) if may else "",
        done_asks=True,
    )
