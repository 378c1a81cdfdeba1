"""The ranking page and the records behind its figures, over HTTP."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.isolation import scope
from leads.models import Activity
from reports import actions
from reports.indicators import INDICATORS
from reports.models import Report, ReportFact
from tests.fixtures.cast import Cast
from tests.reports.month import FIGURES, NOVEMBER, OCTOBER, busy_month, signed, visit

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)
MONTH, RUNNING = "/reports/zone/2026-10/", "/reports/zone/2026-11/"
LINK = re.compile(r'<a href="(/reports/zone/[^"]*figures/[^"]*)" title="([^"]*)">([^<]*)</a>')


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def busy(cast: Cast) -> Cast:
    with cast.everywhere():
        busy_month(cast)
        busy_month(cast, NOVEMBER)
    return cast


@pytest.fixture
def closed(busy: Cast) -> Report:
    return close(busy)


def close(cast: Cast, month: date = OCTOBER, *, publish: bool = False) -> Report:
    with scope(read=[cast.zone.pk], write=[cast.zone.pk]):
        report = actions.close_month(park_id=cast.zone.pk, month=month)
        return actions.publish_report(report=report) if publish else report


def page(client: Client, user: Any, url: str) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def rows_on(text: str) -> list[str]:
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    return re.findall(r"<tr.*?</tr>", body, re.DOTALL)


# The ranking --------------------------------------------------------------------------------------------------------


def test_the_page_ranks_officers_and_departments(client: Client, busy: Cast, closed: Report) -> None:
    officers = rows_on(page(client, busy.manager, MONTH))
    assert [re.search(r"<strong>(\d+)</strong>", row).group(1) for row in officers] == ["1", "2", "3"]  # type: ignore[union-attr]  # every row has a rank
    assert "officer" in officers[0]
    assert "招商一部" in rows_on(page(client, busy.manager, f"{MONTH}?tab=departments"))[0]


@pytest.mark.parametrize("url", [MONTH, RUNNING, f"{MONTH}?tab=departments", f"{RUNNING}?tab=departments"])
def test_every_figure_leads_to_exactly_its_records(client: Client, busy: Cast, closed: Report, url: str) -> None:
    links = LINK.findall(page(client, busy.manager, url))
    assert len(links) > 10
    for link, title, shown in links:
        records = page(client, busy.manager, html.unescape(link))
        assert f'title="{title}">{shown}</strong>' in records
        listed = len(rows_on(records))
        # "3 条记录", "2 个中 1 个按时", "50,000,000.00 元" of two projects
        expected = int(re.findall(r"\d+", title)[0]) if "元" not in title else listed
        assert listed == expected, link


def test_the_records_of_each_person_are_those_of_the_figures(client: Client, busy: Cast, closed: Report) -> None:
    for base in (MONTH, RUNNING):
        for name, figures in FIGURES.items():
            for indicator in INDICATORS:
                url = f"{base}figures/?indicator={indicator.code}&owner={getattr(busy, name).pk}"
                n, total = figures.get(indicator.code, (0, 0))
                text = page(client, busy.manager, url)
                assert (len(rows_on(text)) if n else text.count("<tbody>")) == n, url
                if indicator.kind == "amount" and n:
                    assert f"{total:,.2f}" in text


def test_a_running_month_says_so_and_moves_with_its_records(client: Client, busy: Cast, closed: Report) -> None:
    before = page(client, busy.manager, RUNNING)
    assert "进行中" in before
    with busy.everywhere():
        visit(busy, busy.colleague, NOVEMBER)
        visit(busy, busy.colleague, OCTOBER)
    assert page(client, busy.manager, RUNNING) != before
    assert "走出去 4 次" in html.unescape(page(client, busy.manager, MONTH))


def test_movement_against_the_month_before_is_shown(client: Client, busy: Cast) -> None:
    with busy.everywhere():
        visit(busy, busy.colleague, date(2026, 9, 1))
    close(busy, date(2026, 9, 1))
    close(busy)
    rows = rows_on(page(client, busy.manager, MONTH))
    assert "▲1" in rows[0]
    assert "▼1" in rows[1]
    assert "<polyline" in rows[0]


def test_a_month_without_records_has_a_designed_emptiness(client: Client, cast: Cast) -> None:
    assert "本月没有记录" in page(client, cast.manager, RUNNING)


def test_corrections_are_listed_on_the_open_months_page(client: Client, busy: Cast, closed: Report) -> None:
    with busy.everywhere():
        busy.zone.refresh_from_db()
        visits = ReportFact.objects.filter(indicator="outbound_visits", user=busy.officer)
        Activity.objects.filter(pk=visits[0].record_id).update(counts=False)
        actions.restate(park_id=busy.zone.pk)
    assert "重述" in page(client, busy.manager, RUNNING)
    assert "走出去 3" not in page(client, busy.manager, MONTH)


@pytest.mark.parametrize("path", ["2026-13", "2026-00", "2026-12", "2031-01", "0000-01"])
def test_months_that_are_none_or_lie_ahead_do_not_exist(client: Client, cast: Cast, path: str) -> None:
    client.force_login(cast.manager)
    assert client.get(f"/reports/zone/{path}/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "indicator=x",
        "indicator=signings&owner=abc",
        f"indicator=signings&owner={10**30}",
        "indicator=signings&page=²",
    ],
)
def test_figures_that_are_none_do_not_exist(client: Client, cast: Cast, query: str) -> None:
    client.force_login(cast.manager)
    assert client.get(f"{MONTH}figures/?{query}").status_code == 404


def test_reports_open_at_the_newest_one(client: Client, busy: Cast) -> None:
    client.force_login(busy.officer)
    assert client.get("/reports/")["Location"] == RUNNING
    close(busy)
    assert client.get("/reports/")["Location"] == MONTH


def test_the_park_switch_of_the_top_bar_leads_to_that_parks_page(client: Client, busy: Cast) -> None:
    client.force_login(busy.leader)
    assert client.get(f"{MONTH}?park=inner")["Location"] == "/reports/inner/2026-10/"
    assert client.get("/reports/?park=inner")["Location"] == "/reports/inner/2026-11/"
    assert client.get(f"{MONTH}?park=elsewhere").status_code == 200


def test_more_than_a_page_of_records_is_paged(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        for _number in range(101):
            visit(cast, cast.officer, NOVEMBER)
    url = f"{RUNNING}figures/?indicator=outbound_visits"
    first, second = page(client, cast.manager, url), page(client, cast.manager, f"{url}&page=2")
    assert (len(rows_on(first)), len(rows_on(second))) == (100, 1)
    assert "101 条记录" in second


def test_confidential_titles_are_shown_to_those_who_see_the_lead_only(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        project = signed(cast, cast.officer, 10_000_000, NOVEMBER, name="绝密")
        project.lead.confidentiality = "own"
        project.lead.save()
    url = f"{RUNNING}figures/?indicator=new_leads"
    assert "绝密" in page(client, cast.officer, url)
    assert "绝密" in page(client, cast.manager, url)
    hidden = page(client, cast.colleague, url)
    assert "绝密" not in hidden
    assert "保密" in hidden
    assert len(rows_on(hidden)) == 1


def test_a_record_is_a_link_only_for_whom_its_page_is(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        project = signed(cast, cast.officer, 10_000_000, NOVEMBER, name="示例项目")
    url = f"{RUNNING}figures/?indicator=new_leads"
    link = f'href="/leads/{project.lead_id}/"'
    assert link in page(client, cast.officer, url)
    shown = page(client, cast.window, url)
    assert len(rows_on(shown)) == 1
    assert link not in shown


def test_the_rules_are_said_in_words(client: Client, cast: Cast) -> None:
    text = page(client, cast.officer, "/reports/zone/rules/")
    assert "每个 1 分，最高 15" in text
    client.force_login(cast.officer)
    cast.officer.language = "en"
    cast.officer.save()
    assert "1 each, at most 15" in client.get("/reports/zone/rules/").content.decode()


# Who may ------------------------------------------------------------------------------------------------------------

READERS = ("park_admin", "leader", "manager", "officer", "window", "auditor")


@pytest.mark.parametrize("name", READERS)
def test_the_parks_staff_read_its_reports(client: Client, busy: Cast, closed: Report, name: str) -> None:
    assert "招商考核通报" in page(client, getattr(busy, name), MONTH)
    client.force_login(getattr(busy, name))
    assert client.get(f"/reports/{closed.pk}/xlsx/").status_code == 200


@pytest.mark.parametrize(
    ("name", "status"), [("stranger", 404), ("sibling_manager", 404), ("operator_officer", 404), ("enterprise", 403)]
)
def test_others_do_not(client: Client, busy: Cast, closed: Report, name: str, status: int) -> None:
    client.force_login(getattr(busy, name))
    for url in (MONTH, f"{MONTH}figures/?indicator=signings", f"/reports/{closed.pk}/xlsx/", "/reports/zone/rules/"):
        assert client.get(url).status_code == status, url


def test_the_zones_leader_reads_an_inner_parks_report_by_oversight_but_does_not_close_it(
    client: Client, busy: Cast
) -> None:
    client.force_login(busy.leader)
    assert client.get("/reports/inner/2026-10/").status_code == 200
    assert client.post("/reports/inner/2026-10/close/").status_code == 403


@pytest.mark.parametrize("name", ["manager", "officer", "window", "auditor"])
def test_only_those_who_may_close_a_month_can(client: Client, busy: Cast, name: str) -> None:
    client.force_login(getattr(busy, name))
    assert "关账</button>" not in client.get(MONTH).content.decode()
    assert client.post(f"{MONTH}close/").status_code == 403
    report = close(busy)
    assert client.post(f"/reports/{report.pk}/publish/").status_code == 403
    with busy.everywhere():
        assert Report.objects.get().state == "draft"


def test_a_leader_closes_and_publishes_by_hand(client: Client, busy: Cast) -> None:
    assert "关账</button>" in page(client, busy.leader, MONTH)
    assert client.post(f"{MONTH}close/")["Location"] == MONTH
    with busy.everywhere():
        report = Report.objects.get()
        assert (report.state, report.closed_by) == ("draft", busy.leader)
    assert "发布</button>" in page(client, busy.leader, MONTH)
    client.post(f"/reports/{report.pk}/publish/")
    with busy.everywhere():
        report.refresh_from_db()
    assert report.state == "published"
    assert "发布</button>" not in page(client, busy.leader, MONTH)


def test_an_open_month_is_not_closed_by_its_address(client: Client, busy: Cast) -> None:
    client.force_login(busy.leader)
    assert (
        "尚未结束"
        in client.post(
            f"{RUNNING}close/", follow=True, headers={"referer": f"http://testserver{RUNNING}"}
        ).content.decode()
    )
    with busy.everywhere():
        assert not Report.objects.exists()


def test_the_stored_bytes_are_what_is_downloaded(client: Client, busy: Cast) -> None:
    report = close(busy, publish=True)
    client.force_login(busy.officer)
    response = client.get(f"/reports/{report.pk}/xlsx/")
    assert response.content == bytes(report.workbook or b"")
    assert "attachment" in response["Content-Disposition"]


# Cost ---------------------------------------------------------------------------------------------------------------


def statements(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    technical = ("SAVEPOINT", "RELEASE", "set_config", "django_session", "EXECUTE session", "EXECUTE person")
    return [query["sql"] for query in captured if not any(word in query["sql"] for word in technical)]


@pytest.mark.parametrize(("url", "at_most"), [(MONTH, 8), (RUNNING, 15)])
def test_the_ranking_costs_few_statements_however_many_are_ranked(
    client: Client, busy: Cast, closed: Report, url: str, at_most: int
) -> None:
    client.force_login(busy.manager)
    before = statements(client, url)
    with busy.everywhere():
        for person in (busy.leader, busy.park_admin, busy.auditor, busy.stranger):
            visit(busy, person, NOVEMBER)
    after = statements(client, url)
    assert len(after) == len(before)
    assert len(after) <= at_most, "\n".join(after)


# API ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(busy: Cast) -> APIClient:
    client = APIClient()
    client.force_login(busy.officer)
    return client


def test_the_api_lists_reports_and_gives_one_with_its_lines(api: APIClient, closed: Report) -> None:
    (row,) = api.get("/api/v1/reports/").json()["results"]
    assert (row["id"], row["park"], row["month"], row["state"]) == (closed.pk, "zone", "2026-10", "draft")
    assert "lines" not in row
    lines = api.get(f"/api/v1/reports/{closed.pk}/").json()["lines"]
    first = next(line for line in lines if line["subject"] == "officer")
    assert (first["rank"], first["name"], first["score"]) == (1, "officer", "30.10")


def test_the_api_gives_the_records_of_a_figure(api: APIClient, busy: Cast, closed: Report) -> None:
    url = f"/api/v1/reports/{closed.pk}/facts/"
    facts = api.get(f"{url}?indicator=amount_agreed&user={busy.officer.pk}").json()["results"]
    assert sorted(fact["value"] for fact in facts) == ["20000000.00", "30000000.00"]
    assert api.get(f"{url}?indicator=amount_agreed&user={busy.window.pk}").json()["results"] == []
    for query, field in (("", "indicator"), ("indicator=x", "indicator"), ("indicator=signings&user=a", "user")):
        answer = api.get(f"{url}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_the_api_hides_other_parks_and_strangers(busy: Cast, closed: Report) -> None:
    client = APIClient()
    for name, status in (("stranger", 404), ("sibling_manager", 404), ("enterprise", 403)):
        client.force_login(getattr(busy, name))
        assert client.get(f"/api/v1/reports/{closed.pk}/").status_code == status
        assert client.get(f"/api/v1/reports/{closed.pk}/facts/?indicator=signings").status_code == status
