"""What the ranking page of one month shows, read once and lazily: each part is asked for by the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from core.pages.charts import Chart
from parks.models import Park
from parks.queries import cutoff_of, month_range, next_month
from reports import queries, tables, wording
from reports.models import Report, ReportLine, Restatement, Scheme
from reports.ranking import Line
from reports.scoring import Figure


@dataclass(frozen=True)
class Choice:
    """A month or park to go to."""

    url: str
    label: str
    note: str = ""
    current: bool = False


class MonthView:
    """One month of one park, closed (`report`) or running."""

    def __init__(self, user: User, park: Park, month: date, report: Report | None, tab: str) -> None:
        self.user, self.park, self.month, self.report, self.tab = user, park, month, report, tab

    # Lines ----------------------------------------------------------------------------------------------------------

    @cached_property
    def scheme(self) -> Scheme:
        return self.report.scheme if self.report else queries.scheme_for(self.park.pk, self.month)

    @cached_property
    def _ranking(self) -> queries.Ranking:
        if self.report is None:
            cells = queries.running_cells(self.park.pk, self.month)
            return queries.ranking_of(self.park.pk, self.month, cells, self.scheme)
        lines = ReportLine.objects.filter(park_id=self.park.pk, report=self.report).order_by("subject", "rank", "id")
        officers, departments = tables.both(tables.thawed(lines))
        return queries.Ranking(officers, departments, wording.stored_totals(self.report.totals))

    @property
    def lines(self) -> list[Line]:
        """Of the tab that is open."""
        return self._ranking.departments if self.tab == "departments" else self._ranking.officers

    @property
    def counts(self) -> dict[str, int]:
        """Lines of both tabs."""
        return {"officers": len(self._ranking.officers), "departments": len(self._ranking.departments)}

    @property
    def totals(self) -> Mapping[str, Figure]:
        """The park's own figures."""
        return self._ranking.totals

    @property
    def is_empty(self) -> bool:
        """Nothing counted at all."""
        return not any(figure.n for figure in self.totals.values())

    @cached_property
    def headings(self) -> list[tables.Heading]:
        return tables.headings(self.scheme.items)

    @property
    def figures_url(self) -> str:
        return reverse("reports:figures", args=[self.park.code, self.month])

    @cached_property
    def rows(self) -> list[tables.RowView]:
        return [self._table.row(line) for line in self.lines]

    @cached_property
    def _table(self) -> tables.Table:
        names = {line.subject.id: line.subject.name for line in self._ranking.departments}
        return tables.Table(self.figures_url, names, self.history, self.user.pk)

    @cached_property
    def total_cells(self) -> list[tables.CellView]:
        return self._table.cells(self.totals)

    @cached_property
    def history(self) -> Mapping[tables.Key, Sequence[tuple[date, Decimal]]]:
        """The scores of the last twelve months, this one included, by subject."""
        scores = queries.scores_until(self.park.pk, self.month)
        for line in self.lines if self.report is None else ():
            scores.setdefault((line.subject.subject, line.subject.id), []).append((self.month, line.score))
        return scores

    # Months ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _closed(self) -> list[tuple[date, str, dict[str, Any]]]:
        return queries.closed_months(self.park.pk)

    @property
    def _totals_by_month(self) -> list[tuple[date, Mapping[str, Figure]]]:
        before = [
            (month, wording.stored_totals(stored)) for month, _state, stored in self._closed if month < self.month
        ]
        return [*reversed(before[: queries.HISTORY_MONTHS - 1]), (self.month, self.totals)]

    @property
    def finding(self) -> str:
        """The sentence above the table."""
        before = dict(self._totals_by_month[:-1]).get(queries.previous_month(self.month))
        return wording.finding(self.totals, before)

    @cached_property
    def charts(self) -> list[Chart]:
        return tables.charts(self._totals_by_month)

    @cached_property
    def months(self) -> list[Choice]:
        """Closed months and those still open, the newest first."""
        current = queries.this_month()
        states = {month: state for month, state, _totals in self._closed}
        known = sorted({current, queries.previous_month(current), self.month, *states}, reverse=True)
        return [self._choice(month, states.get(month, "running")) for month in known[:24]]

    def _choice(self, month: date, state: str) -> Choice:
        url = reverse("reports:month", args=[self.park.code, month])
        return Choice(url, f"{month:%Y-%m}", state, month == self.month)

    @property
    def previous_url(self) -> str:
        return reverse("reports:month", args=[self.park.code, queries.previous_month(self.month)])

    @property
    def next_url(self) -> str:
        following = next_month(self.month)
        later = following <= queries.this_month()
        return reverse("reports:month", args=[self.park.code, following]) if later else ""

    @cached_property
    def parks(self) -> list[Choice]:
        """Parks whose reports this person reads."""
        allowed = self.user.access.parks_with("reports.view")
        return [
            Choice(reverse("reports:month", args=[park.code, self.month]), park.name, current=park.id == self.park.pk)
            for park in self.user.access.parks
            if park.id in allowed
        ]

    # State ----------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """`running`, `draft` or `published`."""
        return self.report.state if self.report else "running"

    @cached_property
    def cutoff(self) -> datetime:
        """When a running month is closed."""
        return cutoff_of(self.park.pk, self.month)

    @property
    def may_close(self) -> bool:
        over = timezone.now() >= month_range(self.month)[1]
        return self.report is None and over and self.user.access.can("reports.close", self.park.pk)

    @property
    def may_publish(self) -> bool:
        return self.state == "draft" and self.user.access.can("reports.close", self.park.pk)

    @cached_property
    def restatements(self) -> list[Restatement]:
        return queries.restated_in(self.park.pk, self.month)

    @property
    def own_row(self) -> tables.RowView | None:
        """The reader's own line, for those who are ranked."""
        return next((row for row in self.rows if row.is_self), None) if self.tab == "officers" else None
