"""The labelled pairs of real registers: what is different stays apart, what is the same is found."""

import csv
import os
from pathlib import Path

import pytest

from companies.duplicates import candidates, propose_for
from companies.models import Company, Duplicate, Merge
from tests.fixtures.cast import Cast

FOLDER = Path(os.environ.get("REAL_DATA_DIR", ""))
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set"),
    pytest.mark.django_db,
]


def company(name: str, code: str) -> Company:
    """One side of a labelled pair; listed ones come with their stock code instead of a credit code."""
    stock = code.removeprefix("stock:") if code.startswith("stock:") else ""
    made = Company(name=name, credit_code="" if stock else code, stock_code=stock)
    made.derive()
    return made


def pairs(label: str) -> list[tuple[Company, Company]]:
    """The pairs with this label."""
    with (FOLDER / "dedup_pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == label]
    assert rows
    return [(company(row["name_a"], row["code_a"]), company(row["name_b"], row["code_b"])) for row in rows]


def saved(pair: tuple[Company, Company]) -> list[Company]:
    """Both in the registry, where the database lets a code stand twice; else the first."""
    same = pair[0].code_kind == "valid" and pair[0].credit_code == pair[1].credit_code
    kept = [pair[0]] if same else list(pair)
    for one in kept:
        one.save()
    return kept


def test_not_one_different_pair_is_merged_or_taken_for_one(cast: Cast) -> None:
    for pair in pairs("different"):
        both = saved(pair)
        assert len(both) == 2, pair
        propose_for(both)
        keys = Duplicate.objects.of(both[0]).of(both[1]).filter(evidence__in=["code", "stock"])
        assert not keys.exists(), pair
    assert not Merge.objects.exists()
    assert not Company.objects.exclude(merged_into=None).exists()


def test_every_same_pair_is_found_by_its_key(cast: Cast) -> None:
    for pair in pairs("same"):
        saved(pair)
        found = {other.pk: how for other, how in candidates([pair[1]]).get(0, ())}
        assert pair[0].pk in found, pair
        assert found[pair[0].pk].evidence in {"code", "stock"}, pair


def test_every_pair_for_review_is_put_before_a_person(cast: Cast) -> None:
    for pair in pairs("review"):
        both = saved(pair)
        found = {other.pk for other, _how in candidates([pair[1]]).get(0, ())}
        assert pair[0].pk in found, pair
        if len(both) == 2:
            propose_for(both)
            assert Duplicate.objects.of(both[0]).of(both[1]).get().state == "open"


def test_short_names_find_their_company_once_loaded(cast: Cast) -> None:
    with (FOLDER / "company_aliases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))[:600]
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row["full_name"], []).append(row["alias"])
    for full, aliases in names.items():
        Company.objects.create(name=full, short_names=aliases)
    asked = [company(alias, "") for alias in {row["alias"] for row in rows}]
    answer = candidates(asked, deep=False)
    missed = [
        one.name
        for place, one in enumerate(asked)
        if not any(one.name in names.get(other.name, ()) for other, _how in answer.get(place, ()))
    ]
    assert missed == []
