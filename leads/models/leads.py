"""Leads: one company's intended investment in one park, its stages and the decision of screening."""

import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.doors import Door
from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from core.sayings import SaidField, SaidTextField
from core.worktime import today
from leads.querysets import LeadQuerySet

# Does another park of the same zone (the zone itself included) hold this company? In the pool nobody holds it. The
# third argument are the parks with which it is shared, whose claims are no conflict.
HELD_IN_ZONE = Door(
    "luodi_held_in_zone",
    "bigint, bigint, bigint[]",
    "SELECT EXISTS (SELECT FROM leads_lead l JOIN parks_park p ON p.id = l.park_id"
    " JOIN parks_park own ON own.id = $2"
    " WHERE l.company_id = $1 AND l.park_id <> $2 AND l.park_id <> ALL ($3) AND l.pooled_at IS NULL"
    " AND l.stage NOT IN ('signed', 'dropped')"
    " AND CASE p.kind WHEN 'zone' THEN p.id ELSE p.parent_id END"
    " = CASE own.kind WHEN 'zone' THEN own.id ELSE own.parent_id END)",
)


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
    SHARED = "shared", _("Shared by another park")


# Sources behind which somebody stands who may be thanked and rewarded.
BROUGHT: Final = (
    *(Source.REFERRAL, Source.AGENT, Source.FUND, Source.ASSOCIATION, Source.HOMETOWN),
    *(Source.INCUBATOR, Source.EXPANSION),
)


class Tier(models.TextChoices):
    """How much a lead matters: each tier is protected for as long as its park's rules say."""

    A = "A", _("A · key")
    B = "B", _("B · normal")
    C = "C", _("C · watch")


class DropReason(models.TextChoices):
    """Why a lead was given up: the list that is counted; the words beside it say the rest."""

    ELSEWHERE = "elsewhere", _("Chose another place")
    CANCELLED = "cancelled", _("The company gave its plan up")
    SPACE = "space", _("No suitable space")
    POLICY = "policy", _("Terms or policy do not suffice")
    FUNDS = "funds", _("The company lacks funds")
    MISMATCH = "mismatch", _("Does not fit the park")
    REFUSED = "refused", _("Not admitted")
    SILENT = "silent", _("No answer any more")
    DUPLICATE = "duplicate", _("Duplicate lead")
    RULED = "ruled", _("Ruled for another claimant")
    OTHER = "other", _("Other reason")


@tracked()
class Lead(ParkOwned):
    """One company's intended investment in one park.

    In the public pool (`pooled_at`) nobody holds it: `owner` is then the last one, kept for the history, who neither
    acts on it nor has it on a list of one's own; `.held()` leaves such leads out.
    """

    doors = (HELD_IN_ZONE,)

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
    # Who handed it over, until the receiver has signed for it: so long both see it.
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    confidentiality = models.CharField(
        _("Who sees it"), max_length=12, choices=Confidentiality.choices, default=Confidentiality.PARK
    )
    tier = models.CharField(_("Tier"), max_length=1, choices=Tier.choices, default=Tier.B)
    industry = models.ForeignKey(
        "companies.Industry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Industry of the project"),
    )
    amount = models.DecimalField(
        _("Intended investment (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("Currency"), max_length=3, default="CNY")
    # What the agreement says, written by its signing: figures of what was signed never count intentions.
    signed_amount = models.DecimalField(
        _("Agreed investment (yuan)"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    demands = models.TextField(_("Key demands"), blank=True)
    next_step = models.CharField(_("Next step"), max_length=200, blank=True)
    next_date = models.DateField(_("Due on"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("Claimed at"))
    protected_until = models.DateField(_("Protected until"))
    pooled_at = models.DateTimeField(_("In the public pool since"), null=True, blank=True)
    last_activity_at = models.DateTimeField(_("Last activity"), null=True, blank=True)
    dropped_why = models.CharField(_("Dropped because"), max_length=12, choices=DropReason.choices, blank=True)
    dropped_reason = SaidField(_("Reason for dropping"), max_length=400, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    counted_month = models.DateField(_("Counted in"))
    # Who claimed the company, and the department of then: new leads count for them, whoever holds the lead later.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Claimed by")
    )
    claim_department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
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
            models.CheckConstraint(
                condition=Q(pooled_at=None) | ~Q(stage__in=["signed", "dropped"]), name="only_open_leads_in_pool"
            ),
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
            models.Index(fields=["park", "source"], name="lead_source"),
            models.Index(fields=["park", "tier", "-claimed_at"], name="lead_tier"),
            # The pool, and whose protection runs out next.
            models.Index(fields=["park", "-pooled_at", "-id"], condition=Q(pooled_at__isnull=False), name="lead_pool"),
            models.Index(
                fields=["park", "protected_until", "id"],
                condition=Q(pooled_at=None) & ~Q(stage__in=["signed", "dropped"]),
                name="lead_protection",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("leads:record", self.pk)

    @property
    def name(self) -> str:
        """The company with the intended project, as lists of choices and messages show it."""
        return f"{self.company.name} · {self.title}" if self.title else self.company.name

    @property
    def is_open(self) -> bool:
        """Neither signed nor dropped."""
        return self.stage in OPEN_STAGES

    @property
    def in_pool(self) -> bool:
        """Free to be picked."""
        return self.pooled_at is not None

    @property
    def days_in_stage(self) -> int:
        """Its age in this stage."""
        return (timezone.now() - self.stage_since).days

    @property
    def days_idle(self) -> int:
        """Days since the last activity or move."""
        return max(0, (timezone.now() - max(self.stage_since, self.last_activity_at or self.stage_since)).days)

    @property
    def days_protected(self) -> int | None:
        """Days until the protection ends; nothing for leads that nobody holds."""
        if not self.is_open or self.in_pool:
            return None
        return (self.protected_until - today()).days

    @property
    def protection_words(self) -> str:
        """How long the protection still lasts."""
        days = self.days_protected
        if days is None:
            return ""
        if days < 0:
            return gettext("Protection is over")
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}

    @property
    def protection_light(self) -> str:
        """Red on the last day and after it, amber in the last week."""
        days = self.days_protected
        if days is None:
            return "grey"
        return "red" if days <= 1 else "amber" if days <= 7 else "green"

    @property
    def is_overdue(self) -> bool:
        """Its next step should have been done by now."""
        return self.next_date is not None and self.next_date < today() and self.is_open and not self.in_pool

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
        return ngettext("Idle for %(n)s day", "Idle for %(n)s days", self.days_idle) % {"n": self.days_idle}


class StageChange(ParkOwned):
    """The append-only log of stages."""

    app_rights = "SELECT, INSERT"

    lead = ParkForeignKey(Lead, related_name="stage_changes")
    from_stage = models.CharField(max_length=12, choices=Stage.choices, blank=True)
    to_stage = models.CharField(max_length=12, choices=Stage.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = SaidTextField(blank=True)

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


class SourceChange(ParkOwned):
    """A source put right after the claim: by whom and why. Sources are kept to the end otherwise."""

    app_rights = "SELECT, INSERT"

    lead = ParkForeignKey(Lead, related_name="source_changes")
    before = models.CharField(max_length=12, choices=Source.choices)
    after = models.CharField(max_length=12, choices=Source.choices)
    reason = models.CharField(_("Reason"), max_length=240)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "lead", "at"], name="sources_of_lead")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
