"""One person's month: every indicator of the scheme with its figure, points and records, and what does not count yet.

Running months are computed by the very statements that close them, so that what one sees is what will be frozen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.money import short_money
from core.pages.charts import Chart, Series
from leads.counting import missing_words
from leads.models import CreditShare, Submission
from leads.queries import missing_evidence
from parks.models import Park
from parks.queries import cutoff_of
from projects.models import Milestone, Payment, Project
from reports import queries, tables, wording
from reports.indicators import INDICATORS, Indicator
from reports.models import Report, ReportLine
from reports.ranking import OFFICER, Line, Subject
from reports.scoring import NOTHING

SHOWN = 100
WAITING = 50


@dataclass(frozen=True)
class Entry:
    """One record behind a figure."""

    label: str
    url: str
    day: date
    value: str
    percent: Decimal
    good: bool = True

    @property
    def is_part(self) -> bool:
        """Shared with others."""
        return self.percent != 100


@dataclass(frozen=True)
class Row:
    """One indicator of the scheme."""

    indicator: Indicator
    text: str
    title: str
    rule: str
    points: Decimal | None
    most: Decimal | None
    target: str
    before: str
    url: str
    entries: Sequence[Entry]
    count: int

    @property
    def more(self) -> int:
        """Records that count but are not shown."""
        return self.count - len(self.entries)


@dataclass(frozen=True)
class Missing:
    """Something done that does not count yet, and what it lacks."""

    label: str
    url: str
    lacks: str | Promise
    day: date | datetime | None = None


class MyMonth:
    """One month of one person in one park, closed (`report`) or running."""

    def __init__(self, user: User, park: Park, month: date, report: Report | None) -> None:
        self.user, self.park, self.month, self.report = user, park, month, report

    @cached_property
    def scheme(self) -> Any:
        """The scheme that was in force, or is."""
        return self.report.scheme if self.report else queries.scheme_for(self.park.pk, self.month)

    @cached_property
    def line(self) -> Line:
        """This person's line; an empty one where nothing counted and the role is not ranked."""
        return self._line_of(self.month, self.report, self.scheme)

    @cached_property
    def before(self) -> Line:
        """The line of the month before."""
        month = queries.previous_month(self.month)
        report = Report.objects.filter(park_id=self.park.pk, month=month).select_related("scheme").first()
        return self._line_of(month, report, None)

    def _line_of(self, month: date, report: Report | None, scheme: Any) -> Line:
        empty = Line(Subject(OFFICER, self.user.pk, str(self.user)), {})
        if report is not None:
            rows = ReportLine.objects.filter(park_id=self.park.pk, report=report, subject=OFFICER, user=self.user)
            return next(iter(tables.thawed(rows)), empty)
        cells = queries.running_cells(self.park.pk, month)
        if scheme is None:
            scheme = queries.scheme_for(self.park.pk, month)
        ranking = queries.ranking_of(self.park.pk, month, cells, scheme)
        return next((line for line in ranking.officers if line.subject.id == self.user.pk), empty)

    @property
    def rank(self) -> int:
        """The published place; nothing before it is published."""
        return self.line.rank if self.report and self.report.state == Report.State.PUBLISHED else 0

    @property
    def moved(self) -> str:
        """The score against the month before."""
        change = self.line.score - self.before.score
        return f"{'+' if change >= 0 else '−'}{wording.plain(abs(change))}"

    @cached_property
    def cutoff(self) -> datetime:
        """When the month is closed."""
        return cutoff_of(self.park.pk, self.month)

    @property
    def days_left(self) -> int:
        """Days until then; what is entered later counts in the next month."""
        return max(0, (timezone.localdate(self.cutoff) - timezone.localdate()).days)

    @cached_property
    def most(self) -> Mapping[str, Decimal | None]:
        """What each indicator can give at most, where the scheme says so."""
        found: dict[str, Decimal | None] = {}
        for item in self.scheme.items:
            limit = item.get("cap") if item["formula"] == "points_per_unit" else item.get("points")
            found[item["indicator"]] = Decimal(str(limit)) if limit is not None else None
        return found

    @cached_property
    def rows(self) -> list[Row]:
        """Every indicator of the scheme, then what counts besides."""
        rules = wording.rules_by_indicator(self.scheme.items)
        scored = [i for i in INDICATORS if i.code in rules]
        beside = [i for i in INDICATORS if i.code not in rules and self.line.figures.get(i.code, NOTHING).n]
        return [self._row(indicator, rules.get(indicator.code, "")) for indicator in [*scored, *beside]]

    def _row(self, indicator: Indicator, rule: str) -> Row:
        figure = self.line.figures.get(indicator.code, NOTHING)
        entries = self._entries.get(indicator.code, [])
        figures = reverse("reports:figures", args=[self.park.code, self.month])
        return Row(
            indicator=indicator,
            text=wording.figure_text(indicator, figure),
            title=wording.figure_title(indicator, figure),
            rule=rule,
            points=self.line.points.get(indicator.code),
            most=self.most.get(indicator.code),
            target=self._target(indicator),
            before=wording.figure_text(indicator, self.before.figures.get(indicator.code, NOTHING)),
            url=f"{figures}?indicator={indicator.code}&owner={self.user.pk}",
            entries=entries[:SHOWN],
            count=len(entries),
        )

    def _target(self, indicator: Indicator) -> str:
        item: Mapping[str, Any] = next((one for one in self.scheme.items if one["indicator"] == indicator.code), {})
        if "target" not in item:
            return ""
        target = Decimal(str(item["target"]))
        if indicator.kind == "ratio":
            return wording.percent(target)
        return short_money(target) if indicator.kind == "amount" else wording.plain(target)

    @cached_property
    def _entries(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        by_code = {indicator.code: indicator for indicator in INDICATORS}
        for code, record in queries.records_of(self.user.pk, self.park.pk, self.month, self.report):
            value, kind = wording.value_text(by_code[code], record.value), by_code[code].kind
            plain = kind == "count" and record.value == 1
            entry = Entry(
                record.label,
                record.url,
                record.happened_on,
                "" if plain else value,
                record.percent,
                kind != "ratio" or bool(record.value),
            )
            found.setdefault(code, []).append(entry)
        return found

    @cached_property
    def chart(self) -> Chart | None:
        """The score of the last months, with the points of this one."""
        scores = queries.scores_until(self.park.pk, self.month).get((OFFICER, self.user.pk), [])
        months = [(month, score) for month, score in scores if month != self.month] + [(self.month, self.line.score)]
        if len(months) < 2:
            return None
        names = {"month": f"{self.month:%Y-%m}", "score": wording.plain(self.line.score), "moved": self.moved}
        return Chart(
            id="chart-my-scores",
            title=_("%(month)s: %(score)s points, %(moved)s on the month before") % names,
            kind="bar",
            categories=[f"{month:%Y-%m}" for month, _score in months],
            series=[Series(_("Score"), [score for _month, score in months])],
            first_head=_("Month"),
        )

    @cached_property
    def missing(self) -> list[Missing]:
        """What this person did that does not count yet; nothing for a closed month."""
        return [] if self.report else list(self._missing())

    def _missing(self) -> Iterator[Missing]:
        park, user = self.park.pk, self.user
        waiting = Submission.objects.visible_to(user).filter(park_id=park, submitted_by=user, state="pending")
        for row in waiting.order_by("submitted_at")[:WAITING]:
            yield Missing(row.title, row.get_absolute_url(), gettext_lazy("Waits to be judged."), row.submitted_at)
        visits = missing_evidence(user, self.month).filter(park_id=park)
        for visit in visits.select_related("lead")[:WAITING]:
            label = f"{visit.get_kind_display()} · {visit.company.name}"
            said = _("Does not count yet: %(missing)s.") % {"missing": missing_words(visit.why_not)}
            yield Missing(label, visit.get_absolute_url(), said, visit.happened_at)
        claimed = Payment.objects.visible_to(user).filter(park_id=park, claimed_by=user, state="claimed")
        for payment in claimed.select_related("project").order_by("paid_on")[:WAITING]:
            url = payment.project.get_absolute_url() + "?tab=funds"
            said = _("%(amount)s wait to be recognised.") % {"amount": short_money(payment.amount_yuan)}
            yield Missing(payment.project.name, url, said, payment.paid_on)
        due = Milestone.objects.visible_to(user).filter(
            park_id=park, owner=user, counted_month=self.month, done_on=None
        )
        for step in due.exclude(project__state=Project.State.TERMINATED).select_related("project")[:WAITING]:
            label = f"{step.project.name} · {step.title}"
            yield Missing(
                label, step.project.get_absolute_url(), gettext_lazy("Due this month, not done."), step.due_on
            )
        asked = CreditShare.objects.filter(park_id=park, user=user, answer="waiting", split__state="proposed")
        for share in asked.select_related("split__lead__company")[:WAITING]:
            said = _("%(percent)s%% of the credit wait for agreement.") % {"percent": wording.plain(share.percent)}
            yield Missing(share.split.lead.name, share.split.get_absolute_url(), said, share.split.valid_from)
