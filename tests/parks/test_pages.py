"""The park's pages: profile, calendar, thresholds."""

from datetime import date

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from parks.forms import RULE_GROUPS
from parks.models import CalendarDay, ParkRules
from parks.queries import calendar_of, counted_month, rules_of
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_person_sees_the_own_park_and_not_the_neighbours(cast: Cast, client: Client) -> None:
    client.force_login(cast.operator_manager)
    page = client.get("/parks/").content.decode()
    assert "测试区中园" in page
    assert "邻居区中园" not in page
    assert client.get("/parks/sibling/").status_code == client.get("/parks/nowhere/").status_code == 404


def test_the_calendar_warns_of_a_year_whose_holidays_are_not_published(cast: Cast, client: Client) -> None:
    with time_machine.travel("2026-11-22 10:00+08:00"):
        client.force_login(cast.officer)
        page = client.get("/parks/zone/?tab=calendar").content.decode()
    assert "2027 年节假日安排尚未公布" in page


def test_an_administrator_closes_a_day_and_takes_it_back(cast: Cast, client: Client) -> None:
    with time_machine.travel("2026-11-22 10:00+08:00"):
        client.force_login(cast.park_admin)
        answer = client.post("/parks/zone/days/add/", {"day": "2026-11-25", "reason": "停电"})
        assert answer.status_code == 302
        with cast.everywhere():
            day = CalendarDay.objects.get()
            assert not calendar_of(cast.zone.pk).is_working_day(day.day)
        assert client.post(f"/parks/zone/days/{day.pk}/forget/").status_code == 302
        with cast.everywhere():
            assert calendar_of(cast.zone.pk).is_working_day(day.day)


def test_hours_that_end_before_they_begin_are_refused_at_the_field(cast: Cast, client: Client) -> None:
    client.force_login(cast.park_admin)
    data = {"day": "2026-11-25", "is_open": "on", "opens": "15:00", "closes": "09:00"}
    answer = client.post("/parks/zone/days/add/", data)
    assert answer.status_code == 422
    assert "结束时间早于开始时间" in answer.content.decode()


def test_an_administrator_sets_thresholds_and_an_officer_may_not(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    assert client.get("/parks/zone/rules/").status_code == 403
    client.force_login(cast.park_admin)
    form = client.get("/parks/zone/rules/").context["form"]
    data = {name: form.initial.get(name) for name in form.fields} | {"remind_days": 5}
    assert client.post("/parks/zone/rules/", data).status_code == 302
    with cast.everywhere():
        assert rules_of(cast.zone.pk).remind_days == 5


def test_a_park_is_its_code_in_the_api(cast: Cast) -> None:
    api = APIClient()
    api.force_login(cast.leader)
    rows = api.get("/api/v1/parks/").json()["results"]
    assert [(row["code"], row["parent"]) for row in rows] == [
        ("zone", "platform"),
        ("inner", "zone"),
        ("sibling", "zone"),
    ]


@pytest.mark.parametrize(
    ("now", "happened", "month"),
    [
        ("2026-11-02 09:00+08:00", "2026-10-30", "2026-10-01"),
        ("2026-11-04 17:59+08:00", "2026-10-30", "2026-10-01"),
        ("2026-11-04 18:01+08:00", "2026-10-30", "2026-11-01"),
        ("2026-10-31 23:59+08:00", "2026-10-31", "2026-10-01"),
        ("2026-11-22 10:00+08:00", "2026-03-05", "2026-11-01"),
    ],
)
def test_a_fact_counts_in_the_month_of_its_event_until_the_cut_off(
    cast: Cast, now: str, happened: str, month: str
) -> None:
    with time_machine.travel(now, tick=False), cast.everywhere():
        assert counted_month(cast.zone.pk, date.fromisoformat(happened)) == date.fromisoformat(month)


def test_every_threshold_stands_in_one_group() -> None:
    grouped = [name for group in RULE_GROUPS for name in group.names]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {field.name for field in ParkRules._meta.fields} - {"id", "park"}
