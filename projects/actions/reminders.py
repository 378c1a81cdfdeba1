"""Reminders of a milestone, written ahead: before it is due, on the day, and on the first working day after."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Oversight
from accounts.queries import people_with
from core.worktime import WorkingCalendar, local_moment
from notices.actions import Matter, cancel, queue_all
from parks.queries import calendar_of, rules_of
from projects.models import Milestone, Project

if TYPE_CHECKING:
    from accounts.models import User

REMIND_AT = time(9, 0)
Text = Callable[[], tuple[str, str]]


class Reminder(NamedTuple):
    """One moment at which people are told, and who."""

    code: str
    at: datetime
    recipients: "list[User]"
    text: Text


class Reminders:
    """The reminders of one project's milestones: calendar, rules and managers are read once."""

    def __init__(self, project: Project, calendar: WorkingCalendar | None = None) -> None:
        self.project = project
        self.calendar = calendar or calendar_of(project.park_id)
        self.before = timedelta(days=rules_of(project.park_id).remind_days)
        self.managers = managers_of(project)

    def write(self, milestone: Milestone) -> None:
        """Replace what is pending by what the day now asks for; moments that have passed are not made up for."""
        forget(milestone)
        self.write_new([milestone])

    def write_new(self, milestones: Iterable[Milestone]) -> None:
        """Of milestones that were just laid out: nothing is pending yet."""
        queue_all(park_id=self.project.park_id, matters=[m for one in milestones for m in self._matters(one)])

    def _matters(self, milestone: Milestone) -> Iterator[Matter]:
        if milestone.done_on is not None or not self.project.is_open:
            return
        now = timezone.now()
        for reminder in self._reminders(milestone):
            if reminder.at > now:
                yield Matter(
                    recipients=reminder.recipients,
                    kind="milestone",
                    key=f"milestone:{milestone.pk}:{milestone.due_on}:{reminder.code}",
                    text=reminder.text,
                    url=self.project.get_absolute_url(),
                    due_at=reminder.at,
                )

    def _reminders(self, milestone: Milestone) -> Iterator[Reminder]:
        due, owner = milestone.due_on, milestone.owner
        after = self.calendar.add_working_days(due, 1)
        text = partial(_text, self.project, milestone)
        yield Reminder("before", local_moment(due - self.before, REMIND_AT), [owner], partial(text, "before"))
        yield Reminder("day", local_moment(due, REMIND_AT), [owner], partial(text, "day"))
        yield Reminder("after", local_moment(after, REMIND_AT), [owner, *self.managers], partial(text, "after"))


def forget(milestone: Milestone) -> None:
    """Take back the reminders that were not sent yet."""
    cancel(park_id=milestone.park_id, key_prefix=f"milestone:{milestone.pk}:")


def managers_of(project: Project) -> "list[User]":
    """Who hears of a late step: the responsible leader, else those who may sign in the department, else in the park."""
    if project.responsible_leader is not None:
        return [project.responsible_leader]
    signers = people_with("projects.sign", project.park_id)
    ids = {person.pk for person in signers}
    department = project.department
    own = set() if department is None else {*department.memberships.filter(user__in=ids).values_list("user", flat=True)}
    return [person for person in signers if person.pk in own] or signers


def recognisers_of(park_id: int) -> "list[User]":
    """Who may recognise funds there: people of the park, and of the zone where it may review."""
    overseers = Oversight.objects.filter(park_id=park_id, level=Oversight.Level.REVIEW).values_list(
        "overseer", flat=True
    )
    parks = [park_id, *overseers]
    return [person for park in parks for person in people_with("projects.recognise", park)]


def _text(project: Project, milestone: Milestone, moment: str) -> tuple[str, str]:
    names = {"step": milestone.title, "project": project.name, "date": date_format(milestone.due_on, "DATE_FORMAT")}
    subjects = {
        "before": _("Due soon: %(step)s · %(project)s"),
        "day": _("Due today: %(step)s · %(project)s"),
        "after": _("Late: %(step)s · %(project)s"),
    }
    bodies = {
        "before": _("%(step)s of %(project)s is due on %(date)s."),
        "day": _("%(step)s of %(project)s is due today. Mark it done, or move it and say why."),
        "after": _(
            "%(step)s of %(project)s was due on %(date)s and is not done. Move it and say why, or mark it done."
        ),
    }
    return subjects[moment] % names, bodies[moment] % names
