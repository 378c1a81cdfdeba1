"""`/api/v1/trip-targets/`, `trip-members/` and `trip-costs/`; targets and costs are added at the trip."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ParkCodeField, WriteMixin
from core.money import AmountSerializerField
from leads.actions.trips import move_target, remove_target, remove_trip_cost, set_days
from leads.api.parts import PartViewSet, Removable
from leads.models import TripCost, TripMember, TripTarget
from leads.outward_filters import PartOfTrip
from leads.queries.trips import seen_targets

COST = ("id", "park", "kind", "amount", "spent_on", "note", "receipt", "by", "at")


class TargetSerializer(serializers.ModelSerializer[TripTarget]):
    """A company to be visited, in its place of the order."""

    park = ParkCodeField()
    company_name = serializers.CharField(source="company.name", read_only=True)

    class Meta:
        model = TripTarget
        fields = ("id", "park", "trip", "position", "company", "company_name", "lead", "planned_on", "note")
        read_only_fields = fields


class MemberSerializer(serializers.ModelSerializer[TripMember]):
    """Somebody who goes along, from when until when."""

    park = ParkCodeField()
    name = serializers.CharField(source="user.get_full_name", read_only=True)

    class Meta:
        model = TripMember
        fields = ("id", "park", "trip", "user", "name", "department", "starts_on", "ends_on", "version")
        read_only_fields = ("trip", "user", "department", "version")


class CostLineSerializer(serializers.ModelSerializer[Any]):
    """Money spent, in yuan; `receipt` is fetched from `/files/{receipt}/`."""

    park = ParkCodeField()
    amount = AmountSerializerField(read_only=True)
    receipt = serializers.UUIDField(source="receipt.uuid", read_only=True, allow_null=True, default=None)


class TripCostSerializer(CostLineSerializer):
    """Of a trip."""

    class Meta:
        model = TripCost
        fields = (*COST, "trip")
        read_only_fields = fields


class Way(serializers.Serializer[Any]):
    """One place earlier, or later."""

    up = serializers.BooleanField()


class TargetViewSet(Removable, PartViewSet):
    """The companies to be visited."""

    owner = "trip"
    queryset = TripTarget.objects.select_related("company")
    serializer_class = TargetSerializer
    filterset_class = PartOfTrip
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "trips.view",
        "move": "trips.plan",
        "destroy": "trips.plan",
    }

    def get_queryset(self) -> models.QuerySet[Any]:
        """But for those whose lead is not the reader's to see."""
        rows: models.QuerySet[Any] = seen_targets(self.person, super().get_queryset())
        return rows

    def perform_remove(self, row: Any) -> object:
        """Off the list."""
        return remove_target(by=self.person, target=row)

    @extend_schema(request=Way, responses=TargetSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str | None = None) -> Response:
        """To another place of the order."""
        row = self.get_object()
        move_target(by=self.person, target=row, **self.asked(Way, row))
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


class MemberViewSet(WriteMixin, PartViewSet):
    """The days of those who go along; who they are is the trip's `team`."""

    owner = "trip"
    queryset = TripMember.objects.select_related("user")
    serializer_class = MemberSerializer
    filterset_class = PartOfTrip
    permissions: ClassVar[dict[str, str | None]] = {"list": "trips.view", "update": "trips.plan"}
    http_method_names = ["get", "patch", "head", "options"]

    def perform_change(self, row: Any, data: dict[str, Any]) -> TripMember:
        """Joins later, leaves earlier."""
        days = {name: data.get(name, getattr(row, name)) for name in ("starts_on", "ends_on")}
        return set_days(by=self.person, member=row, version=row.version, **days)


class TripCostViewSet(Removable, PartViewSet):
    """What trips cost."""

    owner = "trip"
    queryset = TripCost.objects.select_related("receipt")
    serializer_class = TripCostSerializer
    filterset_class = PartOfTrip
    permissions: ClassVar[dict[str, str | None]] = {"list": "trips.view", "destroy": "trips.plan"}

    def perform_remove(self, row: Any) -> object:
        """A mistake."""
        return remove_trip_cost(by=self.person, cost=row)
