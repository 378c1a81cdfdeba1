"""From figures to points: the items of a scheme are data, each naming a formula of `formulas` and its numbers.

An item reads `{"indicator": "outbound_visits", "formula": "points_per_unit", "points": "1", "unit": "1", "cap": "15"}`.
Numbers are texts, so that nothing is lost in JSON. A ratio of nothing (no milestone was due) scores `when_none`, by
default nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from reports import formulas
from reports.formulas import ONE, ZERO
from reports.indicators import BY_CODE

Item = Mapping[str, Any]

DEFAULT_NAME: Final = "月度考核办法"
# 100 points in all: 65 for what was done and won, 20 for money agreed and recognised, 15 for what was kept in time.
DEFAULT_ITEMS: Final[list[dict[str, str]]] = [
    {"indicator": "outbound_visits", "formula": "points_per_unit", "points": "1", "unit": "1", "cap": "15"},
    {"indicator": "inbound_visits", "formula": "points_per_unit", "points": "1.5", "unit": "1", "cap": "15"},
    {"indicator": "submissions_valid", "formula": "points_per_unit", "points": "5", "unit": "1", "cap": "10"},
    {"indicator": "new_leads", "formula": "points_per_unit", "points": "2", "unit": "1", "cap": "10"},
    {"indicator": "signings", "formula": "points_per_unit", "points": "5", "unit": "1", "cap": "15"},
    {"indicator": "amount_agreed", "formula": "points_per_unit", "points": "1", "unit": "10000000", "cap": "10"},
    {"indicator": "funds_recognised", "formula": "points_per_unit", "points": "1", "unit": "5000000", "cap": "10"},
    {"indicator": "milestones_on_time", "formula": "ratio_to_target", "target": "1", "points": "10", "cap": "1"},
    {"indicator": "requests_in_time", "formula": "ratio_to_target", "target": "1", "points": "5", "cap": "1"},
    # Counted and shown (R5); no published rule gives points for it, so a park decides what it is worth.
    {"indicator": "training_attended", "formula": "points_per_unit", "points": "0", "unit": "1", "cap": "0"},
]


@dataclass(frozen=True)
class Figure:
    """The number and the sum of the records, or parts of records, behind it."""

    n: int = 0
    total: Decimal = ZERO

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.n + other.n, self.total + other.total)

    def value(self, code: str) -> Decimal | None:
        """What is scored: the sum (each record counts 1, a part of one less), or the share (None of nothing)."""
        if BY_CODE[code].kind == "ratio":
            return self.total / self.n if self.n else None
        return self.total

    def stored(self) -> dict[str, Any]:
        """As `ReportLine.figures` keeps it."""
        return {"n": self.n, "total": str(self.total)}

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> "Figure":
        """From `ReportLine.figures`."""
        return cls(stored["n"], Decimal(stored["total"])) if stored else cls()


Figures = Mapping[str, Figure]
NOTHING = Figure()


@dataclass(frozen=True)
class Scored:
    """One subject's figures as formulas see them: counts and sums per head, shares as they are."""

    figures: Figures
    heads: int = 1

    def value(self, code: str) -> Decimal | None:
        """The value of a figure, per head where it is no share."""
        value = self.figures.get(code, NOTHING).value(code)
        return value if value is None or BY_CODE[code].kind == "ratio" else value / self.heads

    def amount(self, code: str) -> Decimal:
        """The value, nothing for a share of nothing."""
        return self.value(code) or ZERO

    def missed(self, code: str) -> Decimal:
        """How many records of a share were not in time."""
        figure = self.figures.get(code, NOTHING)
        return figure.n - figure.total


def _number(item: Item, name: str, default: Decimal | None = None) -> Decimal:
    text = item.get(name)
    if text is None and default is None:
        raise ValueError(f"the item of {item.get('indicator')!r} lacks {name!r}")
    return default if text is None and default is not None else Decimal(str(text))


