"""What was done with a company: visits, negotiations, calls, messages, notes, with people, files and promises."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from leads.models.leads import Lead
from leads.querysets import ActivityQuerySet, UndertakingQuerySet


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

    class Figure(models.TextChoices):
        """The figure of the month that an activity of this kind belongs to, by the park's rule."""

        OUTBOUND = "outbound", _("Outbound visits")
        INBOUND = "inbound", _("Inbound visits")

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
    summary = models.TextField(_("What was said"))
    next_step = models.CharField(_("Next step"), max_length=200, blank=True)
    next_date = models.DateField(_("Due on"), null=True, blank=True)
    # Who did it, and the department that person belonged to then: credit stays where it was earned.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("By"))
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    counted_month = models.DateField(_("Counted in"))
    # Stored when it is logged or changed, by the park's rule of that day: a new rule never moves an old figure.
    counts_as = models.CharField(_("Figure"), max_length=8, choices=Figure.choices, blank=True)
    counts = models.BooleanField(_("Counts"), default=False)
    why_not = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name=_("Missing"))
    deleted_at = models.DateTimeField(_("Deleted at"), null=True, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

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
            models.CheckConstraint(
                condition=Q(counts=False) | (~Q(counts_as="") & Q(deleted_at=None)), name="activity_counts_for_a_figure"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "lead", "-happened_at", "-id"], name="activity_of_lead"),
            models.Index(fields=["park", "company", "-happened_at", "-id"], name="activity_of_company"),
            models.Index(fields=["park", "-happened_at", "-id"], name="activity_recent"),
            models.Index(fields=["park", "counted_month", "-happened_at", "-id"], name="activity_of_month"),
            models.Index(fields=["park", "kind", "-happened_at", "-id"], name="activity_of_kind"),
            models.Index(fields=["park", "by", "-happened_at", "-id"], name="activity_by"),
            models.Index(fields=["park", "trip"], condition=Q(trip__isnull=False), name="activities_of_trip"),
            models.Index(
                fields=["park", "counted_month", "counts_as", "by", "department"],
                condition=Q(counts=True),
                name="activity_counted",
            ),
            models.Index(
                fields=["park", "-happened_at", "-id"],
                condition=Q(counts=False) & ~Q(counts_as="") & Q(deleted_at=None),
                name="activity_not_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.happened_at):%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Its own page: the people, the photos, what was asked and promised, and what is missing for it to count."""
        return to("leads:activity", self.pk)

    @property
    def story_url(self) -> str:
        """The timeline it stands in: the lead's, else the company's."""
        return to("leads:record", self.lead_id) if self.lead_id else self.company.get_absolute_url()

    @property
    def met(self) -> str:
        """The people of the other side, as one reads them."""
        return "、".join(str(person) for person in self.people.all())

    @property
    def colleagues(self) -> str:
        """The colleagues who were there."""
        return "、".join(str(companion.user) for companion in self.companions.all())

    @property
    def is_waiting(self) -> bool:
        """It would count for a figure if something were not missing."""
        return bool(self.counts_as) and not self.counts and self.deleted_at is None


class ActivityFile(ParkOwned):
    """A photo or file of an activity; the client's uuid makes a repeated upload the same file."""

    uuid = models.UUIDField(default=uuid.uuid4)
    activity = ParkForeignKey(Activity, related_name="files")
    attachment = ParkForeignKey("core.Attachment", related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "activity", "uuid"], name="activity_file_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "activity"], name="files_of_activity")]

    def __str__(self) -> str:
        return str(self.attachment_id)


@tracked(exclude=["name"])
class PersonMet(ParkOwned):
    """Somebody of the other side: a contact of the company, or a name that nobody keeps as a contact yet."""

    activity = ParkForeignKey(Activity, related_name="people")
    contact = ParkForeignKey("companies.Contact", null=True, blank=True, related_name="met_in")
    name = models.CharField(_("Name"), max_length=60, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "activity", "contact"], name="contact_met_once_an_activity"),
            models.UniqueConstraint(
                fields=["park", "activity", "name"], condition=Q(contact=None), name="name_met_once_an_activity"
            ),
            models.CheckConstraint(condition=Q(contact=None) ^ Q(name=""), name="met_a_contact_or_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.contact.name} {self.contact.title}".strip() if self.contact else self.name


@tracked()
class Companion(ParkOwned):
    """A colleague who was there; the credit stays with the author."""

    activity = ParkForeignKey(Activity, related_name="companions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "activity", "user"], name="companion_once_an_activity")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "user", "activity"], name="with_user")]

    def __str__(self) -> str:
        return str(self.user)


@tracked()
class Undertaking(ParkOwned):
    """What a company asked for or was promised: one thing, whose it is, until when, and whether it was kept.

    An officer's word, to be remembered; the park's approved commitments are another matter.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked")
        PROMISED = "promised", _("Promised")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise", "Open")
        KEPT = "kept", _("Kept")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    activity = ParkForeignKey(Activity, related_name="undertakings")
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="undertakings", verbose_name=_("Company")
    )
    lead = ParkForeignKey(Lead, null=True, blank=True, related_name="undertakings", verbose_name=_("Lead"))
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices, default=Kind.PROMISED)
    text = models.CharField(_("What"), max_length=240)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Who sees to it")
    )
    due_on = models.DateField(_("Due on"), null=True, blank=True)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(_("Settled at"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("Note"), max_length=240, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = UndertakingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Promise")
        verbose_name_plural = _("Promises")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="undertaking_settled_at",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "activity"], name="undertakings_of_activity"),
            models.Index(
                fields=["park", "owner", "due_on", "id"], condition=Q(state="open"), name="undertakings_of_owner"
            ),
            models.Index(fields=["park", "due_on", "id"], condition=Q(state="open"), name="undertakings_open"),
            models.Index(fields=["park", "company", "state", "due_on"], name="undertakings_of_company"),
            models.Index(fields=["park", "-id"], name="undertakings_newest"),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Where it was said."""
        return to("leads:activity", self.activity_id)

    @property
    def is_overdue(self) -> bool:
        """Its day is over and it still stands open."""
        due: date | None = self.due_on
        return self.state == self.State.OPEN and due is not None and due < timezone.localdate()
