"""The working-time calendar: published test vectors, properties, and the State Council's holiday notices."""

import csv
import datetime as dt
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.worktime import (
    SHANGHAI,
    CalendarError,
    Interval,
    Month,
    Pause,
    StillPaused,
    WorkingCalendar,
    current_month,
    default_week,
    format_intervals,
    local_moment,
    month_bounds,
    parse_intervals,
    parse_month,
    published_years,
    statutory_exceptions,
)

FRIDAY = dt.date(2026, 3, 6)
HOURS = default_week()[0]
CALENDAR = WorkingCalendar()


def at(days_after_friday: int, clock: str) -> dt.datetime:
    return local_moment(FRIDAY + dt.timedelta(days=days_after_friday), dt.time.fromisoformat(clock))


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


SAT, SUN, MON, TUE, WED = 1, 2, 3, 4, 5
START = at(0, "16:30")


def with_day(day: int, text: str) -> WorkingCalendar:
    return WorkingCalendar(exceptions={FRIDAY + dt.timedelta(days=day): parse_intervals(text)})


@pytest.mark.parametrize(
    ("calendar", "start", "target", "pauses", "due"),
    [
        pytest.param(CALENDAR, START, 4, [], at(MON, "11:30"), id="1 over a weekend"),
        pytest.param(with_day(SAT, format_intervals(HOURS)), START, 4, [], at(SAT, "11:30"), id="2 make-up Saturday"),
        pytest.param(with_day(MON, ""), START, 4, [], at(TUE, "11:30"), id="3 Monday is a holiday"),
        pytest.param(CALENDAR, START, 4, [(at(0, "18:00"), at(MON, "09:00"))], at(MON, "11:30"), id="4 hold off hours"),
        pytest.param(CALENDAR, START, 4, [(at(MON, "09:30"), at(MON, "10:30"))], at(MON, "14:00"), id="5 hold"),
        pytest.param(CALENDAR, START, 4, [(at(MON, "10:00"), at(WED, "09:00"))], at(WED, "10:30"), id="6 reopened"),
        pytest.param(CALENDAR, START, 2, [], at(MON, "09:30"), id="7 target cut to two hours"),
        pytest.param(CALENDAR, at(MON, "12:30"), 1, [], at(MON, "14:30"), id="8 created at lunch"),
        pytest.param(CALENDAR, at(SAT, "10:00"), 1, [], at(MON, "10:00"), id="9 created on Saturday"),
        pytest.param(with_day(MON, "09:00-12:00"), START, 4, [], at(MON, "11:30"), id="10 half day"),
        pytest.param(with_day(MON, "09:00-12:00"), START, 5.5, [], at(TUE, "10:00"), id="10 half day, longer"),
    ],
)
def test_published_vector(
    calendar: WorkingCalendar, start: dt.datetime, target: float, pauses: list[Pause], due: dt.datetime
) -> None:
    assert calendar.add(start, hours(target), pauses) == due
    assert calendar.between(start, due, pauses) == hours(target)


def test_the_due_time_is_told_in_utc() -> None:
    assert CALENDAR.add(START, hours(4)).utcoffset() == dt.timedelta(0)


def test_overlapping_and_nested_pauses_count_once() -> None:
    pauses = [
        (at(MON, "10:00"), at(MON, "11:00")),
        (at(MON, "09:30"), at(MON, "10:30")),
        (at(MON, "10:10"), at(MON, "10:20")),
    ]
    assert CALENDAR.between(at(MON, "09:00"), at(MON, "12:00"), pauses) == hours(1.5)


def test_an_open_pause_means_there_is_no_due_time_but_says_what_is_left() -> None:
    with pytest.raises(StillPaused) as raised:
        CALENDAR.add(START, hours(4), [(at(MON, "10:00"), None)])
    assert raised.value.remaining == hours(1.5)
    assert CALENDAR.between(START, at(WED, "18:00"), [(at(MON, "10:00"), None)]) == hours(2.5)


def test_an_open_pause_after_the_due_time_changes_nothing() -> None:
    assert CALENDAR.add(START, hours(4), [(at(TUE, "10:00"), None)]) == at(MON, "11:30")


def test_is_open_at_the_edges() -> None:
    assert CALENDAR.is_open(at(0, "09:00"))
    assert not CALENDAR.is_open(at(0, "12:00"))
    assert not CALENDAR.is_open(at(SAT, "10:00"))


def test_a_day_that_never_ends_is_counted_to_midnight() -> None:
    always = WorkingCalendar(week=dict.fromkeys(range(7), parse_intervals("00:00-24:00")))
    assert always.add(START, hours(100)) == START + hours(100)
    assert format_intervals(always.week[0]) == "00:00-24:00"


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.add(dt.datetime(2026, 3, 6, 9), hours(1))  # noqa: DTZ001 - that is the point


