"""One's own month: the figures are the records below them."""

from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.isolation import user_scope
from core.worktime import SHANGHAI
from desk.queries.month import Section, sections_of
from services.models import TicketClock
from tests.desk.conftest import Counted
from tests.fixtures.cast import Cast
from tests.fixtures.rows import (
    make_activity,
    make_lead,
    make_milestone,
    make_payment,
    make_project,
    make_submission,
    make_ticket,
)

pytestmark = pytest.mark.django_db
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)


@pytest.fixture
def october(cast: Cast) -> None:
    """Counted for the officer: 2 visits out, 1 in, 1 negotiation, 1 information, 2 leads, 1 signing, 1 payment."""
    now = timezone.now()
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
        for kind in ("outbound_visit", "outbound_visit", "inbound_visit", "negotiation", "call"):
            make_activity(cast.zone, by=cast.officer, lead=lead, kind=kind)
        make_activity(cast.zone, by=cast.officer, lead=lead, counted_month=SEPTEMBER, summary="九月的拜访")
        make_activity(cast.zone, by=cast.colleague, lead=lead, summary="同事的拜访")
        valid = {"state": "valid", "judged_at": now, "judged_by": cast.manager, "counted_month": OCTOBER}
        make_submission(cast.zone, by=cast.officer, title="有效信息一", **valid)
        make_submission(cast.zone, by=cast.officer, title="还没研判")
        signed = make_lead(cast.zone, owner=cast.officer, company=cast.settled, stage="signed")
        project = make_project(cast.zone, officer=cast.officer, lead=signed)
        decided = {"state": "recognised", "decided_by": cast.manager, "decided_at": now, "counted_month": OCTOBER}
        make_payment(project, by=cast.officer, **decided)
        make_payment(project, by=cast.officer, amount=9, amount_yuan=9)
        make_milestone(
            project, owner=cast.officer, due_on=date(2026, 10, 20), starts_on=OCTOBER, done_on=date(2026, 10, 20)
        )
        make_milestone(
            project, owner=cast.officer, due_on=date(2026, 10, 21), starts_on=OCTOBER, done_on=date(2026, 10, 22)
        )
        make_milestone(project, owner=cast.officer, due_on=date(2026, 10, 22), starts_on=OCTOBER)


def by_code(cast: Cast, name: str = "officer", month: date = OCTOBER) -> dict[str, Section]:
    user = cast.people[name]
    with user_scope(user):
        return {section.measure.code: section for section in sections_of(user, month)}


def test_what_counts_is_counted_once_where_it_belongs(cast: Cast, october: None) -> None:
    sections = by_code(cast)
    numbers = {code: section.now.n for code, section in sections.items()}
    assert numbers == {
        "outbound": 2,
        "inbound": 1,
        "negotiations": 1,
        "information": 1,
        "leads": 2,
        "signings": 1,
        "funds": 1,
        "milestones": 3,
        "requests": 0,
    }
    assert sections["signings"].now.total == 10_000_000
    assert sections["funds"].now.total == 1_000_000
    assert sections["milestones"].now.total == 1
    assert sections["outbound"].before.n == 1


def test_every_figure_has_exactly_its_records_below(cast: Cast, october: None) -> None:
    for code, section in by_code(cast).items():
        assert len(section.records) == section.now.n, code


def test_a_colleague_has_figures_of_their_own(cast: Cast, october: None) -> None:
    numbers = {code: section.now.n for code, section in by_code(cast, "colleague").items() if section.now.n}
    assert numbers == {"outbound": 1}


def test_a_request_counts_for_who_held_it_when_it_was_resolved(cast: Cast) -> None:
    now = timezone.now()
    with cast.everywhere():
        for breached in (None, now):
            ticket = make_ticket(
                cast.zone,
                company=cast.settled,
                by=cast.manager,
                state="resolved",
                resolved_at=now,
                counted_month=OCTOBER,
                holder=cast.colleague,
            )
            TicketClock.objects.create(
                park=cast.zone,
                ticket=ticket,
                company=cast.settled,
                clock="resolution",
                target_minutes=60,
                started_at=now,
                due_at=now,
                met_at=now,
                breached_at=breached,
                holder=cast.window,
            )
    standing = by_code(cast, "window")["requests"].now
    assert (standing.n, standing.total) == (2, 1)
    assert by_code(cast, "colleague")["requests"].now.n == 0


@time_machine.travel(datetime(2026, 10, 25, 10, tzinfo=SHANGHAI), tick=False)
def test_the_page_shows_figures_records_and_the_months_around(client: Client, cast: Cast, october: None) -> None:
    client.force_login(cast.officer)
    text = client.get(reverse("desk:my_month")).content.decode()
    assert "有效信息一" in text
    assert "还没研判" not in text
    assert "同事的拜访" not in text
    assert "1,000 万元" in text
    assert "?month=2026-09" in text
    assert "?month=2026-11" not in text
    assert "九月的拜访" in client.get(reverse("desk:my_month"), {"month": "2026-09"}).content.decode()


@time_machine.travel(datetime(2026, 10, 25, 10, tzinfo=SHANGHAI), tick=False)
def test_the_report_of_the_park_is_one_click_away(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    text = client.get(reverse("desk:my_month")).content.decode()
    assert reverse("reports:month", args=["zone", OCTOBER]) in text


@time_machine.travel(datetime(2026, 10, 25, 10, tzinfo=SHANGHAI), tick=False)
@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "x", "2026", "9999-01", "2026-11", "0001-01", "2026-10-01", "\x00"]
)
def test_an_unknown_month_does_not_exist(client: Client, cast: Cast, month: str) -> None:
    client.force_login(cast.officer)
    assert client.get(reverse("desk:my_month"), {"month": month}).status_code == 404


@pytest.mark.parametrize("name", ["admin", "park_admin", "auditor", "window", "operator_officer", "stranger"])
def test_everybody_may_open_it(client: Client, cast: Cast, october: None, name: str) -> None:
    client.force_login(cast.people[name])
    text = client.get(reverse("desk:my_month"), {"month": "2026-10"}).content.decode()
    assert "有效信息一" not in text


def test_two_statements_a_measure(client: Client, cast: Cast, october: None) -> None:
    client.force_login(cast.officer)
    url = reverse("desk:my_month") + "?month=2026-10"
    client.get(url)
    counted = Counted(client, url)
    assert len(counted) <= 18, "\n".join(counted.sql)
