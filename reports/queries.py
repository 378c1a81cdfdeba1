"""Reads of the monthly report: figures now and frozen, who is ranked, months, records, what changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import Department, Membership, User, named
from core.worktime import SHANGHAI
from parks.queries import cutoff_of, month_of, next_month
from reports.indicators import BY_CODE, INDICATORS, Indicator, figures_sql, part_key, records_sql, values_sql
from reports.models import Report, ReportFact, ReportLine, Restatement, Scheme
from reports.ranking import DEPARTMENT, OFFICER, Cell, Line, Subject, lines_of, totals_of
from reports.scoring import DEFAULT_ITEMS, DEFAULT_NAME, Figure

HISTORY_MONTHS = 12


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def this_month(now: datetime | None = None) -> date:
    """The month of today in Beijing."""
    return month_of((now or timezone.now()).astimezone(SHANGHAI).date())


def previous_month(month: date) -> date:
    """The first day of the month before."""
    return month_of(month - timedelta(days=1))


def months_back(month: date, count: int) -> date:
    """The first day of the month `count` months before."""
    for _step in range(count):
        month = previous_month(month)
    return month


# Figures ------------------------------------------------------------------------------------------------------------


def running_cells(park_id: int, month: date) -> list[Cell]:
    """The figures of a month as they stand now, in one statement."""
    return [Cell(*row) for row in _rows(figures_sql(), {"park": park_id, "month": month})]


def frozen_cells(report: Report) -> list[Cell]:
    """The figures of a closed month, from its own records."""
    grouped = ReportFact.objects.filter(park_id=report.park_id, report=report).order_by()
    rows = grouped.values_list("indicator", "user_id", "department_id").annotate(n=Count("pk"), total=Sum("value"))
    return [Cell(*row) for row in rows]


def scheme_for(park_id: int, month: date) -> Scheme:
    """The scheme in force in a month; the default one, not saved, where the park has none."""
    kept = Scheme.objects.filter(park_id=park_id, valid_from__lte=month).order_by("-valid_from", "-version").first()
    return kept or Scheme(park_id=park_id, name=DEFAULT_NAME, version=0, valid_from=month, items=DEFAULT_ITEMS)


def subjects_of(park_id: int, cells: Iterable[Cell]) -> tuple[list[Subject], list[Subject]]:
    """Who is ranked: those whose role says so, and everybody with a figure; their departments with their heads."""
    cells = list(cells)
    memberships = Membership.objects.filter(park_id=park_id, is_active=True, user__is_active=True)
    member_rows = list(
        memberships.filter(
            Q(role__permissions__contains=["reports.ranked"]) | Q(user_id__in={c.user_id for c in cells if c.user_id})
        )
        .order_by("id")
        .values_list("user_id", "department_id")
    )
    department_of: dict[int, int | None] = {}
    for user_id, department_id in member_rows:
        department_of[user_id] = department_of.get(user_id) or department_id
    people = User.objects.in_bulk({*department_of, *(c.user_id for c in cells if c.user_id)})
    officers = [Subject(OFFICER, pk, str(user), department_of.get(pk)) for pk, user in people.items()]
    return officers, _departments(department_of, cells)


def _departments(department_of: Mapping[int, int | None], cells: Sequence[Cell]) -> list[Subject]:
    heads: dict[int, int] = {}
    for department_id in department_of.values():
        if department_id:
            heads[department_id] = heads.get(department_id, 0) + 1
    found = Department.objects.in_bulk({*heads, *(c.department_id for c in cells if c.department_id)})
    return [Subject(DEPARTMENT, pk, str(row), pk, max(heads.get(pk, 1), 1)) for pk, row in found.items()]


def previous_ranks(park_id: int, month: date) -> dict[tuple[str, int], int]:
    """The ranks of the month before, by subject and id."""
    lines = ReportLine.objects.filter(park_id=park_id, report__month=previous_month(month), report__park_id=park_id)
    rows = lines.order_by().values_list("subject", "user_id", "department_id", "rank")
    return {(subject, user if subject == OFFICER else department): rank for subject, user, department, rank in rows}


@dataclass(frozen=True)
class Ranking:
    """Both rankings of a month with the park's totals."""

    officers: list[Line]
    departments: list[Line]
    totals: dict[str, Figure]


