"""Promotion intelligence reported by anyone."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from leads.models.leads import Lead
from leads.querysets import SubmissionQuerySet


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
        return to("leads:submission", self.pk)

    @property
    def is_late(self) -> bool:
        """Still to be judged although the time for it is over."""
        return self.state == self.State.PENDING and self.judge_by < timezone.now()

    @property
    def deadline_light(self) -> str:
        """Red when the time for judging is over, amber on its last day, green before; grey when judged."""
        if self.state != self.State.PENDING:
            return "grey"
        if self.is_late:
            return "red"
        return "amber" if timezone.localdate(self.judge_by) <= timezone.localdate() else "green"
