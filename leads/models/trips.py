"""Going out: a delegation's or a team's journey to its targets, who went, and what it cost."""

import uuid
from datetime import date
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
from leads.models.costs import CostLine
from leads.querysets.trips import TripPartQuerySet, TripQuerySet


@tracked()
class Trip(ParkOwned):
    """A journey out (走出去): planned, running, closed with a report."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("trip", "Planned")
        RUNNING = "running", pgettext_lazy("trip", "Under way")
        CLOSED = "closed", pgettext_lazy("trip", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("trip", "Cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(_("Title"), max_length=160)
    purpose = models.TextField(pgettext_lazy("visit", "Purpose"), blank=True)
    places = models.CharField(_("Places"), max_length=200)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"))
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Led by")
    )
    budget = models.DecimalField(_("Budget (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.PLANNED)
    report = models.TextField(_("Report"), blank=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Closed by"),
    )
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = TripQuerySet.as_manager()

    class Meta:
        verbose_name = _("Trip")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="trip_uuid_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="trip_ends_after_start"),
            models.CheckConstraint(condition=Q(budget=None) | Q(budget__gte=0), name="trip_budget_not_negative"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(report="")),
                name="trip_closed_with_report",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-starts_on", "-id"], name="trip_recent"),
            models.Index(fields=["park", "state", "starts_on"], name="trip_state"),
        ]

    # Until when one person goes along, where a query knows of whom one speaks; not a column.
    until: date | None = None

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("leads:trip", self.pk)

    @property
    def is_open(self) -> bool:
        """Planned or under way."""
        return self.state in {self.State.PLANNED, self.State.RUNNING}

    @property
    def days(self) -> int:
        """Calendar days, both ends included."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def is_overdue(self) -> bool:
        """Over by the calendar, but not closed yet."""
        return self.state == self.State.RUNNING and self.ends_on < timezone.localdate()


@tracked()
class TripMember(ParkOwned):
    """Somebody who goes along, with the department of that day; some join later or leave earlier."""

    trip = ParkForeignKey(Trip, related_name="members", verbose_name=_("Trip"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Colleague")
    )
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"))
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = TripPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Member")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "trip", "user"], name="trip_member_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="trip_member_ends_after_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "user", "starts_on"], name="trips_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on}"

    def overlap(self, starts_on: date, ends_on: date) -> bool:
        """Is this person away on any of those days?"""
        return self.starts_on <= ends_on and starts_on <= self.ends_on


class TripTarget(ParkOwned):
    """A company to be visited, in its place of the order; with its lead where there is one."""

    trip = ParkForeignKey(Trip, related_name="targets", verbose_name=_("Trip"))
    position = models.PositiveSmallIntegerField(_("Position"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    lead = ParkForeignKey("leads.Lead", null=True, blank=True, related_name="trip_targets", verbose_name=_("Lead"))
    planned_on = models.DateField(_("Planned for"), null=True, blank=True)
    note = models.CharField(_("Note"), max_length=160, blank=True)

    objects: ClassVar = TripPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Target")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "trip", "company"], name="trip_target_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "company"], name="trip_targets_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.company_id}"


@tracked()
class TripCost(CostLine):
    """Money spent on a trip."""

    trip = ParkForeignKey(Trip, related_name="costs", verbose_name=_("Trip"))

    objects: ClassVar = TripPartQuerySet.as_manager()

    class Meta(CostLine.Meta):
        verbose_name = _("Cost")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "trip"], name="costs_of_trip")]
