"""`/api/v1/activities/`."""

from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company
from core.api import ReadViewSet, VisibleField, WriteMixin
from leads.actions import (
    log_activity,
)
from leads.api.shared import ByPark, MomentField, OwnParkField, StoredFile
from leads.filters import ActivityFilter
from leads.models import Activity, Lead


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    """An activity of a lead, or of a company alone; POST with the same `uuid` again answers the same record."""

    park = OwnParkField()
    uuid = serializers.UUIDField(required=False)
    company = VisibleField(Company, required=False)
    lead = VisibleField(Lead, required=False, allow_null=True)
    happened_at = MomentField()
    by_name = serializers.CharField(source="by.get_full_name", read_only=True)
    step_done = serializers.BooleanField(write_only=True, required=False)
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), write_only=True, required=False)
    attachments = StoredFile(source="files", many=True, read_only=True)

    class Meta:
        model = Activity
        fields = (
            *("id", "uuid", "park", "company", "lead", "kind", "happened_at", "summary", "met", "place"),
            *("with_colleagues", "next_step", "next_date", "step_done", "files", "attachments", "by", "by_name"),
            *("department", "counted_month", "is_demo", "created_at"),
        )
        read_only_fields = ("by", "department", "counted_month", "is_demo", "created_at")
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"summary": {"max_length": 8000}}


class ActivityViewSet(WriteMixin, ReadViewSet, ByPark):
    """Activities: logged, not changed."""

    queryset = Activity.objects.select_related("park")
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    permissions: ClassVar[dict[str, str | None]] = {"list": "activities.view", "create": "activities.log"}
    ordering: ClassVar[tuple[str, ...]] = ("-happened_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "happened_at")
    http_method_names = ["get", "post", "head", "options"]
    logged: Activity | None = None

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people()  # type: ignore[no-any-return]  # an ActivityQuerySet

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """201 for a new record, 200 for one that was sent before."""
        response = super().create(request, *args, **kwargs)
        if self.logged and self.logged.repeated:
            response.status_code = status.HTTP_200_OK
        return response

    def perform_add(self, data: dict[str, Any]) -> Activity:
        """Log it, once."""
        lead, park = data.get("lead"), data.pop("park", None)
        park_id = None if lead else self.home_or(park)
        self.logged = log_activity(by=self.person, park_id=park_id, **data)
        found: Activity = self.get_queryset().get(pk=self.logged.pk)
        return found
