"""Credit codes: what they are and what is wrong with them. The codes are made up or public."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest
from django.utils import translation

from core.creditcode import check_credit_code

GOOD = "91110000600037341L"


@pytest.mark.parametrize(
    "text", [GOOD, " 9111 0000 6000-3734 1l ", "９１１１００００６０００３７３４１Ｌ", f"\ufeff{GOOD}\u200b"]
)
def test_a_valid_code_is_cleaned_and_has_no_warning(text: str) -> None:
    found = check_credit_code(text)
    assert (found.code, found.kind, found.warning) == (GOOD, "valid", "")
    assert found.is_key


def test_nothing_is_nothing() -> None:
    assert check_credit_code("  ") == check_credit_code("")
    assert check_credit_code("").kind == ""


@pytest.mark.parametrize(("text", "kind"), [("110000006000373", "old15"), ("1100000060003", "old13")])
def test_old_registration_numbers_are_told_apart(text: str, kind: str) -> None:
    found = check_credit_code(text)
    assert (found.code, found.kind, found.is_key) == (text, kind, False)
    assert str(found.warning)


def test_a_wrong_check_character_names_the_one_expected() -> None:
    found = check_credit_code(GOOD[:-1] + "M")
    assert found.kind == "invalid"
    with translation.override("en"):
        assert "should be L, not M" in str(found.warning)
    assert "1–8" in str(found.warning)


def test_a_slip_in_the_organisation_part_is_placed_there() -> None:
    found = check_credit_code("91110000600037331L")
    assert found.kind == "invalid"
    assert "9–17" in str(found.warning)


def test_the_warning_is_translated_when_it_is_shown() -> None:
    warning = check_credit_code(GOOD[:-1]).warning
    with translation.override("en"):
        assert str(warning) == "A credit code has 18 characters; this one has 17."


def test_every_single_slip_in_a_digit_is_noticed() -> None:
    for position in range(18):
        for character in "0123456789":
            slip = GOOD[:position] + character + GOOD[position + 1 :]
            assert check_credit_code(slip).kind == ("valid" if slip == GOOD else "invalid"), slip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("9111000060003734IL", ["17", "I", "1"]),
        ("911100006000373410", ["L", "0"]),
        ("A1110000600037341L", ["1", "A"]),
        ("9111000060003734中L", ["17", "中"]),
        (GOOD[:-1], ["18", "17"]),
        ("x" * 400, ["18", "400"]),
    ],
)
def test_the_warning_says_what_is_wrong(text: str, told: list[str]) -> None:
    found = check_credit_code(text)
    assert found.kind == "invalid"
    assert all(part in str(found.warning) for part in told), str(found.warning)


@pytest.mark.realdata
@pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set")
def test_real_registry_codes_are_nearly_all_valid() -> None:
    with (Path(os.environ["REAL_DATA_DIR"]) / "companies_registry_01.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        kinds = Counter(check_credit_code(row["uscc"]).kind for row in csv.DictReader(file))
    assert kinds["valid"] / kinds.total() > 0.99
    assert kinds["old15"] > 0
    assert kinds["invalid"] < 30
