"""The workbook of a closed month: the same bytes whenever it is made again, since it is made of frozen rows alone."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.sheets import COUNT_FORMAT, MONEY_FORMAT, PERCENT_FORMAT, Column, Sheet, download_name, xlsx_bytes
from core.worktime import SHANGHAI
from reports import wording
from reports.indicators import BY_CODE, INDICATORS, Indicator
from reports.models import Report, ReportFact, ReportLine, Restatement
from reports.ranking import DEPARTMENT, OFFICER
from reports.scoring import Figure

_FORMATS = {"count": COUNT_FORMAT, "amount": MONEY_FORMAT, "ratio": PERCENT_FORMAT}
_SCORE_FORMAT = "0.00"


def file_name(report: Report) -> str:
    """`2026-10 示例园区 招商考核通报.xlsx`."""
    with translation.override(settings.LANGUAGE_CODE):
        return download_name(f"{report.month:%Y-%m} {report.park.name} {_('Promotion assessment')}")


def workbook_of(report: Report) -> bytes:
    """Both rankings, every record behind them, the rules and the corrections; in Chinese, as it is circulated."""
    with translation.override(settings.LANGUAGE_CODE):
        lines = list(ReportLine.objects.filter(park_id=report.park_id, report=report).order_by("subject", "rank", "id"))
        sheets = [
            _ranking(_("Officers"), [line for line in lines if line.subject == OFFICER], _("Name")),
            _ranking(_("Departments"), [line for line in lines if line.subject == DEPARTMENT], _("Department")),
            _records(report, lines),
            _notes(report),
        ]
        return xlsx_bytes(sheets)


def _ranking(title: str, lines: list[ReportLine], name: str) -> Sheet:
    columns = [
        Column(_("Rank"), number_format=COUNT_FORMAT),
        Column(_("Month before"), number_format=COUNT_FORMAT),
        Column(name),
        Column(_("Score"), number_format=_SCORE_FORMAT),
        *(Column(_heading(indicator), number_format=_FORMATS[indicator.kind]) for indicator in INDICATORS),
    ]
    return Sheet(title, columns, [_row(line) for line in lines])


def _heading(indicator: Indicator) -> str:
    return _("%(label)s (yuan)") % {"label": indicator.label} if indicator.kind == "amount" else str(indicator.label)


def _row(line: ReportLine) -> list[Any]:
    figures = [Figure.read(line.figures.get(indicator.code)).value(indicator.code) for indicator in INDICATORS]
    return [line.rank, line.previous_rank, line.name, line.score, *figures]


def _records(report: Report, lines: list[ReportLine]) -> Sheet:
    # The names of that time stand in the lines; people and departments may have been renamed since.
    people = {line.user_id: line.name for line in lines if line.subject == OFFICER}
    departments = {line.department_id: line.name for line in lines if line.subject == DEPARTMENT}
    titles = [_("Figure"), _("Date"), _("Record"), _("Person"), _("Department")]
    share, value = Column(_("Share"), number_format=PERCENT_FORMAT), Column(_("Value"), number_format=MONEY_FORMAT)
    columns = [*map(Column, titles), value, share]
    return Sheet(_("Records"), columns, _record_rows(report, people, departments))


def _record_rows(
    report: Report, people: dict[int | None, str], departments: dict[int | None, str]
) -> Iterator[list[Any]]:
    facts = ReportFact.objects.filter(park_id=report.park_id, report=report)
    hidden, labels = _("confidential"), {code: str(indicator.label) for code, indicator in BY_CODE.items()}
    for fact in facts.order_by("indicator", "happened_on", "record_id").iterator(chunk_size=2000):
        title = hidden if fact.confidential else fact.label
        who = people.get(fact.user_id, ""), departments.get(fact.department_id, "")
        yield [labels[fact.indicator], fact.happened_on, title, *who, fact.value, fact.percent / 100]


def _notes(report: Report) -> Sheet:
    totals = wording.stored_totals(report.totals)
    state = report.published_at.astimezone(SHANGHAI) if report.published_at else _("Draft")
    rows: list[list[Any]] = [
        [_("Park"), report.park.name],
        [_("Month"), f"{report.month:%Y-%m}"],
        [_("Finding"), wording.finding(totals, None)],
        [_("Closed at"), report.closed_at.astimezone(SHANGHAI)],
        [_("Published at"), state],
        [_("Scheme"), str(report.scheme)],
    ]
    rules = wording.rules_by_indicator(report.scheme.items)
    rows += [[indicator.label, _join(indicator, rules.get(indicator.code, ""))] for indicator in INDICATORS]
    rows += [[_("Restatement"), _correction(row)] for row in _corrections(report)]
    return Sheet(_("Notes"), [_("Item"), _("Content")], [[str(name), content] for name, content in rows])


def _join(indicator: Indicator, rule: str) -> str:
    return _("%(what)s Points: %(rule)s.") % {"what": indicator.rule, "rule": rule} if rule else str(indicator.rule)


def _corrections(report: Report) -> list[Restatement]:
    return list(Restatement.objects.filter(park_id=report.park_id, listed_in=report.month).order_by("id"))


def _correction(row: Restatement) -> str:
    names = {
        "month": f"{row.of_month:%Y-%m}",
        "figure": BY_CODE[row.indicator].label,
        "before": wording.plain(Decimal(row.before)),
        "after": wording.plain(Decimal(row.after)),
    }
    return _("%(month)s %(figure)s: %(before)s → %(after)s") % names
