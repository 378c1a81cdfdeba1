"""The pages of leads over HTTP."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.isolation import user_scope
from leads import queries
from leads.actions import correct_source, pick_lead, release_lead
from leads.models import Lead
from parks.models import ParkRules
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_company, make_lead, make_submission
from tests.leads.conftest import reads

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/leads/",
        "/leads/?q=gd&stage=planning&stage=visiting&owner=me&due=week&light=green&amount_min=100万&open=true",
        "/leads/board/",
        "/leads/board/?owner=me",
        "/leads/add/",
        "/companies/{company}/claim/",
        "/leads/{lead}/",
        "/leads/{lead}/?tab=admission",
        "/leads/{lead}/?tab=files",
        "/leads/{lead}/?scope=history",
        "/leads/{lead}/edit/",
        "/leads/{lead}/step/",
        "/leads/{lead}/drop/",
        "/leads/{lead}/log/",
        "/leads/{lead}/move/contacting/",
        "/leads/{lead}/move/screening/",
        "/log/",
        "/log/?company={company}",
        "/leads/companies/?company_text=示例&for=claim",
        "/submissions/",
        "/submissions/add/",
        "/submissions/{submission}/",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_officer_opens_every_page(client: Client, cast: Cast, lead: Lead, path: str, language: str) -> None:
    with cast.everywhere():
        submission = make_submission(cast.zone, by=cast.officer)
    cast.officer.language = language
    cast.officer.save()
    client.force_login(cast.officer)
    url = path.format(lead=lead.pk, company=cast.company.pk, submission=submission.pk)
    assert client.get(url).status_code == 200
    assert client.get(url, headers={"HX-Request": "true", "HX-Target": "sheet-body"}).status_code == 200


def fill(cast: Cast, count: int) -> None:
    with cast.everywhere():
        for number in range(count):
            company = make_company(f"示例{number}有限公司")
            stage = ("planning", "contacting", "visiting", "negotiating", "screening", "signed")[number % 6]
            owner = (cast.officer, cast.colleague, cast.manager)[number % 3]
            row = make_lead(cast.zone, owner=owner, company=company, stage=stage, amount=1_000_000 * (number + 1))
            make_activity(cast.zone, by=owner, lead=row)
            make_submission(cast.zone, by=owner, company=company)


@pytest.mark.parametrize(
    ("path", "most"),
    [("/leads/", 8), ("/leads/?owner=me&light=green", 8), ("/leads/board/", 9), ("/submissions/", 8)],
)
def test_lists_take_the_same_few_queries_for_any_number_of_rows(
    client: Client, cast: Cast, path: str, most: int
) -> None:
    counts = []
    client.force_login(cast.manager)
    for rows in (3, 27):
        fill(cast, rows)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(reads(captured.captured_queries)))
    assert max(counts) <= most, captured.captured_queries


def test_the_record_page_takes_few_queries(client: Client, cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        for _number in range(10):
            make_activity(cast.zone, by=cast.officer, lead=lead)
    client.force_login(cast.officer)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/leads/{lead.pk}/").status_code == 200
    assert len(reads(captured.captured_queries)) <= 20, captured.captured_queries


def test_the_board_counts_and_sums_its_columns(client: Client, cast: Cast) -> None:
    fill(cast, 12)
    client.force_login(cast.manager)
    columns = {column.code: column for column in client.get("/leads/board/").context["columns"]}
    assert list(columns) == ["planning", "contacting", "visiting", "negotiating", "screening", "signed"]
    assert {(column.count, len(column.cards)) for column in columns.values()} == {(2, 2)}
    assert columns["planning"].total == 1_000_000 + 7_000_000


@pytest.mark.parametrize("path", ["/leads/", "/leads/board/"])
def test_an_empty_place_says_what_belongs_there_and_offers_the_first(client: Client, cast: Cast, path: str) -> None:
    cast.officer.language = "en"
    cast.officer.save()
    client.force_login(cast.officer)
    page = client.get(path).content.decode()
    assert "No leads yet" in page
    assert page.count('href="/leads/add/"') >= 2
    client.force_login(cast.auditor)
    assert 'href="/leads/add/"' not in client.get(path).content.decode()


def test_a_column_loads_twenty_cards_at_a_time(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        for number in range(25):
            make_lead(cast.zone, owner=cast.officer, company=make_company(f"示例{number}有限公司"))
    client.force_login(cast.officer)
    column = client.get("/leads/board/").context["columns"][0]
    assert (column.count, len(column.cards)) == (25, 20)
    more = client.get(f"/leads/board/{column.more_url}", headers={"HX-Request": "true"})
    assert more.content.decode().count('class="ld-card"') == 5


@pytest.mark.parametrize(
    ("stage", "idle", "light"),
    [
        ("planning", 5, "green"),
        ("planning", 31, "amber"),
        ("planning", 45, "red"),
        ("negotiating", 15, "green"),
        ("negotiating", 21, "amber"),
        ("negotiating", 30, "red"),
        ("signed", 300, "grey"),
    ],
)
def test_the_light_follows_the_days_without_progress(cast: Cast, stage: str, idle: int, light: str) -> None:
    since = timezone.now() - timedelta(days=idle, minutes=1)
    with cast.everywhere():
        row = make_lead(cast.zone, owner=cast.officer, company=cast.company, stage=stage, stage_since=since)
        assert Lead.objects.with_light().get(pk=row.pk).light == light


def test_the_light_follows_the_parks_own_thresholds_and_overdue_steps(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        ParkRules.objects.create(park=cast.zone, stale_days_planning=10, stale_days_negotiating=5)
        for days, light in ((11, "red"), (8, "amber"), (1, "green")):
            Lead.objects.filter(pk=lead.pk).update(stage_since=timezone.now() - timedelta(days=days))
            assert Lead.objects.with_light().get(pk=lead.pk).light == light
        yesterday = timezone.localdate() - timedelta(days=1)
        Lead.objects.filter(pk=lead.pk).update(next_step="送方案", next_date=yesterday)
        assert Lead.objects.with_light().get(pk=lead.pk).light == "amber"


def test_the_history_shows_who_changed_what_from_the_databases_own_record(
    client: Client, cast: Cast, lead: Lead
) -> None:
    client.force_login(cast.officer)
    cast.officer.language = "en"
    cast.officer.save()
    edit = {"source_note": "某基金", "confidentiality": "park", "title": "二期", "amount": "1.2亿", "version": 1}
    assert client.post(f"/leads/{lead.pk}/edit/", edit).status_code == 302
    entries = client.get(f"/leads/{lead.pk}/?scope=history").context["entries"]
    [entry] = [entry for entry in entries if entry.icon == "pencil"]
    assert entry.who == "officer"
    assert dict(entry.meta)["Intended project"] == "— → 二期"
    assert dict(entry.meta)["Source details"] == "— → 某基金"


def test_the_history_shows_who_held_the_lead_and_which_source_was_corrected_why(
    client: Client, cast: Cast, lead: Lead
) -> None:
    with user_scope(cast.manager):
        correct_source(by=cast.manager, lead=lead, source="fund", reason="基金推荐函")
        release_lead(by=cast.manager, lead=lead, reason="专员休假")
    with user_scope(cast.colleague):
        pick_lead(by=cast.colleague, lead=lead)
    cast.officer.language = "en"
    cast.officer.save()
    client.force_login(cast.officer)
    entries = client.get(f"/leads/{lead.pk}/?scope=history").context["entries"]
    told = {entry.title: (entry.who, entry.text) for entry in entries}
    assert told["Source: Own research → Fund"] == ("manager", "基金推荐函")
    assert told["Picked from the pool"] == ("colleague", "")


def test_today_sorts_ones_own_steps_by_when_they_are_due(cast: Cast) -> None:
    day = timezone.localdate()
    with cast.everywhere():
        for number, days in enumerate((-2, 0, 3, 20)):
            company = make_company(f"示例{number}有限公司")
            due = day + timedelta(days=days)
            make_lead(cast.zone, owner=cast.officer, company=company, next_step="x", next_date=due)
        make_lead(cast.zone, owner=cast.colleague, company=cast.company, next_step="x", next_date=day)
    with user_scope(cast.officer):
        assert [(step.part, step.count) for step in queries.due_steps(cast.officer)] == [(0, 1), (1, 1), (2, 1)]
        for number in range(3):
            company = make_company(f"示例又{number}有限公司")
            make_lead(cast.zone, owner=cast.officer, company=company, next_step="y", next_date=day)
        cut = queries.due_steps(cast.officer, most=2)
    # What is not shown is counted, and much that is overdue does not hide what is due today.
    assert [(step.part, step.count) for step in cut] == [(0, 1), (1, 4), (1, 4), (2, 1)]
