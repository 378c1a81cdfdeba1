"""Leads: intended investments, what was done for them, and intelligence reported by anyone."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from leads.querysets import ActivityQuerySet, LeadQuerySet, SubmissionQuerySet


class Stage(models.TextChoices):
    """The pipeline; `signed` is reached only by signing, `dropped` only with a reason."""

    PLANNING = "planning", _("Planning")
    CONTACTING = "contacting", _("Contacting")
    VISITING = "visiting", _("Visiting")
    NEGOTIATING = "negotiating", _("Negotiating")
    SCREENING = "screening", _("Screening")
    SIGNED = "signed", _("Signed")
    DROPPED = "dropped", _("Dropped")


OPEN_STAGES = (Stage.PLANNING, Stage.CONTACTING, Stage.VISITING, Stage.NEGOTIATING, Stage.SCREENING)


class Source(models.TextChoices):
    """Where a lead came from; kept to the end."""

    OWN = "own", _("Own research")
    EVENT = "event", _("Event")
    CAMPAIGN = "campaign", _("Campaign")
    REFERRAL = "referral", _("Referral")
    AGENT = "agent", _("Commissioned agent")
    FUND = "fund", _("Fund")
    ASSOCIATION = "association", _("Association")
    HOMETOWN = "hometown", _("Hometown talent")
    INCUBATOR = "incubator", _("Offshore incubator")
    CHAIN_GAP = "chain_gap", _("Chain gap")
    SUBMISSION = "submission", _("Information submitted")
    EXPANSION = "expansion", _("Settled enterprise expands")
    INQUIRY = "inquiry", _("Public inquiry")


@tracked()
class Lead(ParkOwned):
    """One company's intended investment in one park."""

    class Confidentiality(models.TextChoices):
        OWN = "own", _("Owner and managers")
        DEPARTMENT = "department", _("Department")
        PARK = "park", _("Whole park")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="leads", verbose_name=_("Company")
    )
    title = models.CharField(_("Intended project"), max_length=160, blank=True)
    stage = models.CharField(_("Stage"), max_length=12, choices=Stage.choices, default=Stage.PLANNING)
    stage_since = models.DateTimeField(_("In this stage since"))
    source = models.CharField(_("Source"), max_length=12, choices=Source.choices, default=Source.OWN)
    source_note = models.CharField(_("Source details"), max_length=160, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Owner")
    )
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Department"),
    )
    confidentiality = models.CharField(
        _("Who sees it"), max_length=12, choices=Confidentiality.choices, default=Confidentiality.PARK
    )
    amount = models.DecimalField(
        _("Intended investment (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("Currency"), max_length=3, default="CNY")
    demands = models.TextField(_("Key demands"), blank=True)
    next_step = models.CharField(_("Next step"), max_length=200, blank=True)
    next_date = models.DateField(_("Due on"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("Claimed at"))
    protected_until = models.DateField(_("Protected until"))
    last_activity_at = models.DateTimeField(_("Last activity"), null=True, blank=True)
    dropped_reason = models.CharField(_("Reason for dropping"), max_length=240, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    counted_month = models.DateField(_("Counted in"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("Lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["park", "company"],
                condition=~Q(stage__in=["signed", "dropped"]),
                name="one_open_lead_per_company",
            ),
            models.UniqueConstraint(fields=["park", "uuid"], name="lead_uuid_once"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="lead_amount_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-last_activity_at", "-id"], name="lead_recent"),
            models.Index(fields=["park", "stage", "-stage_since", "-id"], name="lead_board"),
            models.Index(fields=["park", "owner", "next_date"], name="lead_today"),
            models.Index(fields=["park", "counted_month"], name="lead_counted"),
            models.Index(fields=["park", "next_date", "id"], name="lead_next"),
            models.Index(fields=["park", "-amount", "-id"], name="lead_amount"),
            models.Index(fields=["park", "-claimed_at", "-id"], name="lead_claimed"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The record page."""
        return reverse("leads:record", args=[self.pk])

    @property
    def name(self) -> str:
        """The company with the intended project, as lists of choices and messages show it."""
        return f"{self.company.name} · {self.title}" if self.title else self.company.name

    @property
    def is_open(self) -> bool:
        """Neither signed nor dropped."""
        return self.stage in OPEN_STAGES

    @property
    def days_in_stage(self) -> int:
        """Its age in this stage."""
        return (timezone.now() - self.stage_since).days

    @property
    def is_overdue(self) -> bool:
        """Its next step should have been done by now."""
        return self.is_open and self.next_date is not None and self.next_date < timezone.localdate()

    @property
    def light_words(self) -> str:
        """Why the light of `with_light()` is as it is."""
        light = getattr(self, "light", "")
        if light == "green":
            return gettext("On track")
        if light not in {"red", "amber"}:
            return self.get_stage_display()
        if light == "amber" and self.is_overdue:
            return gettext("Next step overdue")
        days = (timezone.now() - max(self.stage_since, self.last_activity_at or self.stage_since)).days
        return ngettext("Idle for %(n)s day", "Idle for %(n)s days", days) % {"n": days}


class StageChange(ParkOwned):
    """The append-only log of stages."""

    app_rights = "SELECT, INSERT"

    lead = ParkForeignKey(Lead, related_name="stage_changes")
    from_stage = models.CharField(max_length=12, choices=Stage.choices, blank=True)
    to_stage = models.CharField(max_length=12, choices=Stage.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "lead", "at"], name="stages_of_lead")]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"


class Admission(ParkOwned):
    """The recorded decision of screening (准入): may the company move in?"""

    app_rights = "SELECT, INSERT"

    class Decision(models.TextChoices):
        ADMITTED = "admitted", _("Admitted")
        REFUSED = "refused", _("Not admitted")

    lead = ParkForeignKey(Lead, related_name="admissions")
    decision = models.CharField(_("Decision"), max_length=8, choices=Decision.choices)
    reason = models.TextField(_("Reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "lead", "-at"], name="admissions_of_lead")
        ]

    def __str__(self) -> str:
        return self.get_decision_display()


@tracked()
class Activity(ParkOwned):
    """Something done with a company: a visit either way, a negotiation, a call, a message, a note."""

    class Kind(models.TextChoices):
        OUTBOUND_VISIT = "outbound_visit", _("Outbound visit")
        INBOUND_VISIT = "inbound_visit", _("Inbound visit")
        NEGOTIATION = "negotiation", _("Negotiation")
        CALL = "call", _("Call")
        SMS = "sms", _("SMS")
        WECHAT = "wechat", _("WeChat")
        MAIL = "mail", pgettext_lazy("activity", "Mail")
        VIDEO = "video", _("Video meeting")
        NOTE = "note", _("Note")

    uuid = models.UUIDField(default=uuid.uuid4)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="activities", verbose_name=_("Company")
    )
    lead = ParkForeignKey(Lead, null=True, blank=True, related_name="activities", verbose_name=_("Lead"))
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind.choices)
    happened_at = models.DateTimeField(_("When"))
    place = models.CharField(_("Place"), max_length=120, blank=True)
    met = models.CharField(_("Whom we met"), max_length=200, blank=True)
    with_colleagues = models.CharField(_("Colleagues"), max_length=200, blank=True)
    summary = models.TextField(_("What was said"))
    next_step = models.CharField(_("Next step"), max_length=200, blank=True)
    next_date = models.DateField(_("Due on"), null=True, blank=True)
    # Who did it, and the department that person belonged to then: credit stays where it was earned.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("By"))
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    counted_month = models.DateField(_("Counted in"))
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = ActivityQuerySet.as_manager()

    # Set by the action that was sent the same uuid again; not a column.
    repeated = False

    class Meta:
        verbose_name = _("Follow-up")
        verbose_name_plural = _("Follow-ups")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="activity_uuid_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "lead", "-happened_at", "-id"], name="activity_of_lead"),
            models.Index(fields=["park", "company", "-happened_at", "-id"], name="activity_of_company"),
            models.Index(fields=["park", "-happened_at", "-id"], name="activity_recent"),
            models.Index(fields=["park", "counted_month", "kind", "by", "department"], name="activity_counted"),
            models.Index(fields=["park", "by", "-happened_at"], name="activity_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.happened_at):%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """The timeline it stands in: the lead's, else the company's."""
        return reverse("leads:record", args=[self.lead_id]) if self.lead_id else self.company.get_absolute_url()


class ActivityFile(ParkOwned):
    """A photo or file of an activity."""

    activity = ParkForeignKey(Activity, related_name="files")
    attachment = ParkForeignKey("core.Attachment", related_name="+")

    def __str__(self) -> str:
        return str(self.attachment_id)


@tracked()
class Submission(ParkOwned):
    """Promotion intelligence (信息报送) reported by anyone in any department; judged valid or not in time."""

    class State(models.TextChoices):
        PENDING = "pending", _("To be judged")
        VALID = "valid", _("Valid")
        INVALID = "invalid", _("Not valid")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(_("Title"), max_length=160)
    content = models.TextField(_("Information"))
    company_name = models.CharField(_("Company named"), max_length=200, blank=True)
    company = models.ForeignKey(
        "companies.Company",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        verbose_name=_("Company"),
    )
    lead = ParkForeignKey(Lead, null=True, blank=True, related_name="submissions", verbose_name=_("Lead"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Reported by")
    )
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Department"),
    )
    submitted_at = models.DateTimeField(_("Reported at"))
    judge_by = models.DateTimeField(_("Judge by"))
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.PENDING)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Judged by"),
    )
    judged_at = models.DateTimeField(_("Judged at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    counted_month = models.DateField(_("Counted in"), null=True, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Information submitted")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="submission_uuid_once"),
            models.CheckConstraint(
                condition=Q(state="pending", judged_at=None) | (~Q(state="pending") & Q(judged_at__isnull=False)),
                name="judged_when_not_pending",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-submitted_at", "-id"], name="submission_recent"),
            models.Index(fields=["park", "state", "judge_by"], name="submission_to_judge"),
            models.Index(fields=["park", "counted_month"], name="submission_counted"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page on which it is read and judged."""
        return reverse("leads:submission", args=[self.pk])

    @property
    def is_late(self) -> bool:
        """Still to be judged although the time for it is over."""
        return self.state == self.State.PENDING and self.judge_by < timezone.now()
