"""The calendar of leads, the walk through a list, and timelines longer than one look."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.isolation import user_scope
from leads import timeline
from leads.models import Lead
from leads.timeline import told_of_lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_company, make_lead

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def leads(cast: Cast) -> list[Lead]:
    """Three with a next step and an amount; the last is the colleague's."""
    with cast.everywhere():
        return [
            make_lead(
                cast.zone,
                owner=owner,
                company=make_company(f"示例{number}号有限公司"),
                next_step="送方案",
                next_date=date(2026, 11, 17 + number),
                amount=1000 * (number + 1),
                confidentiality="own" if number == 2 else "park",
            )
            for number, owner in enumerate([cast.officer, cast.officer, cast.colleague])
        ]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_steps_and_activities_stand_on_their_days(cast: Cast, leads: list[Lead]) -> None:
    with cast.everywhere():
        make_activity(cast.zone, by=cast.officer, lead=leads[0], happened_at=NOW - timedelta(days=1))
    page = signed_in(cast.officer).get("/leads/calendar/?span=agenda&at=2026-11-17")
    days = {
        day.date.day: [(item.title, item.late, item.done) for item in day.items] for day in page.context["page"].days
    }
    assert days[17] == [("示例0号有限公司", True, False), ("示例0号有限公司", False, True)]
    assert days[18] == [("示例1号有限公司", False, False)]
    assert days[19] == []


@pytest.mark.parametrize(
    "query", ["", "?span=week", "?span=agenda", "?span=x&at=morgen", "?at=9999-12-31", "?owner=me"]
)
def test_every_span_opens_and_bad_input_is_today(cast: Cast, leads: list[Lead], query: str) -> None:
    page = signed_in(cast.officer).get(f"/leads/calendar/{query}")
    assert page.status_code == 200
    assert "示例1号有限公司" in page.content.decode()


def test_the_month_is_whole_weeks_and_the_next_one_follows(cast: Cast) -> None:
    page = signed_in(cast.officer).get("/leads/calendar/?at=2026-11-30").context["page"]
    assert (page.days[0].date, page.days[-1].date) == (date(2026, 10, 26), date(2026, 12, 6))
    assert page.later_url == "?at=2026-12-01"
    assert page.earlier_url == "?at=2026-10-01"


def test_neighbours_follow_the_order_and_the_filters_of_the_list(cast: Cast, leads: list[Lead]) -> None:
    client = signed_in(cast.manager)
    part = {"HX-Request": "true"}
    walk = client.get(f"/leads/?sort=amount&beside={leads[1].pk}", headers=part).content.decode()
    assert walk.index(f"/leads/{leads[0].pk}/") < walk.index(f"/leads/{leads[2].pk}/")
    mine = client.get(
        f"/leads/?sort=amount&owner={cast.officer.pk}&beside={leads[1].pk}", headers=part
    ).content.decode()
    assert f"/leads/{leads[2].pk}/" not in mine
    hidden = signed_in(cast.officer).get(f"/leads/?beside={leads[2].pk}", headers=part).content.decode()
    assert "href" not in hidden
    assert client.get("/leads/?beside=x", headers=part).status_code == 200


def test_a_long_timeline_is_told_in_several_looks_without_gap_or_repetition(
    cast: Cast, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "MOST", 4)
    with cast.everywhere():
        for number in range(11):
            # Two at the same moment now and then.
            at = NOW - timedelta(hours=number // 2)
            make_activity(cast.zone, by=cast.officer, lead=leads[0], happened_at=at, summary=f"第{number}次")
    seen: list[str] = []
    with user_scope(cast.officer):
        before = None
        for _look in range(12):
            told = told_of_lead(cast.officer, leads[0], "activity", before)
            seen += [entry.text for entry in told.entries]
            before = told.older
            if before is None:
                break
    assert sorted(seen) == sorted(f"第{number}次" for number in range(11))


def test_load_more_answers_with_the_next_entries(
    cast: Cast, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "MOST", 3)
    with cast.everywhere():
        for number in range(5):
            at = NOW - timedelta(hours=number)
            make_activity(cast.zone, by=cast.officer, lead=leads[0], happened_at=at, summary=f"第{number}次")
    client = signed_in(cast.officer)
    page = client.get(f"/leads/{leads[0].pk}/?scope=activity")
    assert "第0次" in page.content.decode()
    assert "第4次" not in page.content.decode()
    headers = {"HX-Request": "true", "HX-Target": "timeline-more"}
    more = client.get(
        f"/leads/{leads[0].pk}/", {"scope": "activity", "before": page.context["older"].isoformat()}, headers=headers
    ).content.decode()
    assert "第2次" in more
    assert "第3次" in more
    assert "第0次" not in more
    assert "<html" not in more


def test_save_and_new_comes_back_to_an_empty_form(cast: Cast) -> None:
    client = signed_in(cast.officer)
    data = {"title": "一条信息", "content": "内容", "company_text": "", "again": "1"}
    assert client.post("/submissions/add/", data).headers["Location"] == "/submissions/add/"
    headers = {"HX-Request": "true", "HX-Target": "sheet-form"}
    answer = client.post("/submissions/add/", data, headers=headers)
    assert answer.status_code == 204
    assert "sheet-again" in answer.headers["HX-Trigger"]


def test_the_future_is_not_told_before_it_happens(cast: Cast, leads: list[Lead]) -> None:
    with user_scope(cast.officer):
        assert told_of_lead(cast.officer, leads[0], "", timezone.now() - timedelta(days=900)).entries == []


def test_a_step_is_moved_by_whom_may_change_the_lead_and_nothing_else_is(cast: Cast, leads: list[Lead]) -> None:
    with cast.everywhere():
        make_activity(cast.zone, by=cast.officer, lead=leads[0], happened_at=NOW - timedelta(days=1))
    url = f"/edit/leads/{leads[1].pk}/next_date/"
    page = signed_in(cast.officer).get("/leads/calendar/?at=2026-11-17")
    moves = [item.move for day in page.context["page"].days for item in day.items]
    assert sorted(filter(None, moves)) == sorted([f"/edit/leads/{leads[0].pk}/next_date/", url])
    html = page.content.decode()
    assert f'data-day-url="{url}" data-day="2026-11-18" data-version="{leads[1].version}"' in html
    assert '<td class="ld-cal-today" aria-current="date" data-date="2026-11-18">' in html
    for other in (cast.colleague, cast.auditor):
        shown = signed_in(other).get("/leads/calendar/?at=2026-11-17").content.decode()
        assert "示例1号有限公司" in shown
        assert url not in shown
    cell = {"HX-Request": "true", "HX-Target": "cell"}
    sent = {"next_date": "2026-11-25", "version": leads[1].version}
    answer = signed_in(cast.officer).post(url, sent, headers=cell)
    assert answer.json()["undo"] == {"value": "2026-11-18", "version": leads[1].version + 1}
    with user_scope(cast.officer):
        assert Lead.objects.get(pk=leads[1].pk).next_date == date(2026, 11, 25)
