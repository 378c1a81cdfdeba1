"""`script/server` leaves nothing behind, however it ends, and starts again from what is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from ops.home import ROOT, Home
from ops.postgres import BACKUP, SUPERUSER
from ops.processes import Child, Supervisor
from ops.throwaway import temporary_folder
from tests.fixtures.mail import free_port
from tests.ops.launcher import eventually, processes_with, query

pytestmark = pytest.mark.drill

_PREPARATION = 600  # seconds, on a slow machine that does other things, too


@pytest.fixture(scope="module")
def home() -> Path:
    """One data folder for all tests of this file: what one of them leaves, the next has to start from."""
    return temporary_folder() / "home"


@contextmanager
def _served(home: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The running product and its address."""
    port = str(free_port())
    process = _started(home, port)
    try:
        (home / "said").write_text(_wait_for_greeting(process))
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()
        eventually(lambda: not _left(home), 60)


def _started(home: Path, port: str) -> "subprocess.Popen[str]":
    own = {"DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "LUODI_SECRET_KEY"}
    environment = {name: value for name, value in os.environ.items() if name not in own}
    return subprocess.Popen(
        [sys.executable, "-m", "ops.server"],
        cwd=ROOT,
        env=environment | {"LUODI_HOME": str(home), "PORT": port},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _wait_for_greeting(process: "subprocess.Popen[str]") -> str:
    said, deadline = [""], time.monotonic() + _PREPARATION
    assert process.stdout
    while "Ctrl-C stops everything" not in said[-1]:
        said.append(process.stdout.readline())
        assert said[-1], "".join(said)
        assert time.monotonic() < deadline, "".join(said)
    return "".join(said)


def _left(home: Path) -> list[int]:
    """Every process that was started for this data folder: by its environment, command line or working folder."""
    found = set(processes_with(str(home)))
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"LUODI_HOME={home}" in (entry / "environ").read_text(errors="replace").split(
                "\0"
            ):
                found.add(int(entry.name))
        except OSError:  # it ended meanwhile
            continue
    return sorted(found)


def _users(home: Path) -> int:
    return int(query(f"postgresql://{BACKUP}@/luodi?host={home / 'run'}", "SELECT count(*) FROM accounts_user"))


def test_ctrl_c_stops_everything(home: Path) -> None:
    with _served(home) as (process, address):
        with urlopen(f"{address}/login/", timeout=20) as answer:
            assert answer.status == 200
        assert len(_left(home)) > 6
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert _left(home) == []


def test_killed_it_takes_everything_along_and_starts_again_without_loss(home: Path) -> None:
    with _served(home) as (process, _address):
        before = _users(home)
        process.kill()
        process.wait()
        eventually(lambda: not _left(home), 60)
    with _served(home) as (_process, address):
        assert _users(home) == before > 0
        assert "demonstration" not in (home / "said").read_text(), "nothing was loaded, and nobody asked Django whether"
        eventually(lambda: _answers(address), 60)


def test_data_of_another_development_version_are_refused_in_words(home: Path) -> None:
    if not home.exists():
        with _served(home):
            pass
    kept = _lineage(home, '{"core.0001_initial": "another"}')
    try:
        refused = _started(home, str(free_port()))
        said = refused.communicate(timeout=_PREPARATION)[0]
    finally:
        _lineage(home, kept)
    assert refused.returncode == 1
    assert "Traceback" not in said
    assert f"move the folder {home} away" in said
    assert f"请移走文件夹 {home}" in said
    assert _left(home) == []


def _lineage(home: Path, text: str) -> str:
    """Write what the tables say they were made by; returns what they said before."""
    database = Home(home).servers()[0]
    database.start()
    try:
        address = database.url(SUPERUSER)
        before = str(query(address, "SELECT obj_description('django_migrations'::regclass)"))
        query(address, f"COMMENT ON TABLE django_migrations IS '{text}'")
    finally:
        database.stop()
    return before


def test_a_killed_web_server_is_started_again(home: Path) -> None:
    with _served(home) as (_process, address):
        master = next(pid for pid in processes_with("gunicorn") if pid in _left(home))
        os.kill(master, signal.SIGKILL)
        eventually(lambda: _answers(address), 60)


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/healthz", timeout=5):
            return True
    except OSError:
        return False


def _watched(supervisor: Supervisor) -> bool:
    supervisor.watch()
    return True


def test_a_child_that_ends_is_started_again_and_all_are_stopped_in_the_end(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    restless = f"echo once >> {starts}"
    stubborn = "trap '' TERM; sleep 600 & wait; wait"
    children = [
        Child(name, ["sh", "-c", command], tmp_path / name, tmp_path, os.environ)
        for name, command in {"restless": restless, "stubborn": stubborn}.items()
    ]
    supervisor = Supervisor([], children, tmp_path / "log")
    supervisor.start()
    try:
        eventually(lambda: _watched(supervisor) and starts.exists() and len(starts.read_text().split()) >= 2)
    finally:
        supervisor.stop(patience=1)
    assert not any(child.running for child in children)
    eventually(lambda: not processes_with(str(tmp_path)))  # what was killed is gone when the kernel has put it away
    assert "restless ended" in (tmp_path / "log").read_text()
