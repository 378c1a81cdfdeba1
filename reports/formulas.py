"""The formula types of published assessment rules, as pure functions over `Decimal`: figures in, points out.

None rounds by itself but `to_cent`, so that a rule which adds up items keeps its arithmetic; a scheme rounds each item
once.
The sources of the types and the published result they reproduce are named in the tests.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO, ONE = Decimal(0), Decimal(1)
CENT = Decimal("0.01")
MONTHS = Decimal(12)
HUNDRED = Decimal(100)


def to_cent(points: Decimal) -> Decimal:
    """Two decimals, a half away from zero, as people round."""
    return points.quantize(CENT, rounding=ROUND_HALF_UP)


def capped(value: Decimal, cap: Decimal | None) -> Decimal:
    """At most the cap, where there is one."""
    return value if cap is None else min(value, cap)


def ratio(actual: Decimal, target: Decimal) -> Decimal:
    """Actual ÷ target; a target of nothing is reached."""
    return ONE if target <= ZERO else actual / target


def ratio_to_target(actual: Decimal, target: Decimal, *, points: Decimal, cap: Decimal | None = None) -> Decimal:
    """Completion × points; `cap` limits the completion (1.2 = 120 %)."""
    return capped(ratio(actual, target), cap) * points


def time_proportional_target(year_target: Decimal, months: int) -> Decimal:
    """时序: target × elapsed months ÷ 12."""
    return year_target * months / MONTHS


def ratio_to_time_proportional(
    actual: Decimal, year_target: Decimal, *, months: int, points: Decimal, cap: Decimal | None = None
) -> Decimal:
    """Completion of what should be reached by the end of that month × points; `actual` counts since January."""
    return ratio_to_target(actual, time_proportional_target(year_target, months), points=points, cap=cap)


@dataclass(frozen=True)
class Part:
    """One part of a weighted mean."""

    actual: Decimal
    target: Decimal
    weight: Decimal


def weighted_mean_of_ratios(parts: Iterable[Part], *, points: Decimal, cap: Decimal | None = None) -> Decimal:
    """(actual ÷ target × weight + …) × points; `cap` limits the points."""
    mean = sum((ratio(part.actual, part.target) * part.weight for part in parts), ZERO)
    return capped(mean * points, cap)


def all_or_deduct(
    pieces: Iterable[tuple[Decimal, Decimal]], *, points: Decimal, each: Decimal, floor: Decimal = ZERO
) -> Decimal:
    """Full points if every (actual, required) is met, less `each` for every missing piece, not below `floor`."""
    missing = sum((max(required - actual, ZERO) for actual, required in pieces), ZERO)
    return max(points - missing * each, floor)


def points_per_unit(count: Decimal, *, points: Decimal, unit: Decimal = ONE, cap: Decimal | None = None) -> Decimal:
    """`points` for each whole or broken `unit`, at most `cap`."""
    return capped(count / unit * points, cap)


def tiers(
    value: Decimal, steps: Sequence[tuple[Decimal, Decimal]], *, condition: bool = True, otherwise: Decimal = ZERO
) -> Decimal:
    """The points of the highest (threshold, points) reached; `otherwise` below all, or without the second condition."""
    reached = [(threshold, points) for threshold, points in steps if value >= threshold]
    return max(reached)[1] if reached and condition else otherwise


def min_max(
    value: Decimal, peers: Sequence[Decimal], *, span: Decimal = Decimal(40), base: Decimal = Decimal(60)
) -> Decimal:
    """(value − min) ÷ (max − min) × span + base within the peer group; all equal means the full points."""
    low, high = min(peers), max(peers)
    return base + span if high == low else (value - low) / (high - low) * span + base


def deduction(start: Decimal, faults: Iterable[tuple[Decimal, Decimal]], *, floor: Decimal = ZERO) -> Decimal:
    """`start` less each (count × points), not below `floor`."""
    return max(start - sum((count * points for count, points in faults), ZERO), floor)


def rating(scores: Iterable[tuple[Decimal, Decimal]], *, points: Decimal) -> Decimal:
    """Scores of 0–100 by several raters, each with its weight in percent; the weights make 100."""
    rated = list(scores)
    if sum((weight for _score, weight in rated), ZERO) != HUNDRED:
        raise ValueError("the weights of the raters do not make 100")
    return sum((score * weight for score, weight in rated), ZERO) / HUNDRED / HUNDRED * points


@dataclass(frozen=True)
class Award:
    """A commendation 嘉奖 or a red-line deduction, given by hand."""

    points: Decimal
    reason: str
    approved_by: str


def manual_award(awards: Iterable[Award], *, cap: Decimal | None = None) -> Decimal:
    """The sum of what was given by hand; one without a reason or an approver is an error."""
    given = list(awards)
    if any(not award.reason.strip() or not award.approved_by for award in given):
        raise ValueError("an award needs a reason and an approver")
    return capped(sum((award.points for award in given), ZERO), cap)


def veto(score: Decimal, *, vetoed: bool = False, below: Decimal | None = None) -> Decimal:
    """一票否决: nothing is left of the score when it is vetoed, or when it lies below the base."""
    return ZERO if vetoed or (below is not None and score < below) else score
