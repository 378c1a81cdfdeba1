"""The demonstration's imports: a list from a fair that was taken in, and one that waits for decisions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any

import time_machine
from django.core.files import File
from django.utils import timezone

from accounts.models import User
from companies.actions import import_work
from companies.actions.imports import map_import, run_import, upload_import
from companies.models import Company, ImportBatch
from core.models import Job

HEAD = ("企业名称", "统一社会信用代码", "所属行业", "省份", "城市", "注册资本", "成立日期", "官网")
BRANDS = ("澄光", "瀚芯", "沛然", "翊程", "铭澈", "曜石", "衡川", "霁蓝", "朗岳", "溯源", "玖和", "稷丰")
TRADES = (("光学", "39"), ("传感器", "40"), ("新材料", "30"), ("精密机械", "34"), ("食品", "14"), ("储能", "38"))


class Here:
    """The work of a job done at once, in the transaction of the demonstration."""

    @contextmanager
    def chunk(self) -> Iterator[None]:
        """All of it is one."""
        yield

    def report(self, done: int, total: int | None = None) -> None:
        """Nobody watches."""


def tell_imports(people: dict[str, User]) -> None:
    """An officer's two lists."""
    officer = people["officer"]
    with time_machine.travel(timezone.now() - timedelta(days=12), tick=True):
        batch = _checked(officer, "光电展参展企业.csv", [*_rows(0, 12), _row("", "青岛", "留了名片，未留名称")])
        run_import(by=officer, batch=batch, here=True)
        _carry_out(batch, officer, import_work.run)
    known = list(Company.objects.filter(is_demo=True, origin_park=None).order_by("pk")[:2])
    mine = Company.objects.filter(source="光电展参展企业.csv").order_by("pk")
    again = [_row(one.name, "济南", "") for one in mine[:3]]
    doubtful = [_row(one.name, one.city, "") for one in known]
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=True):
        _checked(
            officer, "产业链走访名单.csv", [*_rows(6, 15), *again, *doubtful, *_rows(8, 10), _row("", "", "日期待查")]
        )


def _rows(first: int, last: int) -> list[Sequence[str]]:
    return [_row(*_company(number), "") for number in range(first, last)]


def _company(number: int) -> tuple[str, str]:
    brand, (trade, _code) = BRANDS[number % len(BRANDS)], TRADES[number % len(TRADES)]
    return f"示例{brand}{trade}{'二期' if number >= len(BRANDS) else ''}有限公司", ("青岛", "济南", "无锡")[number % 3]


def _row(name: str, city: str, since: str) -> Sequence[str]:
    number = len(name) + len(city)
    province = {"无锡": "江苏", "": ""}.get(city, "山东")
    return (
        name,
        "",
        TRADES[number % len(TRADES)][1] if name else "",
        province,
        city,
        f"{number * 100}万元人民币",
        since,
        "",
    )


def _checked(by: User, name: str, rows: Sequence[Sequence[str]]) -> ImportBatch:
    content = "".join(",".join(cells) + "\n" for cells in (HEAD, *rows)).encode("utf-8-sig")
    batch = upload_import(by=by, park_id=by.access.home_park_id or 0, file=File(BytesIO(content), name))
    batch = map_import(by=by, batch=batch, mapping=batch.mapping, match_keys=["credit_code"], here=True)
    _carry_out(batch, by, import_work.check)
    return ImportBatch.objects.get(pk=batch.pk)


def _carry_out(batch: ImportBatch, by: User, work: Any) -> None:
    work(Here(), by, batch.pk)
    assert batch.job  # noqa: S101 - it was begun just now
    Job.objects.filter(pk=batch.job.pk).update(
        state=Job.State.DONE, done=batch.rows, total=batch.rows, finished_at=timezone.now(), lease_until=None
    )
