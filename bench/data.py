"""Rows by COPY: one park of a given size, plausible in shape, the same at every run."""

import io
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Department, Membership, Role, User
from core.searchkeys import search_index
from parks.models import Park

CITIES = ("济南", "无锡", "苏州", "昆山", "南京", "杭州", "宁波", "合肥", "武汉", "长沙", "重庆", "成都")
BRANDS = "华东北南中天海云光科信达通合创新智联恒瑞泰安康正大鑫宏盛源丰凯博远"
TRADES = ("光电", "新材料", "智能装备", "生物医药", "半导体", "新能源", "精密机械", "食品饮料", "物联网", "现代物流")
STAGES = ("planning", "contacting", "visiting", "negotiating", "screening")
KINDS = ("outbound_visit", "inbound_visit", "negotiation", "call", "wechat", "note")
OFFICERS = 40


@dataclass(frozen=True)
class Loaded:
    """What the measurements ask for."""

    park: Park
    officer: User
    manager: User
    lead_id: int
    company_id: int
    month: date


def _copy(table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows in pieces of 20,000."""
    piece = io.StringIO()
    with connection.cursor() as cursor:
        for number, row in enumerate(rows, 1):
            piece.write("\t".join(_cell(value) for value in row) + "\n")
            if number % 20_000 == 0:
                _send(cursor, table, columns, piece)
                piece = io.StringIO()
        _send(cursor, table, columns, piece)


def _send(cursor: Any, table: str, columns: tuple[str, ...], piece: io.StringIO) -> None:
    piece.seek(0)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", piece)


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, list):
        inner = ",".join('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        return _escape("{" + inner + "}")
    return _escape(str(value))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _people(park: Park) -> list[User]:
    departments = [
        Department.objects.create(park=park, code=f"d{number}", name=f"招商{number}部") for number in range(1, 5)
    ]
    people = [User(username=f"bench{number}", display_name=f"专员{number}") for number in range(OFFICERS)]
    User.objects.bulk_create(people)
    role = Role.objects.get(code="officer")
    Membership.objects.bulk_create(
        Membership(user=user, park=park, role=role, department=departments[number % 4])
        for number, user in enumerate(people)
    )
    manager = User.objects.create(username="bench-manager", display_name="负责人")
    Membership.objects.create(
        user=manager, park=park, role=Role.objects.get(code="department_manager"), department=departments[0]
    )
    return [*people, manager]


def _companies(count: int, dice: random.Random, now: datetime) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        brand = "".join(dice.sample(BRANDS, 3))
        name = f"示例{dice.choice(CITIES)}{brand}{dice.choice(TRADES)}有限公司"
        index = search_index(name)
        yield (
            number, name, [], [], "", "", "", "江苏省", "无锡市", "", date(2010, 1, 1) + timedelta(days=number % 5000),
            f"{number % 900 + 100}万元人民币", (number % 900 + 100) * 10_000, "CNY", "", "", "", "bench", False, now, now, 1,
            index.keys, index.name_text, index.pinyin_text, index.initials_text,
        )  # fmt: skip


COMPANY_COLUMNS = (
    "id", "name", "former_names", "short_names", "foreign_name", "credit_code", "code_kind", "province", "city", "address",
    "registered_on", "capital_raw", "capital", "capital_currency", "stock_code", "website", "introduction", "source",
    "is_demo", "created_at", "updated_at", "version", "search_keys", "name_text", "pinyin_text", "initials_text",
)  # fmt: skip


def _leads(
    count: int, park: Park, people: list[User], departments: dict[int, int], now: datetime
) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        owner = people[number % OFFICERS].pk
        since = now - timedelta(days=number % 200)
        yield (
            number, UUID(int=number), park.pk, number, f"意向项目{number}", STAGES[number % 5], since, "own", "", owner,
            departments[owner], "park", number % 500 * 1_000_000 + 1_000_000, "CNY", "", "送厂房方案",
            now.date() + timedelta(days=number % 60 - 20), since, now.date() + timedelta(days=90), since, "", False,
            date(2026, number % 10 + 1, 1), owner, since, 1,
        )  # fmt: skip


LEAD_COLUMNS = (
    "id", "uuid", "park_id", "company_id", "title", "stage", "stage_since", "source", "source_note", "owner_id",
    "department_id", "confidentiality", "amount", "currency", "demands", "next_step", "next_date", "claimed_at",
    "protected_until", "last_activity_at", "dropped_reason", "is_demo", "counted_month", "created_by_id", "created_at",
    "version",
)  # fmt: skip


def _activities(
    count: int, leads: int, park: Park, people: list[User], departments: dict[int, int], now: datetime
) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        owner = people[number % OFFICERS].pk
        lead = number % leads + 1
        yield (
            number, UUID(int=number), park.pk, lead, lead, KINDS[number % 6], now - timedelta(minutes=number), "", "对方负责人", "",
            "介绍园区，对方关心厂房与配套。", "", None, owner, departments[owner], date(2026, number % 10 + 1, 1), False, now,
        )  # fmt: skip


ACTIVITY_COLUMNS = (
    "id", "uuid", "park_id", "company_id", "lead_id", "kind", "happened_at", "place", "met", "with_colleagues", "summary",
    "next_step", "next_date", "by_id", "department_id", "counted_month", "is_demo", "created_at",
)  # fmt: skip


def load(companies: int) -> Loaded:
    """One park with as many leads as companies and three activities for each; runs as owner."""
    dice, now = random.Random(20260101), timezone.now()  # noqa: S311 - shape, not secrecy
    park = Park.objects.create(code="bench", name="基准园区")
    people = _people(park)
    departments = dict(Membership.objects.filter(park=park).values_list("user_id", "department_id"))
    _copy("companies_company", COMPANY_COLUMNS, _companies(companies, dice, now))
    _copy("leads_lead", LEAD_COLUMNS, _leads(companies, park, people, departments, now))
    rows = _activities(companies * 3, companies, park, people, departments, now)
    _copy("leads_activity", ACTIVITY_COLUMNS, rows)
    with connection.cursor() as cursor:
        for table in ("companies_company", "leads_lead", "leads_activity"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")
    return Loaded(park, people[0], people[-1], companies // 2, companies // 2, date(2026, 10, 1))
