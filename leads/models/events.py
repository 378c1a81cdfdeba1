"""Events: exhibitions, themed fairs, salons, contests, forums and training, with people, tasks and costs."""

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
from leads.models.costs import CostLine
from leads.models.personal import Erasable, says_nothing
from leads.querysets.events import EventPartQuerySet, EventPersonQuerySet, EventQuerySet


@tracked()
class Event(ParkOwned):
    """An event that a park holds or takes part in."""

    class Kind(models.TextChoices):
        EXHIBITION = "exhibition", _("Exhibition")
        FAIR = "fair", _("Themed fair")
        SALON = "salon", _("Salon")
        CONTEST = "contest", _("Contest")
        FORUM = "forum", _("Forum")
        TRAINING = "training", _("Training session")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("event", "Planned")
        HELD = "held", pgettext_lazy("event", "Held")
        CANCELLED = "cancelled", pgettext_lazy("event", "Cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("Title"), max_length=160)
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    place = models.CharField(_("Place"), max_length=160, blank=True)
    theme = models.CharField(_("Theme or industry"), max_length=120, blank=True)
    plan = models.TextField(_("Plan"), blank=True)
    summary = models.TextField(_("Summary"), blank=True)
    budget = models.DecimalField(_("Budget (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("In charge")
    )
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.PLANNED)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("Event")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="event_uuid_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_start"),
            models.CheckConstraint(condition=Q(budget=None) | Q(budget__gte=0), name="event_budget_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-starts_at", "-id"], name="event_recent"),
            models.Index(fields=["park", "kind", "-starts_at"], name="event_kind"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The record page."""
        return to("leads:event", self.pk)

    @property
    def is_training(self) -> bool:
        """A session of the promotion school, whose attendance is counted for officers."""
        return self.kind == self.Kind.TRAINING


@tracked(exclude=["name", "title", "phone", "email"])
class EventPerson(Erasable):
    """Somebody registered for an event: a company's person, or a colleague.

    Personal data carry their basis and the day until which they are kept, and stay out of the history.
    """

    personal: ClassVar[tuple[str, ...]] = ("title", "phone", "email")

    class Role(models.TextChoices):
        GUEST = "guest", pgettext_lazy("event", "Guest")
        SPEAKER = "speaker", _("Speaker")
        COLLEAGUE = "colleague", _("Colleague")
        STAFF = "staff", _("Staff")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent")
        CONTRACT = "contract", _("Contract with the company")
        PUBLIC = "public", _("Published by the person or the company")

    event = ParkForeignKey(Event, related_name="people", verbose_name=_("Event"))
    role = models.CharField(_("Role"), max_length=9, choices=Role.choices, default=Role.GUEST)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Colleague"),
    )
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    company = models.ForeignKey(
        "companies.Company",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="event_people",
        verbose_name=_("Company"),
    )
    name = models.CharField(_("Name"), max_length=60)
    organisation = models.CharField(_("Organisation"), max_length=200, blank=True)
    title = models.CharField(_("Job title"), max_length=80, blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    email = models.EmailField(_("Mail"), blank=True)
    attended_at = models.DateTimeField(_("Attended at"), null=True, blank=True)
    attended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Attendance counts in the month of the event, for the department of that day.
    counted_month = models.DateField(_("Counted in"), null=True, blank=True)
    basis = models.CharField(_("Basis"), max_length=10, choices=Basis.choices, default=Basis.CONSENT)
    retain_until = models.DateField(_("Keep until"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = EventPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("Participant")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["park", "event", "user"], condition=Q(user__isnull=False), name="colleague_registered_once"
            ),
            models.UniqueConstraint(
                fields=["park", "event", "name", "organisation"],
                condition=Q(user=None),
                name="guest_registered_once",
            ),
            models.CheckConstraint(
                condition=Q(attended_at=None, counted_month=None)
                | Q(attended_at__isnull=False, counted_month__isnull=False),
                name="attendance_counts_in_a_month",
            ),
            says_nothing(("title", "phone", "email"), "erased_participant_says_nothing"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "event", "role"], name="people_of_event"),
            models.Index(fields=["park", "retain_until"], condition=models.Q(erased_at=None), name="participant_due"),
            models.Index(
                fields=["park", "counted_month", "user"],
                condition=Q(user__isnull=False, attended_at__isnull=False),
                name="attendance_counted",
            ),
            models.Index(fields=["park", "company"], name="event_people_of_company"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class EventTask(ParkOwned):
    """Something to prepare for an event, by whom and until when."""

    event = ParkForeignKey(Event, related_name="tasks", verbose_name=_("Event"))
    title = models.CharField(_("Task"), max_length=160)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Who does it")
    )
    due_on = models.DateField(_("Due on"))
    done_at = models.DateTimeField(_("Done at"), null=True, blank=True)

    objects: ClassVar = EventPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("Task")
        ordering: ClassVar[list[str]] = ["due_on", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "event"], name="tasks_of_event"),
            models.Index(
                fields=["park", "assignee", "due_on"], condition=Q(done_at=None), name="event_tasks_of_person"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        """Open behind its day."""
        return self.done_at is None and self.due_on < timezone.localdate()


@tracked()
class EventCost(CostLine):
    """Money spent on an event."""

    event = ParkForeignKey(Event, related_name="costs", verbose_name=_("Event"))

    objects: ClassVar = EventPartQuerySet.as_manager()

    class Meta(CostLine.Meta):
        verbose_name = _("Cost")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "event"], name="costs_of_event")]
