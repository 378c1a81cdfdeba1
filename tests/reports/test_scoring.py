"""Schemes as data: items to points, points to ranks."""

from decimal import Decimal

import pytest
from django.utils import translation

from reports import wording
from reports.ranking import OFFICER, Cell, Line, Subject, lines_of, ranked
from reports.scoring import DEFAULT_ITEMS, Figure, Item, Scored, most_points, points_of

D = Decimal


def score(item: Item, heads: int = 1, peers: list[Scored] | None = None, **figures: tuple[int, str]) -> Decimal:
    own = Scored({code: Figure(n, D(total)) for code, (n, total) in figures.items()}, heads)
    return sum(points_of([item], own, peers or [own]).values(), D(0))


def test_the_default_scheme_has_100_points() -> None:
    assert most_points(DEFAULT_ITEMS) == 100


def test_a_busy_month_reaches_all_of_them() -> None:
    full = {item["indicator"]: Figure(100, D(10) ** 10) for item in DEFAULT_ITEMS}
    full |= {code: Figure(100, D(100)) for code in ("milestones_on_time", "requests_in_time")}
    assert sum(points_of(DEFAULT_ITEMS, Scored(full), []).values()) == 100


def test_an_empty_month_has_none_and_a_share_of_nothing_is_nothing() -> None:
    assert sum(points_of(DEFAULT_ITEMS, Scored({}), []).values()) == 0


def test_a_scheme_may_give_points_where_nothing_was_due() -> None:
    item = {
        "indicator": "milestones_on_time",
        "formula": "ratio_to_target",
        "target": "1",
        "points": "10",
        "when_none": "10",
    }
    assert score(item) == 10


def test_amounts_score_by_their_unit_and_departments_per_head() -> None:
    item = {"indicator": "amount_agreed", "formula": "points_per_unit", "points": "1", "unit": "10000000", "cap": "10"}
    assert score(item, amount_agreed=(1, "35000000")) == D("3.50")
    assert score(item, heads=2, amount_agreed=(1, "35000000")) == D("1.75")


def test_every_formula_of_a_scheme_reads_its_numbers() -> None:
    tiers = {
        "indicator": "amount_agreed", "formula": "tiers", "target": "100", "tiers": [["1", "100"], ["0.8", "75"]],
        "condition": {"indicator": "funds_recognised", "of": "amount_agreed", "at_least": "0.2"},
    }  # fmt: skip
    assert score(tiers, amount_agreed=(1, "90"), funds_recognised=(1, "18")) == 75
    assert score(tiers, amount_agreed=(1, "90"), funds_recognised=(1, "17")) == 0
    mean = {
        "indicator": "signings", "formula": "weighted_mean_of_ratios", "points": "0.5", "cap": "0.5",
        "parts": [["signings", "27", "0.5"], ["amount_agreed", "5400000000", "0.5"]],
    }  # fmt: skip
    assert score(mean, signings=(28, "28"), amount_agreed=(28, "17770000000")) == D("0.50")
    pieces = {
        "indicator": "signings",
        "formula": "all_or_deduct",
        "points": "0.5",
        "each": "0.1",
        "required": [["signings", "7"]],
    }
    assert score(pieces, signings=(6, "6")) == D("0.40")
    late = {
        "indicator": "requests_in_time",
        "formula": "deduction",
        "start": "5",
        "faults": [["requests_in_time", "1"]],
    }
    assert score(late, requests_in_time=(10, "8")) == 3
    peers = [Scored({"signings": Figure(n, D(n))}) for n in (0, 5, 10)]
    group = {"indicator": "signings", "formula": "min_max", "span": "40", "base": "60", "weight": "0.1"}
    assert score(group, peers=peers, signings=(5, "5")) == 8


def test_an_unknown_formula_is_an_error_not_a_zero() -> None:
    with pytest.raises(ValueError, match="magic"):
        score({"indicator": "signings", "formula": "magic"})


def line(name: str, points: str) -> Line:
    return Line(Subject(OFFICER, len(name), name), {}, score=D(points))


def test_equal_scores_share_a_rank_and_stand_by_name() -> None:
    lines = ranked([line("丙丙丙", "60"), line("乙乙", "92.4"), line("甲", "60"), line("丁丁丁丁", "10")])
    assert [(row.rank, row.subject.name) for row in lines] == [(1, "乙乙"), (2, "丙丙丙"), (2, "甲"), (4, "丁丁丁丁")]


def test_figures_of_one_person_in_two_departments_are_one_line() -> None:
    cells = [
        Cell("outbound_visits", 1, 10, 3, D(3)),
        Cell("outbound_visits", 1, 11, 2, D(2)),
        Cell("signings", 2, 10, 1, D(1)),
    ]
    lines = lines_of(cells, [Subject(OFFICER, 1, "甲"), Subject(OFFICER, 2, "乙")], DEFAULT_ITEMS, {(OFFICER, 1): 4})
    assert {row.subject.name: row.figures for row in lines} == {
        "甲": {"outbound_visits": Figure(5, D(5))},
        "乙": {"signings": Figure(1, D(1))},
    }
    assert {row.subject.name: row.previous_rank for row in lines} == {"甲": 4, "乙": None}


def test_every_rule_of_the_default_scheme_can_be_said_in_words() -> None:
    with translation.override("en"):
        rules = wording.rules_by_indicator(DEFAULT_ITEMS)
    assert rules["outbound_visits"] == "1 each, at most 15"
    assert rules["amount_agreed"].startswith("1 per ")
    assert set(rules) == {item["indicator"] for item in DEFAULT_ITEMS}


def test_the_finding_compares_with_the_month_before() -> None:
    now = {"signings": Figure(6, D(6)), "amount_agreed": Figure(6, D("320000000"))}
    before = {"amount_agreed": Figure(5, D("271000000"))}
    with translation.override("en"):
        said = wording.finding(now, before)
        alone = wording.finding(now, None)
    assert "6 signings" in said
    assert "+18%" in said
    assert "%" not in alone
