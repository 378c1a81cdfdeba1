"""The monthly report: a versioned scheme, the frozen month, its lines and the facts behind every figure."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.isolation import ParkForeignKey, ParkOwned
from reports.indicators import BY_CODE


def _closed(name: str) -> pgtrigger.Trigger:
    """Nothing is added to a published report."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        declare=[("held", "text")],
        func="""
            SELECT state INTO held FROM reports_report WHERE park_id = NEW.park_id AND id = NEW.report_id;
            IF held = 'published' THEN
                RAISE EXCEPTION 'luodi: a published report is final';
            END IF;
            RETURN NEW;
        """,
    )


class Scheme(ParkOwned):
    """How a month is scored: data that an administrator edits. A change makes a new version."""

    app_rights = "SELECT, INSERT"

    name = models.CharField(_("Name"), max_length=80)
    version = models.PositiveSmallIntegerField(_("Version"), default=1)
    valid_from = models.DateField(_("Valid from"))
    # [{"indicator": "outbound_visits", "formula": "points_per_unit", "points": "1", "cap": "15", …}, …]
    items = models.JSONField(_("Items"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "version"], name="scheme_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Report(ParkOwned):
    """One closed month of one park: a draft until the objection window ends, then published and kept for ever."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    month = models.DateField(_("Month"))
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.DRAFT)
    scheme = ParkForeignKey(Scheme, related_name="+")
    closed_at = models.DateTimeField(_("Closed at"))
    objection_until = models.DateTimeField(_("Objections until"))
    published_at = models.DateTimeField(_("Published at"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # The published workbook, byte for byte, and its SHA-256.
    workbook = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    totals = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Monthly report")
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="published"),
            )
        ]
        ordering: ClassVar[list[str]] = ["-month"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "month"], name="report_once_per_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_month_is_first_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["objection_until"], condition=Q(state="draft"), name="report_to_publish")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        """The ranking page; needs `park` selected."""
        return reverse("reports:month", args=[self.park.code, self.month])


class ReportLine(ParkOwned):
    """One ranked line: an officer or a department, its figures, points and rank."""

    app_rights = "SELECT, INSERT"

    class Subject(models.TextChoices):
        OFFICER = "officer", _("Officer")
        DEPARTMENT = "department", _("Department")

    report = ParkForeignKey(Report, related_name="lines")
    # An officer's line names the department of that time, too.
    subject = models.CharField(max_length=10, choices=Subject.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    # People by whose number a department's figures are divided before they are scored.
    heads = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveIntegerField()
    previous_rank = models.PositiveIntegerField(null=True)
    score = models.DecimalField(max_digits=9, decimal_places=2)
    # {"outbound_visits": {"n": 18, "total": "18.00"}, …} and {"outbound_visits": "15.00", …}
    figures = models.JSONField()
    points = models.JSONField()

    class Meta:
        triggers: ClassVar[list[pgtrigger.Trigger]] = [_closed("no_lines_after_publishing")]
        ordering: ClassVar[list[str]] = ["subject", "rank", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["park", "report", "subject", "user", "department"], name="line_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.name}"


class ReportFact(ParkOwned):
    """One record behind a figure of a closed month: what counted, for whom, how much."""

    app_rights = "SELECT, INSERT"

    report = ParkForeignKey(Report, related_name="facts")
    indicator = models.CharField(max_length=24)
    record_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, null=True, related_name="+")
    value = models.DecimalField(max_digits=18, decimal_places=2)
    # The person's share of the record; `value` is that part.
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=100)
    happened_on = models.DateField()
    label = models.CharField(max_length=240)
    url = models.CharField(max_length=200)
    # The title is shown only to those who see the record itself.
    confidential = models.BooleanField(default=False)

    class Meta:
        triggers: ClassVar[list[pgtrigger.Trigger]] = [_closed("no_facts_after_publishing")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Several people may have a part of one record.
            models.UniqueConstraint(
                fields=["park", "report", "indicator", "record_id", "user"], name="fact_once", nulls_distinct=False
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "report", "indicator", "user", "department"], name="facts_of_figure")
        ]

    def __str__(self) -> str:
        return self.label


class Restatement(ParkOwned):
    """A correction of a closed month, listed in the month in which it is made; the closed month never changes."""

    app_rights = "SELECT, INSERT"

    of_month = models.DateField(_("Corrects month"))
    listed_in = models.DateField(_("Listed in"))
    indicator = models.CharField(max_length=24)
    record_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, null=True, related_name="+")
    before = models.DecimalField(max_digits=18, decimal_places=2)
    after = models.DecimalField(max_digits=18, decimal_places=2)
    label = models.CharField(max_length=240)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "listed_in"], name="restated_in"),
            models.Index(fields=["park", "of_month", "indicator", "record_id", "-id"], name="restated_record"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def figure_name(self) -> str:
        """The label of the figure that was corrected."""
        return str(BY_CODE[self.indicator].label)