def ranking_of(park_id: int, month: date, cells: Sequence[Cell], scheme: Scheme) -> Ranking:
    """Score and rank the cells of a month."""
    officers, departments = subjects_of(park_id, cells)
    before = previous_ranks(park_id, month)
    return Ranking(
        lines_of(cells, officers, scheme.items, before),
        lines_of(cells, departments, scheme.items, before),
        totals_of(cells),
    )


# Months -------------------------------------------------------------------------------------------------------------

_FIRST_MONTHS = " UNION ALL ".join(
    f"SELECT min(counted_month) AS month FROM {table} WHERE park_id = %(park)s"  # noqa: S608 - our own data
    for table in sorted({source.table for indicator in INDICATORS for source in indicator.sources})
)


def first_month(park_id: int) -> date | None:
    """The month of the park's first fact; None for a park without any."""
    firsts = [month for (month,) in _rows(_FIRST_MONTHS, {"park": park_id}) if month]
    return min(firsts, default=None)


def months_to_close(park_id: int, now: datetime, at_most: int) -> list[date]:
    """Past months beyond their cut-off without a report, the oldest first; only the last `at_most` months."""
    first, current = first_month(park_id), this_month(now)
    if first is None:
        return []
    closed = set(Report.objects.filter(park_id=park_id).values_list("month", flat=True))
    month, due = max(first, months_back(current, at_most)), []
    while month < current:
        if month not in closed and cutoff_of(park_id, month) <= now:
            due.append(month)
        month = next_month(month)
    return due


def closed_months(park_id: int) -> list[tuple[date, str, dict[str, Any]]]:
    """Month, state and totals of the last two years' reports, the newest first."""
    return list(Report.objects.filter(park_id=park_id).values_list("month", "state", "totals")[: 2 * HISTORY_MONTHS])


def scores_until(park_id: int, month: date) -> dict[tuple[str, int | None], list[tuple[date, Decimal]]]:
    """The frozen scores of the last twelve months by subject, the oldest first."""
    since = months_back(month, HISTORY_MONTHS - 1)
    lines = ReportLine.objects.filter(park_id=park_id, report__park_id=park_id, report__month__range=(since, month))
    scores: dict[tuple[str, int | None], list[tuple[date, Decimal]]] = {}
    for subject, user_id, department_id, at, score in lines.order_by("report__month").values_list(
        "subject", "user_id", "department_id", "report__month", "score"
    ):
        scores.setdefault((subject, user_id if subject == OFFICER else department_id), []).append((at, score))
    return scores


# Records ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """One record behind a figure."""

    record_id: int
    user_id: int | None
    department_id: int | None
    value: Decimal
    percent: Decimal
    happened_on: date
    label: str
    url: str
    confidential: bool


@dataclass(frozen=True)
class Wanted:
    """Which figure: an indicator, of a person or a department (of the park where neither is named)."""

    indicator: Indicator
    user_id: int | None = None
    department_id: int | None = None

    @property
    def lookup(self) -> dict[str, Any]:
        """As a filter of stored facts."""
        asked = {"indicator": self.indicator.code, "user_id": self.user_id, "department_id": self.department_id}
        return {name: value for name, value in asked.items() if value is not None}


_COLUMNS = (
    *("record_id", "user_id", "department_id", "value", "percent"),
    *("happened_on", "label", "url", "confidential"),
)


def facts_of(report: Report, wanted: Wanted) -> QuerySet[ReportFact]:
    """The stored records of a figure of a closed month."""
    rows = ReportFact.objects.filter(park_id=report.park_id, report=report, **wanted.lookup)
    return rows.order_by("-happened_on", "-record_id", "-percent", "user_id")


def frozen_records(report: Report, wanted: Wanted, offset: int, limit: int) -> tuple[Figure, list[Record]]:
    """The figure and a page of its stored records."""
    facts = facts_of(report, wanted)
    whole = facts.order_by().aggregate(n=Count("pk"), total=Sum("value"))
    rows = facts.values_list(*_COLUMNS)[offset : offset + limit]
    return Figure(whole["n"], whole["total"] or Decimal(0)), [Record(*row) for row in rows]


