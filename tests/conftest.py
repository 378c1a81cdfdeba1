"""What every test has: servers of its own, Django set up on them, and the fixtures of `tests/fixtures`.

The controller of pytest-xdist starts the servers before Django reads its settings, and hands them to its workers by
environment. With `--reuse-db` they live in `var/test`, so that the migrated database is still there the next time.
"""

import os
import sys

import django
import hypothesis
import pytest
from django.conf import settings

from ops import throwaway
from ops.daemon import ServerError
from ops.home import ROOT

try:
    throwaway.start(ROOT / "var" / "test" if "--reuse-db" in sys.argv else None)
except ServerError as error:
    if "--reuse-db" not in sys.argv:
        raise
    sys.stderr.write(f"--reuse-db: {error}; using a new database\n")
    throwaway.start()
if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    # Each worker has a numbered database of the session's Redis to itself.
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=0", f"db={int(worker) % 16}")
# Pages are tested without collecting static files first; the web server of `live_site` has the real storage. Its folder
# is not ours: every test client would read it through, also while another process still moves files in it.
settings.STATIC_ROOT = settings.LUODI_HOME / "no-static"
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
django.setup()

# What else the machine does must not decide.
hypothesis.settings.register_profile("luodi", deadline=None, derandomize=True)
hypothesis.settings.load_profile("luodi")

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.cast",
    "tests.fixtures.template",  # before the one that imports it
    "tests.fixtures.database",
    "tests.fixtures.mail",  # likewise
    "tests.fixtures.live",
    "tests.fixtures.servers",
]

_LONG_MARKS = {"drill", "browser", "realdata", "sweep"}


@pytest.hookimpl(trylast=True)  # after pytest-randomly, whose order holds inside both halves
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first: begun last, one of them would keep a single worker busy at the end."""
    long = {item.path for item in items if _LONG_MARKS & {mark.name for mark in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in long)
