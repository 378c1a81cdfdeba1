"""Inviting in: the plan of an investor's visit, its guests, its hours, and the care for detail."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned
from core.links import to
from leads.models.personal import Erasable, says_nothing
from leads.querysets.reception import ReceptionPartQuerySet, ReceptionQuerySet


@tracked()
class Reception(ParkOwned):
    """A reception plan (接待方案); as confidential as its lead."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("reception", "Draft")
        CONFIRMED = "confirmed", pgettext_lazy("reception", "Confirmed")
        DONE = "done", pgettext_lazy("reception", "Done")
        CANCELLED = "cancelled", pgettext_lazy("reception", "Cancelled")

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(_("Title"), max_length=160)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="receptions", verbose_name=_("Company")
    )
    lead = ParkForeignKey("leads.Lead", null=True, blank=True, related_name="receptions", verbose_name=_("Lead"))
    purpose = models.TextField(pgettext_lazy("visit", "Purpose"), blank=True)
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    place = models.CharField(_("Meeting point"), max_length=160, blank=True)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Main host")
    )
    language = models.CharField(
        _("Language of the guests"), max_length=7, choices=Language.choices, default=Language.CHINESE
    )
    internal_note = models.TextField(_("Internal note"), blank=True)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.DRAFT)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ReceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Reception plan")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="reception_uuid_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reception_ends_after_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-starts_at", "-id"], name="reception_recent"),
            models.Index(fields=["park", "company"], name="receptions_of_company"),
            models.Index(fields=["park", "host", "starts_at"], name="receptions_of_host"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("leads:reception", self.pk)

    @property
    def is_open(self) -> bool:
        """Still being prepared or carried out."""
        return self.state in {self.State.DRAFT, self.State.CONFIRMED}


GUEST_DATA = ("title", "phone", "language", "diet", "smoking", "courtesies")


@tracked(exclude=["name", *GUEST_DATA])
class ReceptionGuest(Erasable):
    """A guest with needs and courtesies. Personal data stay out of the history so that they can be erased."""

    personal: ClassVar[tuple[str, ...]] = GUEST_DATA

    class Smoking(models.TextChoices):
        UNKNOWN = "", _("Not known")
        NO = "no", _("Non-smoker")
        YES = "yes", _("Smoker")

    reception = ParkForeignKey(Reception, related_name="guests", verbose_name=_("Reception plan"))
    # A contact is erased when its time is over; the plan of that day then only loses the link.
    contact = ParkForeignKey("companies.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("Name"), max_length=60)
    title = models.CharField(_("Job title"), max_length=80, blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    is_head = models.BooleanField(_("Head of the guests"), default=False)
    language = models.CharField(_("Language"), max_length=40, blank=True)
    interpreter = models.BooleanField(_("Interpreter needed"), default=False)
    diet = models.CharField(_("Diet"), max_length=120, blank=True)
    smoking = models.CharField(_("Smoking"), max_length=3, choices=Smoking.choices, default="", blank=True)
    courtesies = models.CharField(_("Courtesies"), max_length=200, blank=True)
    retain_until = models.DateField(_("Keep until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ReceptionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Guest")
        ordering: ClassVar[list[str]] = ["-is_head", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [says_nothing(GUEST_DATA, "erased_guest_says_nothing")]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "reception"], name="guests_of_reception"),
            models.Index(fields=["park", "retain_until"], condition=models.Q(erased_at=None), name="guest_due"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class ReceptionItem(ParkOwned):
    """An hour of the schedule: where, with whom, and who receives."""

    class Kind(models.TextChoices):
        ARRIVAL = "arrival", _("Arrival")
        MEETING = "meeting", pgettext_lazy("schedule", "Meeting")
        TOUR = "tour", _("Tour")
        MEAL = "meal", _("Meal")
        SIGNING = "signing", _("Signing ceremony")
        TRANSFER = "transfer", _("Transfer")
        REST = "rest", _("Rest")
        DEPARTURE = "departure", _("Departure")

    reception = ParkForeignKey(Reception, related_name="items", verbose_name=_("Reception plan"))
    kind = models.CharField(_("Kind"), max_length=9, choices=Kind.choices, default=Kind.MEETING)
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    title = models.CharField(_("What"), max_length=120)
    title_en = models.CharField(_("What (in English)"), max_length=160, blank=True)
    place = models.CharField(_("Place"), max_length=120, blank=True)
    place_en = models.CharField(_("Place (in English)"), max_length=160, blank=True)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Received by"),
    )
    meets = models.CharField(_("Who meets whom"), max_length=200, blank=True)
    internal_note = models.CharField(_("Internal note"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ReceptionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Schedule item")
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reception_item_ends_after_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "reception", "starts_at"], name="items_of_reception"),
            models.Index(fields=["park", "host", "starts_at"], name="reception_items_of_host"),
        ]

    def __str__(self) -> str:
        return self.title


class ReceptionProvision(ParkOwned):
    """What is provided: a car with its driver, a table, a room, a gift; never shown to the guests but for cars."""

    class Kind(models.TextChoices):
        CAR = "car", _("Car")
        MEAL = "meal", _("Meal")
        LODGING = "lodging", _("Lodging")
        GIFT = "gift", _("Gift")
        ROOM = "room", _("Room and equipment")

    reception = ParkForeignKey(Reception, related_name="provisions", verbose_name=_("Reception plan"))
    kind = models.CharField(_("Kind"), max_length=7, choices=Kind.choices, default=Kind.CAR)
    # A car's plate, a restaurant and table, what the gift is.
    name = models.CharField(_("What (plate, table, gift …)"), max_length=120)
    person = models.CharField(_("Driver or contact"), max_length=60, blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    quantity = models.PositiveSmallIntegerField(_("Number (seats, pieces)"), null=True, blank=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    is_ready = models.BooleanField(_("Ready"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ReceptionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Provision")
        ordering: ClassVar[list[str]] = ["kind", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "reception"], name="provisions_of_reception"),
        ]

    def __str__(self) -> str:
        return self.name
