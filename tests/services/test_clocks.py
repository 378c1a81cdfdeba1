"""The vectors of working time, computed by hand: Monday to Friday 09:00-12:00 and 13:30-18:00, target four hours.

Friday is 6 November 2026, so Monday is the 9th; no statutory holiday is near.
"""

from datetime import date, datetime, time, timedelta

import pytest

from core.worktime import SHANGHAI, Interval, WorkingCalendar, default_week
from services import clocks
from services.clocks import Entry

DAYS = {"Fri": 6, "Sat": 7, "Mon": 9, "Tue": 10, "Wed": 11, "Thu": 12}
FULL = default_week()[0]
PLAIN = WorkingCalendar()
FOUR_HOURS = timedelta(hours=4)


def at(text: str) -> datetime:
    """“Fri 16:30” of that week in Beijing."""
    day, clock = text.split()
    return datetime.combine(date(2026, 11, DAYS[day]), time.fromisoformat(clock), SHANGHAI)


def day(name: str) -> date:
    return date(2026, 11, DAYS[name])


def log(*lines: tuple[str, str]) -> list[Entry]:
    """State and moment of each line."""
    return [Entry(state, at(moment)) for state, moment in lines]


def due(calendar: WorkingCalendar = PLAIN, target: timedelta = FOUR_HOURS, *lines: tuple[str, str]) -> datetime:
    entries = log(*(lines or (("new", "Fri 16:30"),)))
    return clocks.due_of(calendar, entries[0].at, target, clocks.pauses_in(entries))[0]


def test_over_a_plain_weekend() -> None:
    assert due() == at("Mon 11:30")


def test_a_saturday_that_makes_up_for_a_holiday_counts() -> None:
    assert due(WorkingCalendar(exceptions={day("Sat"): FULL})) == at("Sat 11:30")


def test_a_monday_that_is_a_holiday_does_not_count() -> None:
    assert due(WorkingCalendar(exceptions={day("Mon"): ()})) == at("Tue 11:30")


def test_a_hold_over_the_weekend_buys_no_time() -> None:
    lines = (("new", "Fri 16:30"), ("waiting_enterprise", "Fri 18:00"), ("open", "Mon 09:00"))
    assert due(PLAIN, FOUR_HOURS, *lines) == at("Mon 11:30")


def test_a_hold_in_open_hours_moves_the_limit_by_its_open_hours() -> None:
    lines = (("new", "Fri 16:30"), ("waiting_enterprise", "Mon 09:30"), ("open", "Mon 10:30"))
    assert due(PLAIN, FOUR_HOURS, *lines) == at("Mon 14:00")


def test_waiting_for_a_third_party_is_no_pause() -> None:
    lines = (("new", "Fri 16:30"), ("waiting_third", "Mon 09:30"), ("open", "Mon 10:30"))
    assert due(PLAIN, FOUR_HOURS, *lines) == at("Mon 11:30")


def test_the_total_after_a_reopening_leaves_the_resolved_time_out() -> None:
    lines = (("new", "Fri 16:30"), ("resolved", "Mon 10:00"), ("open", "Wed 09:00"))
    assert due(PLAIN, FOUR_HOURS, *lines) == at("Wed 10:30")


def test_a_shortened_target_keeps_the_original_start() -> None:
    reading = clocks.read(PLAIN, start=at("Fri 16:30"), target=timedelta(hours=2), pauses=[], now=at("Mon 10:00"))
    assert reading.due_at == reading.breached_at == at("Mon 09:30")


def test_a_start_in_the_lunch_break() -> None:
    assert due(PLAIN, timedelta(hours=1), ("new", "Mon 12:30")) == at("Mon 14:30")


def test_a_start_on_a_saturday() -> None:
    assert due(PLAIN, timedelta(hours=1), ("new", "Sat 10:00")) == at("Mon 10:00")


@pytest.mark.parametrize(("hours", "expected"), [(4, "Mon 11:30"), (5.5, "Tue 10:00")])
def test_a_short_monday(hours: float, expected: str) -> None:
    short = WorkingCalendar(exceptions={day("Mon"): (Interval(time(9), time(12)),)})
    assert due(short, timedelta(hours=hours)) == at(expected)


def test_a_limit_behind_an_open_pause_is_paused_and_never_breached() -> None:
    pauses = clocks.pauses_in(log(("new", "Fri 16:30"), ("waiting_enterprise", "Mon 09:30")))
    reading = clocks.read(PLAIN, start=at("Fri 16:30"), target=FOUR_HOURS, pauses=pauses, now=at("Thu 17:00"))
    assert reading.paused
    assert reading.breached_at is None
    assert reading.due_at == at("Mon 11:30")  # two hours of work left when the pause began
    assert reading.used == timedelta(hours=2)


def test_a_limit_that_passed_before_the_pause_stays_passed() -> None:
    pauses = clocks.pauses_in(log(("new", "Fri 16:30"), ("waiting_enterprise", "Mon 14:00")))
    reading = clocks.read(PLAIN, start=at("Fri 16:30"), target=FOUR_HOURS, pauses=pauses, now=at("Tue 10:00"))
    assert not reading.paused
    assert reading.breached_at == at("Mon 11:30")


def test_met_exactly_when_it_is_due_is_in_time() -> None:
    start, due_at = at("Fri 16:30"), at("Mon 11:30")
    kept = clocks.read(PLAIN, start=start, target=FOUR_HOURS, pauses=[], now=at("Thu 09:00"), met_at=due_at)
    missed = clocks.read(
        PLAIN, start=start, target=FOUR_HOURS, pauses=[], now=at("Thu 09:00"), met_at=due_at + timedelta(seconds=1)
    )
    assert (kept.breached_at, missed.breached_at) == (None, due_at)
    assert kept.used == FOUR_HOURS


def test_closing_does_not_split_the_pause_of_the_resolution() -> None:
    lines = log(("new", "Fri 16:30"), ("resolved", "Mon 10:00"), ("closed", "Mon 11:00"), ("open", "Wed 09:00"))
    assert clocks.pauses_in(lines) == [(at("Mon 10:00"), at("Wed 09:00"))]


def test_a_breach_is_the_holders_of_that_moment() -> None:
    entries = [
        Entry("new", at("Fri 16:30"), None),
        Entry("open", at("Fri 17:00"), 7),
        Entry("open", at("Mon 15:00"), 8),
    ]
    assert clocks.holder_at(entries, at("Fri 16:45")) is None
    assert clocks.holder_at(entries, at("Mon 11:30")) == 7
    assert clocks.holder_at(entries, at("Mon 16:00")) == 8


def test_working_days_are_those_of_the_calendar() -> None:
    working_day = clocks.day_of(PLAIN)
    assert working_day == timedelta(hours=7, minutes=30)
    assert clocks.in_days(timedelta(hours=17, minutes=40), working_day) == (2, 2, 40)


def test_time_left_and_overrun_are_working_time() -> None:
    assert clocks.left_of(PLAIN, at("Mon 11:30"), at("Fri 17:00")) == clocks.Left(
        timedelta(hours=3, minutes=30), late=False
    )
    assert clocks.left_of(PLAIN, at("Fri 17:00"), at("Mon 10:00")) == clocks.Left(timedelta(hours=2), late=True)
