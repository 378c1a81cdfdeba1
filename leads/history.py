"""Who edited a lead or corrected an activity, and what it said before: the history that the database writes."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

from django.apps import apps
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from core.money import short_money
from core.pages import TimelineEntry
from core.templatetags.formats import moment
from leads.models import Activity, Lead, Trip

if TYPE_CHECKING:
    from django.db.models import Field

MOST = 100
ONE_SITTING = timedelta(minutes=10)
CORRECTED: Final = ("kind", "happened_at", "place", "summary", "trip_id", "deleted_at")
# The columns whose changes people want to read; stages have a log of their own.
SHOWN: Final = ("title", "owner_id", "tier", "amount", "source_note", "demands", "confidentiality", "next_step")


def edits_of_lead(lead: Lead, until: datetime, most: int) -> tuple[list[TimelineEntry], datetime | None]:
    """Field edits before a moment, of at most so many states, and the moment at which they broke off, if they did."""
    events = _events(lead, until, most)
    return list(_sittings(events)), events[0].pgh_created_at if len(events) >= most else None


def _sittings(events: list[Any]) -> Iterator[TimelineEntry]:
    """What one person did in one sitting is one entry."""
    names = User.objects.in_bulk({event.person for event in events if event.person} | _owners(events))
    open_edit: list[Any] = []
    for before, after in pairwise(events):
        if open_edit and (
            after.person != open_edit[-1].person or after.pgh_created_at - open_edit[-1].pgh_created_at > ONE_SITTING
        ):
            yield from _edit(open_edit, names)
            open_edit = []
        open_edit = [*(open_edit or [before]), after]
    yield from _edit(open_edit, names)


def _events(lead: Lead, until: datetime, most: int) -> list[Any]:
    model: Any = apps.get_model("leads", "LeadEvent")
    events: QuerySet[Any] = model.objects.filter(park_id=lead.park_id, pgh_obj_id=lead.pk, pgh_created_at__lt=until)
    return list(events.annotate(person=F("pgh_context__metadata__user")).order_by("-pgh_id")[:most])[::-1]


def _owners(events: Iterable[Any]) -> set[int]:
    return {event.owner_id for event in events}


def _edit(events: list[Any], names: dict[int, User]) -> Iterator[TimelineEntry]:
    """The first event of the list is the state before the edit."""
    if len(events) < 2:
        return
    before, after = events[0], events[-1]
    changes = [_change(name, before, after, names) for name in SHOWN if getattr(before, name) != getattr(after, name)]
    if changes:
        yield TimelineEntry(
            icon="pencil",
            when=after.pgh_created_at,
            who=str(names.get(after.person, "")),
            title=_("Edited"),
            meta=changes,
            kind="history",
        )


def _change(name: str, before: Any, after: Any, names: dict[int, User]) -> tuple[str, str]:
    label = str(_column(name).verbose_name)
    return label, f"{_worded(name, before, names)} → {_worded(name, after, names)}"


def _column(name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", Lead._meta.get_field(name.removesuffix("_id")))


def _worded(name: str, row: Any, names: dict[int, User]) -> str:
    value = getattr(row, name)
    if value in (None, ""):
        return "—"
    if name == "owner_id":
        return str(names.get(value, value))
    if name == "amount":
        return short_money(value)
    choices = dict(_column(name).flatchoices)
    text = str(choices.get(value, value))
    return text if len(text) <= 60 else f"{text[:60]}…"


def edits_of_activity(activity: Activity) -> list[tuple[datetime, str, list[tuple[str, str, str]]]]:
    """Who corrected what, newest first: when, who, and for each column its name, what it said and what it says."""
    model: Any = apps.get_model("leads", "ActivityEvent")
    events = model.objects.filter(park_id=activity.park_id, pgh_obj_id=activity.pk)
    rows = list(events.annotate(person=F("pgh_context__metadata__user")).order_by("-pgh_id")[:MOST])[::-1]
    names = User.objects.in_bulk({row.person for row in rows if row.person})
    found = [
        (after.pgh_created_at, str(names.get(after.person, "")), _corrected(before, after))
        for before, after in pairwise(rows)
    ]
    return [edit for edit in reversed(found) if edit[2]]


def _corrected(before: Any, after: Any) -> list[tuple[str, str, str]]:
    changed = [name for name in CORRECTED if getattr(before, name) != getattr(after, name)]
    return [(str(_label(name)), _shown(before, name), _shown(after, name)) for name in changed]


def _label(name: str) -> str | Promise:
    return cast("Field[Any, Any]", Activity._meta.get_field(name.removesuffix("_id"))).verbose_name


def _shown(row: Any, name: str) -> str:
    value = getattr(row, name)
    if name == "trip_id":
        return str(Trip.objects.filter(park_id=row.park_id, pk=value).first() or "—")
    if name == "kind":
        return str(dict(Activity.Kind.choices).get(value, value))
    return moment(value) if isinstance(value, datetime) else str(value or "—")
