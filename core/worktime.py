"""Working time: calendars with several intervals a day, statutory holidays and make-up days, and months.

Nothing here knows a model. Moments are aware datetimes and all arithmetic is done in UTC; days and months are those of
Asia/Shanghai.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

import chinese_calendar
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = dt.timedelta(days=1)
NO_TIME = dt.timedelta(0)
MIDNIGHT = dt.time(0, 0)
# A calendar that stays shut this long will not open again; it keeps a wrong calendar from looping to the year 9999.
LONGEST_CLOSURE = 400

Pause = tuple[dt.datetime, dt.datetime | None]
Span = tuple[dt.datetime, dt.datetime]


class CalendarError(ValueError):
    """A calendar or a month that cannot be used; `message` is lazily translated."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


class StillPaused(CalendarError):
    """The target lies behind a pause that has not ended; `remaining` is the working time left after it."""

    def __init__(self, remaining: dt.timedelta) -> None:
        super().__init__(_("The clock is paused, so there is no due time yet."))
        self.remaining = remaining


class Interval(NamedTuple):
    """Open hours of one day, half-open. An end of 00:00 means midnight at the end of the day."""

    start: dt.time
    end: dt.time

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end as minutes since midnight; the end of the day is 1440."""
        start = self.start.hour * 60 + self.start.minute
        return start, (self.end.hour * 60 + self.end.minute) or 1440


def parse_intervals(text: str) -> tuple[Interval, ...]:
    """Read "09:00-12:00, 13:30-18:00"; empty text is a closed day. 24:00 is allowed as an end. Raises CalendarError."""
    found: list[Interval] = []
    for part in re.split(r"[,;，；、]\s*", text.strip()) if text.strip() else []:
        match = re.fullmatch(r"(\d\d?)[:：](\d\d)\s*[-–—~至]\s*(\d\d?)[:：](\d\d)", part.strip())
        if not match:
            raise CalendarError(_("“%(text)s” is not a pair of times. Write it like 09:00-12:00.") % {"text": part})
        first_hour, first_minute, last_hour, last_minute = (int(group) for group in match.groups())
        try:
            found.append(
                Interval(
                    dt.time(first_hour, first_minute),
                    dt.time(last_hour % 24 if last_hour == 24 else last_hour, last_minute),
                )
            )
        except ValueError:
            raise CalendarError(_("“%(text)s” is not a time of the day.") % {"text": part}) from None
    _check_intervals(found)
    return tuple(found)


def format_intervals(intervals: Iterable[Interval]) -> str:
    """The text that parse_intervals reads."""
    return ", ".join(
        f"{one.start:%H:%M}-{'24:00' if one.end == MIDNIGHT else format(one.end, '%H:%M')}" for one in intervals
    )


def _check_intervals(intervals: Sequence[Interval]) -> None:
    last_end = -1
    for one in intervals:
        start, end = one.minutes
        if end <= start:
            raise CalendarError(_("Opening hours must end after they begin."))
        if start < last_end:
            raise CalendarError(_("Opening hours of one day must not overlap and must be in order."))
        last_end = end


def default_week() -> dict[int, tuple[Interval, ...]]:
    """Monday to Friday, 09:00–12:00 and 13:30–18:00."""
    hours = (Interval(dt.time(9), dt.time(12)), Interval(dt.time(13, 30), dt.time(18)))
    return dict.fromkeys(range(5), hours)


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """Weekly hours (0 = Monday) with dated exceptions that beat the weekday; an empty exception is a closed day."""

    week: Mapping[int, tuple[Interval, ...]] = field(default_factory=default_week)
    exceptions: Mapping[dt.date, tuple[Interval, ...]] = field(default_factory=dict)
    tz: ZoneInfo = SHANGHAI

    def hours(self, day: dt.date) -> tuple[Interval, ...]:
        """The open intervals of a day."""
        found = self.exceptions.get(day)
        return self.week.get(day.weekday(), ()) if found is None else found

    def is_working_day(self, day: dt.date) -> bool:
        return bool(self.hours(day))

    def is_open(self, moment: dt.datetime) -> bool:
        moment = _utc(moment)
        return any(start <= moment < end for start, end in self._spans_of(moment.astimezone(self.tz).date()))

    def add(self, start: dt.datetime, working: dt.timedelta, pauses: Sequence[Pause] = ()) -> dt.datetime:
        """The earliest moment (UTC) at which `working` time has passed since `start`, pauses not counted.

        Raises StillPaused when that moment lies behind a pause that has not ended, and CalendarError when the calendar
        never opens.
        """
        if working < NO_TIME:
            raise CalendarError(_("Working time cannot be negative."))
        start, left = _utc(start), working
        if not left:
            return start
        for opens, closes in self._open_spans(start, _merged(pauses)):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise StillPaused(left)

    def between(self, start: dt.datetime, end: dt.datetime, pauses: Sequence[Pause] = ()) -> dt.timedelta:
        """Working time in [start, end) without the pauses; zero when the end is not after the start."""
        start, end, total = _utc(start), _utc(end), NO_TIME
        spans = self._open_spans(start, _merged(pauses)) if start < end else iter(())
        try:
            for opens, closes in spans:
                if opens >= end:
                    break
                total += min(closes, end) - opens
        except CalendarError:  # the calendar never opens again: nothing more to count
            pass
        return total

    def add_working_days(self, day: dt.date, n: int) -> dt.date:
        """The n-th working day after `day`, before it for a negative n; n = 0: the first one on or after it."""
        step = -ONE_DAY if n < 0 else ONE_DAY
        left, current, closed = abs(n), day if n == 0 else day + step, 0
        while True:
            if self.is_working_day(current):
                left, closed = left - 1, 0
                if left <= 0:
                    return current
            closed += 1
            if closed > LONGEST_CLOSURE:
                raise _never_opens()
            current += step

    def nth_working_day(self, year: int, month: int, n: int) -> dt.date:
        """The n-th working day of a month, counted from 1. Raises CalendarError when the month has fewer."""
        first = dt.date(year, month, 1)
        found = self.add_working_days(first - ONE_DAY, n)
        if n < 1 or (found.year, found.month) != (year, month):
            raise CalendarError(_("%(month)s has no working day number %(n)s.") % {"month": f"{first:%Y-%m}", "n": n})
        return found

    def working_days_between(self, a: dt.date, b: dt.date) -> int:
        """Working days after `a` up to and including `b`, so that add_working_days(a, n) = b gives n back.

        Backwards, with b before a: the working days from `b` on and before `a`, negative.
        """
        if b < a:
            return -self.working_days_between(b - ONE_DAY, a - ONE_DAY)
        return sum(self.is_working_day(a + dt.timedelta(days=i)) for i in range(1, (b - a).days + 1))

    def validate(self, today: dt.date | None = None) -> None:
        """Raise CalendarError for overlapping hours or when nothing is open in the 30 days from `today`."""
        for hours in (*self.week.values(), *self.exceptions.values()):
            _check_intervals(hours)
        if not set(self.week) <= set(range(7)):
            raise CalendarError(_("Weekdays are numbered from 0 (Monday) to 6 (Sunday)."))
        first = today or dt.datetime.now(self.tz).date()
        if not any(self.is_working_day(first + dt.timedelta(days=i)) for i in range(30)):
            raise CalendarError(_("This calendar has no open hours in the next 30 days."))

    def _spans_of(self, day: dt.date) -> Iterator[Span]:
        for opens, closes in self.hours(day):
            last_day = day + ONE_DAY if closes == MIDNIGHT else day
            yield _utc(dt.datetime.combine(day, opens, self.tz)), _utc(dt.datetime.combine(last_day, closes, self.tz))

    def _open_spans(
        self, start: dt.datetime, pauses: Sequence[tuple[dt.datetime, dt.datetime | None]]
    ) -> Iterator[Span]:
        """Open, unpaused spans from `start` on, in order. Ends only at a pause without an end."""
        day, closed = start.astimezone(self.tz).date(), 0
        while closed <= LONGEST_CLOSURE:
            closed += 1
            for opens, closes in self._spans_of(day):
                closed = 0
                if closes <= start:
                    continue
                yield from _without(max(opens, start), closes, pauses)
            if pauses and pauses[-1][1] is None and self._midnight(day + ONE_DAY) >= pauses[-1][0]:
                return
            day += ONE_DAY
        raise _never_opens()

    def _midnight(self, day: dt.date) -> dt.datetime:
        return _utc(dt.datetime.combine(day, MIDNIGHT, self.tz))


def _never_opens() -> CalendarError:
    return CalendarError(_("This calendar does not open again."))


def _utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("working time needs aware datetimes")
    return moment.astimezone(dt.UTC)


def _merged(pauses: Sequence[Pause]) -> list[tuple[dt.datetime, dt.datetime | None]]:
    """Pauses in UTC, sorted, overlapping ones joined. Only the last can be open; empty ones vanish."""
    merged: list[tuple[dt.datetime, dt.datetime | None]] = []
    for start, end in sorted(((_utc(a), b and _utc(b)) for a, b in pauses), key=lambda pause: pause[0]):
        if end is not None and end <= start:
            continue
        if not merged or (merged[-1][1] is not None and merged[-1][1] < start):
            merged.append((start, end))
        elif (last := merged[-1][1]) is not None:
            merged[-1] = (merged[-1][0], None if end is None else max(last, end))
    return merged


def _without(
    start: dt.datetime, end: dt.datetime, pauses: Sequence[tuple[dt.datetime, dt.datetime | None]]
) -> Iterator[Span]:
    """What is left of [start, end) when sorted, disjoint pauses are cut out."""
    for pause_start, pause_end in pauses:
        if pause_start >= end or start >= end:
            break
        if pause_end is not None and pause_end <= start:
            continue
        if pause_start > start:
            yield start, pause_start
        if pause_end is None:
            return
        start = max(start, pause_end)
    if start < end:
        yield start, end


def statutory_exceptions(
    year: int, hours: tuple[Interval, ...] | None = None
) -> dict[dt.date, tuple[Interval, ...]] | None:
    """Holidays (closed) and make-up working days of a year as the State Council published them.

    Make-up days are open for `hours`, by default the default week's Monday. None when the year is not published yet or
    the installed chinesecalendar does not know it.
    """
    open_hours = default_week()[0] if hours is None else hours
    try:
        chinese_calendar.is_workday(dt.date(year, 12, 31))
    except NotImplementedError:
        return None
    constants = chinese_calendar.constants
    found: dict[dt.date, tuple[Interval, ...]] = {day: () for day in constants.holidays if day.year == year}
    found |= {day: open_hours for day in constants.workdays if day.year == year}
    return dict(sorted(found.items()))


def published_years(first: int, last: int) -> list[int]:
    """The years in [first, last] whose holidays are published."""
    return [year for year in range(first, last + 1) if statutory_exceptions(year) is not None]


class Month(NamedTuple):
    """A calendar month of Asia/Shanghai; its text form is 2026-10."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    def shift(self, months: int) -> "Month":
        """The month so many months later (or earlier)."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    @classmethod
    def of(cls, day: dt.date | dt.datetime) -> "Month":
        """The month that holds a day, or a moment (seen from Asia/Shanghai)."""
        local = local_date(day) if isinstance(day, dt.datetime) else day
        return cls(local.year, local.month)


def parse_month(text: str) -> Month:
    """Read "2026-10". Raises CalendarError (a ValueError) that says what is expected."""
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text.strip())
    if match and 1990 <= int(match[1]) <= 2200 and 1 <= int(match[2]) <= 12:
        return Month(int(match[1]), int(match[2]))
    raise CalendarError(_("“%(text)s” is not a month. Write it like 2026-10.") % {"text": text[:20]})


def month_bounds(year: int, month: int) -> Span:
    """The month as half-open [first moment, first moment of the next month), aware, in Asia/Shanghai."""
    one = Month(year, month)
    return start_of_day(one.first), start_of_day(one.shift(1).first)


def current_month(now: dt.datetime) -> Month:
    """The month of `now` in Asia/Shanghai."""
    return Month.of(now)


def today() -> dt.date:
    """The day that it is in Asia/Shanghai; for rows of lists, where Django's `localdate` costs too much."""
    return dt.datetime.now(SHANGHAI).date()


def local_date(moment: dt.datetime) -> dt.date:
    """The day of an aware moment in Asia/Shanghai."""
    return _utc(moment).astimezone(SHANGHAI).date()


def start_of_day(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, MIDNIGHT, SHANGHAI)


def local_moment(day: dt.date, at: dt.time) -> dt.datetime:
    """A day and a time of day in Asia/Shanghai as one aware moment, e.g. the cut-off at 18:00."""
    return dt.datetime.combine(day, at, SHANGHAI)
