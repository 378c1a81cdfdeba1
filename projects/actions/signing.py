"""Signing: a lead becomes a project with the credit, the parties and a plan to production."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext as _

from accounts.queries import department_of
from core.access import require
from core.errors import Conflict, Refused
from core.locking import Turn, wait_turn
from core.money import short_money
from leads.actions import ensure_split, mark_signed, share_result
from leads.actions.rewards import SIGNED, recognise_reward
from leads.models import Lead, SharedResult
from notices.actions import queue
from parks.models import Park
from parks.queries import calendar_of, counted_month
from projects.actions.plan import default_template, lay_out
from projects.actions.reminders import Reminders
from projects.actions.rows import in_yuan, log, past_day, words
from projects.models import MilestoneTemplate, Project, ProjectLog
from projects.queries import may_lead, may_own

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def sign_project(
    *,
    by: "User",
    lead: Lead,
    version: int | None = None,
    name: str = "",
    signed_on: date,
    agreed_amount: Decimal,
    currency: str = "CNY",
    rate: Decimal | None = None,
    party_zone: str,
    party_operator: str = "",
    party_enterprise: str,
    agreement_number: str = "",
    case_officer: "User",
    responsible_leader: "User | None" = None,
    template: MilestoneTemplate | None = None,
) -> Project:
    """Record the signed agreement of an admitted lead; `agreed_amount` is in `currency`, `rate` that day's mid-rate.

    The signing is credited by the lead's shares of that day, the park's default where nothing was agreed, and counts
    once, in `signed_on`'s month or the month open now. The plan is laid out from the template in working days. Raises
    Refused, Conflict and Stale.
    """
    require(by, "projects.sign", lead.park_id)
    past_day(signed_on, "signed_on")
    yuan, used_rate = in_yuan(agreed_amount, currency, rate, "agreed_amount")
    _check_people(lead.park_id, case_officer, responsible_leader)
    template = _template_of(lead.park_id, template)
    held = mark_signed(by=by, lead=lead, amount=yuan, version=version)
    project = Project(
        park_id=held.park_id,
        name=words(name or held.title or held.company.name, "name", 160),
        company_id=held.company_id,
        lead=held,
        case_officer=case_officer,
        responsible_leader=responsible_leader,
        department_id=held.department_id or department_of(held.owner, held.park_id),
        signed_by=held.owner,
        signed_on=signed_on,
        agreed_amount=yuan,
        currency=currency,
        rate=used_rate,
        original_amount=None if currency == "CNY" else agreed_amount,
        party_zone=words(party_zone, "party_zone", 160, _("Name the zone as the agreement does.")),
        party_operator=words(party_operator, "party_operator", 160),
        party_enterprise=words(
            party_enterprise, "party_enterprise", 200, _("Name the enterprise as the agreement does.")
        ),
        agreement_number=words(agreement_number, "agreement_number", 60),
        counted_month=counted_month(held.park_id, signed_on),
        created_by=by,
    )
    _insert(project)
    ensure_split(lead=held, day=signed_on)
    share_result(lead=held, kind=SharedResult.Kind.SIGNING, origin=held.uuid, amount=yuan, happened_on=signed_on)
    _start(project, template, by)
    recognise_reward(by=by, lead=held, basis=SIGNED, amount=yuan, on=signed_on)
    return project


def _check_people(park_id: int, case_officer: "User", leader: "User | None") -> None:
    if not may_own(case_officer, park_id):
        message = _("%(name)s does not work on projects in this park.") % {"name": case_officer}
        raise Refused(message, field="case_officer", code="not_in_park")
    if leader is not None and not may_lead(leader, park_id):
        message = _("%(name)s is not a leader of this park.") % {"name": leader}
        raise Refused(message, field="responsible_leader", code="not_in_park")


def _template_of(park_id: int, template: MilestoneTemplate | None) -> MilestoneTemplate:
    if template is None:
        return default_template(park_id)
    if template.park_id != park_id:
        raise Refused(_("This plan belongs to another park."), field="template", code="not_in_park")
    return template


def _insert(project: Project) -> None:
    """Give the project the next code of its park and year; signings of one park wait for each other here."""
    wait_turn(Turn.PROJECT_CODES_OF_PARK, project.park_id)
    park: str = Park.objects.values_list("code", flat=True).get(pk=project.park_id)
    prefix = f"{park.upper()}-{project.signed_on.year}-"
    numbered = Project.objects.filter(park_id=project.park_id, code__regex=rf"^{prefix}[0-9]{{1,6}}$")
    number = Cast(Substr("code", len(prefix) + 1), IntegerField())
    last = numbered.aggregate(last=Max(number))["last"] or 0
    project.code = f"{prefix}{last + 1:03d}"
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("This lead was signed already."), code="already_signed") from taken


def _start(project: Project, template: MilestoneTemplate, by: "User") -> None:
    calendar = calendar_of(project.park_id)
    reminders = Reminders(project, calendar)
    reminders.write_new(lay_out(project, template, calendar))
    log(project, ProjectLog.Kind.SIGNED, by, to_day=project.signed_on)
    people = {project.case_officer, project.signed_by, project.responsible_leader} - {by, None}
    queue(
        park_id=project.park_id,
        recipients=[person for person in people if person is not None],
        kind="project_signed",
        key=f"project:{project.pk}:signed",
        text=partial(_signed_text, project),
        url=project.get_absolute_url(),
    )


def _signed_text(project: Project) -> tuple[str, str]:
    names = {
        "project": project.name,
        "code": project.code,
        "amount": short_money(project.agreed_amount),
        "officer": project.case_officer,
    }
    subject = _("Signed: %(project)s") % names
    return subject, _("%(code)s, agreed investment %(amount)s. Case officer: %(officer)s.") % names
