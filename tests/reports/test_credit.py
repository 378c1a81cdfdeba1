"""Figures divided by credit: computed by hand, to the cent, and the same after the month is closed."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from core.worktime import SHANGHAI
from projects.models import Project
from reports import queries
from reports.actions import close_month
from reports.indicators import BY_CODE
from reports.models import ReportFact, ReportLine
from reports.queries import Wanted
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_split
from tests.reports.month import OCTOBER, recognised, signed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 4, 19, tzinfo=SHANGHAI)
CODES = ("signings", "amount_agreed", "funds_recognised")


@pytest.fixture
def project(cast: Cast) -> Project:
    """100.01 yuan signed on the twelfth, 10.00 paid on the fifteenth, shared by three from the first on."""
    with cast.everywhere():
        project = signed(cast, cast.officer, 100, name="分成")
        Project.objects.filter(pk=project.pk).update(agreed_amount="100.01")
        recognised(cast, project, cast.officer, 10)
        thirds = {cast.officer: "33.34", cast.colleague: "33.33", cast.manager: "33.33"}
        decide(cast, project, thirds, date(2026, 10, 1))
        return project


def decide(cast: Cast, project: Project, shares: dict[User, str], day: date) -> None:
    make_split(
        project.lead, made_by=cast.manager, shares=shares, valid_from=day, state="in_force",
        decided_at=datetime.combine(day, datetime.min.time(), SHANGHAI),
    )  # fmt: skip


def running(cast: Cast, code: str) -> dict[str, Decimal]:
    with cast.everywhere():
        cells = queries.running_cells(cast.zone.pk, OCTOBER)
        people = User.objects.in_bulk()
        return {str(people[cell.user_id]): cell.total for cell in cells if cell.indicator == code and cell.user_id}


def test_parts_are_those_computed_by_hand(cast: Cast, project: Project) -> None:
    # 33.34 % of 100.01 = 33.343334; 33.33 % = 33.333333; 100.00 in whole cents, the cent left to the largest remainder.
    parts = {"officer": Decimal("33.35"), "colleague": Decimal("33.33"), "manager": Decimal("33.33")}
    assert running(cast, "amount_agreed") == parts
    assert running(cast, "signings") == {
        "officer": Decimal("0.34"), "colleague": Decimal("0.33"), "manager": Decimal("0.33")
    }  # fmt: skip
    # 3.334, 3.333 and 3.333 of 10.00.
    assert running(cast, "funds_recognised") == {
        "officer": Decimal("3.34"), "colleague": Decimal("3.33"), "manager": Decimal("3.33")
    }  # fmt: skip


def test_credit_is_his_who_held_it_on_the_day_of_the_event(cast: Cast, project: Project) -> None:
    with cast.everywhere():
        decide(cast, project, {cast.colleague: "100"}, date(2026, 10, 14))
    assert running(cast, "amount_agreed")["officer"] == Decimal("33.35")  # signed on the twelfth
    assert running(cast, "funds_recognised") == {"colleague": Decimal("10.00")}  # paid on the fifteenth


def test_parts_sum_to_the_total_before_and_after_closing(cast: Cast, project: Project) -> None:
    with time_machine.travel(NOW, tick=False), cast.everywhere():
        live = queries.ranking_of(
            cast.zone.pk,
            OCTOBER,
            queries.running_cells(cast.zone.pk, OCTOBER),
            queries.scheme_for(cast.zone.pk, OCTOBER),
        )
        report = close_month(park_id=cast.zone.pk, month=OCTOBER)
        lines = ReportLine.objects.filter(report=report)
        for code in CODES:
            whole = Decimal(report.totals[code]["total"])
            assert whole == live.totals[code].total
            for subject in ("officer", "department"):
                figures = [line.figures.get(code) for line in lines if line.subject == subject]
                held = sum((Decimal(one["total"]) for one in figures if one), Decimal(0))
                assert held == whole or (subject == "department" and held < whole)
        by_name = {line.subject.name: line.score for line in live.officers}
        assert {line.name: line.score for line in lines if line.subject == "officer"} == by_name


def test_the_drill_down_shows_record_share_and_part(client: Client, cast: Cast, project: Project) -> None:
    client.force_login(cast.officer)
    page = client.get(f"/reports/zone/2026-10/figures/?indicator=amount_agreed&owner={cast.colleague.pk}")
    text = page.content.decode()
    assert page.status_code == 200
    assert "33.33%" in text
    assert project.name in text
    with cast.everywhere():
        figure, records = queries.running_records(cast.zone.pk, OCTOBER, Wanted(BY_CODE["amount_agreed"]), 0, 10)
        assert (figure.n, figure.total) == (3, Decimal("100.01"))
        assert [record.percent for record in records] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


def test_a_closed_month_stays_and_an_agreement_that_reaches_back_is_restated_by_parts(
    cast: Cast, project: Project
) -> None:
    with time_machine.travel(NOW, tick=False), cast.everywhere():
        report = close_month(park_id=cast.zone.pk, month=OCTOBER)
        frozen = list(ReportFact.objects.filter(report=report).values_list("user", "value").order_by("pk"))
        assert queries.changes_since(report) == []
        decide(cast, project, {cast.officer: "50", cast.colleague: "50"}, date(2026, 10, 2))
        changes = [c for c in queries.changes_since(report) if c.indicator == "amount_agreed"]
        assert {str(c.user): (c.before, c.after) for c in changes} == {
            "officer": (Decimal("33.35"), Decimal("50.01")),
            "colleague": (Decimal("33.33"), Decimal("50.00")),
            "manager": (Decimal("33.33"), Decimal("0")),
        }
        assert list(ReportFact.objects.filter(report=report).values_list("user", "value").order_by("pk")) == frozen
