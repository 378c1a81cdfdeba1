"""What one person has to do: next steps of leads and steps of projects in one list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.links import to
from desk.queries.waiting import Waiting
from leads import queries as leads
from leads.queries import MOST_STEPS
from projects.queries import milestones_due, today

if TYPE_CHECKING:
    from accounts.models import User
    from projects.models import Milestone

WEEK = timedelta(days=7)
LONG_AGO = date(2000, 1, 1)
PARTS = (("overdue", _("Overdue")), ("today", _("Due today")), ("week", _("Next seven days")))


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
    days: int
    """How many days ago it should have been done; below 0 there is time left."""
    icon: str
    done_url: str = ""
    move_url: str = ""
    done_asks: bool = False

    @property
    def part(self) -> int:
        """Overdue, today, later: the place in `PARTS`."""
        return 0 if self.days > 0 else 1 if self.days == 0 else 2

    @property
    def light(self) -> str:
        """Red when late, amber on its day, else green."""
        return ("red", "amber", "green")[self.part]

    @property
    def late_words(self) -> str:
        """How late, in words."""
        return days_late(self.days)


@dataclass(frozen=True)
class Part:
    """A part of the agenda under its heading, the anchor of its count: the first tasks, and how many there are."""

    code: str
    label: str | Promise
    tasks: list[Task]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.tasks)


def agenda_of(user: "User", waits: Waiting, park_id: int | None = None, most: int = MOST_STEPS) -> list[Part]:
    """Overdue, today, within seven days; the earliest first, at most so many. Three parts, each perhaps empty."""
    steps = leads.due_steps(user, park_id, most) if user.access.can("leads.view") else []
    counts = {step.part: step.count for step in steps}
    day = today()
    tasks = [_step(user, step, day) for step in steps]
    others = _of_promises(user, park_id, day) if waits.promises else []
    others += _of_projects(user, park_id, day) if waits.milestones else []
    return [_part(place, [*tasks, *others], counts.get(place, 0), others, most) for place in range(len(PARTS))]


def _part(place: int, tasks: list[Task], steps: int, others: list[Task], most: int) -> Part:
    """One part: next steps of leads are counted in SQL, of the rest there are few."""
    code, label = PARTS[place]
    mine = sorted((task for task in tasks if task.part == place), key=lambda task: task.due)
    count = steps + sum(1 for task in others if task.part == place)
    return Part(code, label, mine[:most], count)


def _here(rows: Iterable[Any], park_id: int | None) -> list[Any]:
    return [row for row in rows if park_id in (None, row.park_id)]


def _step(user: "User", step: leads.Step, day: date) -> Task:
    may = user.access.can("leads.change", step.park_id)
    return Task(
        title=step.company,
        url=to("leads:record", step.pk),
        what=step.what,
        due=step.due,
        days=(day - step.due).days,
        icon="target-arrow",
        done_url=to("leads:step_done", step.pk) if may else "",
        move_url=to("leads:step", step.pk) if may else "",
    )


def _of_promises(user: "User", park_id: int | None, day: date) -> list[Task]:
    """What one promised, or has to answer, and until when."""
    if not user.access.can("activities.log"):
        return []
    rows = leads.open_undertakings(user).filter(due_on__lte=day + WEEK)[:100]
    return [
        Task(
            title=row.company.name,
            url=row.get_absolute_url(),
            what=row.text,
            due=row.due_on,
            days=(day - row.due_on).days,
            icon="heart-handshake",
            done_url=to("leads:undertaking_kept", row.pk),
            move_url=to("leads:undertaking", row.pk),
        )
        for row in _here(rows, park_id)
    ]


def _of_projects(user: "User", park_id: int | None, day: date) -> list[Task]:
    if not user.access.can("projects.view"):
        return []
    rows = milestones_due(user, day + WEEK, LONG_AGO).filter(park_id__in=user.access.parks_with("projects.view"))
    rows = rows.select_related(None).select_related("project").only("park", "kind", "name", "due_on", "project__name")
    return [_milestone(user, row, day) for row in _here(rows[:100], park_id)]


def _milestone(user: "User", row: "Milestone", day: date) -> Task:
    may = user.access.can("projects.change", row.park_id)
    return Task(
        title=row.project.name,
        url=row.project.get_absolute_url(),
        what=row.title,
        due=row.due_on,
        days=(day - row.due_on).days,
        icon="building-factory-2",
        done_url=to("projects:milestone_done", row.pk) if may else "",
        move_url=to("projects:milestone_move", row.pk) if may else "",
        done_asks=True,
    )