def test_a_calendar_that_never_opens_is_an_error_not_a_loop() -> None:
    shut = WorkingCalendar(week={})
    for call in (lambda: shut.add(START, hours(1)), lambda: shut.add_working_days(FRIDAY, 1), shut.validate):
        with pytest.raises(CalendarError):
            call()
    assert shut.between(START, START + hours(24 * 900)) == hours(0)


@pytest.mark.parametrize("text", ["12:00-09:00", "09:00-12:00, 11:00-13:00", "09:00", "25:00-26:00", "nine to five"])
def test_wrong_hours_are_refused(text: str) -> None:
    with pytest.raises(CalendarError):
        parse_intervals(text)


def test_validate_finds_overlaps_in_weekdays_and_exceptions() -> None:
    overlap = (Interval(dt.time(9), dt.time(12)), Interval(dt.time(11), dt.time(13)))
    with pytest.raises(CalendarError):
        WorkingCalendar(week={0: overlap}).validate(FRIDAY)
    with pytest.raises(CalendarError):
        WorkingCalendar(exceptions={FRIDAY: overlap}).validate(FRIDAY)
    CALENDAR.validate(FRIDAY)


# Drawn naive and then placed, because hypothesis wants naive bounds.
FIRST, LAST = dt.datetime(2024, 1, 1), dt.datetime(2026, 12, 1)  # noqa: DTZ001
MOMENTS = st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(tzinfo=SHANGHAI))
WORKING = st.integers(0, 200 * 60).map(lambda minutes: dt.timedelta(minutes=minutes))
SOME_PAUSES = st.lists(st.tuples(MOMENTS, MOMENTS), max_size=4)
STATUTORY = WorkingCalendar(
    exceptions={day: hours for year in (2024, 2025, 2026) for day, hours in (statutory_exceptions(year) or {}).items()}
)


@given(MOMENTS, WORKING, SOME_PAUSES)
@settings(deadline=None)
def test_between_undoes_add(start: dt.datetime, working: dt.timedelta, pauses: list[Pause]) -> None:
    assert STATUTORY.between(start, STATUTORY.add(start, working, pauses), pauses) == working


@given(MOMENTS, MOMENTS, SOME_PAUSES)
@settings(deadline=None)
def test_add_undoes_between_at_the_earliest_moment(a: dt.datetime, b: dt.datetime, pauses: list[Pause]) -> None:
    start, end = min(a, b), max(a, b)
    due = STATUTORY.add(start, STATUTORY.between(start, end, pauses), pauses)
    assert due <= end
    assert STATUTORY.between(due, end, pauses) == dt.timedelta(0)


@given(MOMENTS, WORKING, WORKING, SOME_PAUSES)
@settings(deadline=None)
def test_more_work_is_never_due_earlier(
    start: dt.datetime, a: dt.timedelta, b: dt.timedelta, pauses: list[Pause]
) -> None:
    first, second = STATUTORY.add(start, min(a, b), pauses), STATUTORY.add(start, max(a, b), pauses)
    assert first <= second
    assert STATUTORY.add(start, min(a, b)) <= first, "a pause never makes it due earlier"


