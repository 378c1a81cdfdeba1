"""Which visits count in the month, and with what evidence: the park's rule, applied to one activity.

The result is stored on the row (`counts_as`, `counts`, `why_not`), so that a report counts with a plain index and the
page can say at once what is missing. What was logged before a rule changed keeps its standing until it is touched.
"""

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.locking import Turn, wait_turn
from core.worktime import local_date, local_moment
from leads.models import Activity
from parks.models import ParkRules
from parks.queries import counted_month, rules_of

PHOTO, PERSON, TEXT, AGAIN = "photo", "person", "text", "again"
WHY_NOT: Final[dict[str, str | Promise]] = {
    PHOTO: _("a photo is missing"),
    PERSON: _("who was met is missing"),
    TEXT: _("what was said is too short"),
    AGAIN: _("another visit to this company counts on that day"),
}


def figure_of(kind: str, rules: ParkRules) -> str:
    """`outbound`, `inbound`, or nothing for a kind that counts for no figure of visits."""
    if kind in rules.outbound_kinds:
        return str(Activity.Figure.OUTBOUND)
    return str(Activity.Figure.INBOUND) if kind in rules.inbound_kinds else ""


def settle(activity: Activity, *, rules: ParkRules | None = None, placed: bool = False) -> None:
    """Set the standing of an activity whose people and files are stored already; does not save.

    `placed`: its month was found in this transaction, which holds the months as they are.
    """
    rules = rules or rules_of(activity.park_id)
    counted = activity.counts
    activity.counts_as = "" if activity.deleted_at else figure_of(activity.kind, rules)
    activity.why_not = list(_missing(activity, rules)) if activity.counts_as else []
    activity.counts = bool(activity.counts_as) and not activity.why_not
    if activity.counts and not counted and not placed:
        # Evidence that comes after the month was closed counts in the month that is open now.
        activity.counted_month = counted_month(activity.park_id, local_date(activity.happened_at))


def settle_others(activity: Activity) -> None:
    """Another visit of the same day counts, where this one stood in its way and does so no more."""
    rules = rules_of(activity.park_id)
    if not rules.visit_once_a_day:
        return
    waiting = _same_day(activity).filter(deleted_at=None, counts=False, why_not__contains=[AGAIN])
    for other in waiting.order_by("created_at", "id"):
        settle(other, rules=rules)
        other.save(update_fields=["counts_as", "counts", "why_not", "counted_month"])


def _missing(activity: Activity, rules: ParkRules) -> list[str]:
    found = []
    if rules.visit_needs_photo and not _has_photo(activity):
        found.append(PHOTO)
    if rules.visit_needs_person and not activity.people.exists():
        found.append(PERSON)
    if len(activity.summary.strip()) < rules.visit_text_min:
        found.append(TEXT)
    if rules.visit_once_a_day and not found and _counted_before(activity, rules):
        found.append(AGAIN)
    return found


def _has_photo(activity: Activity) -> bool:
    return bool(activity.files.filter(attachment__content_type__startswith="image/").exists())


def _counted_before(activity: Activity, rules: ParkRules) -> bool:
    """Two phones that save the same visit at the same moment wait for each other here."""
    wait_turn(Turn.VISITS_TO_COMPANY, activity.company_id)
    figure = figure_of(activity.kind, rules)
    return bool(_same_day(activity).filter(counts=True, counts_as=figure).exists())


def _same_day(activity: Activity) -> "QuerySet[Activity]":
    start = local_moment(local_date(activity.happened_at), time())
    rows: QuerySet[Activity] = Activity.objects.filter(park_id=activity.park_id, company_id=activity.company_id)
    return rows.filter(happened_at__gte=start, happened_at__lt=start + timedelta(days=1)).exclude(pk=activity.pk)


def missing_words(why_not: Iterable[str]) -> str:
    """What is missing for it to count, in the reader's language; empty when nothing is."""
    return pgettext("between items", ", ").join(str(WHY_NOT[code]) for code in why_not if code in WHY_NOT)
