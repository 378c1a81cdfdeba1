"""The arithmetic of the clocks: pure functions over a request's state log and a working-time calendar.

A limit is due at the earliest moment at which the working time since its start, pauses not counted, equals its target.
What was stored before is never patched: due times follow from the log each time anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from core.worktime import NO_TIME, Pause, StillPaused, WorkingCalendar

# In these states the resolution clock stands. The first response never pauses: else "waiting" would buy time.
PAUSING: Final = frozenset({"waiting_enterprise", "resolved", "closed"})


class Entry(NamedTuple):
    """A line of the state log: from `at` on, the request was in this state and in these hands."""

    state: str
    at: datetime
    holder: int | None = None


@dataclass(frozen=True)
class Reading:
    """A clock at one moment. `due_at` of a paused one is when it would be due if the pause ended where it began."""

    due_at: datetime
    paused: bool
    breached_at: datetime | None
    used: timedelta


def pauses_in(log: Sequence[Entry]) -> list[Pause]:
    """The spans that the log spent in a pausing state; the last one may still be open."""
    spans: list[Pause] = []
    since: datetime | None = None
    for entry in log:
        if entry.state in PAUSING:
            since = since or entry.at
        elif since is not None:
            spans.append((since, entry.at))
            since = None
    return spans if since is None else [*spans, (since, None)]


def due_of(
    calendar: WorkingCalendar, start: datetime, target: timedelta, pauses: Sequence[Pause]
) -> tuple[datetime, bool]:
    """When a clock is due, and whether that lies behind a pause that has not ended."""
    try:
        return calendar.add(start, target, pauses), False
    except StillPaused as waiting:
        return calendar.add(max(pauses[-1][0], start), waiting.remaining), True


def read(
    calendar: WorkingCalendar,
    *,
    start: datetime,
    target: timedelta,
    pauses: Sequence[Pause],
    now: datetime,
    met_at: datetime | None = None,
) -> Reading:
    """What a clock says at `now`, or said when it was met. Meeting it exactly when it is due is in time."""
    end = met_at or now
    due, paused = due_of(calendar, start, target, pauses)
    breached = due if not paused and end > due else None
    return Reading(due, paused, breached, calendar.between(start, end, pauses))


def moment_at(
    calendar: WorkingCalendar, start: datetime, target: timedelta, percent: int, pauses: Sequence[Pause]
) -> datetime:
    """When so many percent of the target are used up."""
    return due_of(calendar, start, target * percent / 100, pauses)[0]


def holder_at(log: Sequence[Entry], moment: datetime) -> int | None:
    """In whose hands the request was at that moment."""
    return next((entry.holder for entry in reversed(log) if entry.at <= moment), None)


def last_resolved(log: Sequence[Entry]) -> datetime | None:
    """When the request was resolved the last time."""
    return next((entry.at for entry in reversed(log) if entry.state == "resolved"), None)


@dataclass(frozen=True)
class Left:
    """Working time until a limit, or beyond it when `late`."""

    time: timedelta
    late: bool


def left_of(calendar: WorkingCalendar, due_at: datetime, now: datetime) -> Left:
    """The working time that is left, or the overrun."""
    late = now > due_at
    span = calendar.between(due_at, now) if late else calendar.between(now, due_at)
    return Left(span, late)


def day_of(calendar: WorkingCalendar) -> timedelta:
    """One full working day: the longest of the week."""
    lengths = [sum(end - start for start, end in (one.minutes for one in spans)) for spans in calendar.week.values()]
    return timedelta(minutes=max(lengths, default=0)) or timedelta(hours=8)


def in_days(span: timedelta, day: timedelta) -> tuple[int, int, int]:
    """Working time as working days, hours and minutes (rounded down)."""
    days, rest = divmod(max(span, NO_TIME), day)
    minutes = int(rest.total_seconds() // 60)
    return days, minutes // 60, minutes % 60
