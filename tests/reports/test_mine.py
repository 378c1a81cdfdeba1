"""One's own month: the figures of the ranking, the records behind them, what does not count yet."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.isolation import user_scope
from core.worktime import SHANGHAI
from leads.actions import log_activity
from parks.models import ParkRules
from reports.actions import close_month, publish_report
from reports.mine import MyMonth
from reports.models import Report, ReportLine
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_payment, make_split, make_submission
from tests.reports.month import FIGURES, OCTOBER, busy_month, signed

pytestmark = pytest.mark.django_db
LATE_OCTOBER = datetime(2026, 10, 25, 10, tzinfo=SHANGHAI)
CLOSING = datetime(2026, 11, 4, 19, tzinfo=SHANGHAI)


@pytest.fixture
def october(cast: Cast) -> None:
    """The busy month, with one signing that officer and colleague share 60 to 40."""
    with cast.everywhere():
        busy_month(cast)
        project = signed(cast, cast.officer, 10_000_001, name="共享")
        shares = {cast.officer: "60", cast.colleague: "40"}
        day = date(2026, 10, 3)
        at = datetime(2026, 10, 3, tzinfo=SHANGHAI)
        make_split(project.lead, made_by=cast.manager, shares=shares, valid_from=day, state="in_force", decided_at=at)


def mine(cast: Cast, user: User, report: Report | None = None) -> MyMonth:
    return MyMonth(user, cast.zone, OCTOBER, report)


def test_live_figures_are_those_that_closing_freezes(cast: Cast, october: None) -> None:
    with time_machine.travel(CLOSING, tick=False):
        live = {}
        for name in ("officer", "colleague", "window"):
            user = cast.people[name]
            with user_scope(user):
                view = mine(cast, user)
                live[name] = (view.line.figures, view.line.points, view.line.score, view.line.rank)
                assert all(row.count == view.line.figures[row.indicator.code].n for row in view.rows if row.count)
        with cast.everywhere():
            report = close_month(park_id=cast.zone.pk, month=OCTOBER)
            for name, (figures, points, score, rank) in live.items():
                line = ReportLine.objects.get(report=report, user=cast.people[name])
                assert line.figures == {code: figure.stored() for code, figure in figures.items()}
                assert line.points == {code: str(given) for code, given in points.items()}
                assert (line.score, line.rank) == (score, rank)
        for name in live:
            with user_scope(cast.people[name]):
                frozen = mine(cast, cast.people[name], report)
                assert frozen.line.figures == live[name][0]
                assert frozen.rank == 0
    assert live["officer"][0]["signings"].total == Decimal("2.60")
    assert live["colleague"][0]["amount_agreed"].total == Decimal("4000000.40")
    assert FIGURES["officer"]["signings"] == (2, Decimal(2))


@time_machine.travel(LATE_OCTOBER, tick=False)
def test_the_page_shows_points_records_and_what_is_missing(client: Client, cast: Cast, october: None) -> None:
    with cast.everywhere():
        make_submission(cast.zone, by=cast.officer, title="还没研判")
        make_payment(signed(cast, cast.officer, 7, name="待认定"), by=cast.officer)
        ParkRules.objects.update_or_create(park=cast.zone, defaults={"visit_needs_photo": True})
    with user_scope(cast.officer):
        bare = log_activity(
            by=cast.officer,
            company=cast.company,
            park_id=cast.zone.pk,
            kind="outbound_visit",
            happened_at=LATE_OCTOBER,
            summary="没有照片",
        )
    client.force_login(cast.officer)
    text = client.get(reverse("my_month")).content.decode()
    for shown in (
        "还没研判",
        "2.6",
        "600 万元",
        "您的份额：60",
        'id="outbound_visits"',
        "?month=2026-09",
        "待认定",
        "缺照片",
        f'href="{bare.get_absolute_url()}"',
    ):
        assert shown in text, shown
    assert "?month=2026-11" not in text
    assert reverse("reports:month", args=["zone", OCTOBER]) in text


def test_the_rank_is_shown_once_it_is_published(client: Client, cast: Cast, october: None) -> None:
    with time_machine.travel(CLOSING, tick=False), cast.everywhere():
        report = publish_report(report=close_month(park_id=cast.zone.pk, month=OCTOBER))
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=SHANGHAI), tick=False), user_scope(cast.officer):
        assert mine(cast, cast.officer, report).rank == 1
    client.force_login(cast.officer)
    assert client.get(reverse("my_month"), {"month": "2026-10"}).status_code == 200


@time_machine.travel(LATE_OCTOBER, tick=False)
@pytest.mark.parametrize("month", ["2026-13", "x", "9999-01", "2026-11", "0001-01", "2026-10-01", "\x00"])
def test_an_unknown_month_does_not_exist(client: Client, cast: Cast, month: str) -> None:
    client.force_login(cast.officer)
    assert client.get(reverse("my_month"), {"month": month}).status_code == 404


@time_machine.travel(LATE_OCTOBER, tick=False)
@pytest.mark.parametrize("name", ["admin", "park_admin", "auditor", "window", "operator_officer", "stranger"])
def test_everybody_may_open_their_own(client: Client, cast: Cast, october: None, name: str) -> None:
    client.force_login(cast.people[name])
    page = client.get(reverse("my_month"), {"month": "2026-10"})
    assert page.status_code == 200
    assert "600 万元" not in page.content.decode()


@time_machine.travel(LATE_OCTOBER, tick=False)
def test_an_enterprise_has_no_month(client: Client, cast: Cast) -> None:
    client.force_login(cast.enterprise)
    assert client.get(reverse("my_month")).status_code in {302, 403, 404}


@time_machine.travel(LATE_OCTOBER, tick=False)
def test_today_fetches_the_score_that_the_page_shows_after_it_stands(client: Client, cast: Cast, october: None) -> None:
    client.force_login(cast.officer)
    with CaptureQueriesContext(connection) as asked:
        today = client.get("/").content.decode()
    assert f'hx-get="{reverse("my_score")}"' in today
    assert not [one for one in asked.captured_queries if "reports_" in one["sql"]]
    part = client.get(reverse("my_score"), headers={"HX-Request": "true"}).content.decode().strip()
    assert float(part) > 0
    assert f'<span class="ld-stat-value">{part}</span>' in client.get(reverse("my_month")).content.decode()
    assert client.get(reverse("my_score")).headers["Location"] == reverse("my_month")
    client.force_login(cast.window)
    assert reverse("my_score") not in client.get("/").content.decode()
