"""Lists of several apps as files: the same figures as on the page, opened again by another program."""

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.isolation import user_scope
from core.models import Export
from leads.models import Event, Lead, Referral
from projects.models import Payment
from tests.fixtures import outward
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead, make_payment, make_project

pytestmark = pytest.mark.django_db


def taken(user: User, list_name: str, extension: str, columns: list[str], **query: Any) -> list[tuple[Any, ...]]:
    """The file's lines, its heads left out."""
    return whole(user, list_name, extension, columns, **query)[1:]


def whole(user: User, list_name: str, extension: str, columns: list[str], **query: Any) -> list[tuple[Any, ...]]:
    """The file's lines."""
    client = Client()
    client.force_login(user)
    asked = {"list": list_name, "extension": extension, "columns": columns} | query
    done = client.post("/export/", asked)
    assert done.status_code == 302, done.content.decode()
    content = client.get(done.headers["Location"] + "file/").content
    if extension == "csv":
        return [tuple(line) for line in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.values)  # type: ignore[union-attr]


def event_with_leads(cast: Cast) -> Event:
    """One that cost 5,000, brought two leads and one visitor."""
    person = outward.make_event_person(cast.zone, by=cast.officer)
    event: Event = person.event
    type(person).objects.filter(pk=person.pk).update(
        attended_at=timezone.now(), counted_month=timezone.localdate().replace(day=1)
    )
    cost = outward.make_event_cost(cast.zone, by=cast.officer)
    type(cost).objects.filter(pk=cost.pk).update(event=event, amount=5000)
    Event.objects.filter(pk=event.pk).update(title='=HYPERLINK("x")')
    for name in ("甲", "乙"):
        made = make_lead(cast.zone, owner=cast.officer, company=make_company(f"示例{name}有限公司"))
        Lead.objects.filter(pk=made.pk).update(event=event)
    return event


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_events_are_exported_with_what_came_of_them(cast: Cast, extension: str) -> None:
    with cast.everywhere():
        event_with_leads(cast)
    columns = ["title", "came", "leads", "per_lead"]
    found = taken(cast.manager, "leads:events", extension, columns, query="sort=when")[0]
    assert found[0] == '\'=HYPERLINK("x")'
    assert [Decimal(str(value)) for value in found[1:]] == [1, 2, 2500]
    with user_scope(cast.manager):
        assert Export.objects.get().list_name == "leads:events"


def test_referrers_are_exported_with_whom_they_brought(cast: Cast) -> None:
    with cast.everywhere():
        referral: Referral = outward.make_referral(cast.zone, by=cast.officer)
        Referral.objects.filter(pk=referral.pk).update(landed_on="2026-01-02", landed_amount=3_000_000)
        outward.make_referrer(cast.zone, by=cast.officer, name="示例二", agreed_from="2020-01-01", agreed_until=None)
    columns = ["name", "agreement", "brought", "landed", "amount"]
    found = taken(cast.manager, "leads:referrers", "xlsx", columns, query="sort=made")
    assert found[0][2:] == (1, 1, 3_000_000)
    assert found[1] == ("示例二", "进行中", 0, 0, None)


def test_rewards_are_exported_by_name(cast: Cast) -> None:
    with cast.everywhere():
        reward = outward.make_reward(cast.zone, by=cast.officer)
        expected = (reward.referral.referrer.name, reward.referral.lead.name, reward.rule.name)
    found = taken(cast.manager, "leads:rewards", "xlsx", ["referrer", "lead", "rule", "amount"])
    assert (found[0][0], found[0][1], found[0][3]) == expected


def test_payments_are_exported_in_yuan_and_in_their_currency_of_own_parks_only(cast: Cast) -> None:
    with cast.everywhere():
        mine = make_project(cast.zone, officer=cast.officer)
        make_payment(mine, by=cast.officer, currency="USD", amount=1_000_000, amount_yuan=7_100_000)
        other = make_payment(make_project(cast.elsewhere, officer=cast.officer), by=cast.officer)
        Payment.objects.filter(pk=other.pk).update(note="外园")
    columns = ["project", "amount", "original", "claimed", "state", "decide"]
    heads, *found = whole(cast.manager, "projects:payments", "xlsx", columns, query="state=claimed")
    assert heads[:3] == ("项目", "金额（元）", "原币金额")
    assert [row[1:3] for row in found] == [(7_100_000, "1,000,000.00 USD")]
    assert found[0][4:] == ("已申报", None)


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_figures_of_money_say_that_they_are_yuan(cast: Cast, extension: str) -> None:
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.officer, amount=26_600_000)
        make_company("示例甲有限公司", capital_raw="1,100(万)", capital=11_000_000, capital_currency="CNY")
        make_company("示例乙有限公司", capital_raw="500万美元", capital=5_000_000, capital_currency="USD")
    assert whole(cast.manager, "leads:list", extension, ["company", "amount"])[0][1] == "意向投资额（元）"
    columns = ["name", "capital", "capital_yuan"]
    heads, *found = whole(cast.manager, "companies:list", extension, columns, query="q=示例")
    assert heads[1:] == ("注册资本", "注册资本数（元）")
    figures = {row[0]: (row[1], int(Decimal(str(row[2] or 0)))) for row in found}
    assert figures["示例甲有限公司"] == ("1,100(万)", 11_000_000)
    assert figures["示例乙有限公司"] == ("500万美元", 0), "dollars are no yuan"


@pytest.mark.parametrize("name", ["leads:events", "leads:referrers", "leads:rewards", "projects:payments"])
def test_who_does_not_export_is_refused(cast: Cast, name: str) -> None:
    client = Client()
    client.force_login(cast.officer)
    assert client.get("/export/", {"list": name}).status_code == 403
