"""Pairs of companies that may be one, what was decided about them, and the journal that lets a merge be undone."""

from datetime import timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models.companies import Company
from companies.querysets import DuplicateQuerySet, MergeQuerySet
from core.isolation import ParkOwned
from core.links import to
from core.sayings import SaidField

UNDO_FOR: Final = timedelta(days=30)
# What is neither a fact of the company nor chosen in a merge; everything else that is editable is.
_BOOKKEEPING: Final = frozenset(
    {"origin_park", "created_by", "source", "is_demo", "version", "former_names", "short_names", "marks"}
)
# Facts that go along with another.
FOLLOWING: Final = {"capital_raw": ("capital", "capital_currency"), "stock_code": ("exchange",)}
_FOLLOWERS: Final = frozenset(name for names in FOLLOWING.values() for name in names)
FACTS: Final = tuple(
    field.name
    for field in Company._meta.local_concrete_fields
    if field.editable and not field.primary_key and field.name not in _BOOKKEEPING | _FOLLOWERS
)


class Evidence(models.TextChoices):
    """Why two companies may be one; the first three are keys, the others only names."""

    CODE = "code", _("Same credit code")
    STOCK = "stock", _("Same stock code")
    ORGANISATION = "organisation", _("Same organisation code")
    NAME = "name", _("Same name")
    CORE = "core", _("Same name but for place and legal form")
    ALIAS = "alias", _("Former or short name")
    SOUND = "sound", _("Sounds the same")
    SIMILAR = "similar", _("Similar name")
    HAND = "hand", _("Found by a person")


class Duplicate(models.Model):
    """Two companies that may be one (`left` has the smaller id).

    `park` is empty for two companies of the registry; else it is the park that typed one of them in (or both), and the
    pair is seen there alone.
    """

    tells_of_merges = True

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        LATER = "later", _("Put off")
        MERGING = "merging", _("Being merged")
        MERGED = "merged", _("Merged")
        DIFFERENT = "different", _("Not the same")

    left = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("Company"))
    right = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("Perhaps the same"))
    park = models.ForeignKey(
        "parks.Park", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Park")
    )
    evidence = models.CharField(_("Grounds"), max_length=12, choices=Evidence.choices)
    score = models.PositiveSmallIntegerField(_("Likeness"))
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Judged by")
    )
    decided_at = models.DateTimeField(_("Judged at"), null=True)
    found_at = models.DateTimeField(_("Found at"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = DuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Possible duplicate")
        verbose_name_plural = _("Possible duplicates")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["left", "right"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="duplicate_in_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="duplicate_score"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "state", "-score", "-id"], name="duplicate_to_decide"),
            models.Index(fields=["park", "-score", "-id"], name="duplicate_likeness"),
            models.Index(fields=["park", "-found_at", "-id"], name="duplicate_found"),
        ]

    def __str__(self) -> str:
        return f"{self.left.name} = {self.right.name}?"

    def get_absolute_url(self) -> str:
        """Both side by side."""
        return to("companies:duplicate", self.pk)

    @property
    def is_open(self) -> bool:
        """Waits for a decision."""
        return self.state in {self.State.OPEN, self.State.LATER}

    def other(self, company: Company) -> Company:
        """The one that this is compared with."""
        return self.right if company.pk == self.left_id else self.left


class Merge(models.Model):
    """A company that became another: what it takes to undo it within thirty days.

    Rows of parks that were moved stand in `MergeRow`, behind each park's boundary; `shared_rows` holds the others.
    """

    tells_of_merges = True

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        DONE = "done", _("Merged")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    survivor = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="merges", verbose_name=_("Stays"))
    loser = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("Is merged"))
    duplicate = models.ForeignKey(Duplicate, on_delete=models.SET_NULL, null=True, related_name="merges")
    park = models.ForeignKey("parks.Park", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("Reason"), max_length=240, blank=True)
    # Fields of which the survivor takes the loser's value.
    taken = models.JSONField(default=list)
    # Before-images: the loser's facts, and field → [before, after] of the survivor.
    loser_before = models.JSONField(default=dict)
    survivor_changes = models.JSONField(default=dict)
    shared_rows = models.JSONField(default=list)
    # Reference → the highest id when it was merged: what came later was made since.
    last_ids = models.JSONField(default=dict)
    job = models.UUIDField(null=True)
    error = SaidField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("By"))
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(_("Merged at"), null=True)
    undo_until = models.DateTimeField(_("Undo until"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("Undone at"), null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Merge")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["loser"], condition=Q(state__in=["queued", "done", "undoing"]), name="merged_once"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("loser")), name="merged_into_another"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["survivor", "-done_at"], name="merges_of_company")
        ]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.survivor_id}"

    @property
    def is_busy(self) -> bool:
        """Whether it waits for the worker, or for its end."""
        return self.state in {self.State.QUEUED, self.State.UNDOING}

    @property
    def can_be_undone(self) -> bool:
        """Thirty days long."""
        return self.state == self.State.DONE and self.undo_until is not None and timezone.now() < self.undo_until


class MergeRow(ParkOwned):
    """A park's row that referred to the merged company: moved, or left there since the survivor has its like."""

    class Outcome(models.TextChoices):
        MOVED = "moved", _("Moved")
        STAYED = "stayed", _("Stayed")
        RETURNED = "returned", _("Moved back")
        ELSEWHERE = "elsewhere", _("Changed since")

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="rows")
    reference = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "merge", "reference", "row_id"], name="merge_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.row_id} {self.outcome}"
