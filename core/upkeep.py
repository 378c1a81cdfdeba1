"""What every park needs seen to from time to time, whether or not anybody works there.

An app registers a function in its `tasks.py` with `@upkeep("name")`. It is called for each park, in a transaction in
that park's scope, every ten minutes and after a nudge (`nudge(upkeep.RUN)`). It asks the database what is due and
missing, so that a run that is missed, late or doubled does no harm; a fault in one park or one function stops no other.
"""

import logging
from collections.abc import Callable, Iterator

from django.db import connection

from core.isolation import scope

logger = logging.getLogger(__name__)

RUN = "core.tasks.upkeep"

Work = Callable[[int], object]
WORKS: dict[str, tuple[Work, bool]] = {}


def upkeep(name: str, *, scoped: bool = True) -> Callable[[Work], Work]:
    """Decorator: call this function with each park's id. One that is not `scoped` opens its own scopes."""

    def register(function: Work) -> Work:
        if WORKS.setdefault(name, (function, scoped))[0] is not function:
            raise ValueError(f"two functions for the upkeep {name!r}")
        return function

    return register


def run() -> None:
    """Everything that is registered, for every active park."""
    for park_id in list(_parks()):
        for name, (work, scoped) in WORKS.items():
            try:
                if scoped:
                    with scope(read=[park_id], write=[park_id]):
                        work(park_id)
                else:
                    work(park_id)
            except Exception:
                logger.exception("upkeep %s of park %s failed", name, park_id)


def _parks() -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM parks_park WHERE is_active ORDER BY id")
        yield from (row[0] for row in cursor.fetchall())
