"""What every app builds on: stored files, long jobs, replayed requests, heartbeats."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.isolation import ParkOwned, Portal
from core.merging import CompanyIdField


class Attachment(ParkOwned):
    """A file that was accepted by `core.uploads`; images are re-encoded, everything else is download only."""

    portal = Portal.OWN_COMPANY
    app_rights = "SELECT, INSERT"

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to="attachments/%Y/%m")
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
    error = models.TextField(blank=True)
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
