"""`script/server`: everything that Luodi needs on one machine, from an empty folder to the first page."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn
from urllib.request import urlopen

from ops.daemon import ServerError, wait_for
from ops.home import ROOT, Home
from ops.identity import before_exec
from ops.postgres import Postgres
from ops.processes import Child, Supervisor

LOGINS = "admin parkadmin leader manager officer operator window auditor enterprise"
DEMO_PASSWORD = "luodi-demo"  # noqa: S105 - printed for everybody, and refused in production
_PYTHON = sys.executable
_REFUSED = 3  # a command's exit code for what is no fault and said in words for people (core/lineage.py)


class Stopped(Exception):
    """Ctrl-C, or a polite request to end."""


def main() -> int:
    """Start all of it, watch it, stop all of it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    home = Home.from_environment()
    try:
        _check_port()
        run(home)
    except Stopped:
        return 0
    except ServerError as error:
        _say(f"\nLuodi could not start: {error}")
        return 1


def run(home: Home) -> NoReturn:
    """Servers, then what prepares the database, then the three programs, until `Stopped`."""
    servers = home.servers()
    supervisor: Supervisor | None = None
    try:
        for server in servers:
            _step(f"Starting {server.name}", server.start)
        environment = os.environ | home.environment()
        _prepare(home, environment, servers[0])
        supervisor = Supervisor(servers, _children(home, environment), home.log("server"))
        # The first page needs no worker: three programs that load at once on two cores would all be late.
        supervisor.start("web")
        _step("Starting the web server", lambda: _wait_for_web(supervisor))
        supervisor.start("worker", "beat")
        _greet(environment)
        while True:
            time.sleep(0.5)
            supervisor.watch()
    finally:
        _ignore_further_signals()
        if supervisor:
            _say("Stopping …")
            supervisor.stop()
        for server in reversed(servers):
            server.stop()


def _prepare(home: Home, environment: Mapping[str, str], database: Postgres) -> None:
    """Tables, demonstration, static files; each only where something is to be done."""
    as_owner = {**environment, "DATABASE_URL": environment["OWNER_DATABASE_URL"]}
    _step("Migrating the database", lambda: _manage(as_owner, "migrate", "--verbosity=0"))
    finish_static = collect_static(environment)  # beside the next step, on the other core
    # Asked here, since the command would load all of Django to find that there is something.
    if environment.get("LUODI_MODE", "demo") == "demo" and not database.has_rows("parks_park"):
        _step(
            "Loading the demonstration if there is nothing yet", lambda: _manage(environment, "load_demo", "--if-empty")
        )
    _step("Compressing static files", finish_static)


def collect_static(environment: Mapping[str, str]) -> Callable[[], None]:
    """Begin to collect the static files if any has changed; the answer waits until that is done.

    Files of earlier versions stay: pages that are open in browsers still ask for them. What packages bring for pages
    that we do not show is left out.
    """
    stamp, wanted = Path(environment["LUODI_HOME"]) / "static.stamp", _static_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return lambda: None
    unused = ["--ignore=rest_framework", "--ignore=django_htmx"]
    process = _start(environment, "collectstatic", "--noinput", "--verbosity=0", *unused)

    def finish() -> None:
        _finish(process)
        stamp.write_text(wanted)

    return finish


def _children(home: Home, environment: Mapping[str, str]) -> list[Child]:
    celery = [_PYTHON, "-m", "celery", "--app", "config.celery", "--quiet"]
    beat = home.path / "beat"
    beat.mkdir(exist_ok=True)
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    commands = {
        "web": [_PYTHON, "-m", "gunicorn", "--config", "config/gunicorn.py"],
        "worker": [*celery, "worker", "--pool=prefork", "--concurrency=2", "--loglevel=WARNING", *quiet],
        "beat": [*celery, "beat", "--loglevel=WARNING", "--pidfile=", f"--schedule={beat / 'schedule'}"],
    }
    # Killed with us, the worker has nothing to save: its work is in rows, and it would wait for Redis in vain.
    deaths = {"web": signal.SIGQUIT, "worker": signal.SIGKILL, "beat": signal.SIGKILL}
    return [
        Child(name, command, home.log(name), ROOT, environment, death_signal=deaths[name])
        for name, command in commands.items()
    ]


def _manage(environment: Mapping[str, str], *arguments: str) -> None:
    """Run one of Django's commands; what it says is shown only when it fails."""
    _finish(_start(environment, *arguments))


def _start(environment: Mapping[str, str], *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own command lines
        [_PYTHON, "manage.py", *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=before_exec(None, signal.SIGTERM),
    )


def _finish(process: "subprocess.Popen[str]") -> None:
    said = process.communicate()[0]
    if process.returncode == _REFUSED:
        raise ServerError(said.partition("CommandError: ")[2].strip())
    if process.returncode != 0:
        raise ServerError(f"{' '.join(map(str, process.args[1:3]))} failed:\n{said[-4000:]}")  # type: ignore[index] # a list


def _static_fingerprint() -> str:
    """Changes when a static file, or the version of a front-end package, does."""
    digest = hashlib.sha256()
    sources = [ROOT / "package-lock.json", ROOT / "requirements.txt", ROOT / "core" / "staticfiles.py"]
    for path in [*sources, *sorted((ROOT / "static").rglob("*"))]:
        if path.is_file():
            digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _address() -> tuple[str, int]:
    host = os.environ.get("LUODI_BIND", "127.0.0.1")
    return ("127.0.0.1" if host in {"0.0.0.0", ""} else host), int(os.environ.get("PORT", "8000"))  # noqa: S104


def _check_port() -> None:
    """Say at once that the port is taken, not after a minute of preparation."""
    host, port = _address()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServerError(f"port {port} on {host} cannot be used ({error.strerror}); set PORT to another") from None


def _wait_for_web(supervisor: Supervisor) -> None:
    host, port = _address()
    web = supervisor.children[0]

    def answers() -> bool:
        if not web.running:
            raise ServerError(f"the web server ended:\n{web.log.read_text(errors='replace')[-4000:]}")
        try:
            with urlopen(f"http://{host}:{port}/healthz", timeout=5):
                return True
        except OSError:
            return False

    wait_for(answers, 60, f"the web server does not answer; its log is {web.log}")


def _greet(environment: Mapping[str, str]) -> None:
    host, port = _address()
    _say(f"\n  Luodi 落地 is ready:  http://{host}:{port}/\n")
    if environment.get("LUODI_MODE", "demo") == "demo":
        _say(f"  Logins:    {LOGINS}\n  Password:  {DEMO_PASSWORD}\n")
    _say(f"  Data and logs are in {environment['LUODI_HOME']}; Ctrl-C stops everything.\n")


def _step(title: str, work: Callable[[], None]) -> None:
    began = time.monotonic()
    sys.stdout.write(f"{title} … ")
    sys.stdout.flush()
    work()
    _say(f"{time.monotonic() - began:.1f} s")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _stop(_number: int, _frame: object) -> NoReturn:
    raise Stopped


def _ignore_further_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
