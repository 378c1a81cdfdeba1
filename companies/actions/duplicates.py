"""What people decide about possible duplicates, and searching for them as a job."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Company, Duplicate, Merge
from companies.models.duplicates import FACTS
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.jobs import start_job
from core.locking import locked
from core.models import Job

if TYPE_CHECKING:
    from accounts.models import User

MERGE, UNDO, SEARCH = "merge_companies", "undo_merge", "find_duplicates"


def may_decide(user: "User", park_id: int | None) -> bool:
    """Stewards decide about the registry; a park decides about the companies that it typed in."""
    if park_id is None:
        return bool(user.access.can("companies.steward"))
    return bool(user.access.can("companies.merge", park_id))


def require_decide(user: "User", park_id: int | None) -> None:
    """403 unless this person may decide about such a pair."""
    if not may_decide(user, park_id):
        raise PermissionDenied("companies.merge" if park_id else "companies.steward")


def _held(by: "User", duplicate: Duplicate, version: int | None) -> Duplicate:
    """The pair, locked, as it was read."""
    require_decide(by, duplicate.park_id)
    row: Duplicate = locked(Duplicate.objects.select_related("left", "right"), pk=duplicate.pk)
    if version is not None and row.version != version:
        raise Stale(_("This pair was decided meanwhile. Reload it."))
    if row.state in {Duplicate.State.MERGING, Duplicate.State.MERGED}:
        raise Conflict(_("These two were merged meanwhile."), code="already_merged")
    return row


def _decide(row: Duplicate, by: "User", state: str, reason: str) -> Duplicate:
    row.state, row.reason = state, reason.strip()
    row.decided_by, row.decided_at, row.version = by, timezone.now(), row.version + 1
    row.save(update_fields=["state", "reason", "decided_by", "decided_at", "version"])
    return row


@transaction.atomic
def mark_different(*, by: "User", duplicate: Duplicate, reason: str, version: int | None = None) -> Duplicate:
    """Two companies after all: the pair is not proposed again. The reason is kept."""
    row = _held(by, duplicate, version)
    if not reason.strip():
        raise Refused(_("Say why they are not the same."), field="reason", code="reason_missing")
    return _decide(row, by, Duplicate.State.DIFFERENT, reason)


@transaction.atomic
def put_off(*, by: "User", duplicate: Duplicate, reason: str = "", version: int | None = None) -> Duplicate:
    """Not now: it leaves the list of what is to be decided, and can be found under “put off”."""
    return _decide(_held(by, duplicate, version), by, Duplicate.State.LATER, reason)


@transaction.atomic
def reopen(*, by: "User", duplicate: Duplicate, version: int | None = None) -> Duplicate:
    """Put off or decided wrongly: it is to be decided again."""
    return _decide(_held(by, duplicate, version), by, Duplicate.State.OPEN, "")


@transaction.atomic
def compare_by_hand(*, by: "User", one: Company, other: Company) -> Duplicate:
    """Put two companies that a person found alike before those who decide; the pair that is there already otherwise."""
    require(by, "companies.view")
    if one.pk == other.pk:
        raise Refused(_("This is the same record."), field="other", code="same_record")
    if one.is_merged or other.is_merged:
        raise Refused(_("It was merged already."), field="other", code="already_merged")
    parks = {park for park in (one.origin_park_id, other.origin_park_id) if park}
    if len(parks) > 1:
        raise Refused(_("Two parks typed these in: neither sees both."), field="other", code="two_parks")
    left, right = sorted((one, other), key=lambda company: company.pk)
    values = {"park_id": next(iter(parks), None), "evidence": "hand", "score": 50}
    pair, created = Duplicate.objects.get_or_create(left=left, right=right, defaults=values)
    if not created and pair.state == Duplicate.State.DIFFERENT and may_decide(by, pair.park_id):
        return _decide(pair, by, Duplicate.State.OPEN, "")
    return pair


@transaction.atomic
def merge_companies(
    *,
    by: "User",
    duplicate: Duplicate,
    survivor: Company,
    taken: Sequence[str] = (),
    reason: str = "",
    version: int | None = None,
) -> Merge:
    """Have one of the pair become the other (`survivor`), in the background; `taken` names facts of the other to keep.

    Asked for twice it is one merge. Raises Refused where it cannot be: a registry company never becomes a park's own,
    and parks do not write into the registry.
    """
    require_decide(by, duplicate.park_id)
    running: Merge | None = Merge.objects.filter(
        duplicate=duplicate, survivor=survivor, state__in=["queued", "done"]
    ).first()
    if running is not None:
        return running
    row = _held(by, duplicate, version)
    if survivor.pk not in {row.left_id, row.right_id}:
        raise Refused(_("Choose which of the two stays."), field="survivor", code="not_of_the_pair")
    stays, goes = (row.left, row.right) if survivor.pk == row.left_id else (row.right, row.left)
    _check_merge(by, stays, goes, taken, reason)
    park_id = row.park_id or by.access.home_park_id or 0
    merge = Merge(survivor=stays, loser=goes, duplicate=row, park_id=row.park_id, by=by, reason=reason.strip())
    merge.taken = list(dict.fromkeys(taken))
    try:
        with transaction.atomic():
            merge.save()
    except IntegrityError as error:
        raise Conflict(_("This company is being merged already."), code="already_merged") from error
    merge.job = start_job(by=by, park_id=park_id, kind=MERGE, input={"merge": merge.pk}, total=1).uuid
    merge.save(update_fields=["job"])
    _decide(row, by, Duplicate.State.MERGING, reason)
    return merge


def _check_merge(by: "User", stays: Company, goes: Company, taken: Sequence[str], reason: str) -> None:
    if stays.is_merged or goes.is_merged:
        raise Conflict(_("One of them was merged meanwhile."), code="already_merged")
    if stays.origin_park_id is not None and goes.origin_park_id is None:
        raise Refused(_("The company of the registry stays."), field="survivor", code="registry_stays")
    unknown = [name for name in taken if name not in FACTS]
    if unknown:
        raise Refused(_("Nobody knows the field “%s”.") % unknown[0], field="taken", code="unknown_field")
    if taken and stays.origin_park_id is None and not by.access.can("companies.steward"):
        raise Refused(_("Only stewards change the registry's facts."), field="taken", code="registry_facts")
    codes = {company.credit_code for company in (stays, goes) if company.code_kind == "valid"}
    if len(codes) > 1 and not reason.strip():
        problem = _("They have two different valid credit codes. Say why they are one company nevertheless.")
        raise Refused(problem, field="reason", code="two_codes")


@transaction.atomic
def undo_merge(*, by: "User", merge: Merge) -> Merge:
    """Make two companies of it again, within thirty days, in the background."""
    require_decide(by, merge.park_id)
    row: Merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if row.state in {Merge.State.UNDOING, Merge.State.UNDONE}:
        return row
    if not row.can_be_undone:
        raise Refused(_("This merge can no longer be undone."), code="too_late")
    if Company.objects.filter(pk=row.survivor_id, merged_into__isnull=False).exists():
        raise Refused(_("The company was merged once more since. Undo that first."), code="merged_again")
    row.state, row.undone_by, row.version, row.error = Merge.State.UNDOING, by, row.version + 1, ""
    park_id = row.park_id or by.access.home_park_id or 0
    row.job = start_job(by=by, park_id=park_id, kind=UNDO, input={"merge": row.pk}, total=1).uuid
    row.save(update_fields=["state", "undone_by", "version", "job", "error"])
    return row


@transaction.atomic
def search_duplicates(*, by: "User") -> Job:
    """Go through the whole registry in the background; a search that runs already is not begun twice."""
    require(by, "companies.steward")
    park_id = by.access.home_park_id or 0
    waiting = Job.objects.filter(park_id=park_id, kind=SEARCH, state__in=["waiting", "running"], owner=by).first()
    return waiting or start_job(by=by, park_id=park_id, kind=SEARCH, input={})