def running_records(park_id: int, month: date, wanted: Wanted, offset: int, limit: int) -> tuple[Figure, list[Record]]:
    """The figure and a page of its records as they stand now."""
    asked = {"park": park_id, "month": month, "user": wanted.user_id, "department": wanted.department_id}
    narrowed = (
        f"FROM ({records_sql([wanted.indicator])}) f"
        " WHERE (%(user)s::bigint IS NULL OR user_id = %(user)s)"
        " AND (%(department)s::bigint IS NULL OR department_id = %(department)s)"
    )
    ((n, total),) = _rows(f"SELECT count(*), COALESCE(sum(value), 0) {narrowed}", asked)
    page = f" ORDER BY happened_on DESC, record_id DESC, percent DESC, user_id OFFSET {offset:d} LIMIT {limit:d}"
    rows = _rows(f"SELECT {', '.join(_COLUMNS)} {narrowed}{page}", asked)
    return Figure(n, total), [Record(*row) for row in rows]


def records_of(user_id: int, park_id: int, month: date, report: Report | None) -> list[tuple[str, Record]]:
    """All records behind one person's figures of a month, with the figure's code; the newest first."""
    if report is not None:
        facts = ReportFact.objects.filter(park_id=park_id, report=report, user_id=user_id)
        rows = facts.order_by("-happened_on", "-record_id").values_list("indicator", *_COLUMNS)
        return [(code, Record(*row)) for code, *row in rows]
    asked = {"park": park_id, "month": month, "user": user_id}
    order = "ORDER BY happened_on DESC, record_id DESC"
    found = f"SELECT indicator, {', '.join(_COLUMNS)} FROM ({records_sql()}) f WHERE user_id = %(user)s {order}"  # noqa: S608 - our own data
    return [(code, Record(*row)) for code, *row in _rows(found, asked)]


def readable(user: User, indicator: Indicator, records: "Iterable[Record | ReportFact]") -> set[int]:
    """Of the confidential records, the ids of those that this person sees anyway."""
    hidden = [record.record_id for record in records if record.confidential]
    if not hidden or not indicator.record:
        return set()
    model: Any = apps.get_model(indicator.record)
    return set(model.objects.visible_to(user).filter(pk__in=hidden).values_list("pk", flat=True))


# What changed since -------------------------------------------------------------------------------------------------

_CHANGES = f"""
WITH now AS ({values_sql()}),
last AS (
    SELECT DISTINCT ON (indicator, record_id, part) indicator, record_id, part, user_id, after
    FROM (SELECT *, {part_key("indicator", "user_id")} AS part FROM reports_restatement
          WHERE park_id = %(park)s AND of_month = %(month)s) restated
    ORDER BY indicator, record_id, part, id DESC
),
kept AS (
    SELECT *, {part_key("indicator", "user_id")} AS part FROM reports_reportfact
    WHERE park_id = %(park)s AND report_id = %(report)s
),
frozen AS (
    SELECT indicator, record_id, part, f.user_id, f.department_id, f.label, COALESCE(l.after, f.value) AS value
    FROM kept f LEFT JOIN last l USING (indicator, record_id, part)
    UNION ALL
    SELECT l.indicator, l.record_id, l.part, l.user_id, NULL, NULL, l.after FROM last l
    WHERE NOT EXISTS (SELECT FROM kept f WHERE f.indicator = l.indicator AND f.record_id = l.record_id
                      AND f.part = l.part)
)
SELECT indicator, record_id, COALESCE(n.user_id, f.user_id), COALESCE(n.department_id, f.department_id),
       COALESCE(f.value, 0), COALESCE(n.value, 0), COALESCE(n.label, f.label, '')
FROM frozen f FULL JOIN now n USING (indicator, record_id, part)
WHERE COALESCE(f.value, 0) <> COALESCE(n.value, 0)
ORDER BY indicator, record_id, part
"""  # noqa: S608 - our own data


def changes_since(report: Report) -> list[Restatement]:
    """Records of a closed month whose value is no longer the one that was counted or last restated; not saved."""
    asked = {"park": report.park_id, "month": report.month, "report": report.pk}
    names = ("indicator", "record_id", "user_id", "department_id", "before", "after", "label")
    rows = (dict(zip(names, row, strict=True)) for row in _rows(_CHANGES, asked))
    return [Restatement(park_id=report.park_id, of_month=report.month, **row) for row in rows]


def restated_in(park_id: int, month: date) -> list[Restatement]:
    """Corrections of earlier months that are listed in this one."""
    rows = Restatement.objects.filter(park_id=park_id, listed_in=month).select_related("user")
    return list(rows.only("of_month", "indicator", "before", "after", *named("user")))


def indicator_of(code: str | None) -> Indicator | None:
    """The indicator of that code."""
    return BY_CODE.get(code or "")
