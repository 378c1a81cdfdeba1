"""Signed projects: agreement, milestones from signing to production, funds claimed and recognised."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned, Portal
from core.links import to
from projects.querysets import MilestoneQuerySet, PaymentQuerySet, ProjectQuerySet
from projects.steps import LINES, NextStep, StepKind, Titled


@tracked()
class Project(ParkOwned):
    """A signed investment; it keeps its lead, and so its whole past."""

    portal = Portal.OWN_COMPANY

    class State(models.TextChoices):
        SIGNED = "signed", _("Signed")
        REGISTERED = "registered", _("Registered")
        CONSTRUCTION = "construction", _("Under construction")
        PRODUCTION = "production", _("In production")
        TERMINATED = "terminated", _("Terminated")

    code = models.CharField(_("Project code"), max_length=56)
    name = models.CharField(_("Project name"), max_length=160)
    company = models.ForeignKey(
        "companies.Company",
        on_delete=models.PROTECT,
        related_name="projects",
        verbose_name=_("Company"),
    )
    lead = ParkForeignKey("leads.Lead", related_name="projects", verbose_name=_("Lead"))
    state = models.CharField(_("State"), max_length=12, choices=State.choices, default=State.SIGNED)
    case_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Case officer"),
    )
    responsible_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Responsible leader"),
    )
    # Credit for the signing: who owned the lead then, and that person's department.
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Department"),
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Signing credited to"),
    )
    signed_on = models.DateField(_("Signed on"))
    agreed_amount = models.DecimalField(_("Agreed investment (yuan)"), max_digits=18, decimal_places=2)
    # An agreement in another currency: what it says, and the mid-rate of the day of signing that made yuan of it.
    currency = models.CharField(_("Currency"), max_length=3, default="CNY")
    rate = models.DecimalField(_("Rate to yuan"), max_digits=12, decimal_places=6, default=1)
    original_amount = models.DecimalField(
        _("Amount in the agreement"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
    )
    party_zone = models.CharField(_("Party: zone"), max_length=160)
    party_operator = models.CharField(_("Party: park operator"), max_length=160, blank=True)
    party_enterprise = models.CharField(_("Party: enterprise"), max_length=200)
    agreement_number = models.CharField(_("Agreement number"), max_length=60, blank=True)
    counted_month = models.DateField(_("Counted in"))
    ended_reason = models.CharField(_("Reason for ending"), max_length=240, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("Project")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "code"], name="project_code_once"),
            models.UniqueConstraint(fields=["park", "lead"], name="a_lead_is_signed_once"),
            models.CheckConstraint(
                condition=Q(agreed_amount__gt=0) & Q(rate__gt=0) & (Q(original_amount=None) | Q(original_amount__gt=0)),
                name="agreed_amount_positive",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-signed_on", "-id"], name="project_recent"),
            models.Index(fields=["park", "company"], name="project_of_company"),
            models.Index(fields=["park", "counted_month"], name="project_counted"),
            models.Index(fields=["park", "case_officer"], name="project_of_officer"),
            models.Index(fields=["park", "-agreed_amount", "-id"], name="project_amount"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("projects:record", self.pk)

    @property
    def is_open(self) -> bool:
        """Work goes on until it was ended."""
        return self.state != self.State.TERMINATED

    @property
    def next_step(self) -> NextStep | None:
        """The open step that is due first, where `queries.with_next` read it."""
        found: dict[str, Any] | None = getattr(self, "next_json", None)
        return NextStep(**found) if found else None


class MilestoneTemplate(ParkOwned):
    """A plan from signing to production, in working days; editable, one is the default."""

    name = models.CharField(_("Plan name"), max_length=80)
    is_default = models.BooleanField(_("Default"), default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["park"],
                condition=Q(is_default=True),
                name="one_default_template",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TemplateStep(Titled, ParkOwned):
    """One step of a template: begins so many working days after signing and takes so many."""

    template = ParkForeignKey(MilestoneTemplate, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("Position"))
    kind = models.CharField(_("Kind"), max_length=16, choices=StepKind.choices, default=StepKind.OTHER)
    name = models.CharField(_("Step"), max_length=80)
    line = models.CharField(_("Line"), max_length=40, blank=True)
    starts_after = models.PositiveSmallIntegerField(_("Starts after (working days)"))
    takes = models.PositiveSmallIntegerField(_("Takes (working days)"))

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "template", "position"], name="step_position_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def line_label(self) -> str | Promise:
        """The line of work in the reader's language, or as it was typed."""
        return LINES.get(self.line, self.line)


