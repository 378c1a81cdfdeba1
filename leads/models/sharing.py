"""A lead shared with another park: one row on each side, each in its own park; no row ever belongs to two."""

import uuid
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from leads.models.leads import Lead, Stage
from leads.querysets import OfferQuerySet


# What was shown may hold names and telephones: it stays out of the history, so that it can be erased.
@tracked(exclude=["shown"])
class ShareOffer(ParkOwned):
    """One side of an offer. Both sides carry the same `uuid`; `shown` is a copy of what the offerer chose, no more."""

    class Direction(models.TextChoices):
        OUTGOING = "outgoing", _("Offered by us")
        INCOMING = "incoming", _("Offered to us")

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("offer", "Waiting")
        ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
        DECLINED = "declined", pgettext_lazy("offer", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Withdrawn")
        REPLACED = "replaced", pgettext_lazy("offer", "Replaced by a ruling")
        EXPIRED = "expired", pgettext_lazy("offer", "Expired")

    LIVE: ClassVar = (State.PENDING, State.ACCEPTED)

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    direction = models.CharField(_("Direction"), max_length=8, choices=Direction.choices)
    # Not offered and accepted: a ruling let the two parks share. It may tie a lead that is shared with a third already.
    ruled = models.BooleanField(_("By a ruling"), default=False)
    partner = models.ForeignKey(
        "parks.Park", on_delete=models.PROTECT, related_name="+", verbose_name=_("The other park")
    )
    # This side's lead: none yet on the receiving side until it accepts.
    lead = ParkForeignKey(Lead, null=True, blank=True, related_name="offers", verbose_name=_("Lead"))
    # The registry's company; none where the company is the offering park's own and not accepted yet.
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Company")
    )
    company_name = models.CharField(_("Company"), max_length=200)
    shown = models.JSONField(default=dict)
    own_percent = models.DecimalField(_("Our share of the credit (%)"), max_digits=5, decimal_places=2)
    note = models.CharField(_("Note"), max_length=1000, blank=True)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.PENDING)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Offered by")
    )
    offered_at = models.DateTimeField(_("Offered at"))
    expires_on = models.DateField(_("Answer until"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Answered by")
    )
    answered_at = models.DateTimeField(_("Answered at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    # The fate of the other side's lead, as far as it is told: the stage and its day.
    partner_stage = models.CharField(_("Stage there"), max_length=12, choices=Stage.choices, blank=True)
    partner_stage_on = models.DateField(_("Since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("Offer")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="offer_side_once"),
            models.UniqueConstraint(
                fields=["park", "lead"],
                condition=Q(state__in=["pending", "accepted"], ruled=False),
                name="one_live_offer_per_lead",
            ),
            models.UniqueConstraint(
                fields=["park", "lead", "partner"],
                condition=Q(state__in=["pending", "accepted"]),
                name="one_live_tie_of_two_leads",
            ),
            models.CheckConstraint(
                condition=Q(own_percent__gte=0) & Q(own_percent__lte=100), name="offer_percent_between_0_and_100"
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=False) | (Q(direction="incoming") & ~Q(state="accepted")),
                name="offer_with_its_lead",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-offered_at", "-id"], name="offers_recent"),
            models.Index(fields=["park", "expires_on"], condition=Q(state="pending"), name="offers_waiting"),
        ]

    def __str__(self) -> str:
        return self.company_name

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("leads:offer", self.pk)

    @property
    def partner_percent(self) -> Decimal:
        """The other park's share of the credit."""
        return 100 - self.own_percent

    @property
    def is_incoming(self) -> bool:
        """Offered to this side's park."""
        return self.direction == self.Direction.INCOMING

    @property
    def is_ruled_tie(self) -> bool:
        """In force by a ruling: nobody offered and nobody accepted."""
        return bool(self.ruled and self.state == self.State.ACCEPTED)

    @property
    def is_over(self) -> bool:
        """Still waiting although the day for the answer has passed; the next round marks it."""
        return self.state == self.State.PENDING and self.expires_on < timezone.localdate()

    @property
    def is_waiting(self) -> bool:
        """Can be answered or withdrawn."""
        return self.state == self.State.PENDING and not self.is_over


class ShareNews(ParkOwned):
    """What the other park's lead came to, kept here: a stage and a day, nothing else."""

    app_rights = "SELECT, INSERT"

    offer = ParkForeignKey(ShareOffer, related_name="news")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    on = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "offer", "-id"], name="news_of_offer")]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.on}"


class SharedResult(ParkOwned):
    """This park's part of what landed in the other one: counted here as agreed in the offer. Written once, there."""

    app_rights = "SELECT, INSERT"

    class Kind(models.TextChoices):
        SIGNING = "signing", _("Signing")
        FUNDS = "funds", _("Funds recognised")

    lead = ParkForeignKey(Lead, related_name="shared_results")
    offer = ParkForeignKey(ShareOffer, related_name="results")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # The other side's lead or payment, so that nothing is told twice; not a key that could be followed.
    origin = models.UUIDField()
    # The part of one signing (0.30), and of its amount or of the payment, in yuan.
    part = models.DecimalField(max_digits=5, decimal_places=2)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    happened_on = models.DateField()
    counted_month = models.DateField(_("Counted in"))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "kind", "origin"], name="shared_result_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "counted_month", "kind"], name="shared_result_counted")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.part}"
