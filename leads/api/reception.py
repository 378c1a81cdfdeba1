"""`/api/v1/receptions/`."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company
from core.api import MomentField, ReadViewSet, VisibleField, WriteMixin, check_version
from leads.actions.reception import (
    cancel_reception,
    confirm_reception,
    edit_reception,
    known_visit,
    log_visit,
    plan_reception,
    planned_people,
)
from leads.api.activities import ActivitySerializer
from leads.api.shared import OR_CALENDAR, ByPark, ColleagueField, OwnParkField, Reason
from leads.calendar_files import file_of_reception
from leads.models import Activity, Lead, Reception, ReceptionItem
from leads.outward_filters import ReceptionFilter


class ItemSerializer(serializers.ModelSerializer[ReceptionItem]):
    """An hour of the schedule."""

    class Meta:
        model = ReceptionItem
        fields = ("id", "kind", "starts_at", "ends_at", "title", "title_en", "place", "place_en", "host", "meets")


class ReceptionSerializer(serializers.ModelSerializer[Reception]):
    """A reception plan with its schedule; guests and their needs stay on the page."""

    park = OwnParkField()
    company = VisibleField(Company)
    company_name = serializers.CharField(source="company.name", read_only=True)
    lead = VisibleField(Lead, required=False, allow_null=True)
    host = ColleagueField()
    starts_at = MomentField()
    ends_at = MomentField()
    items = ItemSerializer(many=True, read_only=True)
    copy_from = VisibleField(
        Reception, required=False, write_only=True, help_text="A plan whose schedule and provisions are taken over"
    )

    class Meta:
        model = Reception
        fields = (
            *("id", "uuid", "park", "title", "company", "company_name", "lead", "purpose", "starts_at", "ends_at"),
            *("place", "host", "language", "internal_note", "state", "items", "is_demo", "created_at", "version"),
            "copy_from",
        )
        read_only_fields = ("uuid", "state", "is_demo", "created_at", "version")
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "purpose": {"max_length": 4000},
            "internal_note": {"max_length": 4000},
        }

    def get_fields(self) -> dict[str, Any]:
        """A plan stays in its park and with its company."""
        fields = super().get_fields()
        if self.instance is not None:
            for name in ("park", "company", "lead"):
                fields[name].read_only = True
            del fields["copy_from"]
        return fields


class VisitSerializer(ActivitySerializer):
    """What the visit brought. Guests, hosts and place are the plan's where they are not given; `uuid` makes it one."""

    def get_fields(self) -> dict[str, Any]:
        """What the plan says is not said again."""
        fields = super().get_fields()
        del fields["company_name"]
        for name in ("park", "company", "lead", "trip", "kind"):
            fields[name].read_only = True
        return fields


class ReceptionViewSet(WriteMixin, ReadViewSet, ByPark):
    """Reception plans."""

    queryset = Reception.objects.select_related("park")
    serializer_class = ReceptionSerializer
    filterset_class = ReceptionFilter
    saved_views_of = "leads:receptions"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "receptions.view",
        "create": "receptions.plan",
        "update": "receptions.plan",
        "confirm": "receptions.plan",
        "cancel": "receptions.plan",
        "visit": "activities.log",
        "ics": "receptions.view",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-starts_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "starts_at")

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people().prefetch_related("items")  # type: ignore[no-any-return]  # a ReceptionQuerySet

    def perform_add(self, data: dict[str, Any]) -> Reception:
        """Plan."""
        return self._fresh(plan_reception(by=self.person, park_id=self.home_or(data.pop("park", None)), **data))

    def perform_change(self, row: Any, data: dict[str, Any]) -> Reception:
        """Edit."""
        return self._fresh(edit_reception(by=self.person, reception=row, version=row.version, **data))

    def _fresh(self, row: Reception) -> Reception:
        found: Reception = self.get_queryset().get(pk=row.pk)
        return found

    @extend_schema(request=None, responses=ReceptionSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str | None = None) -> Response:
        """The plan stands."""
        row = self.get_object()
        self.asked(serializers.Serializer, row)
        done = confirm_reception(by=self.person, reception=row, version=row.version)
        return self._answer(self._fresh(done), status.HTTP_200_OK)

    @extend_schema(request=Reason, responses=ReceptionSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """The guests do not come."""
        row = self.get_object()
        data = self.asked(Reason, row)
        done = cancel_reception(by=self.person, reception=row, version=row.version, **data)
        return self._answer(self._fresh(done), status.HTTP_200_OK)

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="calendar", renderer_classes=OR_CALENDAR)
    def ics(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The schedule as a calendar file, an entry for each hour."""
        return file_of_reception(self.get_object(), request.build_absolute_uri)

    @extend_schema(request=VisitSerializer, responses=VisitSerializer)
    @action(detail=True, methods=["post"])
    def visit(self, request: Request, pk: str | None = None) -> Response:
        """The visit took place: 201 with the activity that was logged, 200 when it was sent before."""
        row = self.get_object()
        body = VisitSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        data: dict[str, Any] = dict(body.validated_data)
        if not known_visit(by=self.person, reception=row, uuid=data.get("uuid")):
            check_version(request, row)
        people = planned_people(self.person, row)
        if data.keys() & {"contacts", "met"}:
            del people["contacts"], people["met"]
        done = log_visit(by=self.person, reception=row, version=row.version, **(people | data))
        fresh = Activity.objects.kept_or_deleted(self.person).with_story().select_related("park").get(pk=done.pk)
        code = status.HTTP_200_OK if done.repeated else status.HTTP_201_CREATED
        return Response(VisitSerializer(fresh, context=self.get_serializer_context()).data, code)
