"""The plan from signing to production: a template in working days, laid out on the park's calendar."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.queries import department_of
from core.access import require
from core.errors import Refused
from core.worktime import WorkingCalendar
from parks.queries import counted_month
from projects.models import Milestone, MilestoneTemplate, Project, TemplateStep
from projects.steps import STANDARD_NAMES, StepKind

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_PLAN = 2000  # working days, eight years
MOST_STEPS = 40


class Step(NamedTuple):
    """A step of the default plan: kind, line, begins after and takes so many working days."""

    kind: str
    line: str
    starts_after: int
    takes: int


# The steps of article 001, several lines side by side, for an ordinary project in an existing plant; parks edit theirs.
DEFAULT_STEPS = (
    Step(StepKind.REGISTRATION, "licence", 0, 10),
    Step(StepKind.FILING, "approval", 5, 10),
    Step(StepKind.ENVIRONMENT, "approval", 15, 30),
    Step(StepKind.DESIGN, "works", 10, 35),
    Step(StepKind.TENDER, "works", 45, 20),
    Step(StepKind.CONSTRUCTION, "works", 65, 5),
    Step(StepKind.FIT_OUT, "works", 70, 60),
    Step(StepKind.PRODUCTION, "production", 130, 30),
)


def default_template(park_id: int) -> MilestoneTemplate:
    """The park's default plan, made from the article's steps when the park has none yet."""
    found: MilestoneTemplate | None = MilestoneTemplate.objects.filter(park_id=park_id, is_default=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            template = MilestoneTemplate.objects.create(park_id=park_id, name="从签约到投产", is_default=True)
            TemplateStep.objects.bulk_create(_steps_of(template, [step._asdict() for step in DEFAULT_STEPS]))
    except IntegrityError:  # somebody else made it at the same moment
        return MilestoneTemplate.objects.get(park_id=park_id, is_default=True)
    return template


@transaction.atomic
def edit_default_plan(*, by: "User", park_id: int, steps: Iterable[dict[str, Any]]) -> MilestoneTemplate:
    """Replace the steps of a park's usual plan (kind, name, line, starts_after, takes); plans laid out before stay."""
    require(by, "projects.templates", park_id)
    default = default_template(park_id)
    template: MilestoneTemplate = MilestoneTemplate.objects.select_for_update().get(pk=default.pk, park_id=park_id)
    rows = _steps_of(template, list(steps))
    if not rows or len(rows) > MOST_STEPS:
        raise Refused(_("A plan has from 1 to %(n)s steps.") % {"n": MOST_STEPS}, field="steps", code="steps")
    if any(not row.name for row in rows):
        raise Refused(_("Give the step a name."), field="steps", code="missing")
    if any(row.starts_after + row.takes > LONGEST_PLAN for row in rows):
        message = _("A plan is at most %(n)s working days long.")
        raise Refused(message % {"n": LONGEST_PLAN}, field="steps", code="too_long")
    TemplateStep.objects.filter(template=template).delete()
    TemplateStep.objects.bulk_create(rows)
    return template


def steps_of(park_id: int) -> list[dict[str, Any]]:
    """The steps of a park's usual plan as it stands, before it is made, too."""
    names = ("kind", "name", "line", "starts_after", "takes")
    kept = list(TemplateStep.objects.filter(template__park_id=park_id, template__is_default=True).values(*names))
    return kept or [step._asdict() | {"name": STANDARD_NAMES[step.kind]} for step in DEFAULT_STEPS]


def _steps_of(template: MilestoneTemplate, steps: list[dict[str, Any]]) -> list[TemplateStep]:
    named = [step | {"name": (step.get("name") or STANDARD_NAMES.get(step["kind"], "")).strip()} for step in steps]
    return [
        TemplateStep(park_id=template.park_id, template=template, position=place, **step)
        for place, step in enumerate(named, start=1)
    ]


def lay_out(project: Project, template: MilestoneTemplate, calendar: WorkingCalendar) -> list[Milestone]:
    """Make the milestones of a project: working days are counted from the day after signing, holidays left out.

    Durations are working days; a step that starts after 0 days starts on the first working day from the signing on.
    """
    department_id = department_of(project.case_officer, project.park_id)
    rows = []
    for step in template.steps.all():
        starts_on = calendar.add_working_days(project.signed_on, step.starts_after)
        due_on = calendar.add_working_days(project.signed_on, step.starts_after + step.takes)
        rows.append(
            Milestone(
                park_id=project.park_id,
                project=project,
                company_id=project.company_id,
                position=step.position,
                kind=step.kind,
                name=step.name,
                line=step.line,
                starts_on=starts_on,
                due_on=due_on,
                first_due_on=due_on,
                owner=project.case_officer,
                department_id=department_id,
                counted_month=counted_month(project.park_id, due_on),
            )
        )
    made: list[Milestone] = Milestone.objects.bulk_create(rows)
    return made
