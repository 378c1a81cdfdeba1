"""Closing a month: what is frozen, who is ranked, what is refused, what a second closing does."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from core import upkeep
from core.errors import Refused
from core.isolation import scope
from core.worktime import SHANGHAI
from notices.models import Notice
from parks.models import MonthClose
from parks.queries import counted_month, cutoff_of
from reports import actions, queries, tasks
from reports.models import Report, ReportFact, ReportLine, Scheme
from reports.scoring import Figure
from tests.fixtures.cast import Cast, make_cast
from tests.reports.month import FIGURES, NOVEMBER, OCTOBER, at, busy_month, visit

AFTER_CUTOFF = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(AFTER_CUTOFF, tick=False) as traveller:
        yield traveller


@pytest.fixture
def busy(cast: Cast) -> Cast:
    with cast.everywhere():
        busy_month(cast)
    return cast


def close(cast: Cast, month: date = OCTOBER, **options: Any) -> Report:
    with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
        return actions.close_month(park_id=cast.zone.pk, month=month, **options)


def lines_of(cast: Cast, report: Report, subject: str = "officer") -> dict[str, ReportLine]:
    with cast.everywhere():
        return {line.name: line for line in ReportLine.objects.filter(report=report, subject=subject).order_by("id")}


@pytest.mark.django_db
def test_every_persons_figures_are_those_of_their_records(busy: Cast) -> None:
    report = close(busy)
    lines = lines_of(busy, report)
    for name, figures in FIGURES.items():
        counted = {code: Figure.read(stored) for code, stored in lines[name].figures.items()}
        assert counted == {code: Figure(*figure) for code, figure in figures.items()}
    with busy.everywhere():
        cells = queries.frozen_cells(report)
    totals = {code: Figure.read(stored) for code, stored in report.totals.items()}
    assert totals["outbound_visits"] == Figure(4, Decimal(4))
    assert sum(cell.n for cell in cells) == sum(figure.n for figure in totals.values())


@pytest.mark.django_db
def test_the_running_month_and_the_frozen_one_agree(busy: Cast) -> None:
    with busy.everywhere():
        running = sorted(queries.running_cells(busy.zone.pk, OCTOBER), key=str)
    report = close(busy)
    with busy.everywhere():
        assert sorted(queries.frozen_cells(report), key=str) == running


@pytest.mark.django_db
def test_points_make_the_score_and_the_score_the_rank(busy: Cast) -> None:
    lines = lines_of(busy, close(busy))
    officer = lines["officer"]
    # 3 + 1.5 + 0 + 4 + 10 + 5 + 1.6 + 5
    assert officer.score == Decimal("30.10")
    assert sum(map(Decimal, officer.points.values())) == officer.score
    assert [(line.rank, line.name) for line in lines.values()] == [(1, "officer"), (2, "colleague"), (3, "window")]


@pytest.mark.django_db
def test_departments_are_ranked_per_head_with_all_their_figures(busy: Cast) -> None:
    lines = lines_of(busy, close(busy), "department")
    promotion = lines["招商一部"]
    assert promotion.heads == 2
    assert Figure.read(promotion.figures["outbound_visits"]) == Figure(4, Decimal(4))
    assert promotion.points["outbound_visits"] == "2.00"
    assert lines["企业服务部"].figures["requests_in_time"]["n"] == 2


@pytest.mark.django_db
def test_officers_without_a_record_are_ranked_too_and_the_movement_is_shown(busy: Cast) -> None:
    with busy.everywhere():
        visit(busy, busy.colleague, date(2026, 9, 1))
    september = close(busy, date(2026, 9, 1))
    assert lines_of(busy, september)["officer"].rank == 2
    october = lines_of(busy, close(busy))
    assert (october["officer"].rank, october["officer"].previous_rank) == (1, 2)
    assert (october["colleague"].rank, october["colleague"].previous_rank) == (2, 1)
    assert october["window"].previous_rank is None


@pytest.mark.django_db
def test_other_parks_records_do_not_count(busy: Cast) -> None:
    with busy.everywhere():
        visit(busy, busy.officer, park=busy.inner)
    assert Figure.read(lines_of(busy, close(busy))["officer"].figures["outbound_visits"]).n == 3


@pytest.mark.django_db
def test_closing_again_answers_with_the_same_report_and_doubles_nothing(busy: Cast) -> None:
    first, again = close(busy), close(busy, by=busy.leader)
    assert first.pk == again.pk
    with busy.everywhere():
        assert (Report.objects.count(), MonthClose.objects.count()) == (1, 1)
        assert ReportFact.objects.count() == sum(figure["n"] for figure in first.totals.values())


@pytest.mark.django_db(transaction=True)
def test_two_closings_at_the_same_moment_make_one_report() -> None:
    cast = make_cast()
    with cast.everywhere():
        busy_month(cast)
    together, reports, faults = threading.Barrier(4), [], []

    def run() -> None:
        try:
            together.wait(timeout=10)
            reports.append(close(cast).pk)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    assert len(reports) == 4
    assert len(set(reports)) == 1
    with cast.everywhere():
        assert ReportFact.objects.count() == sum(figure["n"] for figure in Report.objects.get().totals.values())
        assert Notice.objects.filter(kind="report_draft", recipient=cast.leader).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("month", "code"),
    [
        (date(2026, 11, 1), "month_not_over"),
        (date(2026, 12, 1), "future_month"),
        (date(2027, 6, 1), "future_month"),
        (date(2026, 8, 1), "unknown_month"),
    ],
)
def test_a_month_that_cannot_be_closed_is_refused_in_words(busy: Cast, month: date, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        close(busy, month)
    assert (refusal.value.code, refusal.value.field) == (code, "month")
    assert f"{month:%Y-%m}" in str(refusal.value)
    with busy.everywhere():
        assert not MonthClose.objects.exists()


@pytest.mark.django_db
def test_a_park_without_a_record_may_close_last_month_only(cast: Cast) -> None:
    report = close(cast)
    assert {line.score for line in lines_of(cast, report).values()} == {Decimal(0)}
    with pytest.raises(Refused):
        close(cast, date(2026, 9, 1))


@pytest.mark.django_db
def test_a_fact_entered_after_the_cutoff_counts_in_the_open_month(busy: Cast, clock: Any) -> None:
    with busy.everywhere():
        clock.move_to(datetime(2026, 11, 4, 9, 59, tzinfo=UTC))
        assert counted_month(busy.zone.pk, date(2026, 10, 30)) == OCTOBER
        clock.move_to(datetime(2026, 11, 4, 10, 1, tzinfo=UTC))
        assert counted_month(busy.zone.pk, date(2026, 10, 30)) == NOVEMBER
    report = close(busy)
    with busy.everywhere():
        late = visit(busy, busy.officer, NOVEMBER, happened_at=at(date(2026, 10, 30)))
        assert not ReportFact.objects.filter(report=report, record_id=late.pk, indicator="outbound_visits").exists()
        cells = queries.running_cells(busy.zone.pk, NOVEMBER)
    assert [(cell.indicator, cell.n) for cell in cells] == [("outbound_visits", 1)]


@pytest.mark.django_db
def test_closed_by_hand_before_the_cutoff_a_fact_of_that_month_counts_in_the_next(busy: Cast, clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 1, 1, 0, tzinfo=UTC))
    close(busy)
    with busy.everywhere():
        assert counted_month(busy.zone.pk, date(2026, 10, 31)) == NOVEMBER


@pytest.mark.django_db
def test_the_month_ends_at_midnight_in_beijing(busy: Cast, clock: Any) -> None:
    clock.move_to(datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC))
    with pytest.raises(Refused):
        close(busy)
    clock.move_to(datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    assert close(busy).month == OCTOBER


@pytest.mark.django_db
def test_records_of_the_last_minute_carry_their_day_in_beijing(cast: Cast) -> None:
    with cast.everywhere():
        visit(cast, cast.officer, happened_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
        visit(cast, cast.officer, NOVEMBER, happened_at=datetime(2026, 10, 31, 16, 1, tzinfo=UTC))
    report = close(cast)
    with cast.everywhere():
        assert list(ReportFact.objects.filter(report=report).values_list("happened_on", flat=True)) == [
            date(2026, 10, 31)
        ]


@pytest.mark.django_db
def test_objections_are_open_for_three_working_days_until_six(busy: Cast) -> None:
    # Closed on Friday 6 November: Monday, Tuesday, Wednesday.
    assert close(busy).objection_until == datetime(2026, 11, 11, 18, 0, tzinfo=SHANGHAI)


# The command --------------------------------------------------------------------------------------------------------


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("close_month", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_closes_publishes_and_says_so(busy: Cast) -> None:
    assert "zone 2026-10" in command("--park", "zone", "--month", "2026-10")
    assert "zone 2026-10" in command("--park", "zone", "--month", "2026-10", "--publish")
    with busy.everywhere():
        assert Report.objects.get().state == "published"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("park", "month", "code", "said"),
    [
        ("nowhere", "2026-10", 2, "nowhere"),
        ("zone", "2026-13", 2, "2026-13"),
        ("zone", "October", 2, "October"),
        ("zone", "2026-11", 1, "2026-11"),
        ("zone", "2031-01", 1, "2031-01"),
        ("zone", "1999-01", 1, "1999-01"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_input(busy: Cast, park: str, month: str, code: int, said: str) -> None:
    with pytest.raises(CommandError) as error:
        command("--park", park, "--month", month)
    assert error.value.returncode == code
    assert said in str(error.value)


# The worker ---------------------------------------------------------------------------------------------------------


def ensure_reports() -> None:
    """As beat has it done."""
    assert upkeep.WORKS["reports"][0] is tasks.ensure_reports
    upkeep.run()


def months(cast: Cast) -> list[tuple[str, str]]:
    with cast.everywhere():
        return [(f"{report.month:%Y-%m}", report.state) for report in Report.objects.order_by("month")]


@pytest.mark.django_db
def test_nothing_is_closed_before_its_cutoff_and_everything_once_after_it(busy: Cast, clock: Any) -> None:
    with busy.everywhere():
        cutoff = cutoff_of(busy.zone.pk, OCTOBER)
    clock.move_to(cutoff - timedelta(seconds=1))
    ensure_reports()
    assert months(busy) == []
    clock.move_to(cutoff)
    for _beat in range(3):
        ensure_reports()
    assert months(busy) == [("2026-10", "draft")]


@pytest.mark.django_db
def test_drafts_are_published_when_their_window_has_ended(busy: Cast, clock: Any) -> None:
    ensure_reports()
    with busy.everywhere():
        until = Report.objects.get().objection_until
    clock.move_to(until - timedelta(seconds=1))
    ensure_reports()
    assert months(busy) == [("2026-10", "draft")]
    clock.move_to(until)
    ensure_reports()
    ensure_reports()
    assert months(busy) == [("2026-10", "published")]


@pytest.mark.django_db
def test_beat_that_was_down_over_a_months_end_catches_up(busy: Cast, clock: Any) -> None:
    with busy.everywhere():
        visit(busy, busy.officer, NOVEMBER)
    clock.move_to(datetime(2026, 12, 20, 2, 0, tzinfo=UTC))
    ensure_reports()
    clock.move_to(datetime(2026, 12, 28, 2, 0, tzinfo=UTC))
    ensure_reports()
    assert months(busy) == [("2026-10", "published"), ("2026-11", "published")]


@pytest.mark.django_db
def test_the_worker_looks_back_three_months_and_no_further(busy: Cast, clock: Any) -> None:
    clock.move_to(datetime(2027, 3, 10, 2, 0, tzinfo=UTC))
    ensure_reports()
    assert [month for month, _state in months(busy)] == ["2026-12", "2027-01", "2027-02"]


@pytest.mark.django_db
def test_a_park_without_any_record_gets_no_reports(cast: Cast) -> None:
    ensure_reports()
    assert months(cast) == []


@pytest.mark.django_db
def test_one_parks_fault_does_not_stop_the_others(busy: Cast) -> None:
    with busy.everywhere():
        visit(busy, busy.stranger, park=busy.elsewhere, department=None)
        busy.zone.refresh_from_db()
        Scheme.objects.create(
            park=busy.zone, name="坏", valid_from=OCTOBER, items=[{"indicator": "signings", "formula": "?"}]
        )
    ensure_reports()
    with busy.everywhere():
        assert list(Report.objects.values_list("park__code", flat=True)) == ["elsewhere"]
