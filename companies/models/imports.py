"""An import of companies: the file, how its columns are read, what each row would do and what it did."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.isolation import ParkForeignKey, ParkOwned, ParkOwnedQuerySet
from core.links import to
from core.merging import CompanyIdField
from core.sayings import SaidTextField

if TYPE_CHECKING:
    from accounts.models import User


class ImportBatchQuerySet(ParkOwnedQuerySet[Any]):
    """Imports are seen by those who may see imports in their park."""

    def visible_to(self, user: "User") -> "ImportBatchQuerySet":
        """Only where `imports.view` is held."""
        return super().visible_to(user).filter(park_id__in=user.access.parks_with("imports.view"))


@tracked(exclude=["heading", "headers", "samples", "counts"])
class ImportBatch(ParkOwned):
    """One file that a park takes in: looked at first, then written, and taken back as a whole if need be."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to be matched")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Being imported")
        DONE = "done", _("Imported")
        REVERTING = "reverting", _("Being taken back")
        REVERTED = "reverted", _("Taken back")
        STOPPED = "stopped", _("Stopped")

    # The states in which a job works on it.
    BUSY = (State.CHECKING, State.RUNNING, State.REVERTING)

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to="imports/%Y/%m")
    name = models.CharField(_("File name"), max_length=160)
    size = models.PositiveBigIntegerField(_("Size"))
    sha256 = models.CharField(max_length=64)
    # After which line the rows begin, what the columns are called, the first rows, and how many there are.
    header_row = models.PositiveIntegerField(default=1)
    # Whether the first line that counts (its cells: `heading`) names the columns; else it is the first row.
    has_headings = models.BooleanField(_("The first row names the columns"), default=True)
    heading = models.JSONField(default=list)
    headers = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    rows = models.PositiveIntegerField(_("Rows"), default=0)
    shape = models.CharField(max_length=64)
    # One field code per column, "" for a column that is not read.
    mapping = models.JSONField(default=list)
    match_keys = ArrayField(models.CharField(max_length=16), default=list)
    into_registry = models.BooleanField(_("Into the registry"), default=False)
    # Without a dry run: each line is looked at when it is written. For commands, where nobody looks in between.
    at_once = models.BooleanField(default=False, editable=False)
    # Its lines become leads of the park, too; the codes of sources are those of `leads`.
    as_leads = models.BooleanField(_("Also take as leads"), default=False)
    lead_source = models.CharField(_("Source of the leads"), max_length=12, blank=True, default="")
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.UPLOADED)
    error = SaidTextField(blank=True)
    # Rows by outcome and by what became of them; counted when a job ends.
    counts = models.JSONField(default=dict)
    job = ParkForeignKey("core.Job", null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Imported by")
    )
    created_at = models.DateTimeField(_("Created at"), auto_now_add=True)
    ran_at = models.DateTimeField(_("Imported at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("Import")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="import_uuid_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["park", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its rows and what can be done with it."""
        return to("companies:import", self.pk)

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it."""
        return self.state in self.BUSY

    @property
    def fields(self) -> dict[str, int]:
        """Field → place of its column."""
        return {name: place for place, name in enumerate(self.mapping) if name}


class ImportRow(ParkOwned):
    """One line of the file: what it would do, and what it did. Without history of its own: the companies have one."""

    # A line names a new company in the transaction that makes it: nobody else can have merged that one.
    unmerged: ClassVar[str] = "NEW.outcome = 'create'"

    class Outcome(models.TextChoices):
        CREATE = "create", _("New")
        UPDATE = "update", _("Change")
        SAME = "same", _("Nothing new")
        DUPLICATE = "duplicate", _("Possible duplicate")
        FAILED = "failed", pgettext_lazy("import", "Failed")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Written")
        UNDONE = "undone", _("Taken back")
        KEPT = "kept", pgettext_lazy("import", "Kept")

    # What a line costs counts half a million times: the key of the batch holds the park, too, and the constraint
    # below begins with both.
    park = models.ForeignKey(
        "parks.Park", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    batch = ParkForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(pgettext_lazy("import", "Line"))
    cells = models.JSONField(default=list)
    name = models.CharField(_("Company"), max_length=200, blank=True)
    # What identifies the company in the file: later lines for the same one do not count.
    key = models.CharField(max_length=250, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=10, choices=Outcome.choices)
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.PLANNED)
    # A plain number: a company that is taken back, or merged away, must not hang on the list that brought it.
    company_pk = CompanyIdField(null=True, blank=True)
    # The lead that it became, a plain number since `leads` is a higher floor; or why it became none, in words.
    lead_pk = models.BigIntegerField(null=True, blank=True)
    lead_said = models.CharField(max_length=240, blank=True, default="")
    # What a person said of a possible duplicate: a company of its own (create), or the one found (update).
    chosen = models.CharField(max_length=8, blank=True)
    # Field → [before, after] of an update.
    changes = models.JSONField(default=dict)
    # Codes with their details (companies.imports.reasons): why it failed or was left, and what was strange.
    reason = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "batch", "number"], name="import_line_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "batch", "outcome", "number"], name="import_line_outcome"),
            models.Index(fields=["park", "batch", "key"], name="import_line_key"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ImportMapping(ParkOwned):
    """How a park read a file of this shape the last time."""

    shape = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    match_keys = ArrayField(models.CharField(max_length=16), default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "shape"], name="import_shape_once")
        ]

    def __str__(self) -> str:
        return self.shape
