"""What every test has: servers of its own, Django set up on them, and the fixtures of `tests/fixtures`.

The controller of pytest-xdist starts the servers before Django reads its settings, and hands them to its workers by
environment. With `--reuse-db` they live in `var/test`, so that the migrated database is still there the next time.
"""

import sys

import django

from ops import throwaway
from ops.daemon import ServerError
from ops.home import ROOT

try:
    throwaway.start(ROOT / "var" / "test" if "--reuse-db" in sys.argv else None)
except ServerError as error:
    sys.stderr.write(f"--reuse-db: {error}; using a new database\n")
    throwaway.start()
django.setup()

pytest_plugins = [
    "tests.fixtures.cast",
    "tests.fixtures.database",
    "tests.fixtures.servers",
]