@tracked()
class Milestone(Titled, ParkOwned):
    """A dated step of a project (推进节点)."""

    portal = Portal.OWN_COMPANY

    Kind = StepKind

    project = ParkForeignKey(Project, related_name="milestones", verbose_name=_("Project"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("Position"))
    kind = models.CharField(_("Kind"), max_length=16, choices=StepKind.choices, default=StepKind.OTHER)
    name = models.CharField(_("Step"), max_length=80)
    line = models.CharField(_("Line"), max_length=40, blank=True)
    starts_on = models.DateField(_("Starts on"))
    due_on = models.DateField(_("Due on"))
    first_due_on = models.DateField(_("First planned for"))
    done_on = models.DateField(_("Done on"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Owner"),
    )
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    note = models.CharField(_("Note"), max_length=240, blank=True)
    # A milestone counts in the month it was due: on time if it was done by `due_on`.
    counted_month = models.DateField(_("Counted in"))
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("Milestone")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "project", "position"], name="milestone_position_once"),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="due_after_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["park", "due_on"],
                condition=Q(done_on=None),
                name="milestone_open",
            ),
            models.Index(fields=["park", "counted_month"], name="milestone_counted"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def line_label(self) -> str | Promise:
        """The line of work in the reader's language, or as it was typed."""
        return LINES.get(self.line, self.line)

    @property
    def is_late(self) -> bool:
        """Open behind its day, or done after it."""
        return self.due_on < (self.done_on or timezone.localdate())

    @property
    def was_moved(self) -> bool:
        """Planned for another day at first."""
        return self.due_on != self.first_due_on


@tracked()
class Payment(ParkOwned):
    """Funds in place (到位资金): claimed with evidence, recognised by a second person before they count."""

    portal = Portal.OWN_COMPANY

    class State(models.TextChoices):
        CLAIMED = "claimed", pgettext_lazy("payment", "Claimed")
        RECOGNISED = "recognised", _("Recognised")
        REJECTED = "rejected", _("Rejected")

    class Evidence(models.TextChoices):
        BANK_SLIP = "bank_slip", _("Bank slip")
        CAPITAL_REPORT = "capital_report", _("Capital verification report")
        CUSTOMS = "customs", _("Customs form")
        EQUIPMENT = "equipment", _("Equipment list")
        INVOICE = "invoice", _("Invoices")
        LAND = "land", _("Land contract")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    project = ParkForeignKey(Project, related_name="payments", verbose_name=_("Project"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField(_("Paid on"))
    amount = models.DecimalField(_("Amount"), max_digits=18, decimal_places=2)
    currency = models.CharField(_("Currency"), max_length=3, default="CNY")
    # Mid-rate of the day of arrival, and what counts: yuan.
    rate = models.DecimalField(_("Rate to yuan"), max_digits=12, decimal_places=6, default=1)
    amount_yuan = models.DecimalField(_("In yuan"), max_digits=18, decimal_places=2)
    evidence = models.CharField(_("Evidence"), max_length=16, choices=Evidence.choices)
    note = models.CharField(_("Note"), max_length=240, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.CLAIMED)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Claimed by"),
    )
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    claimed_at = models.DateTimeField(pgettext_lazy("payment", "Claimed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    counted_month = models.DateField(_("Counted in"), null=True, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Payment")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="payment_uuid_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(rate__gt=0) & Q(amount_yuan__gt=0),
                name="payment_positive",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("claimed_by")),
                name="decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", decided_at=None) | (~Q(state="claimed") & Q(decided_at__isnull=False)),
                name="decided_when_not_claimed",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "project"], name="payment_of_project"),
            models.Index(fields=["park", "state", "-id"], name="payment_to_decide"),
            models.Index(fields=["park", "counted_month"], name="payment_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class PaymentFile(ParkOwned):
    """The scanned evidence of a payment."""

    payment = ParkForeignKey(Payment, related_name="files")
    attachment = ParkForeignKey("core.Attachment", related_name="+")

    def __str__(self) -> str:
        return str(self.attachment_id)


class ProjectLog(ParkOwned):
    """The append-only log of what was done to a project, for its timeline."""

    app_rights = "SELECT, INSERT"

    class Kind(models.TextChoices):
        SIGNED = "signed", _("Signed")
        DONE = "done", _("Step done")
        MOVED = "moved", _("Step moved")
        REOPENED = "reopened", _("Step reopened")
        ADDED = "added", _("Step added")
        CLAIMED = "claimed", _("Payment claimed")
        RECOGNISED = "recognised", _("Payment recognised")
        REJECTED = "rejected", _("Payment rejected")
        HANDED_OVER = "handed_over", _("Responsible people changed")
        ENDED = "ended", _("Project ended")

    project = ParkForeignKey(Project, related_name="log")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    milestone = ParkForeignKey(Milestone, null=True, blank=True, related_name="+")
    payment = ParkForeignKey(Payment, null=True, blank=True, related_name="+")
    from_day = models.DateField(null=True, blank=True)
    to_day = models.DateField(null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "project", "-at"], name="log_of_project")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
