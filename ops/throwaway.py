"""Throw-away PostgreSQL and Redis: for the tests and the benchmark.

Fast and careless; stopped when this process ends, whatever ends it. `DATABASE_URL` in the environment means: use that
server instead. `python -m ops.throwaway FILE ARGUMENTS…` runs a Python program with them.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ops.daemon import is_locked
from ops.home import Home


def start(folder: Path | None = None) -> None:
    """Start what the environment does not name yet, and name it there, for this process and its children."""
    if "DATABASE_URL" in os.environ:
        return
    home = Home(folder or temporary_folder(), durable=False)
    for server in home.servers():
        server.start()
        atexit.register(server.stop)
    os.environ |= home.environment() | {"LUODI_MODE": "demo", "DJANGO_SETTINGS_MODULE": "config.settings"}


def temporary_folder() -> Path:
    """A folder that other users may pass through, since the servers do not run as root; gone in the end."""
    _forget_killed_sessions()
    folder = Path(tempfile.mkdtemp(prefix="luodi-test-"))
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _forget_killed_sessions() -> None:
    """A session that was killed could not remove its folder; a day later nobody uses it, unless a server runs there."""
    for left in Path(tempfile.gettempdir()).glob("luodi-test-*"):
        with suppress(OSError):  # its own session removes it meanwhile
            old = left.stat().st_uid == os.geteuid() and time.time() - left.stat().st_mtime > 24 * 3600
            if old and not any(is_locked(lock) for lock in left.rglob("*.lock")):
                shutil.rmtree(left, ignore_errors=True)


if __name__ == "__main__":
    start()
    sys.exit(subprocess.call([sys.executable, *sys.argv[1:]]))  # noqa: S603 - what our caller asked for
