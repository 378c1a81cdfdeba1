"""Correcting what was logged: within the park's days, by its author or a manager, never in a closed month."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import require
from core.errors import Conflict, Refused, Stale
from core.locking import locked
from core.worktime import local_date
from leads.actions.activities import MOST_FILES, attach, checked_time
from leads.actions.people import meet, meeting_of, note_meeting
from leads.actions.trips import check_trip
from leads.actions.undertakings import remind_of
from leads.counting import settle, settle_others
from leads.models import Activity, ActivityFile, Lead
from parks.queries import counted_month, rules_of

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Contact

STANDING: Final = ("counts_as", "counts", "why_not", "counted_month")
EDITABLE: Final = frozenset({"kind", "happened_at", "place", "summary", "trip"})


def why_locked(user: "User", activity: Activity) -> str:
    """Why this person cannot correct it (any more); empty when nothing stands in the way."""
    manages = user.access.can("leads.assign", activity.park_id)
    if not user.access.can("activities.log", activity.park_id) or not (manages or activity.by_id == user.pk):
        return str(_("Only its author or a manager corrects it."))
    days = rules_of(activity.park_id).activity_edit_days
    if not manages and timezone.now() > activity.created_at + timedelta(days=days):
        return str(_("It can be corrected for %(n)s days; ask a manager.") % {"n": days})
    if activity.counts and counted_month(activity.park_id, activity.counted_month) != activity.counted_month:
        return str(_("Its month is closed. Log a note that says what is different."))
    return ""


def _held(by: "User", activity: Activity, version: int | None = None) -> Activity:
    """The row, locked, for somebody who may correct it."""
    require(by, "activities.log", activity.park_id)
    row: Activity = locked(Activity.objects.select_related("company", "by"), pk=activity.pk)
    if row.by_id != by.pk and not by.access.can("leads.assign", row.park_id):
        raise PermissionDenied("activities.log")
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    if reason := why_locked(by, row):
        raise Conflict(reason, code="locked")
    return row


def _save(row: Activity, *names: str) -> None:
    settle(row)
    row.version += 1
    row.save(update_fields=[*names, *STANDING, "version"])


@transaction.atomic
def edit_activity(
    *,
    by: "User",
    activity: Activity,
    version: int | None = None,
    met: str | None = None,
    contacts: "Iterable[Contact] | None" = None,
    companions: "Iterable[User] | None" = None,
    **values: Any,
) -> Activity:
    """Correct kind, time, place, words, trip or people; what was written before stays in the history."""
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"not editable: {sorted(unknown)}")
    row = _held(by, activity, version)
    if row.deleted_at:
        raise Conflict(_("It was deleted. Restore it first."), code="deleted")
    if "happened_at" in values:
        values["happened_at"] = checked_time(values["happened_at"])
        values["counted_month"] = counted_month(row.park_id, local_date(values["happened_at"]))
    if not str(values.get("summary", row.summary)).strip():
        raise Refused(_("Write down what was said."), field="summary", code="summary_missing")
    _check_trip(row, values)
    before = Activity(park_id=row.park_id, pk=row.pk, company_id=row.company_id, happened_at=row.happened_at)
    meeting = meeting_of(row)
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    meet(row, by=by, met=met, contacts=contacts, companions=companions)
    _save(row, *values)
    note_meeting(row, meeting)
    settle_others(before)
    _latest(row)
    return row


def _check_trip(row: Activity, values: dict[str, Any]) -> None:
    """Another day or another trip: its author was on it on that day."""
    day, trip = local_date(values.get("happened_at", row.happened_at)), values.get("trip", row.trip)
    if day != local_date(row.happened_at) or trip != row.trip:
        check_trip(row.by, trip, row.park_id, day)


@transaction.atomic
def delete_activity(*, by: "User", activity: Activity, version: int | None = None) -> Activity:
    """Take it back: it counts no more, its promises are silent; `restore_activity` undoes it."""
    row = _held(by, activity, version)
    return row if row.deleted_at else _turn(row, deleted=True)


@transaction.atomic
def restore_activity(*, by: "User", activity: Activity, version: int | None = None) -> Activity:
    """As if it had not been deleted."""
    row = _held(by, activity, version)
    return _turn(row, deleted=False) if row.deleted_at else row


def _turn(row: Activity, *, deleted: bool) -> Activity:
    meeting, row.deleted_at = meeting_of(row), timezone.now() if deleted else None
    _save(row, "deleted_at")
    note_meeting(row, meeting)
    if deleted:
        settle_others(row)
    for undertaking in row.undertakings.select_related("activity", "owner", "company"):
        remind_of(undertaking)
    _latest(row)
    return row


def _latest(row: Activity) -> None:
    """The lead's last activity is the latest that stands."""
    if row.lead_id:
        standing = Activity.objects.filter(park_id=row.park_id, lead_id=row.lead_id, deleted_at=None)
        latest = standing.aggregate(latest=Max("happened_at"))["latest"]
        Lead.objects.filter(park_id=row.park_id, pk=row.lead_id).update(last_activity_at=latest)


@transaction.atomic
def add_file(*, by: "User", activity: Activity, file: UploadedFile, uuid: UUID | None = None) -> ActivityFile:
    """One more photo or file, the same uuid again the same one; a visit that lacked the photo counts from now on."""
    row = _held(by, activity)
    if uuid and (known := row.files.filter(uuid=uuid).first()):
        return known
    if row.deleted_at:
        raise Conflict(_("It was deleted. Restore it first."), code="deleted")
    if row.files.count() >= MOST_FILES:
        raise Refused(_("At most %(n)s files at a time.") % {"n": MOST_FILES}, field="files", code="too_many_files")
    # The row is held: the same upload at the same moment waits above and finds the first one.
    link = attach(row, by, file, uuid)
    _save(row)
    return link
