"""Logging what was done with a company: once per client-made identifier, however often it is sent."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import department_of
from companies.actions import add_company
from companies.models import Company, Contact
from core.access import require
from core.errors import Conflict, Refused
from core.files import store_attachment
from core.worktime import local_date
from leads.actions.holding import renew
from leads.actions.people import meet
from leads.actions.rows import change, held, surviving
from leads.actions.steps import check_step, remind
from leads.actions.trips import check_trip
from leads.actions.undertakings import Word, note_words
from leads.counting import settle
from leads.models import Activity, ActivityFile, Claim, Lead, Reception, Stage, Trip
from notices.actions import queue
from parks.queries import counted_month

if TYPE_CHECKING:
    from accounts.models import User

# The clock of a phone may be a little ahead.
TOLERANCE = timedelta(minutes=5)
OLDEST = timedelta(days=366)
MOST_FILES = 9


@transaction.atomic
def log_activity(
    *,
    by: "User",
    kind: str,
    happened_at: datetime,
    summary: str,
    uuid: UUID | None = None,
    lead: Lead | None = None,
    company: Company | None = None,
    company_name: str = "",
    park_id: int | None = None,
    met: str = "",
    contacts: Iterable[Contact] = (),
    companions: "Iterable[User]" = (),
    place: str = "",
    asked: Iterable[str] = (),
    promised: Iterable[Word] = (),
    next_step: str = "",
    next_date: date | None = None,
    step_done: bool = False,
    files: Iterable[UploadedFile] = (),
    trip: Trip | None = None,
    reception: Reception | None = None,
) -> Activity:
    """Record an activity of a company or its lead, which gets the next step; the same uuid again is the same record.

    `company_name` adds a company that nobody has yet; `met` names people who are no contacts; `step_done` says that the
    lead's planned step was this one. `trip` is the journey on which it was done, `reception` the plan by which the
    guests were received (once: `leads.actions.reception.log_visit`). A repetition is recognised by `activity.repeated`.
    """
    park_id = _park_of(by, lead, park_id)
    require(by, "activities.log", park_id)
    uuid = uuid or uuid4()
    if (known := known_activity(by, park_id, uuid)) is not None:
        return known
    happened_at = checked_time(happened_at)
    files = _checked(summary, next_step, next_date, happened_at, files)
    check_trip(by, trip, park_id, local_date(happened_at))
    activity = Activity(
        park_id=park_id,
        uuid=uuid,
        company=_company_of(by, park_id, lead, company, company_name),
        lead=lead,
        trip=trip,
        reception=reception,
        kind=kind,
        happened_at=happened_at,
        summary=summary.strip(),
        place=place.strip(),
        next_step=next_step.strip(),
        next_date=next_date,
        by=by,
        department_id=department_of(by, park_id),
        counted_month=counted_month(park_id, local_date(happened_at)),
    )
    try:
        with transaction.atomic():
            activity.save(force_insert=True)
    except IntegrityError:
        if (known := known_activity(by, park_id, uuid)) is None:
            raise
        return known
    # A new record has nobody to be taken off: a side that names no one needs no look at the tables.
    meet(activity, by=by, met=met or None, contacts=list(contacts) or None, companions=list(companions) or None)
    note_words(activity, by=by, asked=asked, promised=promised)
    for file in files:
        attach(activity, by, file)
    settle(activity, placed=True)
    activity.save(update_fields=["counts_as", "counts", "why_not", "counted_month"])
    if lead is not None:
        _tell_owner(_move_on(lead, activity, step_done=step_done), activity)
    return activity


def _park_of(by: "User", lead: Lead | None, park_id: int | None) -> int:
    found = lead.park_id if lead else park_id or by.access.home_park_id
    if found is None:
        raise Refused(_("You work in no park."), field="park", code="park_missing")
    return found


def _company_of(by: "User", park_id: int, lead: Lead | None, company: Company | None, name: str) -> Company:
    """The lead's, or the one that was chosen (after a merge the one that is left), or a new one of that name."""
    chosen = surviving(company) if company else None
    if lead is not None:
        if chosen is not None and chosen.pk != surviving(lead.company).pk:
            raise Refused(_("The lead belongs to another company."), field="company", code="company_mismatch")
        return lead.company
    if chosen is None and name.strip():
        known = Company.objects.visible_to(by).filter(name=name.strip()).first()
        return known or add_company(by=by, park_id=park_id, name=name.strip())
    if chosen is None:
        raise Refused(_("Choose the company or the lead."), field="company", code="company_missing")
    return chosen


