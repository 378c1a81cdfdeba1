"""What each stage demands before a lead may enter it: read by the move's form, enforced by its action."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Contact
from companies.queries import decision_maker_met
from core.worktime import local_date
from leads.models import OPEN_STAGES, Activity, Lead, Stage

VISITS = (Activity.Kind.OUTBOUND_VISIT, Activity.Kind.INBOUND_VISIT)


@dataclass(frozen=True)
class Demand:
    """Something that is missing; `field` is where it can be given, or None where something has to be done first."""

    code: str
    field: str | None
    message: str | Promise


CONTACT = Demand("contact", None, _("Contacting needs a person to talk to: enter a contact, or log the first contact."))
STEP = Demand("next_step", "next_step", _("Visiting needs a planned visit: what will be done?"))
STEP_DATE = Demand("next_date", "next_date", _("Visiting needs a planned visit with a day that lies ahead."))
VISIT = Demand("visit", None, _("Negotiating needs at least one visit. Log it first."))
DECIDER = Demand(
    "decision_maker",
    None,
    _("Negotiating needs a decision maker who was met: log the visit with them, or note the day on their card."),
)
DEMANDS = Demand("demands", "demands", _("Negotiating needs the company's key demands."))
AMOUNT = Demand("amount", "amount", _("Screening needs the intended investment."))
INDUSTRY = Demand("industry", "industry", _("Screening needs the industry, to be held against the park's positioning."))
BACK = Demand("reason", "reason", _("Moving back needs a reason."))


def demanded(lead: Lead, to_stage: str, given: Mapping[str, Any] | None = None) -> list[Demand]:
    """What is still missing for the stage and for those that the move passes over."""
    given = given or {}
    if to_stage not in OPEN_STAGES or not lead.is_open:
        return []
    here, there = OPEN_STAGES.index(Stage(lead.stage)), OPEN_STAGES.index(Stage(to_stage))
    if there < here:
        return [] if given.get("reason") else [BACK]
    return [demand for stage in OPEN_STAGES[here + 1 : there + 1] for demand in _of_stage(stage, lead, given)]


def _of_stage(stage: Stage, lead: Lead, given: Mapping[str, Any]) -> Iterator[Demand]:
    match stage:
        case Stage.CONTACTING:
            if not _known_or_contacted(lead):
                yield CONTACT
        case Stage.VISITING:
            yield from _of_visiting(lead, given)
        case Stage.NEGOTIATING:
            yield from _of_negotiating(lead, given)
        case Stage.SCREENING:
            if given.get("amount", lead.amount) is None:
                yield AMOUNT
            if not (given.get("industry") or lead.industry_id or lead.company.industry_id):
                yield INDUSTRY


def _known_or_contacted(lead: Lead) -> bool:
    """The park knows somebody there, or has talked to the company."""
    of_company = {"park_id": lead.park_id, "company_id": lead.company_id}
    talked = Activity.objects.filter(**of_company, deleted_at=None).exclude(kind=Activity.Kind.NOTE)
    return Contact.objects.filter(**of_company).exists() or talked.exists()


def _visited(lead: Lead) -> bool:
    return bool(Activity.objects.filter(park_id=lead.park_id, lead=lead, deleted_at=None, kind__in=VISITS).exists())


def _of_visiting(lead: Lead, given: Mapping[str, Any]) -> Iterator[Demand]:
    """A visit that lies ahead, or one that was made already."""
    day = given.get("next_date", lead.next_date)
    planned = day is not None and day >= local_date(timezone.now())
    if (given.get("next_step", lead.next_step) and planned) or _visited(lead):
        return
    if not given.get("next_step", lead.next_step):
        yield STEP
    if not planned:
        yield STEP_DATE


def _of_negotiating(lead: Lead, given: Mapping[str, Any]) -> Iterator[Demand]:
    if not _visited(lead):
        yield VISIT
    if not decision_maker_met(lead.company_id, lead.park_id):
        yield DECIDER
    if not given.get("demands", lead.demands):
        yield DEMANDS
