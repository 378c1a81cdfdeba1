"""Who answers for a project, and its end."""

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.queries import department_of
from core.access import require
from core.errors import Refused
from notices.actions import queue
from projects.actions.reminders import Reminders, forget
from projects.actions.rows import change, held, log, require_open, words
from projects.models import Project, ProjectLog
from projects.queries import may_lead, may_own

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def hand_over_project(
    *,
    by: "User",
    project: Project,
    case_officer: "User",
    responsible_leader: "User | None",
    version: int | None = None,
) -> Project:
    """Name another case officer or leader; the open steps and their reminders go along, the credit stays."""
    require(by, "projects.sign", project.park_id)
    if not may_own(case_officer, project.park_id):
        message = _("%(name)s does not work on projects in this park.") % {"name": case_officer}
        raise Refused(message, field="case_officer", code="not_in_park")
    if responsible_leader is not None and not may_lead(responsible_leader, project.park_id):
        message = _("%(name)s is not a leader of this park.") % {"name": responsible_leader}
        raise Refused(message, field="responsible_leader", code="not_in_park")
    row = held(project, version)
    require_open(row)
    before = row.case_officer_id
    change(row, case_officer=case_officer, responsible_leader=responsible_leader)
    reminders, department_id = Reminders(row), department_of(case_officer, row.park_id)
    for milestone in row.milestones.select_related("owner").filter(done_on=None):
        if milestone.owner_id == before != case_officer.pk:
            change(milestone, owner=case_officer, department_id=department_id)
        reminders.write(milestone)
    log(row, ProjectLog.Kind.HANDED_OVER, by, reason=str(case_officer))
    _tell(row, by)
    return row


@transaction.atomic
def end_project(*, by: "User", project: Project, reason: str, version: int | None = None) -> Project:
    """The project will not be carried on; nobody is reminded any more, and what counted stays counted."""
    require(by, "projects.sign", project.park_id)
    reason = words(reason, "reason", 240, _("Say why the project ends."))
    row = held(project, version)
    require_open(row)
    change(row, state=Project.State.TERMINATED, ended_reason=reason)
    for milestone in row.milestones.filter(done_on=None):
        forget(milestone)
    log(row, ProjectLog.Kind.ENDED, by, reason=reason)
    return row


def _tell(project: Project, by: "User") -> None:
    people = {project.case_officer, project.responsible_leader} - {by, None}
    queue(
        park_id=project.park_id,
        recipients=[person for person in people if person is not None],
        kind="project_handed_over",
        key=f"project:{project.pk}:responsible:{project.version}",
        text=partial(_text, project),
        url=project.get_absolute_url(),
    )


def _text(project: Project) -> tuple[str, str]:
    names = {"project": project.name, "officer": project.case_officer, "leader": project.responsible_leader or "—"}
    subject = _("You answer for %(project)s now") % names
    return subject, _("Case officer: %(officer)s. Responsible leader: %(leader)s.") % names
