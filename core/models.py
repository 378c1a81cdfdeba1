"""What every app builds on: stored files, long jobs, saved views, exports, batches, replayed requests, heartbeats."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.isolation import ParkOwned, Portal
from core.merging import CompanyIdField
from core.querysets import OwnQuerySet, SavedViewQuerySet
from core.sayings import SaidTextField


class Attachment(ParkOwned):
    """A file that was accepted by `core.uploads`; images are re-encoded, everything else is download only."""

    portal = Portal.OWN_COMPANY
    app_rights = "SELECT, INSERT"

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to="attachments/%Y/%m")
    # What the telephone took, where it had to be converted: only ever downloaded. And a small picture for lists.
    original = models.FileField(upload_to="originals/%Y/%m", blank=True)
    thumbnail = models.FileField(upload_to="thumbnails/%Y/%m", blank=True)
    name = models.CharField(_("Name"), max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("Size"))
    sha256 = models.CharField(max_length=64)
    # The enterprise that may see it in the portal: a plain id, since `companies` stands above this floor.
    company_id = CompanyIdField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="attachment_uuid_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Shown in the page; everything else is downloaded."""
        return self.content_type.startswith("image/")


class Job(ParkOwned):
    """Long work that its owner watches: import, export, report."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("Kind"), max_length=40)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.WAITING)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Owner")
    )
    input = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    error = SaidTextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(default=None, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="job_uuid_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=["waiting", "running"]), name="job_open"),
            models.Index(fields=["park", "owner", "-id"], name="job_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        """It waits or runs: it may still be stopped."""
        return self.state in {self.State.WAITING, self.State.RUNNING}


class SavedView(ParkOwned):
    """A list as somebody likes it: filters, order and columns, for oneself, the department or the whole park."""

    class Visibility(models.TextChoices):
        OWN = "own", _("Only me")
        DEPARTMENT = "department", _("My department")
        PARK = "park", _("Everyone in the park")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Owner")
    )
    # A plain id, since `accounts` stands above this floor.
    department_id = models.BigIntegerField(null=True, blank=True)
    list_name = models.CharField(max_length=60)
    name = models.CharField(_("Name"), max_length=40)
    visibility = models.CharField(_("Who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.OWN)
    # Parameter → values as the address has them: “me” and “overdue” stay words.
    filters = models.JSONField(default=dict, blank=True)
    sort = models.CharField(max_length=40, blank=True)
    columns = models.JSONField(default=list, blank=True)
    # Column → width in pixels, of those that were drawn wider or narrower.
    widths = models.JSONField(default=dict, blank=True)
    is_pinned = models.BooleanField(_("Show it beside the quick filters"), default=False)
    is_default = models.BooleanField(_("Open the list with it"), default=False)
    position = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["park", "owner", "list_name", "name"],
                condition=models.Q(deleted_at=None),
                name="saved_view_named_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "list_name", "position", "id"], name="saved_views_of_list")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """Others see it too."""
        return self.visibility != self.Visibility.OWN


class Export(ParkOwned):
    """Who took which list out of the house, and for a few days the file itself."""

    app_rights = "SELECT, INSERT, UPDATE"

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    list_name = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    query = models.TextField(blank=True)
    columns = models.JSONField(default=list)
    form = models.CharField(max_length=4)
    rows = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="exports/%Y/%m", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The record stays; the file goes.
    expires_at = models.DateTimeField()

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "uuid"], name="export_uuid_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["park", "-created_at"], name="exports_of_park"),
            models.Index(fields=["expires_at"], condition=~models.Q(file=""), name="exports_with_file"),
        ]

    def __str__(self) -> str:
        return f"{self.title}.{self.form}"


class BulkChange(ParkOwned):
    """One row of a bulk edit with its state before and after: what undoing the batch goes by."""

    app_rights = "SELECT, INSERT, UPDATE"

    batch = models.UUIDField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noun = models.CharField(max_length=40)
    object_pk = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["park", "batch", "object_pk"], name="bulk_change_once")
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.object_pk}"


class RequestKey(models.Model):
    """A form that was submitted: the same key again answers with the first result."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="request_key_once")
        ]

    def __str__(self) -> str:
        return str(self.key)


class Heartbeat(models.Model):
    """When a background process was last alive; `/readyz` reads it."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
