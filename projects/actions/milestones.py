"""The steps of a plan: done, moved with a reason, opened again, added. The project's state follows."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.queries import department_of
from core.access import require
from core.errors import Conflict, Refused
from notices.actions import queue
from parks.queries import counted_month
from projects.actions.reminders import Reminders, forget
from projects.actions.rows import OLDEST, change, held, log, past_day, require_open, words
from projects.models import Milestone, Project, ProjectLog
from projects.queries import may_own
from projects.steps import STANDARD_NAMES, StepKind

if TYPE_CHECKING:
    from accounts.models import User

LATEST = date(2100, 1, 1)
# The furthest step that is done says how far the project is.
REACHED = (
    (StepKind.PRODUCTION, Project.State.PRODUCTION),
    (StepKind.CONSTRUCTION, Project.State.CONSTRUCTION),
    (StepKind.REGISTRATION, Project.State.REGISTERED),
)


def _held_of(by: "User", milestone: Milestone, version: int | None) -> tuple[Project, Milestone]:
    """The project first, then the step: everybody locks in this order."""
    require(by, "projects.change", milestone.park_id)
    project = held(milestone.project)
    require_open(project)
    return project, held(milestone, version)


@transaction.atomic
def complete_milestone(*, by: "User", milestone: Milestone, done_on: date, version: int | None = None) -> Milestone:
    """The step was done on that day, not in the future; reminders are taken back, the project's state follows."""
    past_day(done_on, "done_on")
    project, row = _held_of(by, milestone, version)
    if row.done_on is not None:
        raise Conflict(_("This step is done already."), field="done_on", code="already_done")
    change(row, done_on=done_on)
    forget(row)
    _follow(project)
    log(project, ProjectLog.Kind.DONE, by, milestone=row, from_day=row.due_on, to_day=done_on)
    return row


@transaction.atomic
def reschedule_milestone(
    *, by: "User", milestone: Milestone, due_on: date, reason: str, version: int | None = None
) -> Milestone:
    """Move an open step and say why; the first planned day is kept, the month in which it counts follows."""
    reason = words(reason, "reason", 240, _("Say why the step is moved."))
    _check_day(due_on)
    project, row = _held_of(by, milestone, version)
    if row.done_on is not None:
        raise Conflict(_("This step is done already."), field="due_on", code="already_done")
    if due_on == row.due_on:
        raise Refused(_("The step is due on that day already."), field="due_on", code="same_day")
    before = row.due_on
    change(
        row,
        due_on=due_on,
        starts_on=min(row.starts_on, due_on),
        note=reason,
        counted_month=counted_month(row.park_id, due_on),
    )
    Reminders(project).write(row)
    log(project, ProjectLog.Kind.MOVED, by, milestone=row, from_day=before, to_day=due_on, reason=reason)
    _tell_of_move(project, row, by)
    return row


@transaction.atomic
def reopen_milestone(*, by: "User", milestone: Milestone, reason: str, version: int | None = None) -> Milestone:
    """The step was not done after all; the project's state goes back with it."""
    reason = words(reason, "reason", 240, _("Say why the step is open again."))
    project, row = _held_of(by, milestone, version)
    if row.done_on is None:
        raise Conflict(_("This step is open already."), code="already_open")
    done_on = row.done_on
    change(row, done_on=None, note=reason)
    _follow(project)
    Reminders(project).write(row)
    log(project, ProjectLog.Kind.REOPENED, by, milestone=row, from_day=done_on, reason=reason)
    return row


@transaction.atomic
def add_milestone(
    *,
    by: "User",
    project: Project,
    kind: str = StepKind.OTHER,
    name: str = "",
    line: str = "",
    starts_on: date,
    due_on: date,
    owner: "User | None" = None,
) -> Milestone:
    """One more step at the end of a plan; without an owner it is the case officer's."""
    require(by, "projects.change", project.park_id)
    name = words(name or STANDARD_NAMES.get(kind, ""), "name", 80, _("Give the step a name."))
    _check_day(due_on)
    if starts_on > due_on:
        raise Refused(_("A step ends on or after the day it starts."), field="due_on", code="ends_before_start")
    row = held(project)
    require_open(row)
    owner = owner or row.case_officer
    if not may_own(owner, row.park_id):
        message = _("%(name)s does not work on projects in this park.") % {"name": owner}
        raise Refused(message, field="owner", code="not_in_park")
    last = row.milestones.aggregate(last=Max("position"))["last"] or 0
    milestone: Milestone = Milestone.objects.create(
        park_id=row.park_id,
        project=row,
        company_id=row.company_id,
        position=last + 1,
        kind=kind,
        name=name,
        line=words(line, "line", 40),
        starts_on=starts_on,
        due_on=due_on,
        first_due_on=due_on,
        owner=owner,
        department_id=department_of(owner, row.park_id),
        counted_month=counted_month(row.park_id, due_on),
    )
    Reminders(row).write(milestone)
    log(row, ProjectLog.Kind.ADDED, by, milestone=milestone, to_day=due_on)
    return milestone


def _check_day(due_on: date) -> None:
    if not OLDEST <= due_on < LATEST:
        raise Refused(_("This is not a day for a plan. Check the year."), field="due_on", code="bad_day")


def _follow(project: Project) -> None:
    """The state that the steps done so far amount to."""
    done = {*project.milestones.exclude(done_on=None).values_list("kind", flat=True)}
    state = next((state for kind, state in REACHED if kind in done), Project.State.SIGNED)
    if state != project.state:
        change(project, state=state)


def _tell_of_move(project: Project, milestone: Milestone, by: "User") -> None:
    """The owner hears of it when somebody else moved the step, the leader always."""
    people = {milestone.owner, project.responsible_leader} - {by, None}
    queue(
        park_id=project.park_id,
        recipients=[person for person in people if person is not None],
        kind="milestone_moved",
        key=f"milestone-moved:{milestone.pk}:{milestone.version}",
        text=partial(_moved_text, project, milestone),
        url=project.get_absolute_url(),
        channels=("page",),
    )


def _moved_text(project: Project, milestone: Milestone) -> tuple[str, str]:
    names = {"step": milestone.title, "project": project.name, "date": milestone.due_on, "reason": milestone.note}
    return _("Moved: %(step)s · %(project)s") % names, _("Now due on %(date)s. Reason: %(reason)s") % names
