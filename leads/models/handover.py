"""A lead that goes from one officer to another: given at once, signed for by the receiver."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from leads.models.leads import Lead
from leads.querysets import HandoverQuerySet


class Handover(ParkOwned):
    """One hand-over. The receiver owns the lead from now on; until it is signed for the giver still sees it."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("handover", "Not signed for")
        RECEIVED = "received", pgettext_lazy("handover", "Received")
        RETURNED = "returned", pgettext_lazy("handover", "Returned")
        REPLACED = "replaced", pgettext_lazy("handover", "Handed on")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    # Those that were given together.
    batch = models.UUIDField(null=True, blank=True, editable=False)
    lead = ParkForeignKey(Lead, related_name="handovers", verbose_name=_("Lead"))
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("handover", "From"),
    )
    giver_department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("handover", "To"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Handed over by")
    )
    at = models.DateTimeField(_("Handed over at"))
    note = models.CharField(_("Note"), max_length=1000, blank=True)
    # What went along at that moment: the next step with its day, open promises, unread notices.
    carried = models.JSONField(default=dict)
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.PENDING)
    answered_at = models.DateTimeField(_("Signed for or returned at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("Hand-over")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="handover_uuid_once"),
            models.UniqueConstraint(
                fields=["park", "lead"], condition=Q(state="pending"), name="one_pending_handover_per_lead"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", answered_at=None) | (~Q(state="pending") & Q(answered_at__isnull=False)),
                name="handover_answered_with_its_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-at", "-id"], name="handovers_recent"),
            models.Index(fields=["park", "receiver", "-at"], condition=Q(state="pending"), name="handovers_to_sign"),
            models.Index(fields=["park", "lead", "at"], name="handovers_of_lead"),
        ]

    def __str__(self) -> str:
        return str(self.lead)

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("leads:handover", self.pk)
