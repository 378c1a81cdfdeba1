"""The ranking page as rows, cells, charts and words: made from lines, whether frozen or running. No queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.money import is_chinese, short_money
from core.pages.charts import Chart, Series
from reports import wording
from reports.indicators import INDICATORS, Indicator
from reports.models import ReportLine
from reports.ranking import DEPARTMENT, OFFICER, Line, Subject
from reports.scoring import NOTHING, Figure, Item

SPARK_WIDTH, SPARK_HEIGHT = 72, 20
WAN, MILLION, YI = Decimal(10_000), Decimal(1_000_000), Decimal(100_000_000)


@dataclass(frozen=True)
class Heading:
    """A figure's column: what counts, and how it scores, in words."""

    code: str
    label: str | Promise
    rule: str
    what: str | Promise


@dataclass(frozen=True)
class CellView:
    """A figure as a link to its records, with the points it gave; made once, since a table has hundreds."""

    label: str
    body: SafeString


@dataclass(frozen=True)
class Spark:
    """A small line: points of a polyline, where it ends, and what it shows in words."""

    points: str
    end_x: str
    end_y: str
    text: str


@dataclass
class RowView:
    """One ranked line as the page shows it."""

    rank: int
    name: str
    note: str
    score: str
    moved: int | None
    cells: list[CellView] = field(default_factory=list)
    spark: Spark | None = None
    is_self: bool = False

    @property
    def distance(self) -> int:
        """By how many places it moved."""
        return abs(self.moved or 0)


Key = tuple[str, int | None]


def headings(items: Sequence[Item]) -> list[Heading]:
    """One for each figure, in the order of the indicators."""
    rules = wording.rules_by_indicator(items)
    return [Heading(i.code, i.label, rules.get(i.code, ""), i.rule) for i in INDICATORS]


def thawed(lines: Iterable[ReportLine]) -> list[Line]:
    """Frozen lines as the lines that a running month has."""
    return [
        Line(
            Subject(
                row.subject,
                (row.user_id if row.subject == OFFICER else row.department_id) or 0,
                row.name,
                row.department_id,
                row.heads,
            ),
            {code: Figure.read(stored) for code, stored in row.figures.items()},
            {code: Decimal(points) for code, points in row.points.items()},
            row.score,
            row.rank,
            row.previous_rank,
        )
        for row in lines
    ]


@dataclass(frozen=True)
class Table:
    """What the rows of a page share; `base_url` is the address of the figures page."""

    base_url: str
    departments: Mapping[int, str]
    history: Mapping[Key, Sequence[tuple[date, Decimal]]]
    self_id: int | None = None
    labels: Sequence[str] = field(default_factory=lambda: [str(indicator.label) for indicator in INDICATORS])

    def row(self, line: Line) -> RowView:
        """One ranked line."""
        subject = line.subject
        officer = subject.subject == OFFICER
        owner = f"&amp;{'owner' if officer else 'department'}={subject.id}"
        return RowView(
            rank=line.rank,
            name=subject.name,
            note=self.departments.get(subject.department_id or 0, "") if officer else _heads(subject.heads),
            score=f"{line.score:.2f}",
            moved=line.previous_rank - line.rank if line.previous_rank else None,
            cells=self.cells(line.figures, owner, line.points),
            spark=spark(self.history.get((subject.subject, subject.id), ())),
            is_self=officer and subject.id == self.self_id,
        )

    def cells(
        self, figures: Mapping[str, Figure], owner: str = "", points: Mapping[str, Decimal] | None = None
    ) -> list[CellView]:
        """Every figure; those of the whole park without an owner."""
        return [
            CellView(label, self._body(indicator, figures.get(indicator.code, NOTHING), owner, points or {}))
            for indicator, label in zip(INDICATORS, self.labels, strict=True)
        ]

    def _body(self, indicator: Indicator, figure: Figure, owner: str, points: Mapping[str, Decimal]) -> SafeString:
        # Words and figures are escaped; the rest are our own addresses and codes; `format_html` costs far more.
        text = escape(wording.figure_text(indicator, figure))
        if not figure.n:
            return SafeString(f'<span class="ld-none">{text}</span>')
        title = escape(wording.figure_title(indicator, figure))
        given = points.get(indicator.code)
        small = "" if given is None else f"<small>{wording.plain(given)}</small>"
        url = f"{self.base_url}?indicator={indicator.code}{owner}"
        return SafeString(f'<a href="{url}" title="{title}">{text}</a>{small}')


