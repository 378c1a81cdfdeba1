"""A chart as data: what it finds, its values, and the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Series:
    """One line or set of bars; `text` are the same values as people read them in the table."""

    name: str | Promise
    data: Sequence[float | int | Decimal | None]
    text: Sequence[str] = ()
    kind: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """`{% include "parts/chart.html" %}`: the title states the finding; `kind` is bar, line, pie or funnel.

    `urls`, one per category, make the bars links to the records behind them.
    """

    id: str
    title: str | Promise
    kind: str
    categories: Sequence[str]
    series: Sequence[Series]
    unit: str | Promise = ""
    whole: bool = False
    stacked: bool = False
    horizontal: bool = False
    size: str = ""
    urls: Sequence[str] = ()
    first_head: str | Promise = ""

    @property
    def data(self) -> dict[str, Any]:
        """What the script draws from."""
        return {
            "kind": self.kind,
            "categories": [str(name) for name in self.categories],
            "series": [drawn(series) for series in self.series],
            "unit": str(self.unit),
            "whole": self.whole,
            "stacked": self.stacked,
            "horizontal": self.horizontal,
            "urls": [*self.urls],
        }

    @property
    def heads(self) -> list[str]:
        unit = f" ({self.unit})" if self.unit else ""
        return [str(self.first_head), *(f"{series.name or _('Value')}{unit}" for series in self.series)]

    @property
    def rows(self) -> list[list[str]]:
        columns = [[*self.categories], *([*(series.text or map(shown, series.data))] for series in self.series)]
        return [[str(cell) for cell in row] for row in zip(*columns, strict=True)]


def drawn(series: Series) -> dict[str, Any]:
    values = [float(value) if isinstance(value, Decimal) else value for value in series.data]
    extras = {"kind": series.kind} if series.kind else {}
    return {"name": str(series.name), "data": values, "dashed": series.dashed} | extras


def shown(value: float | Decimal | None) -> str:
    return "—" if value is None else f"{value:,}"
