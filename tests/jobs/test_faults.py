"""PostgreSQL gone while people work, and two beats at once."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from django.db import connection

from core.models import Heartbeat
from notices.models import Notice
from ops.daemon import wait_for
from ops.home import ROOT
from ops.postgres import APP, url
from ops.processes import Child
from tests.fixtures.cast import Cast
from tests.fixtures.live import LiveProcess, LiveSite
from tests.fixtures.mail import free_port
from tests.jobs.test_drill import remind

PASSWORD = "a-long-test-password"

pytestmark = pytest.mark.drill


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    """The cast, seen by other processes too."""
    return cast


class Detour:
    """The database's socket reached over a link that can be taken away, as if the server were gone."""

    def __init__(self, folder: Path) -> None:
        self.link, self.sockets = folder / "pg", Path(connection.settings_dict["HOST"])
        self.give()

    def give(self) -> None:
        self.link.symlink_to(self.sockets)

    def take(self) -> None:
        """No new connection, and the open ones end."""
        self.link.unlink()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = %s AND datname = current_database() AND pid <> pg_backend_pid()",
                [APP],
            )


@pytest.fixture
def detour(transactional_db: None) -> Iterator[Detour]:
    """A short path: a socket's is limited to a hundred bytes."""
    with TemporaryDirectory(prefix="luodi-") as folder:
        Path(folder).chmod(0o711)
        yield Detour(Path(folder))


@pytest.fixture
def site(detour: Detour, redis_url: str, live_site: LiveSite) -> Iterator[LiveSite]:
    """A web server of our own behind the detour; `live_site` has collected the static files."""
    port = str(free_port())
    environment = os.environ | {
        "DATABASE_URL": url(detour.link, APP, connection.settings_dict["NAME"]),
        "REDIS_URL": redis_url,
        "LUODI_TLS": "0",
        "PORT": port,
        "LUODI_URL": f"http://127.0.0.1:{port}",
        "LUODI_WEB_PROCESSES": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    log = Path(os.environ["LUODI_HOME"]) / "log" / f"web-detour-{os.getpid()}.log"
    one = LiveSite(Child("web", command, log, ROOT, environment, signal.SIGQUIT), f"http://127.0.0.1:{port}")
    one.start()
    yield one
    one.stop()


def signed_in(site: LiveSite) -> OpenerDirector:
    """A browser's session, by the login page."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    browser.open(f"{site.url}/login/").read()
    token = next(cookie.value for cookie in jar if "csrf" in cookie.name)
    form = {"username": "officer", "password": PASSWORD, "csrfmiddlewaretoken": token}
    request = Request(f"{site.url}/login/", urlencode(form).encode(), {"Referer": f"{site.url}/login/"})
    assert browser.open(request).status == 200
    return browser


def answer(browser: OpenerDirector, address: str, **headers: str) -> tuple[int, str, str]:
    """Status, content type and text, also of refusals."""
    try:
        response = browser.open(Request(address, headers=headers), timeout=30)
    except HTTPError as refused:
        response = refused
    return response.status, response.headers["Content-Type"], response.read().decode()


def test_without_the_database_pages_and_api_say_so_and_come_back_by_themselves(
    people: Cast, detour: Detour, site: LiveSite
) -> None:
    people.officer.set_password(PASSWORD)
    people.officer.save()
    browser = signed_in(site)
    assert answer(browser, f"{site.url}/leads/")[0] == 200
    detour.take()
    status, kind, text = answer(browser, f"{site.url}/leads/")
    assert (status, kind.split(";")[0]) == (503, "text/html")
    assert "Traceback" not in text
    assert "psycopg2" not in text
    status, kind, text = answer(browser, f"{site.url}/api/v1/leads/", Accept="application/json")
    assert (status, kind, json.loads(text)["code"]) == (503, "application/problem+json", "database_unavailable")
    probe = build_opener()  # a load balancer has no session
    assert answer(probe, f"{site.url}/healthz")[0] == 200
    assert answer(probe, f"{site.url}/readyz")[0] == 503
    detour.give()
    assert answer(browser, f"{site.url}/leads/")[0] == 200


def test_two_beats_tell_everybody_once(
    people: Cast, live_worker: LiveProcess, live_beat: LiveProcess, redis_url: str, tmp_path: Path
) -> None:
    schedule = tmp_path / "second"
    environment = os.environ | {
        "DATABASE_URL": url(Path(connection.settings_dict["HOST"]), APP, connection.settings_dict["NAME"]),
        "REDIS_URL": redis_url,
        "LUODI_HEARTBEAT": "5",
    }
    command = [sys.executable, "-m", "celery", "--app", "config.celery", "--quiet", "beat", "--pidfile="]
    log = Path(os.environ["LUODI_HOME"]) / "log" / f"second-beat-{os.getpid()}.log"
    child = Child("beat", [*command, f"--schedule={schedule}"], log, ROOT, environment, signal.SIGKILL)
    second = LiveProcess(child, lambda: any(tmp_path.glob("second*")))
    second.start()
    try:
        for number in range(40):
            remind(people, number)
        wait_for(lambda: sent(people) == 80, 120, live_worker.log[-3000:])
        wait_for(lambda: Heartbeat.objects.filter(name="beat").exists(), 120, live_worker.log[-3000:])
    finally:
        second.stop()
    with people.everywhere():
        assert Notice.objects.visible_to(people.officer).count() == 40


def sent(cast: Cast) -> int:
    with cast.everywhere():
        return int(Notice.objects.filter(state="sent").count())
