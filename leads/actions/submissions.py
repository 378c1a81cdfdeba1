"""Promotion intelligence: submitted by anyone, judged by somebody else in time, the valid becoming leads."""

from collections.abc import Callable
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import department_of, people_with
from core.access import require
from core.errors import Refused, Stale
from core.locking import locked
from core.worktime import local_date, local_moment
from leads.actions.claims import claim_company
from leads.models import Lead, Source, Submission
from notices.actions import cancel, queue
from parks.queries import calendar_of, counted_month, rules_of

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

MORNING = time(9, 0)


@transaction.atomic
def submit_information(
    *,
    by: "User",
    park_id: int,
    title: str,
    content: str,
    company_name: str = "",
    company: "Company | None" = None,
) -> Submission:
    """Report a piece of intelligence; those who judge are told now, and again when their time is over."""
    require(by, "submissions.add", park_id)
    for field, value in (("title", title), ("content", content)):
        if not value.strip():
            raise Refused(_("This field is required."), field=field, code="required")
    now = timezone.now()
    submission: Submission = Submission.objects.create(
        park_id=park_id,
        title=title.strip(),
        content=content.strip(),
        company_name=company_name.strip() or (company.name if company else ""),
        company=company,
        submitted_by=by,
        department_id=department_of(by, park_id),
        submitted_at=now,
        judge_by=_judge_by(park_id, now),
    )
    judges = [person for person in people_with("submissions.judge", park_id) if person.pk != by.pk]
    _tell(submission, judges, "new", _new_text)
    # On the morning of the last day, and when the time is over: each once, and neither when it was judged.
    _tell(submission, judges, "soon", _soon_text, due_at=local_moment(local_date(submission.judge_by), MORNING))
    _tell(submission, judges, "late", _late_text, due_at=submission.judge_by)
    return submission


def _judge_by(park_id: int, now: datetime) -> datetime:
    """The end of the last working day that the park allows for judging."""
    calendar = calendar_of(park_id)
    day = calendar.add_working_days(local_date(now), rules_of(park_id).submission_days)
    return local_moment(day, calendar.hours(day)[-1].end)


@transaction.atomic
def judge_submission(
    *, by: "User", submission: Submission, valid: bool, reason: str = "", version: int | None = None
) -> Submission:
    """Say once whether the information is valid; never one's own, and a refusal only with a reason."""
    require(by, "submissions.judge", submission.park_id)
    row = _held(submission, version)
    if row.submitted_by_id == by.pk:
        raise Refused(_("Somebody else judges what you submitted."), code="own_submission", status=403)
    if row.state != Submission.State.PENDING:
        raise Refused(_("This was judged already."), code="already_judged", status=409)
    if not valid and not reason.strip():
        raise Refused(_("Say why it is not valid."), field="reason", code="reason_missing")
    row.state = Submission.State.VALID if valid else Submission.State.INVALID
    row.judged_by, row.judged_at, row.reason = by, timezone.now(), reason.strip()
    row.counted_month = counted_month(row.park_id, local_date(row.submitted_at)) if valid else None
    row.version += 1
    row.save(update_fields=["state", "judged_by", "judged_at", "reason", "counted_month", "version"])
    for what in ("soon", "late"):
        cancel(park_id=row.park_id, key_prefix=f"submission:{row.pk}:{what}")
    _tell(row, [row.submitted_by], "judged", _judged_text)
    return row


@transaction.atomic
def claim_submission(*, by: "User", submission: Submission, company: "Company | None" = None) -> Lead:
    """Make a lead of valid information; it stays linked to it, and its source is kept."""
    row = _held(submission)
    company = company or row.company
    if row.state != Submission.State.VALID:
        raise Refused(_("Only information judged valid becomes a lead."), code="not_valid", status=409)
    if row.lead_id is not None:
        raise Refused(_("This information became a lead already."), code="already_a_lead", status=409)
    if company is None:
        raise Refused(_("Choose the company."), field="company", code="company_missing")
    lead = claim_company(
        by=by,
        company=company,
        park_id=row.park_id,
        source=Source.SUBMISSION,
        title=row.title,
    )
    row.lead, row.company, row.version = lead, company, row.version + 1
    row.save(update_fields=["lead", "company", "version"])
    return lead


def _held(submission: Submission, version: int | None = None) -> Submission:
    row: Submission = locked(Submission.objects.select_related("company", "submitted_by"), pk=submission.pk)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return row


def _tell(
    submission: Submission,
    recipients: "list[User]",
    what: str,
    text: Callable[[Submission], tuple[str, str]],
    due_at: datetime | None = None,
) -> None:
    queue(
        park_id=submission.park_id,
        recipients=recipients,
        kind=f"submission_{what}",
        key=f"submission:{submission.pk}:{what}",
        text=partial(text, submission),
        url=submission.get_absolute_url(),
        due_at=due_at,
    )


def _new_text(submission: Submission) -> tuple[str, str]:
    until = timezone.localtime(submission.judge_by).strftime("%Y-%m-%d %H:%M")
    subject = _("To be judged: %(title)s") % {"title": submission.title}
    return subject, _("%(name)s submitted it. Please judge it by %(until)s.") % {
        "name": submission.submitted_by,
        "until": until,
    }


def _soon_text(submission: Submission) -> tuple[str, str]:
    subject = _("Judge today: %(title)s") % {"title": submission.title}
    return subject, _("The time for judging this information ends today.")


def _late_text(submission: Submission) -> tuple[str, str]:
    subject = _("Still to be judged: %(title)s") % {"title": submission.title}
    return subject, _("The time for judging this information is over.")


def _judged_text(submission: Submission) -> tuple[str, str]:
    subject = _("%(state)s: %(title)s") % {"state": submission.get_state_display(), "title": submission.title}
    return subject, submission.reason
