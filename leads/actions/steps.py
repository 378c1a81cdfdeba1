"""The next step of a lead, and the reminder that is written ahead for it."""

from datetime import date, time
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.worktime import local_date, local_moment
from leads.actions.rows import change, held, require_change
from leads.models import Lead, Stage
from notices.actions import cancel, queue

if TYPE_CHECKING:
    from accounts.models import User

REMIND_AT = time(9, 0)


@transaction.atomic
def plan_step(*, by: "User", lead: Lead, next_step: str, next_date: date, version: int | None = None) -> Lead:
    """Say what comes next and when; the reminder moves along."""
    require_change(by, lead)
    check_step(next_step, next_date, local_date(timezone.now()))
    row = held(lead, version)
    change(row, next_step=next_step.strip(), next_date=next_date)
    remind(row)
    return row


@transaction.atomic
def finish_step(*, by: "User", lead: Lead, version: int | None = None) -> Lead:
    """The next step is done; the lead waits for a new one."""
    require_change(by, lead)
    row = held(lead, version)
    change(row, next_step="", next_date=None)
    remind(row)
    return row


@transaction.atomic
def resume_step(*, by: "User", lead: Lead, next_step: str, next_date: date | None, version: int) -> Lead:
    """It was not done after all: the step stands as it was, also where its day is over; only at that version."""
    require_change(by, lead)
    row = held(lead, version)
    change(row, next_step=next_step, next_date=next_date)
    remind(row)
    return row


def check_step(next_step: str, next_date: date | None, earliest: date) -> None:
    """A dated step says what is to be done, and lies ahead."""
    if next_date and not next_step.strip():
        raise Refused(_("Say what is to be done on that day."), field="next_step", code="step_missing")
    if next_date and next_date < earliest:
        raise Refused(_("The next step lies in the past. Choose a later day."), field="next_date", code="step_in_past")


def remind(lead: Lead) -> None:
    """Replace the reminder of a lead by the one that its next step asks for; the version keeps its key its own."""
    prefix = f"lead:{lead.pk}:step:"
    cancel(park_id=lead.park_id, key_prefix=prefix)
    due = local_moment(lead.next_date, REMIND_AT) if lead.next_date else None
    if due is None or due <= timezone.now() or lead.stage == Stage.DROPPED or lead.in_pool:
        return
    queue(
        park_id=lead.park_id,
        recipients=[lead.owner],
        kind="lead_step",
        key=f"{prefix}{lead.version}",
        text=partial(_step_text, lead),
        url=lead.get_absolute_url(),
        due_at=due,
        channels=("page",),
    )


def _step_text(lead: Lead) -> tuple[str, str]:
    subject = _("Due today: %(step)s") % {"step": lead.next_step}
    return subject, _("%(lead)s: the next step is due today.") % {"lead": lead.name}
