"""An import, from the file to the registry with history and search keys, against reading it and COPYing it bare."""

import csv
import io
import random
import tempfile
import time
from pathlib import Path

from django.db import connection
from stdnum.cn import uscc

from accounts.models import Membership, Role, User
from bench.data import BRANDS, CITIES, TRADES, Loaded

MOST = 138_000


def import_times(data: Loaded, size: int, *, dry_run: bool) -> tuple[float, float]:
    """Milliseconds of an import and of the floor, over the same file of new companies.

    With a dry run first, as on the pages (nobody looks at it here), or at once, as `import_companies` does it.
    """
    from companies.management.commands.import_companies import import_file

    steward, _new = User.objects.get_or_create(username="bench-steward")
    Membership.objects.get_or_create(user=steward, park=data.park, role=Role.objects.get(code="park_admin"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.csv"
        _write(path, min(size, MOST), first=MOST if dry_run else 0)
        floor = _bare(path)
        began = time.perf_counter()
        import_file(steward, path, dry_run=dry_run)
        return (time.perf_counter() - began) * 1000, floor


def _write(path: Path, rows: int, *, first: int = 0) -> None:
    dice = random.Random(20260601 + first)  # noqa: S311 - shape, not secrecy
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["企业名称", "统一社会信用代码", "省份", "城市", "成立日期"])
        for number in range(first, first + rows):
            base = f"9137020{number % 10}MA{number:07d}"
            name = f"示例{dice.choice(CITIES)}{''.join(dice.sample(BRANDS, 4))}{dice.choice(TRADES)}有限公司"
            writer.writerow([name, base + uscc.calc_check_digit(base), "山东", "青岛", f"20{number % 26:02d}-05-07"])


def _bare(path: Path) -> float:
    began = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (a text, b text, c text, d text, e text)")
        rows = csv.reader(file)
        next(rows)
        cursor.copy_expert("COPY bare FROM STDIN", io.StringIO("".join("\t".join(row) + "\n" for row in rows)))
        cursor.execute("DROP TABLE bare")
    return (time.perf_counter() - began) * 1000
