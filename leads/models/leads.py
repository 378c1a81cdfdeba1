"""Leads: one company's intended investment in one park, its stages and the decision of screening."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from leads.querysets import LeadQuerySet


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
    event = ParkForeignKey("leads.Event", null=True, blank=True, related_name="leads", verbose_name=_("Event"))
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
            models.Index(fields=["park", "event"], condition=Q(event__isnull=False), name="leads_of_event"),
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
