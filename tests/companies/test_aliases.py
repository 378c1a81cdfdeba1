"""The short names of listed companies: found among the first three, in a registry of a hundred and forty thousand."""

import csv
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import call_command

from companies.copying import copy_in
from companies.models import Company
from companies.queries import find_companies
from core.searchkeys import normalise
from tests.fixtures.cast import Cast

FOLDER = Path(os.environ.get("REAL_DATA_DIR", ""))
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.realdata,
    pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set"),
]


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """A file of the folder."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture
def registry(cast: Cast) -> None:
    """All real registers, and the listed companies by their full names alone."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(FOLDER.glob("companies_registry_*.csv")):
        for row in rows_of(path.name):
            found.setdefault(normalise(row["name"]), (row["name"], row["province"]))
    for row in rows_of("listed_companies.csv"):
        found.setdefault(normalise(row["full_name"]), (row["full_name"], ""))
    rows = iter(found.values())
    # In portions: a hundred and forty thousand objects at once are looked through for cycles again and again.
    while portion := [Company(name=name, province=province) for name, province in islice(rows, 5_000)]:
        for company in portion:
            company.derive()
        copy_in(portion)


def missed(cast: Cast, aliases: list[tuple[str, str]]) -> list[tuple[str, str, list[str]]]:
    """Aliases whose company is not among the first three, with those that are."""
    found = []
    for alias, full in aliases:
        names = [company.name for company in find_companies(cast.officer, alias, 3)]
        if normalise(full) not in map(normalise, names):
            found.append((alias, full, names))
    return found


def test_aliases_are_found_among_the_first_three(cast: Cast, registry: None) -> None:
    rows = [(row["alias"], row["full_name"]) for row in rows_of("company_aliases.csv")]
    own = [(alias, full) for alias, full in rows if set(normalise(alias)) <= set(normalise(full))]
    assert len(own) > 2_200
    # Every second one: the search for them takes minutes.
    unaided = own[::2]
    lost = missed(cast, unaided)
    assert len(lost) <= 0.05 * len(unaided), lost[:40]
    call_command("load_aliases", str(FOLDER / "company_aliases.csv"), by="park_admin")
    assert missed(cast, rows[::2]) == []
