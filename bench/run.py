"""One size: a database, two servers on it, and pages asked in turn."""

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection

from bench.data import ONE_PARK, Loaded, load
from core.isolation import scope
from ops.daemon import wait_for
from ops.home import ROOT
from ops.postgres import APP, OWNER, url
from ops.processes import Child

OUR_BACKEND, BARE_BACKEND = "accounts.backends.Backend", "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Row:
    """One line of the table: medians in milliseconds, their ratio, and the ratio aimed at."""

    name: str
    size: int
    ours_ms: float
    floor_ms: float
    ratio: float
    target: float


@dataclass(frozen=True)
class Case:
    """A page of ours beside its floor; `part` asks for the list fragment as HTMX does."""

    name: str
    ours: str
    floor: str
    target: float
    part: str = ""
    by: str = "manager"


class Asker:
    """One kept connection of one signed-in person; answers other than 200 stop the run."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}"

    def ask(self, path: str, part: str = "") -> float:
        """Milliseconds until the last byte."""
        headers = {"Cookie": self.cookie} | ({"HX-Request": "true", "HX-Target": part} if part else {})
        began = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return (time.perf_counter() - began) * 1000


@contextmanager
def _database(size: int) -> Iterator[str]:
    """An empty migrated database, seen as owner."""
    name = f"bench_{size}"
    connection.close()
    connection.settings_dict["USER"] = OWNER
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        yield name
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _server(role: str, database: str, module: str, application: str, port: int) -> Iterator[int]:
    """The production server, one process, on that database."""
    sockets = Path(str(connection.settings_dict["HOST"]))
    environment = os.environ | {
        "DATABASE_URL": url(sockets, role, database),
        "DJANGO_SETTINGS_MODULE": module,
        "PORT": str(port),
        "LUODI_WEB_PROCESSES": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", application]
    log = Path(os.environ["LUODI_HOME"]) / "log" / f"bench-{role}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    child = Child("web", command, log, ROOT, environment, death_signal=signal.SIGQUIT)
    child.start()

    def answers() -> bool:
        try:
            probe = HTTPConnection("127.0.0.1", port, timeout=5)
            probe.request("GET", "/healthz")
            probe.getresponse().read()
        except OSError:
            return False
        return True

    try:
        wait_for(answers, 60, f"the server does not answer; its log is {log}")
        yield port
    finally:
        child.stop()


def _session(user_id: int, digest: str, backend: str) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = digest
    session.create()
    return str(session.session_key)


def _in_turn(ours: Callable[[], float], floor: Callable[[], float], repeat: int) -> tuple[float, float]:
    """Medians of two measurements taken alternately, so that both meet the same noise."""
    ours(), floor(), ours(), floor()
    pairs = [(ours(), floor()) for _turn in range(repeat)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _cases(data: Loaded, report_id: int) -> list[Case]:
    query, park = quote("光电"), data.park.pk
    month = f"/reports/{data.park.code}/{data.month:%Y-%m}/"
    return [
        Case("company list, part", "/companies/?sort=name", "/companies/", 2.0, "list"),
        Case("company list, page", "/companies/?sort=name", "/companies/", 3.0),
        Case("two-character search, part", f"/companies/?q={query}", f"/search/?q={query}", 2.0, "list"),
        Case("lead list, part", "/leads/", f"/leads/?park={park}", 2.0, "list"),
        Case("lead list, page", "/leads/", f"/leads/?park={park}", 3.0),
        Case("lead board", "/leads/board/", f"/board/?park={park}", 3.0),
        Case("lead record", f"/leads/{data.lead_id}/", f"/record/?id={data.lead_id}&park={park}", 3.0),
        Case("company 360", f"/companies/{data.company_id}/", f"/record/?id={data.lead_id}&park={park}", 3.0),
        Case("monthly ranking, page", month, f"/ranking/?id={report_id}", 3.0),
        Case("today", "/", f"/today/?officer={data.officer.pk}&park={park}", 3.0, by="officer"),
    ]


def measure(size: int, repeat: int) -> list[Row]:
    """All cases at one size."""
    from reports.actions import close_month

    with _database(size) as name:
        data = load(size)
        with scope(read=[data.park.pk], write=[data.park.pk]):
            report = close_month(park_id=data.park.pk, month=data.month)
        people = {"manager": data.manager, "officer": data.officer}
        sessions = {name: _session(user.pk, user.get_session_auth_hash(), OUR_BACKEND) for name, user in people.items()}
        bare = _session(data.manager.pk, data.manager.get_session_auth_hash(), BARE_BACKEND)
        _collect_static()
        with (
            _server(APP, name, "config.settings", "config.wsgi:application", 8931) as ours_port,
            _server(OWNER, name, "bench.floor_settings", "bench.floor_wsgi:application", 8932) as floor_port,
        ):
            ours = {name: Asker(ours_port, session) for name, session in sessions.items()}
            floor = Asker(floor_port, bare)
            rows = [
                _row(case.name, size, _timed(ours[case.by], floor, case, repeat), case.target)
                for case in _cases(data, report.pk)
            ]
        return [*rows, _ranking_row(data, size, repeat), *_import_rows(data, size)]


def _timed(ours: Asker, floor: Asker, case: Case, repeat: int) -> tuple[float, float]:
    return _in_turn(lambda: ours.ask(case.ours, case.part), lambda: floor.ask(case.floor), repeat)


def _row(name: str, size: int, timed: tuple[float, float], target: float) -> Row:
    ours, floor = timed
    return Row(name, size, round(ours, 2), round(floor, 2), round(ours / floor, 2), target)


def _ranking_row(data: Loaded, size: int, repeat: int) -> Row:
    """The running month's figures as `reports` counts them, against bare SQL through the same driver."""
    from bench.floor import month_sql
    from reports.queries import running_cells

    def ours() -> float:
        began = time.perf_counter()
        with scope(read=[data.park.pk]):
            running_cells(data.park.pk, data.month)
        return (time.perf_counter() - began) * 1000

    def floor() -> float:
        began = time.perf_counter()
        month_sql(data.park.pk, data.month)
        return (time.perf_counter() - began) * 1000

    return _row("monthly figures, SQL", size, _in_turn(ours, floor, max(repeat // 4, 5)), 1.3)


def _import_rows(data: Loaded, size: int) -> list[Row]:
    """A register of as many new companies into the registry: searchable, with history, every line reversible."""
    from bench.imports import import_times

    return [
        _row("import, whole", size, import_times(data, size, dry_run=False), 8.0),
        _row("import, dry run and run", size, import_times(data, size, dry_run=True), 8.0),
    ]


def _collect_static() -> None:
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, check=True)


def growth(rows: Sequence[Row], sizes: Sequence[int]) -> list[Row]:
    """How much slower each larger size is than the smallest, ours in milliseconds against ours.

    Beyond `ONE_PARK` the measured park is as large as the smallest: it must not notice the others.
    """
    small = {row.name: row for row in rows if row.size == sizes[0]}
    return [
        Row(
            f"growth: {row.name}",
            row.size,
            row.ours_ms,
            small[row.name].ours_ms,
            round(row.ours_ms / small[row.name].ours_ms, 2),
            1.3 if row.size > ONE_PARK else 2.0,
        )
        for row in rows
        if row.size != sizes[0] and (row.size > ONE_PARK or "part" in row.name) and "import" not in row.name
    ]
