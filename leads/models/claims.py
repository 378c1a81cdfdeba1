"""Who holds a lead and for how long, and the cases in which two want the same company."""

import uuid
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
from core.sayings import SaidTextField
from leads.models.leads import Lead
from leads.querysets import ClaimQuerySet, ConflictQuerySet, ConflictSideQuerySet


@tracked()
class Claim(ParkOwned):
    """One person's hold on a lead: from the first report, a pick from the pool, a hand-over or a ruling on.

    At most one claim of a lead runs. `Lead.owner` and `Lead.protected_until` repeat the running claim for lists.
    """

    class Kind(models.TextChoices):
        REPORTED = "reported", _("First report")
        PICKED = "picked", _("Picked from the pool")
        ASSIGNED = "assigned", _("Assigned by a manager")
        HANDED = "handed", _("Handed over")
        RULED = "ruled", _("By ruling")
        REOPENED = "reopened", _("Taken up again")

    class Ended(models.TextChoices):
        EXPIRED = "expired", _("Protection ran out")
        RELEASED = "released", _("Released")
        HANDED = "handed", _("Handed over")
        RULED = "ruled", _("By ruling")
        DROPPED = "dropped", _("Dropped")
        SIGNED = "signed", _("Signed")

    lead = ParkForeignKey(Lead, related_name="claims", verbose_name=_("Lead"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Owner")
    )
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("How"), max_length=8, choices=Kind.choices, default=Kind.REPORTED)
    began_at = models.DateTimeField(_("Held since"))
    protected_until = models.DateField(_("Protected until"))
    renewals = models.PositiveSmallIntegerField(_("Renewals"), default=0)
    ended_at = models.DateTimeField(_("Held until"), null=True, blank=True)
    ended = models.CharField(_("Ended by"), max_length=8, choices=Ended.choices, blank=True)
    reason = SaidTextField(_("Reason"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("Claim")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "lead"], condition=Q(ended_at=None), name="one_running_claim"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended="") | (Q(ended_at__isnull=False) & ~Q(ended="")),
                name="claim_ended_how",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-began_at", "-id"], name="claim_recent"),
            models.Index(fields=["park", "lead", "-began_at"], name="claims_of_lead"),
            models.Index(fields=["park", "owner", "kind", "began_at"], name="claims_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {timezone.localtime(self.began_at):%Y-%m-%d}"


class Ruling(models.TextChoices):
    """How a case of two claimants ends."""

    FIRST = "first", _("The first keeps it")
    SECOND = "second", _("The second gets it")
    SHARED = "shared", _("Both share the credit")


@tracked()
class ClaimConflict(ParkOwned):
    """Two claim one company: a case that is ruled with a reason and in time.

    It lives in the park that rules: their own, or the zone for two parks inside it. What is said of another park are
    plain identifiers, since no row refers to another park's; each claimant sees only the `ConflictSide` of their park.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be ruled")
        RULED = "ruled", _("Ruled")
        SETTLED = "settled", _("Settled without a ruling")
        WITHDRAWN = "withdrawn", pgettext_lazy("conflict", "Withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="+", verbose_name=_("Company")
    )
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.OPEN)
    first_park = models.ForeignKey("parks.Park", on_delete=models.PROTECT, related_name="+")
    first_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("First claimant")
    )
    first_since = models.DateTimeField(_("Held since"))
    second_park = models.ForeignKey("parks.Park", on_delete=models.PROTECT, related_name="+")
    second_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Second claimant")
    )
    opened_at = models.DateTimeField(_("Opened"))
    rule_by = models.DateTimeField(_("Rule by"))
    ruling = models.CharField(_("Ruling"), max_length=6, choices=Ruling.choices, blank=True)
    first_share = models.PositiveSmallIntegerField(_("Credit of the first (%)"), null=True, blank=True)
    reason = models.TextField(_("Reason"), blank=True)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Ruled by"),
    )
    ruled_at = models.DateTimeField(_("Ruled at"), null=True, blank=True)
    # When the ruling reached both claimants' parks: until then a worker still has to carry it there.
    applied_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("Claim conflict")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="conflict_uuid_once"),
            models.UniqueConstraint(
                fields=["park", "company", "second_person"], condition=Q(state="open"), name="one_open_case_each"
            ),
            models.CheckConstraint(
                condition=Q(first_share=None) | Q(first_share__lte=100), name="conflict_share_of_hundred"
            ),
            models.CheckConstraint(
                condition=~Q(state="ruled") | (~Q(ruling="") & Q(ruled_at__isnull=False)), name="ruled_how"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-opened_at", "-id"], name="conflict_recent"),
            models.Index(fields=["park", "state", "rule_by"], name="conflict_to_rule"),
            models.Index(fields=["park", "id"], condition=Q(state="ruled", applied_at=None), name="conflict_to_apply"),
        ]

    def __str__(self) -> str:
        return str(self.company)

    def get_absolute_url(self) -> str:
        """The page on which it is ruled."""
        return to("leads:conflict", self.pk)

    @property
    def is_open(self) -> bool:
        """Still to be ruled."""
        return self.state == self.State.OPEN

    @property
    def is_late(self) -> bool:
        """Still to be ruled although the time for it is over."""
        return self.is_open and self.rule_by < timezone.now()

    @property
    def between_parks(self) -> bool:
        """Do the claimants work in different parks?"""
        return self.first_park_id != self.second_park_id

    @property
    def second_share(self) -> int | None:
        """What is left of the credit for the second."""
        return None if self.first_share is None else 100 - self.first_share


@tracked()
class ConflictSide(ParkOwned):
    """What one claimant gave and learns: the own reason and evidence, and the ruling. Lives in the claimant's park."""

    class Place(models.TextChoices):
        FIRST = "first", _("First claimant")
        SECOND = "second", _("Second claimant")

    # The same as the case's; the two rows may lie in different parks.
    case = models.UUIDField(default=uuid.uuid4)
    place = models.CharField(_("Your place"), max_length=6, choices=Place.choices)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="+", verbose_name=_("Company")
    )
    lead = ParkForeignKey(Lead, null=True, blank=True, related_name="conflict_sides", verbose_name=_("Lead"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Claimant")
    )
    statement = models.TextField(_("Reason"), blank=True)
    filed_at = models.DateTimeField(_("Filed at"))
    # When the case, or its withdrawal, was brought before the zone: until then a worker still has to carry it there.
    carried_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        _("State"), max_length=9, choices=ClaimConflict.State.choices, default=ClaimConflict.State.OPEN
    )
    ruling = models.CharField(_("Ruling"), max_length=6, choices=Ruling.choices, blank=True)
    share = models.PositiveSmallIntegerField(_("Your credit (%)"), null=True, blank=True)
    outcome = SaidTextField(_("Reason of the ruling"), blank=True)
    ruled_at = models.DateTimeField(_("Ruled at"), null=True, blank=True)
    is_demo = models.BooleanField(_("Demonstration"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ConflictSideQuerySet.as_manager()

    class Meta:
        verbose_name = _("Side of a conflict")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "case", "place"], name="side_once_per_case"),
            models.UniqueConstraint(
                fields=["park", "company", "person"], condition=Q(state="open", place="second"), name="one_open_side"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-filed_at", "-id"], name="side_recent"),
            models.Index(fields=["park", "lead", "state"], name="sides_of_lead"),
            models.Index(fields=["park", "id"], condition=Q(carried_at=None), name="side_to_carry"),
        ]

    def __str__(self) -> str:
        return str(self.company)

    def get_absolute_url(self) -> str:
        """What this claimant is shown of the case."""
        return to("leads:side", self.pk)

    @property
    def is_open(self) -> bool:
        """Still to be ruled."""
        return self.state == ClaimConflict.State.OPEN


class ConflictFile(ParkOwned):
    """Evidence that a claimant filed."""

    side = ParkForeignKey(ConflictSide, related_name="files")
    attachment = ParkForeignKey("core.Attachment", related_name="+")

    def __str__(self) -> str:
        return str(self.attachment_id)