def known_activity(by: "User", park_id: int, uuid: UUID) -> Activity | None:
    """What was logged under this identifier before; `Conflict` when somebody else did."""
    known: Activity | None = Activity.objects.filter(park_id=park_id, uuid=uuid).first()
    if known is None:
        return None
    if known.by_id != by.pk:
        raise Conflict(_("This identifier is taken."), field="uuid", code="uuid_taken")
    known.repeated = True
    return known


def checked_time(happened_at: datetime) -> datetime:
    """The time of something that has happened, within the last year; a phone's clock may be a little ahead."""
    now = timezone.now()
    if happened_at > now + TOLERANCE:
        raise Refused(
            _("This lies in the future. Plan it as the next step instead."), field="happened_at", code="in_future"
        )
    if happened_at < now - OLDEST:
        raise Refused(_("This is more than a year ago."), field="happened_at", code="too_old")
    return min(happened_at, now)


def _checked(
    summary: str, next_step: str, next_date: date | None, happened_at: datetime, files: Iterable[UploadedFile]
) -> list[UploadedFile]:
    if not summary.strip():
        raise Refused(_("Write down what was said."), field="summary", code="summary_missing")
    # Measured from the activity, not from today: a visit queued on a phone without signal may arrive days later.
    check_step(next_step, next_date, local_date(happened_at))
    listed = list(files)
    if len(listed) > MOST_FILES:
        raise Refused(_("At most %(n)s files at a time.") % {"n": MOST_FILES}, field="files", code="too_many_files")
    return listed


def attach(activity: Activity, by: "User", file: UploadedFile, uuid: UUID | None = None) -> ActivityFile:
    """Keep one file of an activity."""
    attachment = store_attachment(park_id=activity.park_id, by=by, file=file)
    link: ActivityFile = ActivityFile.objects.create(
        park_id=activity.park_id, activity=activity, attachment=attachment, uuid=uuid or uuid4()
    )
    return link


def _move_on(lead: Lead, activity: Activity, *, step_done: bool) -> Lead:
    """The lead has progressed; its next step is the activity's, or none when the planned one is done."""
    row = held(lead)
    latest = max(row.last_activity_at or activity.happened_at, activity.happened_at)
    takes_step = row.stage != Stage.DROPPED and not row.in_pool and (bool(activity.next_step) or step_done)
    if (
        takes_step
        and not _passed_on_since(row, activity)
        and (activity.next_step, activity.next_date) != (row.next_step, row.next_date)
    ):
        change(row, last_activity_at=latest, next_step=activity.next_step, next_date=activity.next_date)
        remind(row)
    elif latest != row.last_activity_at:
        Lead.objects.filter(pk=row.pk).update(last_activity_at=latest)
    if activity.kind != Activity.Kind.NOTE:
        renew(row)
    return row


def _passed_on_since(lead: Lead, activity: Activity) -> bool:
    """Somebody else holds the lead since: their next step is not replaced by a visit that arrives late."""
    if lead.owner_id == activity.by_id:
        return False
    running = Claim.objects.filter(park_id=lead.park_id, lead=lead, ended_at=None)
    return bool(running.filter(began_at__gt=activity.happened_at).exists())


def _tell_owner(lead: Lead, activity: Activity) -> None:
    """Whoever holds the lead hears what somebody else did: a colleague, or the last owner whose phone had no signal."""
    owner = lead.owner
    if owner.pk == activity.by_id or lead.pooled_at:
        return
    queue(
        park_id=activity.park_id,
        recipients=[owner],
        kind="lead_activity",
        key=f"activity:{activity.pk}:logged",
        text=partial(_logged_text, lead, activity),
        url=activity.get_absolute_url(),
        channels=("page",),
    )


def _logged_text(lead: Lead, activity: Activity) -> tuple[str, str]:
    subject = _("%(name)s logged a follow-up of your lead: %(lead)s") % {"name": activity.by, "lead": lead.name}
    return subject, f"{activity.get_kind_display()} {local_date(activity.happened_at)}\n{activity.summary[:500]}"
