"""Referrers and agents, whom they brought, and what the park's rules reward them with."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from core.money import short_money
from leads.models.personal import Erasable, says_nothing
from leads.querysets.referrals import (
    PersonRevealQuerySet,
    ReferralQuerySet,
    ReferrerQuerySet,
    RewardQuerySet,
    RuleQuerySet,
)


class ReferrerKind(models.TextChoices):
    """Who brings investors."""

    ENTERPRISE = "enterprise", _("Settled enterprise")
    AGENT = "agent", _("Commissioned agent")
    FUND = "fund", _("Fund")
    ASSOCIATION = "association", _("Association")
    HOMETOWN = "hometown", _("Hometown talent")
    INCUBATOR = "incubator", _("Incubator")
    OTHER = "other", pgettext_lazy("referrer", "Other")


@tracked()
class RewardRule(ParkOwned):
    """One version of a rule of reward; a change makes the next version, so that what was promised stays readable."""

    class Method(models.TextChoices):
        FIXED = "fixed", _("Fixed sum")
        PERCENT = "percent", _("Per cent")
        PER_MILLE = "per_mille", _("Per mille")

    class Base(models.TextChoices):
        SIGNED = "signed", _("Agreed investment, at signing")
        FUNDS = "funds", _("Funds, whenever they are recognised")
        STATED = "stated", _("A stated amount (such as a year's land rent)")

    code = models.CharField(_("Code"), max_length=40)
    number = models.PositiveSmallIntegerField(_("Version"))
    name = models.CharField(_("Name"), max_length=120)
    method = models.CharField(_("Method"), max_length=9, choices=Method.choices)
    base = models.CharField(_("Of what"), max_length=6, choices=Base.choices)
    # Yuan for a fixed sum, else so many per cent or per mille.
    value = models.DecimalField(_("Value"), max_digits=18, decimal_places=4)
    cap = models.DecimalField(_("At most (yuan per referral)"), max_digits=18, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("Document"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    retired_at = models.DateTimeField(_("Replaced at"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("Rule of reward")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "code", "number"], name="reward_rule_version_once"),
            models.UniqueConstraint(
                fields=["park", "code"], condition=Q(retired_at=None), name="one_current_reward_rule"
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="reward_rule_positive"),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gt=0), name="reward_cap_positive"),
            models.CheckConstraint(
                condition=Q(method="fixed")
                | (Q(method="percent") & Q(value__lte=100))
                | (Q(method="per_mille") & Q(value__lte=1000)),
                name="reward_share_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name


REFERRER_DATA = ("named_as", "phone", "email", "wechat", "note")


@tracked(exclude=["name", *REFERRER_DATA])
class Referrer(Erasable):
    """Somebody who brings investors, known to one park; personal data stay out of the history."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent")
        CONTRACT = "contract", pgettext_lazy("referrer", "Agreement")
        PUBLIC = "public", _("Published by the person or the company")

    Kind = ReferrerKind
    personal: ClassVar[tuple[str, ...]] = REFERRER_DATA

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("Kind"), max_length=11, choices=ReferrerKind.choices)
    name = models.CharField(_("Name"), max_length=120)
    is_person = models.BooleanField(_("A natural person"), default=False)
    company = models.ForeignKey(
        "companies.Company",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referrers",
        verbose_name=_("Company"),
    )
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    email = models.EmailField(_("Mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    note = models.TextField(_("Note"), blank=True)
    recommended_by = ParkForeignKey(
        "self", null=True, blank=True, related_name="recommended", verbose_name=_("Recommended by")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Looked after by")
    )
    # The page of thanks names only those who agreed to it.
    may_be_named = models.BooleanField(_("Agreed to be named in public"), default=False)
    named_as = models.CharField(_("Name in public"), max_length=120, blank=True)
    agreed_from = models.DateField(_("Agreement from"), null=True, blank=True)
    agreed_until = models.DateField(_("Agreement until"), null=True, blank=True)
    terms = models.TextField(_("Terms"), blank=True)
    agreement = ParkForeignKey("core.Attachment", null=True, blank=True, related_name="+", verbose_name=_("Agreement"))
    # The code of a rule: its current version is used when a deal lands.
    rule_code = models.CharField(_("Rule of reward"), max_length=40, blank=True)
    basis = models.CharField(_("Basis"), max_length=10, choices=Basis.choices, default=Basis.CONSENT)
    retain_until = models.DateField(_("Keep until"), null=True, blank=True)
    is_active = models.BooleanField(_("Active"), default=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ReferrerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Referrer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="referrer_uuid_once"),
            models.CheckConstraint(condition=~Q(recommended_by=F("id")), name="nobody_recommends_himself"),
            models.CheckConstraint(
                condition=Q(agreed_until=None) | Q(agreed_from=None) | Q(agreed_until__gte=F("agreed_from")),
                name="agreement_ends_after_start",
            ),
            says_nothing(REFERRER_DATA, "erased_referrer_says_nothing"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-created_at", "-id"], name="referrer_recent"),
            models.Index(fields=["park", "kind"], name="referrer_kind"),
            models.Index(fields=["park", "company"], name="referrers_of_company"),
            models.Index(fields=["park", "recommended_by"], name="referrers_recommended"),
            models.Index(fields=["park", "retain_until"], condition=Q(erased_at=None), name="referrer_due"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("leads:referrer", self.pk)

    @property
    def is_of_person(self) -> bool:
        """A company or an association keeps its name."""
        return self.is_person

    @property
    def agreement_state(self) -> str:
        """`none`, `coming`, `running` or `over`."""
        if self.agreed_from is None:
            return "none"
        today = timezone.localdate()
        if today < self.agreed_from:
            return "coming"
        return "over" if self.agreed_until and self.agreed_until < today else "running"


@tracked()
class Referral(ParkOwned):
    """A referrer brought a lead; several may share one deal, never more than all of it."""

    lead = ParkForeignKey("leads.Lead", related_name="referrals", verbose_name=_("Lead"))
    referrer = ParkForeignKey(Referrer, related_name="referrals", verbose_name=_("Referrer"))
    referred_on = models.DateField(_("Referred on"))
    share = models.PositiveSmallIntegerField(_("Share of the reward (%)"), default=100)
    note = models.CharField(_("Note"), max_length=240, blank=True)
    # The day of signing and the agreed investment, told by the action that signs.
    landed_on = models.DateField(_("Landed on"), null=True, blank=True)
    landed_amount = models.DecimalField(
        _("Agreed investment (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("Referral")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "lead", "referrer"], name="referrer_of_a_lead_once"),
            models.CheckConstraint(condition=Q(share__gte=1) & Q(share__lte=100), name="referral_share_of_all"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "referrer", "-id"], name="referrals_of_referrer"),
            models.Index(fields=["park", "-referred_on", "-id"], name="referral_recent"),
            models.Index(fields=["park", "landed_on"], condition=Q(landed_on__isnull=False), name="referrals_landed"),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} → {self.lead_id}"


@tracked()
class Reward(ParkOwned):
    """What a referral is rewarded with: computed when the deal landed, with the rule as it was then."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("reward", "To be approved")
        APPROVED = "approved", pgettext_lazy("reward", "Approved")
        PAID = "paid", pgettext_lazy("reward", "Paid")
        REJECTED = "rejected", pgettext_lazy("reward", "Rejected")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    referral = ParkForeignKey(Referral, related_name="rewards", verbose_name=_("Referral"))
    rule = ParkForeignKey(RewardRule, related_name="+", verbose_name=_("Rule of reward"))
    # What it is for, once only: `signed`, `funds:17`, `stated:2026`.
    occasion = models.CharField(_("Occasion"), max_length=40)
    rule_snapshot = models.JSONField(_("The rule as it was"), default=dict)
    base_amount = models.DecimalField(_("Base (yuan)"), max_digits=18, decimal_places=2)
    amount = models.DecimalField(_("Reward (yuan)"), max_digits=18, decimal_places=2)
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Proposed by")
    )
    proposed_at = models.DateTimeField(_("Proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("reward", "Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    paid_on = models.DateField(pgettext_lazy("reward", "Paid on"), null=True, blank=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    evidence = ParkForeignKey("core.Attachment", null=True, blank=True, related_name="+", verbose_name=_("Evidence"))
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = _("Reward")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="reward_uuid_once"),
            models.UniqueConstraint(fields=["park", "referral", "occasion"], name="rewarded_once"),
            models.CheckConstraint(condition=Q(amount__gt=0) & Q(base_amount__gt=0), name="reward_positive"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="reward_decided_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None) | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="reward_decided_when_not_proposed",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (Q(paid_on__isnull=False) & Q(evidence__isnull=False)),
                name="reward_paid_with_evidence",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-proposed_at", "-id"], name="reward_recent"),
            models.Index(fields=["park", "state", "-proposed_at"], name="reward_state"),
        ]

    def __str__(self) -> str:
        return short_money(self.amount)

    def get_absolute_url(self) -> str:
        """Among the rewards of its referrer's page."""
        return to("leads:reward", self.pk)


class PersonReveal(ParkOwned):
    """Who looked at the unmasked telephone or mail of a referrer, guest or participant, and when."""

    app_rights = "SELECT, INSERT"

    class Kind(models.TextChoices):
        EVENT_PERSON = "event_person", _("Participant")
        GUEST = "guest", _("Guest of a reception")
        REFERRER = "referrer", _("Referrer")

    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    row_pk = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Person")
    )
    at = models.DateTimeField(_("When"), auto_now_add=True)

    objects: ClassVar = PersonRevealQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-at", "-id"], name="person_reveal_newest")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_pk}"
