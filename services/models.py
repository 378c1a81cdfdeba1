"""Serving the enterprise: catalogue, requests (tickets), their clocks and ratings."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned, Portal
from core.links import to
from services.querysets import CatalogueQuerySet, TicketQuerySet


@tracked()
class CatalogueItem(ParkOwned):
    """A service on offer, with the time that is promised for it (working minutes)."""

    portal = Portal.WHOLE_PARK

    class Category(models.TextChoices):
        LANDING = "landing", pgettext_lazy("service", "Landing")
        OPERATION = "operation", pgettext_lazy("service", "Operation")
        GROWTH = "growth", pgettext_lazy("service", "Growth")
        INQUIRY = "inquiry", pgettext_lazy("service", "Question")
        COMPLAINT = "complaint", pgettext_lazy("service", "Complaint")

    code = models.SlugField(_("Code"), max_length=40)
    name = models.CharField(_("Service"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    category = models.CharField(_("Category"), max_length=10, choices=Category.choices)
    description = models.TextField(_("What is done"), blank=True)
    description_en = models.TextField(_("What is done (English)"), blank=True)
    documents = models.TextField(_("What to bring"), blank=True)
    documents_en = models.TextField(_("What to bring (English)"), blank=True)
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Department"),
    )
    response_minutes = models.PositiveIntegerField(_("First response within (working minutes)"), default=120)
    resolve_minutes = models.PositiveIntegerField(_("Resolved within (working minutes)"))
    position = models.PositiveSmallIntegerField(_("Place in the list"), default=0)
    is_active = models.BooleanField(_("On offer"), default=True)

    objects: ClassVar = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("Service")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "code"], name="catalogue_code_once")
        ]

    def __str__(self) -> str:
        return self._told("name")

    @property
    def what(self) -> str:
        """What is done, in the reader's language."""
        return self._told("description")

    @property
    def bring(self) -> str:
        """What to bring, in the reader's language."""
        return self._told("documents")

    def _told(self, field: str) -> str:
        english = str(getattr(self, f"{field}_en")) if get_language() == "en" else ""
        return english or str(getattr(self, field))


class TicketNumber(ParkOwned):
    """The last number given in a park and year; the row's lock keeps two requests from the same number."""

    portal = Portal.WHOLE_PARK

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "year"], name="number_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.last}"


