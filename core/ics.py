"""Calendar files (RFC 5545): entries that phones and mail programs take over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from icalendar import Calendar, Event

PRODUCT = "-//Luodi//Luodi//ZH"


@dataclass(frozen=True)
class Entry:
    """One entry: whole days (`starts`, `ends` are days, the last one included) or hours (moments)."""

    uid: str
    title: str
    starts: date | datetime
    ends: date | datetime
    place: str = ""
    text: str = ""
    url: str = ""
    cancelled: bool = False
    version: int = 0


def calendar_file(entries: Iterable[Entry], *, stamp: datetime) -> bytes:
    """A calendar of these entries; the same entry sent again with a higher version replaces the earlier one."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for entry in entries:
        calendar.add_component(_event(entry, stamp))
    return bytes(calendar.to_ical())


def _event(entry: Entry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("sequence", entry.version)
    event.add("dtstart", _moment(entry.starts))
    # The end is exclusive: a journey until the 5th ends as the 6th begins.
    is_day = not isinstance(entry.ends, datetime)
    event.add("dtend", _moment(entry.ends) + (timedelta(days=1) if is_day else timedelta()))
    for name, value in (("location", entry.place), ("description", entry.text), ("url", entry.url)):
        if value:
            event.add(name, value)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event


def _moment(moment: date | datetime) -> date | datetime:
    # In UTC every program understands it without a table of time zones.
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def calendar_response(entries: Iterable[Entry], *, name: str, stamp: datetime) -> HttpResponse:
    """The file as a download."""
    response = HttpResponse(calendar_file(entries, stamp=stamp), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.ics") or ""
    return response
