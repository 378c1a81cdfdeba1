"""The formula types of published rules, and a published city result reproduced to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import formulas as f

D = Decimal
POSITIVE = st.decimals(min_value="0.01", max_value="1e12", places=2)
AMOUNT = st.decimals(min_value="0", max_value="1e12", places=2)


def test_a_citys_published_result_of_2024_comes_out_to_the_cent() -> None:
    """First district, six items: 0.48 + 0.6 + 0.5 + 0.5 + 0.3 + 0.4 = 2.78."""
    half = D("0.5")
    items = [
        f.ratio_to_target(D(96), D(100), points=half),
        f.ratio_to_target(D(120), D(100), points=half, cap=D("1.2")),
        f.weighted_mean_of_ratios([f.Part(D(28), D(27), half), f.Part(D("177.7"), D(54), half)], points=half, cap=half),
        f.all_or_deduct([(D(7), D(7)), (D(4), D(4)), (D(1), D(1))], points=half, each=D("0.1")),
        f.points_per_unit(D(0), points=D("0.2"))
        + f.points_per_unit(D(1), points=D("0.2"))
        + f.points_per_unit(D(1), points=D("0.1")),
        f.deduction(half, [(D(1), D("0.1")), (D(0), D("0.2"))]),
    ]
    assert [f.to_cent(item) for item in items] == [D("0.48"), D("0.60"), D("0.50"), D("0.50"), D("0.30"), D("0.40")]
    assert f.to_cent(sum(items, D(0))) == D("2.78")


def test_foreign_capital_over_the_cap_counts_120_percent() -> None:
    assert f.ratio_to_target(D(300), D(100), points=D("0.5"), cap=D("1.2")) == D("0.6")


def test_the_time_proportional_target_of_september_is_three_quarters() -> None:
    assert f.time_proportional_target(D(40), 9) == 30
    assert f.ratio_to_time_proportional(D(27), D(40), months=9, points=D(30)) == 27


def test_each_missing_large_project_costs_a_tenth_down_to_nothing() -> None:
    required = [(D(5), D(7)), (D(4), D(4)), (D(0), D(1))]
    assert f.all_or_deduct(required, points=D("0.5"), each=D("0.1")) == D("0.2")
    assert f.all_or_deduct([(D(0), D(12))], points=D("0.5"), each=D("0.1")) == 0


def test_leaders_visits_give_half_a_point_each_up_to_three() -> None:
    assert [f.points_per_unit(D(n), points=D("0.5"), cap=D(3)) for n in (1, 6, 9)] == [D("0.5"), D(3), D(3)]


def test_three_million_dollars_give_a_tenth() -> None:
    assert f.points_per_unit(D(9_000_000), points=D("0.1"), unit=D(3_000_000)) == D("0.3")


STEPS = [(D("1"), D(100)), (D("0.8"), D(75)), (D("0.5"), D(50))]


@pytest.mark.parametrize(("done", "points"), [("1.3", 100), ("1", 100), ("0.99", 75), ("0.5", 50), ("0.49", 0)])
def test_tiers_give_the_points_of_the_step_reached(done: str, points: int) -> None:
    assert f.tiers(D(done), STEPS) == points


def test_tiers_without_a_fifth_of_the_funds_give_nothing() -> None:
    assert f.tiers(D("1.3"), STEPS, condition=False) == 0


def test_the_best_of_the_group_has_100_and_the_last_60() -> None:
    peers = [D(2), D(6), D(10)]
    assert [f.min_max(value, peers) for value in peers] == [60, 80, 100]
    assert f.min_max(D(4), [D(4), D(4)]) == 100


def test_late_reports_cost_a_point_each_but_not_more_than_twelve() -> None:
    assert f.deduction(D(12), [(D(3), D(1))]) == 9
    assert f.deduction(D(12), [(D(30), D(1))]) == 0


def test_premises_are_rated_70_by_the_park_and_30_by_the_town() -> None:
    assert f.rating([(D(90), D(70)), (D(60), D(30))], points=D(10)) == D("8.1")
    with pytest.raises(ValueError, match="weights"):
        f.rating([(D(90), D(70))], points=D(10))


def test_an_award_needs_a_reason_and_an_approver() -> None:
    assert f.manual_award([f.Award(D(3), "市级嘉奖", "领导甲")], cap=D(2)) == 2
    for award in (f.Award(D(3), " ", "领导甲"), f.Award(D(3), "市级嘉奖", "")):
        with pytest.raises(ValueError, match="award"):
            f.manual_award([award])


def test_a_base_score_below_twenty_or_a_false_report_voids() -> None:
    assert f.veto(D("19.99"), below=D(20)) == 0
    assert f.veto(D(20), below=D(20)) == 20
    assert f.veto(D(88), vetoed=True) == 0


@settings(deadline=None)  # other processes of the suite share the machine
@given(actual=AMOUNT, target=POSITIVE, points=POSITIVE, cap=st.decimals(min_value="0.5", max_value="2", places=1))
def test_a_capped_ratio_never_gives_more_than_the_cap(
    actual: Decimal, target: Decimal, points: Decimal, cap: Decimal
) -> None:
    assert 0 <= f.ratio_to_target(actual, target, points=points, cap=cap) <= cap * points


@settings(deadline=None)  # other processes of the suite share the machine
@given(value=AMOUNT, more=AMOUNT, cap=POSITIVE)
def test_more_never_scores_less(value: Decimal, more: Decimal, cap: Decimal) -> None:
    assert f.points_per_unit(value + more, points=D(1), cap=cap) >= f.points_per_unit(value, points=D(1), cap=cap)
    assert f.tiers(value + more, STEPS) >= f.tiers(value, STEPS)


@settings(deadline=None)  # other processes of the suite share the machine
@given(values=st.lists(AMOUNT, min_size=1, max_size=20))
def test_the_group_lies_between_base_and_full_points(values: list[Decimal]) -> None:
    scores = [f.to_cent(f.min_max(value, values)) for value in values]
    assert all(60 <= score <= 100 for score in scores)
    assert max(scores) == 100


@settings(deadline=None)  # other processes of the suite share the machine
@given(points=st.decimals(min_value="0", max_value="1000", places=4))
def test_rounding_is_to_the_nearest_cent_and_halves_go_up(points: Decimal) -> None:
    assert abs(f.to_cent(points) - points) <= D("0.005")
    assert f.to_cent(D("0.005")) == D("0.01")