def _cap(item: Item) -> Decimal | None:
    return Decimal(str(item["cap"])) if item.get("cap") is not None else None


def _points_per_unit(item: Item, own: Scored, _peers: Sequence[Scored]) -> Decimal:
    count, unit = own.amount(item["indicator"]), _number(item, "unit", ONE)
    return formulas.points_per_unit(count, points=_number(item, "points"), unit=unit, cap=_cap(item))


def _ratio_to_target(item: Item, own: Scored, _peers: Sequence[Scored]) -> Decimal:
    value = own.value(item["indicator"])
    if value is None:
        return _number(item, "when_none", ZERO)
    return formulas.ratio_to_target(value, _number(item, "target"), points=_number(item, "points"), cap=_cap(item))


def _weighted_mean(item: Item, own: Scored, _peers: Sequence[Scored]) -> Decimal:
    parts = [
        formulas.Part(own.amount(code), Decimal(target), Decimal(weight)) for code, target, weight in item["parts"]
    ]
    return formulas.weighted_mean_of_ratios(parts, points=_number(item, "points"), cap=_cap(item))


def _all_or_deduct(item: Item, own: Scored, _peers: Sequence[Scored]) -> Decimal:
    pieces = [(own.amount(code), Decimal(required)) for code, required in item["required"]]
    points, each, floor = _number(item, "points"), _number(item, "each"), _number(item, "floor", ZERO)
    return formulas.all_or_deduct(pieces, points=points, each=each, floor=floor)


def _tiers(item: Item, own: Scored, _peers: Sequence[Scored]) -> Decimal:
    value = formulas.ratio(own.amount(item["indicator"]), _number(item, "target", ONE))
    second = item.get("condition")
    met = second is None or formulas.ratio(own.amount(second["indicator"]), own.amount(second["of"])) >= Decimal(
        second["at_least"]
    )
    return formulas.tiers(value, [(Decimal(step), Decimal(points)) for step, points in item["tiers"]], condition=met)


def _min_max(item: Item, own: Scored, peers: Sequence[Scored]) -> Decimal:
    code = item["indicator"]
    values = [peer.amount(code) for peer in peers] or [own.amount(code)]
    span, base = _number(item, "span", Decimal(40)), _number(item, "base", Decimal(60))
    return formulas.min_max(own.amount(code), values, span=span, base=base) * _number(item, "weight", ONE)


def _deduction(item: Item, own: Scored, _peers: Sequence[Scored]) -> Decimal:
    faults = [(own.missed(code), Decimal(points)) for code, points in item["faults"]]
    return formulas.deduction(_number(item, "start"), faults, floor=_number(item, "floor", ZERO))


FORMULAS: Final[dict[str, Callable[[Item, Scored, Sequence[Scored]], Decimal]]] = {
    "points_per_unit": _points_per_unit,
    "ratio_to_target": _ratio_to_target,
    "weighted_mean_of_ratios": _weighted_mean,
    "all_or_deduct": _all_or_deduct,
    "tiers": _tiers,
    "min_max": _min_max,
    "deduction": _deduction,
}


def points_of(items: Sequence[Item], own: Scored, peers: Sequence[Scored]) -> dict[str, Decimal]:
    """The points of every item, each rounded to the cent once. Raises ValueError for a formula that nobody knows."""
    points: dict[str, Decimal] = {}
    for item in items:
        if item.get("formula") not in FORMULAS:
            raise ValueError(f"unknown formula {item.get('formula')!r}")
        scored = formulas.to_cent(FORMULAS[item["formula"]](item, own, peers))
        points[item["indicator"]] = points.get(item["indicator"], ZERO) + scored
    return points


def most_points(items: Sequence[Item]) -> Decimal | None:
    """What a scheme can give at most, where every item says so."""
    limits = [item.get("cap") if item["formula"] == "points_per_unit" else item.get("points") for item in items]
    return None if None in limits else sum((Decimal(str(limit)) for limit in limits), ZERO)
