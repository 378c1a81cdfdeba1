"""What was done with a company: visits, negotiations, calls, messages, notes, and their files."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from leads.models.leads import Lead
from leads.querysets import ActivityQuerySet


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
    # The journey on which it was done, and the plan by which the guests were received.
    trip = ParkForeignKey("leads.Trip", null=True, blank=True, related_name="activities", verbose_name=_("Trip"))
    reception = ParkForeignKey(
        "leads.Reception", null=True, blank=True, related_name="activities", verbose_name=_("Reception plan")
    )
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
            models.UniqueConstraint(
                fields=["park", "reception"], condition=Q(reception__isnull=False), name="reception_logged_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "lead", "-happened_at", "-id"], name="activity_of_lead"),
            models.Index(fields=["park", "company", "-happened_at", "-id"], name="activity_of_company"),
            models.Index(fields=["park", "-happened_at", "-id"], name="activity_recent"),
            models.Index(fields=["park", "counted_month", "kind", "by", "department"], name="activity_counted"),
            models.Index(fields=["park", "by", "-happened_at"], name="activity_by"),
            models.Index(fields=["park", "trip"], condition=Q(trip__isnull=False), name="activities_of_trip"),
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