@tracked()
class Ticket(ParkOwned):
    """A service request of an enterprise (诉求). Whoever is asked first owns it; the second holder must finish it."""

    portal = Portal.OWN_COMPANY

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("request", "New")
        OPEN = "open", pgettext_lazy("request", "In progress")
        WAITING_ENTERPRISE = "waiting_enterprise", _("Waiting for the enterprise")
        WAITING_THIRD = "waiting_third", _("Waiting for a third party")
        RESOLVED = "resolved", pgettext_lazy("request", "Resolved")
        CLOSED = "closed", pgettext_lazy("request", "Closed")

    class Closing(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("request", "Confirmed by the enterprise")
        SILENCE = "silence", pgettext_lazy("request", "No objection in time")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn by the enterprise")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.CharField(_("Number"), max_length=24)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="tickets", verbose_name=_("Company")
    )
    item = ParkForeignKey(CatalogueItem, related_name="tickets", verbose_name=_("Service"))
    title = models.CharField(_("Subject"), max_length=160)
    text = models.TextField(_("Details"))
    state = models.CharField(_("State"), max_length=20, choices=State.choices, default=State.NEW)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Submitted by")
    )
    created_at = models.DateTimeField(_("Submitted at"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("First receiver"),
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Holder"),
    )
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Department"),
    )
    handovers = models.PositiveSmallIntegerField(_("Handed over"), default=0)
    # Caches of the clocks, for lists; recomputed from the state log, never patched. The two promises are those of the
    # first response and the first resolution; `due_at` is the next limit that runs, as if a pause ended at once.
    response_due_at = models.DateTimeField(_("Promised response"))
    resolve_due_at = models.DateTimeField(_("Promised by"))
    due_at = models.DateTimeField(_("Due"))
    waiting_since = models.DateTimeField(_("Waiting since"), null=True, blank=True)
    waiting_reason = models.CharField(_("Waiting for"), max_length=240, blank=True)
    responded_at = models.DateTimeField(_("First response"), null=True, blank=True)
    # The first resolution: a reopening does not take it back, it is counted in `reopened`.
    resolved_at = models.DateTimeField(_("Resolved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True, blank=True)
    closing = models.CharField(_("How it ended"), max_length=10, choices=Closing.choices, blank=True, default="")
    breached = models.BooleanField(_("Over the limit"), default=False)
    reopened = models.PositiveSmallIntegerField(_("Reopened"), default=0)
    rating = models.PositiveSmallIntegerField(_("Rating"), null=True, blank=True)
    rating_text = models.TextField(_("Comment"), blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    # A request counts in the month of its first resolution.
    counted_month = models.DateField(_("Counted in"), null=True, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("Service request")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "number"], name="ticket_number_once"),
            models.UniqueConstraint(fields=["park", "uuid"], name="ticket_uuid_once"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="rating_1_to_5"),
            models.CheckConstraint(condition=Q(handovers__lte=2), name="second_ask_is_final"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-created_at", "-id"], name="ticket_recent"),
            models.Index(
                fields=["park", "due_at", "id"], condition=~Q(state__in=["resolved", "closed"]), name="ticket_queue"
            ),
            models.Index(fields=["park", "due_at", "id"], name="ticket_due"),
            models.Index(fields=["park", "company", "-id"], name="ticket_of_company"),
            models.Index(fields=["park", "counted_month"], name="ticket_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The staff's page; a portal session is led on to its own."""
        return to("services:record", self.pk)

    @property
    def is_open(self) -> bool:
        """Work is still to be done, by whomever."""
        return self.state not in {self.State.RESOLVED, self.State.CLOSED}

    @property
    def can_be_rated(self) -> bool:
        """Resolved, or closed because nobody objected; once."""
        silent = self.state == self.State.CLOSED and self.closing == self.Closing.SILENCE
        return (self.state == self.State.RESOLVED or silent) and self.rating is None

    @property
    def is_waiting(self) -> bool:
        """The next move is not the park's."""
        return self.state in {self.State.WAITING_ENTERPRISE, self.State.WAITING_THIRD}


class TicketState(ParkOwned):
    """The append-only state log from which the clocks are computed."""

    portal = Portal.OWN_COMPANY
    app_rights = "SELECT, INSERT"

    ticket = ParkForeignKey(Ticket, related_name="states")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=Ticket.State.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "ticket", "at", "id"], name="states_of_ticket")
        ]

    def __str__(self) -> str:
        return self.state


class TicketMessage(ParkOwned):
    """A message between the enterprise and the park; both sides read it."""

    portal = Portal.OWN_COMPANY
    app_rights = "SELECT, INSERT"

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    ticket = ParkForeignKey(Ticket, related_name="messages")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_enterprise = models.BooleanField(default=False)
    body = models.TextField(_("Message"))
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="message_uuid_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "ticket", "at"], name="messages_of_ticket")
        ]

    def __str__(self) -> str:
        return self.body[:40]


class TicketNote(ParkOwned):
    """An internal note: never shown in the portal, in the database either."""

    app_rights = "SELECT, INSERT"

    ticket = ParkForeignKey(Ticket, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("Internal note"))
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.body[:40]


class TicketFile(ParkOwned):
    """A file that came with a request or a message."""

    portal = Portal.OWN_COMPANY

    ticket = ParkForeignKey(Ticket, related_name="files")
    message = ParkForeignKey(TicketMessage, null=True, blank=True, related_name="files")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    attachment = ParkForeignKey("core.Attachment", related_name="+")

    def __str__(self) -> str:
        return str(self.attachment_id)


class TicketClock(ParkOwned):
    """One run of one clock and its outcome: a breach is never deleted, whatever happens later.

    Cycle 1 is the first response and the first resolution. Later cycles of the response: the oldest unanswered message;
    of the resolution: the total after a reopening.
    """

    portal = Portal.OWN_COMPANY

    class Clock(models.TextChoices):
        RESPONSE = "response", _("First response")
        RESOLUTION = "resolution", _("Resolution")

    ticket = ParkForeignKey(Ticket, related_name="clocks")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    clock = models.CharField(max_length=10, choices=Clock.choices)
    cycle = models.PositiveSmallIntegerField(default=1)
    target_minutes = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    working_minutes = models.PositiveIntegerField(null=True, blank=True)
    # The limit was shortened to a moment that had passed already.
    breached_on_retarget = models.BooleanField(default=False)
    # A breach is recorded against the holder at that moment.
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "ticket", "clock", "cycle"], name="clock_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "due_at"], condition=Q(met_at=None, breached_at=None), name="clock_running")
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.due_at}"
