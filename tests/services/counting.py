"""Counting the reads of one request: what is left when the transaction's own statements are taken away."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def reads() -> Iterator[list[str]]:
    """The SELECTs made inside; the scope's `set_config` is none of a page's reads."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        query["sql"]
        for query in captured
        if query["sql"].startswith(("SELECT", "WITH", "EXECUTE"))
        and "set_config" not in query["sql"]
        and not query["sql"].startswith("EXECUTE person")
    ]
