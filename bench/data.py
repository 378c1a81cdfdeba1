"""Rows by COPY: one park of a given size, plausible in shape, the same at every run."""

import io
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

from accounts.models import Department, Membership, Role, User
from companies.models import Company
from core.searchkeys import SearchIndex, normalise, search_index
from leads.models import Activity, Lead
from parks.models import Park

CITIES = ("济南", "无锡", "苏州", "昆山", "南京", "杭州", "宁波", "合肥", "武汉", "长沙", "重庆", "成都")
BRANDS = "华东北南中天海云光科信达通合创新智联恒瑞泰安康正大鑫宏盛源丰凯博远"
TRADES = ("光电", "新材料", "智能装备", "生物医药", "半导体", "新能源", "精密机械", "食品饮料", "物联网", "现代物流")
STAGES = ("planning", "contacting", "visiting", "negotiating", "screening")
FIGURES = {"outbound_visit": "outbound", "inbound_visit": "inbound"}
KINDS = ("outbound_visit", "inbound_visit", "negotiation", "call", "wechat", "note")
OFFICERS = 40
# Beyond this many companies there are more parks, not a larger one: does a park notice its neighbours?
ONE_PARK = 100_000
LEADS_OF_A_PARK = 10_000
PARKS = 30
# Names repeat beyond these; their search keys are worked out once.
NAMES = 50_000


@dataclass(frozen=True)
class Loaded:
    """What the measurements ask for."""

    park: Park
    officer: User
    manager: User
    lead_id: int
    company_id: int
    month: date


def _copy(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """COPY rows in pieces of 20,000; columns that a row does not name get the field's default."""
    columns: dict[str, Any] = {}
    for field in model._meta.local_concrete_fields:
        columns[field.column] = [] if isinstance(field, ArrayField) else None if field.null else field.get_default()
    piece = io.StringIO()
    with connection.cursor() as cursor:
        for number, row in enumerate(rows, 1):
            piece.write("\t".join(_cell(value) for value in (columns | row).values()) + "\n")
            if number % 20_000 == 0:
                _send(cursor, model._meta.db_table, tuple(columns), piece)
                piece = io.StringIO()
        _send(cursor, model._meta.db_table, tuple(columns), piece)
        last = model._default_manager.aggregate(last=models.Max("id"))["last"]
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, last])


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
    people = [User(username=f"{park.code}-{number}", display_name=f"专员{number}") for number in range(OFFICERS)]
    User.objects.bulk_create(people)
    role = Role.objects.get(code="officer")
    Membership.objects.bulk_create(
        Membership(user=user, park=park, role=role, department=departments[number % 4])
        for number, user in enumerate(people)
    )
    manager = User.objects.create(username=f"{park.code}-manager", display_name="负责人")
    Membership.objects.create(
        user=manager, park=park, role=Role.objects.get(code="department_manager"), department=departments[0]
    )
    return [*people, manager]


def _companies(count: int, dice: random.Random, now: datetime) -> Iterator[dict[str, Any]]:
    names: list[tuple[str, SearchIndex]] = []
    for number in range(1, count + 1):
        if number <= NAMES:
            brand = "".join(dice.sample(BRANDS, 3))
            name = f"示例{dice.choice(CITIES)}{brand}{dice.choice(TRADES)}有限公司"
            names.append((name, search_index(name)))
        name, index = names[(number - 1) % NAMES]
        yield {
            "id": number,
            "name": name,
            "province": "江苏省",
            "city": "无锡市",
            "registered_on": date(2010, 1, 1) + timedelta(days=number % 5000),
            "capital_raw": f"{number % 900 + 100}万元人民币",
            "capital": (number % 900 + 100) * 10_000,
            "created_at": now,
            "updated_at": now,
            "search_keys": index.keys,
            "name_text": index.name_text,
            "pinyin_text": index.pinyin_text,
            "initials_text": index.initials_text,
            "name_key": normalise(name),
        }


@dataclass(frozen=True)
class Staffed:
    """A park with its officers as (user, department)."""

    park: Park
    owners: list[tuple[int, int]]


def _leads(count: int, parks: list[Staffed], now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        staffed = parks[(number - 1) * len(parks) // count]
        owner, department = staffed.owners[number % OFFICERS]
        since = now - timedelta(days=number % 200)
        yield {
            "id": number,
            "uuid": UUID(int=number),
            "park_id": staffed.park.pk,
            "company_id": number,
            "title": f"意向项目{number}",
            "stage": STAGES[number % 5],
            "stage_since": since,
            "owner_id": owner,
            "department_id": department,
            "amount": number % 500 * 1_000_000 + 1_000_000,
            "next_step": "送厂房方案",
            "next_date": now.date() + timedelta(days=number % 60 - 20),
            "claimed_at": since,
            "protected_until": now.date() + timedelta(days=90),
            "last_activity_at": since,
            "counted_month": date(2026, number % 10 + 1, 1),
            "created_by_id": owner,
            "created_at": since,
        }


def _activities(count: int, leads: int, parks: list[Staffed], now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        lead = number % leads + 1
        staffed = parks[(lead - 1) * len(parks) // leads]
        owner, department = staffed.owners[number % OFFICERS]
        yield {
            "id": number,
            "uuid": UUID(int=number),
            "park_id": staffed.park.pk,
            "company_id": lead,
            "lead_id": lead,
            "kind": KINDS[number % 6],
            "happened_at": now - timedelta(minutes=number),
            "counts_as": FIGURES.get(KINDS[number % 6], ""),
            "counts": KINDS[number % 6] in FIGURES,
            "summary": "介绍园区，对方关心厂房与配套。",
            "by_id": owner,
            "department_id": department,
            "counted_month": date(2026, number % 10 + 1, 1),
            "created_at": now,
        }


@contextmanager
def _bare(*models: type[models.Model]) -> Iterator[None]:
    """Meanwhile these tables keep no history and only the indexes of their keys: the rest is most of the loading."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND NOT indisexclusion",
            [tables],
        )
        indexes = dict(cursor.fetchall())
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition in indexes.values():
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def load(companies: int) -> Loaded:
    """Companies, leads and three activities for each company; runs as owner.

    Up to `ONE_PARK`: one park with a lead for each company. Beyond: `PARKS` parks of `LEADS_OF_A_PARK` leads, the same
    park being measured as at 10,000.
    """
    dice, now = random.Random(20260101), timezone.now()  # noqa: S311 - shape, not secrecy
    count, leads = (1, companies) if companies <= ONE_PARK else (PARKS, PARKS * LEADS_OF_A_PARK)
    parks: list[Staffed] = []
    first: list[User] = []
    for number in range(count):
        park = Park.objects.create(code=f"bench{number}", name=f"基准园区{number}")
        people = _people(park)
        officers = Membership.objects.filter(park=park, role__code="officer").order_by("pk")
        parks.append(Staffed(park, list(officers.values_list("user_id", "department_id"))))
        first = first or people
    with _bare(Company, Lead, Activity):
        _copy(Company, _companies(companies, dice, now))
        _copy(Lead, _leads(leads, parks, now))
        _copy(Activity, _activities(companies * 3, leads, parks, now))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # what autovacuum has done on a server that has been up for an hour
    middle = leads // count // 2
    return Loaded(parks[0].park, first[0], first[-1], middle, middle, date(2026, 10, 1))
