"""Trips, receptions and the calendar as files (RFC 5545), for the pages and the API alike."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.ics import Entry, calendar_response
from core.pages import CalendarItem
from core.worktime import local_moment
from leads.models import Reception, Trip
from leads.queries.trips import targets_of

if TYPE_CHECKING:
    from accounts.models import User

Whole = Callable[[str], str]
HOUR = dt.timedelta(hours=1)


def file_of_trip(user: "User", trip: Trip, whole: Whole) -> HttpResponse:
    """The journey with its targets; `whole` makes an address of a path."""
    names = "\n".join(f"{target.position}. {target.company.name}" for target in targets_of(user, trip))
    entry = Entry(
        uid=f"{trip.uuid}@luodi",
        title=trip.title,
        starts=trip.starts_on,
        ends=trip.ends_on,
        place=trip.places,
        text=f"{trip.purpose}\n{names}".strip(),
        url=whole(trip.get_absolute_url()),
        cancelled=trip.state == Trip.State.CANCELLED,
        version=trip.version,
    )
    return calendar_response([entry], name=trip.title, stamp=timezone.now())


def file_of_reception(row: Reception, whole: Whole) -> HttpResponse:
    """An entry for each hour of the schedule, or one for the visit."""
    own: dict[str, Any] = {
        "url": whole(row.get_absolute_url()),
        "cancelled": row.state == Reception.State.CANCELLED,
        "version": row.version,
    }
    visit = Entry(f"{row.uuid}@luodi", row.title, row.starts_at, row.ends_at, row.place, row.purpose, **own)
    hours = [
        Entry(
            uid=f"{row.uuid}-{item.pk}@luodi",
            title=f"{row.company.name} · {item.title}",
            starts=item.starts_at,
            ends=item.ends_at,
            place=item.place,
            text=item.meets,
            **own,
        )
        for item in row.items.all()
    ]
    return calendar_response(hours or [visit], name=row.title, stamp=timezone.now())


def file_of_items(items: Iterable[CalendarItem], whole: Whole) -> HttpResponse:
    """What stands in the calendar: days, and an hour for what has one."""
    entries = [_entry(item, whole(item.url)) for item in items]
    return calendar_response(entries, name=_("Lead calendar"), stamp=timezone.now())


def _entry(item: CalendarItem, url: str) -> Entry:
    title, text = f"{item.kind}: {item.title}", "\n".join(word for word in (item.note, item.who) if word)
    # A lead's step and its visits have other addresses; a step that was moved is another entry.
    uid = f"{item.url}{item.day}@luodi"
    if item.at is None or item.until not in {None, item.day}:
        return Entry(uid, title, item.day, item.until or item.day, text=text, url=url)
    begins = local_moment(item.day, item.at)
    return Entry(uid, title, begins, begins + HOUR, text=text, url=url)
