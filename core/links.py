"""Addresses of records: resolving one anew for every row of a list costs as much as printing the row."""

import functools
from typing import Any, Final

from django.urls import reverse

# Stands in an address for the key of a row, and occurs in no address otherwise.
KEY: Final = 987_654_321_987


@functools.cache
def _pattern(name: str) -> tuple[str, str]:
    before, _key, after = reverse(name, args=[KEY]).partition(str(KEY))
    return before, after


def to(name: str, pk: Any) -> str:
    """`reverse(name, args=[pk])` for addresses whose one argument is a number."""
    before, after = _pattern(name)
    return f"{before}{int(pk)}{after}"
