"""`/api/v1/trips/`."""

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
from core.api import ReadViewSet, VisibleField, WriteMixin
from core.money import AmountSerializerField
from leads.actions.trips import add_target, add_trip_cost, cancel_trip, close_trip, edit_trip, plan_trip, start_trip
from leads.api.shared import OR_CALENDAR, ByPark, ColleagueField, OwnParkField, Reason
from leads.calendar_files import file_of_trip
from leads.models import CostKind, Trip
from leads.outward_filters import TripFilter
from leads.queries.trips import results_of, targets_of


class TripSerializer(serializers.ModelSerializer[Trip]):
    """A journey out; POST plans it, PATCH edits, the rest is done by `start/`, `close/`, `cancel/`."""

    park = OwnParkField()
    leader = ColleagueField()
    team = ColleagueField(many=True, required=False, write_only=True)
    members: Any = serializers.SerializerMethodField()
    budget = AmountSerializerField(required=False, allow_null=True)
    spent = AmountSerializerField(read_only=True)
    visit_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Trip
        fields = (
            *("id", "uuid", "park", "title", "purpose", "places", "starts_on", "ends_on", "leader", "team", "members"),
            *("budget", "spent", "visit_count", "state", "report", "closed_at", "is_demo", "created_at", "version"),
        )
        read_only_fields = ("uuid", "state", "report", "closed_at", "is_demo", "created_at", "version")
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"purpose": {"max_length": 4000}}

    def get_fields(self) -> dict[str, Any]:
        """A trip stays in its park."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["park"].read_only = True
        return fields

    def get_members(self, trip: Trip) -> list[dict[str, Any]]:
        """Who goes along, and on which days."""
        return [
            {"user": one.user_id, "name": str(one.user), "starts_on": one.starts_on, "ends_on": one.ends_on}
            for one in trip.members.all()
        ]


class Report(serializers.Serializer[Any]):
    """What came of it."""

    report = serializers.CharField(max_length=8000)


class Target(serializers.Serializer[Any]):
    """A company to be visited."""

    company = VisibleField(Company)
    planned_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=160, required=False, allow_blank=True)


class Cost(serializers.Serializer[Any]):
    """Money spent."""

    kind = serializers.ChoiceField(choices=CostKind.choices)
    amount = AmountSerializerField()
    spent_on = serializers.DateField()
    note = serializers.CharField(max_length=160, required=False, allow_blank=True)
    receipt = serializers.FileField(required=False, allow_empty_file=True)


class TripViewSet(WriteMixin, ReadViewSet, ByPark):
    """Trips."""

    queryset = Trip.objects.select_related("park")
    serializer_class = TripSerializer
    filterset_class = TripFilter
    saved_views_of = "leads:trips"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "trips.view",
        "create": "trips.plan",
        "update": "trips.plan",
        "start": "trips.plan",
        "close": "trips.plan",
        "cancel": "trips.plan",
        "targets": "trips.view",
        "costs": "trips.plan",
        "results": "trips.view",
        "ics": "trips.view",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-starts_on", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "starts_on")

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people().with_totals().prefetch_related("members__user")  # type: ignore[no-any-return]  # a TripQuerySet

    def perform_add(self, data: dict[str, Any]) -> Trip:
        """Plan."""
        return self._fresh(plan_trip(by=self.person, park_id=self.home_or(data.pop("park", None)), **data))

    def perform_change(self, row: Any, data: dict[str, Any]) -> Trip:
        """Edit."""
        return self._fresh(edit_trip(by=self.person, trip=row, version=row.version, **data))

    def _fresh(self, trip: Trip) -> Trip:
        found: Trip = self.get_queryset().get(pk=trip.pk)
        return found

    @extend_schema(request=None, responses=TripSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str | None = None) -> Response:
        """Set out."""
        row = self.get_object()
        self.asked(serializers.Serializer, row)
        return self._answer(self._fresh(start_trip(by=self.person, trip=row, version=row.version)), status.HTTP_200_OK)

    @extend_schema(request=Report, responses=TripSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str | None = None) -> Response:
        """Close with a report."""
        row = self.get_object()
        data = self.asked(Report, row)
        done = close_trip(by=self.person, trip=row, version=row.version, **data)
        return self._answer(self._fresh(done), status.HTTP_200_OK)

    @extend_schema(request=Reason, responses=TripSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """It does not take place."""
        row = self.get_object()
        data = self.asked(Reason, row)
        done = cancel_trip(by=self.person, trip=row, version=row.version, **data)
        return self._answer(self._fresh(done), status.HTTP_200_OK)

    @extend_schema(request=Target, responses={200: None})
    @action(detail=True, methods=["get", "post"])
    def targets(self, request: Request, pk: str | None = None) -> Response:
        """The companies to visit in their order; POST adds one."""
        row = self.get_object()
        if request.method == "POST":
            body = Target(data=request.data, context=self.get_serializer_context())
            body.is_valid(raise_exception=True)
            add_target(by=self.person, trip=row, **body.validated_data)
        found = [
            {"id": one.pk, "position": one.position, "company": one.company_id, "company_name": one.company.name}
            | {"lead": one.lead_id, "planned_on": one.planned_on, "note": one.note}
            for one in targets_of(self.person, row)
        ]
        return Response(found, status=status.HTTP_201_CREATED if request.method == "POST" else status.HTTP_200_OK)

    @extend_schema(request=Cost, responses=TripSerializer)
    @action(detail=True, methods=["post"])
    def costs(self, request: Request, pk: str | None = None) -> Response:
        """Money spent."""
        row = self.get_object()
        body = Cost(data=request.data)
        body.is_valid(raise_exception=True)
        add_trip_cost(by=self.person, trip=row, **body.validated_data)
        return self._answer(self._fresh(row), status.HTTP_201_CREATED)

    @extend_schema(responses={200: None})
    @action(detail=True, methods=["get"])
    def results(self, request: Request, pk: str | None = None) -> Response:
        """What came of it, of the leads that the reader sees; amounts in yuan."""
        return Response(figures(results_of(self.person, self.get_object())))

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="calendar", renderer_classes=OR_CALENDAR)
    def ics(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The trip as a calendar file."""
        return file_of_trip(self.person, self.get_object(), request.build_absolute_uri)


def figures(found: Any) -> dict[str, Any]:
    """Results as the API shows them."""
    money = {name: getattr(found, name) for name in ("spent", "signed_amount", "per_visit", "per_lead", "per_signing")}
    counts = {name: getattr(found, name) for name in ("visits", "leads_touched", "leads_made", "signed", "conversion")}
    return counts | {name: None if value is None else f"{value:.2f}" for name, value in money.items()}
