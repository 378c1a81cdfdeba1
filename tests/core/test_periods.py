"""Periods in words: what they mean on a day, and that they stay words in addresses, views and the API."""

from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.isolation import user_scope
from core.lists.reopening import list_page
from core.models import SavedView
from core.periods import PERIODS, days_of, months_offered
from core.worktime import SHANGHAI
from leads.models import Activity
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_activity, make_lead

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 18, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("today", "period", "first", "after"),
    [
        (date(2026, 11, 22), "this_week", date(2026, 11, 16), date(2026, 11, 23)),
        (date(2026, 11, 16), "last_week", date(2026, 11, 9), date(2026, 11, 16)),
        (date(2026, 12, 31), "this_month", date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 1, 1), "last_month", date(2025, 12, 1), date(2026, 1, 1)),
        (date(2026, 12, 31), "this_quarter", date(2026, 10, 1), date(2027, 1, 1)),
        (date(2026, 2, 1), "last_quarter", date(2025, 10, 1), date(2026, 1, 1)),
        (date(2026, 2, 28), "this_year", date(2026, 1, 1), date(2027, 1, 1)),
        (date(2026, 3, 1), "last_30_days", date(2026, 1, 31), date(2026, 3, 2)),
        (date(2026, 12, 30), "next_7_days", date(2026, 12, 30), date(2027, 1, 6)),
    ],
)
def test_a_period_is_the_half_open_days_that_it_names(today: date, period: str, first: date, after: date) -> None:
    assert days_of(period, today) == (first, after)


def test_every_period_that_is_offered_is_known_and_holds_a_day() -> None:
    for code, _label in PERIODS:
        first, after = days_of(code, date(2026, 11, 22))
        assert first < after


@pytest.fixture
def visits(cast: Cast) -> list[Activity]:
    """One on the last evening of October, one in the first minute of November (Beijing)."""
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer)
        return [
            make_activity(cast.zone, by=cast.officer, lead=lead, happened_at=datetime(*at, tzinfo=SHANGHAI))
            for at in ((2026, 10, 31, 23, 59), (2026, 11, 1, 0, 0))
        ]


def found(cast: Cast, query: str) -> list[int]:
    with user_scope(cast.officer):
        return sorted(row.pk for row in list_page(cast.officer, "leads:activities", query).slice.rows)


def test_a_saved_view_of_this_month_means_the_running_month(cast: Cast, visits: list[Activity]) -> None:
    client = Client()
    with time_machine.travel(NOVEMBER, tick=False):
        client.force_login(cast.officer)
        address = reverse("core:view_add") + "?list=leads:activities&query=happened%3Dthis_month"
        client.post(address, {"name": "本月", "visibility": "own"})
    with user_scope(cast.officer):
        view = SavedView.objects.get()
    assert view.filters == {"happened": ["this_month"]}
    for now, rows in ((NOVEMBER, [visits[1].pk]), (datetime(2026, 10, 5, tzinfo=SHANGHAI), [visits[0].pk])):
        with time_machine.travel(now, tick=False):
            assert found(cast, f"view={view.pk}") == rows
            told = client.get(f"/api/v1/activities/?view={view.pk}").json()["results"]
            assert [row["id"] for row in told] == rows


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("happened=last_month", [0]),
        ("happened_after=2026-11-01", [1]),
        ("happened_before=2026-10-31", [0]),
        ("happened=between&happened_after=2026-10-31&happened_before=2026-11-01", [0, 1]),
        ("happened=between", [0, 1]),
        ("happened_after=2026-10-31T16:00:00Z", [1]),
        ("happened=last_month&happened_after=2026-11-01", [0]),
    ],
)
def test_days_moments_and_words_narrow_alike(cast: Cast, visits: list[Activity], query: str, places: list[int]) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        assert found(cast, f"view=all&{query}") == [visits[place].pk for place in places]


@pytest.mark.parametrize("value", ["next_century", "2026-13-40", "x" * 300])
@pytest.mark.parametrize("name", ["happened", "happened_after", "counted_month"])
def test_what_is_no_period_is_said_and_refused_by_the_api(cast: Cast, name: str, value: str) -> None:
    client = Client()
    client.force_login(cast.officer)
    page = client.get("/activities/", {name: value})
    assert page.context["page"].refused
    assert client.get("/api/v1/activities/", {name: value}).status_code == 400


@time_machine.travel(NOVEMBER, tick=False)
def test_months_are_asked_for_by_word_by_name_and_by_any_day(cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer)
        made = [
            make_activity(cast.zone, by=cast.officer, lead=lead, counted_month=date(2026, month, 1)).pk
            for month in (9, 10, 11)
        ]
    assert found(cast, "counted_month=this_month") == made[2:]
    assert found(cast, "counted_month=this_quarter") == made[1:]
    assert found(cast, "counted_month=2026-09") == found(cast, "counted_month=2026-09-01") == made[:1]
    assert [code for code, _label in months_offered()][-12:][::11] == ["2026-11", "2025-12"]
    client = Client()
    client.force_login(cast.officer)
    page = client.get("/activities/?counted_month=2024-03-01&panel=1", headers={"HX-Request": "true"}).content.decode()
    assert '<option value="2024-03" selected>' in page