@given(MOMENTS, MOMENTS, SOME_PAUSES)
@settings(deadline=None, max_examples=40)
def test_between_equals_a_count_of_minutes(a: dt.datetime, b: dt.datetime, pauses: list[Pause]) -> None:
    start = min(a, b).replace(second=0, microsecond=0)
    end = min(max(a, b).replace(second=0, microsecond=0), start + dt.timedelta(days=9))
    pauses = [(p.replace(second=0, microsecond=0), q.replace(second=0, microsecond=0)) for p, q in pauses if q]
    minutes = (start + dt.timedelta(minutes=i) for i in range(int((end - start).total_seconds() // 60)))
    counted = sum(STATUTORY.is_open(one) and not any(p <= one < q for p, q in pauses if q) for one in minutes)
    assert STATUTORY.between(start, end, pauses) == dt.timedelta(minutes=counted)


@given(MOMENTS.map(lambda moment: moment.date()), st.integers(-60, 60))
@settings(deadline=None)
def test_working_days_are_counted_back_to_the_same_number(day: dt.date, n: int) -> None:
    landed = STATUTORY.add_working_days(day, n)
    assert STATUTORY.is_working_day(landed)
    if n:
        assert STATUTORY.working_days_between(day, landed) == n


def test_zero_working_days_is_the_next_working_day_on_or_after() -> None:
    assert CALENDAR.add_working_days(FRIDAY, 0) == FRIDAY
    assert CALENDAR.add_working_days(FRIDAY + dt.timedelta(days=SAT), 0) == FRIDAY + dt.timedelta(days=MON)


def test_the_third_working_day_of_october_2026_follows_the_national_holiday() -> None:
    assert STATUTORY.nth_working_day(2026, 10, 3) == dt.date(2026, 10, 10), "8th, 9th and the make-up Saturday"
    with pytest.raises(CalendarError):
        STATUTORY.nth_working_day(2026, 10, 30)
    with pytest.raises(CalendarError):
        STATUTORY.nth_working_day(2026, 10, 0)


# Transcribed from the State Council's notices on holiday arrangements: (first, last) day off, and working weekend days.
NOTICES = {
    2024: (
        [
            ("01-01", "01-01"),
            ("02-10", "02-17"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("06-10", "06-10"),
            ("09-15", "09-17"),
            ("10-01", "10-07"),
        ],
        ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    ),
    2025: (
        [
            ("01-01", "01-01"),
            ("01-28", "02-04"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("05-31", "06-02"),
            ("10-01", "10-08"),
        ],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    2026: (
        [
            ("01-01", "01-03"),
            ("02-15", "02-23"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("06-19", "06-21"),
            ("09-25", "09-27"),
            ("10-01", "10-07"),
        ],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}


@pytest.mark.parametrize("year", NOTICES)
def test_holidays_and_make_up_days_are_those_of_the_notice(year: int) -> None:
    holidays, make_up_days = NOTICES[year]
    wrong = []
    for i in range(366 if year % 4 == 0 else 365):
        day = dt.date(year, 1, 1) + dt.timedelta(days=i)
        month_day = f"{day:%m-%d}"
        off = any(first <= month_day <= last for first, last in holidays)
        expected = not off and (day.weekday() < 5 or month_day in make_up_days)
        if STATUTORY.is_working_day(day) is not expected:
            wrong.append(day)
    assert wrong == []


def test_make_up_days_have_mondays_hours_or_the_given_ones() -> None:
    short = parse_intervals("08:30-12:00")
    assert STATUTORY.hours(dt.date(2026, 10, 10)) == HOURS
    assert (statutory_exceptions(2026, short) or {})[dt.date(2026, 10, 10)] == short


def test_a_year_that_is_not_published_is_none() -> None:
    assert statutory_exceptions(2090) is None
    assert published_years(2024, 2026) == [2024, 2025, 2026]
    assert published_years(2090, 2091) == []


@pytest.mark.realdata
@pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set")
def test_every_day_since_2004_agrees_with_the_real_table() -> None:
    with (Path(os.environ["REAL_DATA_DIR"]) / "cn_workdays.csv").open(encoding="utf-8-sig") as file:
        rows = [(dt.date.fromisoformat(row["date"]), row["is_workday"] == "1") for row in csv.DictReader(file)]
    exceptions = {
        day: hours
        for year in {day.year for day, _ in rows}
        for day, hours in (statutory_exceptions(year) or {}).items()
    }
    calendar = WorkingCalendar(exceptions=exceptions)
    assert len(rows) > 8000
    assert [day for day, works in rows if calendar.is_working_day(day) is not works] == []


def test_months_are_half_open_in_shanghai() -> None:
    start, end = month_bounds(2026, 12)
    assert start.isoformat() == "2026-12-01T00:00:00+08:00"
    assert end.isoformat() == "2027-01-01T00:00:00+08:00"


def test_the_month_of_a_late_evening_in_utc_is_the_next_one_in_shanghai() -> None:
    assert current_month(dt.datetime(2026, 10, 31, 16, 0, tzinfo=dt.UTC)) == Month(2026, 11)
    assert current_month(dt.datetime(2026, 10, 31, 15, 59, tzinfo=dt.UTC)) == Month(2026, 10)


def test_a_month_is_read_and_written_as_text() -> None:
    assert parse_month("2026-10") == (2026, 10)
    assert str(parse_month("2026-10").shift(-10)) == "2025-12"
    assert str(Month(2026, 12).shift(1)) == "2027-01"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "0000-01", "2026-10-01", "２０２６-10", "x" * 999]
)
def test_an_unknown_month_is_refused(text: str) -> None:
    with pytest.raises(CalendarError, match="2026-10"):
        parse_month(text)


def test_a_thousand_due_times_take_well_under_a_second() -> None:
    began = time.process_time()  # of our own: what else the machine does takes none of it
    for minutes in range(1000):
        STATUTORY.add(START, dt.timedelta(minutes=minutes * 5))
    assert time.process_time() - began < 2