def _heads(heads: int) -> str:
    return _("%(n)d ranked") % {"n": heads}


def spark(scores: Sequence[tuple[date, Decimal]]) -> Spark | None:
    """The scores of the last months, the oldest first; a single month makes no line."""
    if len(scores) < 2:
        return None
    values = [score for _month, score in scores]
    low, span = min(values), (max(values) - min(values)) or Decimal(1)
    step = Decimal(SPARK_WIDTH - 4) / (len(values) - 1)
    inner = SPARK_HEIGHT - 4
    places = [(2 + step * at, 2 + inner - (value - low) / span * inner) for at, value in enumerate(values)]
    text = ", ".join(f"{month:%Y-%m} {wording.plain(score)}" for month, score in scores)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return Spark(points, f"{places[-1][0]:.1f}", f"{places[-1][1]:.1f}", text)


# Charts -------------------------------------------------------------------------------------------------------------

Totals = Sequence[tuple[date, Mapping[str, Figure]]]


def charts(totals: Totals) -> list[Chart]:
    """Money and visits over the last months, the oldest first; none without a month."""
    return [_money_chart(totals), _visits_chart(totals)] if totals else []


def _values(totals: Totals, code: str) -> list[Figure]:
    return [figures.get(code, NOTHING) for _month, figures in totals]


def _money_chart(totals: Totals) -> Chart:
    agreed, funds = _values(totals, "amount_agreed"), _values(totals, "funds_recognised")
    unit, scale = _money_unit(max(figure.total for figure in agreed))
    return Chart(
        id="chart-money",
        title=_money_title(totals, agreed),
        kind="bar",
        categories=_names(totals),
        series=[
            Series(_("Amount agreed"), [f.total / scale for f in agreed], [short_money(f.total) for f in agreed]),
            Series(_("Funds recognised"), [f.total / scale for f in funds], [short_money(f.total) for f in funds]),
        ],
        unit=unit,
        first_head=_("Month"),
    )


def _money_unit(largest: Decimal) -> tuple[str, Decimal]:
    """The unit of an axis that ends at about this amount, and how many yuan it is."""
    if not is_chinese(None):
        return pgettext("unit", "million yuan"), MILLION
    return (pgettext("unit", "100 million yuan"), YI) if largest >= YI else (pgettext("unit", "10,000 yuan"), WAN)


def _money_title(totals: Totals, agreed: Sequence[Figure]) -> str:
    names = {"month": _names(totals)[-1], "amount": short_money(agreed[-1].total)}
    moved = wording.change(agreed[-1].total, agreed[-2].total) if len(agreed) > 1 else ""
    if not moved:
        return _("%(month)s: %(amount)s agreed") % names
    return _("%(month)s: %(amount)s agreed, %(change)s on the month before") % (names | {"change": moved})


def _visits_chart(totals: Totals) -> Chart:
    out, came = _values(totals, "outbound_visits"), _values(totals, "inbound_visits")
    names = {"month": _names(totals)[-1], "out": out[-1].n, "came": came[-1].n}
    return Chart(
        id="chart-visits",
        title=_("%(month)s: %(out)d visits out, %(came)d in") % names,
        kind="line",
        categories=_names(totals),
        series=[
            Series(_("Outbound visits"), [f.n for f in out]),
            Series(_("Inbound visits"), [f.n for f in came]),
        ],
        whole=True,
        first_head=_("Month"),
    )


def _names(totals: Totals) -> list[str]:
    return [f"{month:%Y-%m}" for month, _figures in totals]


def both(lines: Iterable[Line]) -> tuple[list[Line], list[Line]]:
    """Officers and departments apart."""
    kept = list(lines)
    return (
        [line for line in kept if line.subject.subject == OFFICER],
        [line for line in kept if line.subject.subject == DEPARTMENT],
    )
