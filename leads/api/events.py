"""`/api/v1/events/`."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import MomentField, ReadViewSet, WriteMixin
from core.money import AmountSerializerField
from leads.actions.events import add_event_cost, cancel_event, edit_event, hold_event, paste_people, plan_event
from leads.api.shared import ByPark, ColleagueField, OwnParkField, Reason
from leads.api.trips import Cost, figures
from leads.models import Event
from leads.outward_filters import EventFilter
from leads.queries.events import results_of_event, turnout_of


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event or training session; POST plans it, PATCH edits, `held/` sums it up."""

    park = OwnParkField()
    owner = ColleagueField(required=False)
    starts_at = MomentField()
    ends_at = MomentField()
    budget = AmountSerializerField(required=False, allow_null=True)

    class Meta:
        model = Event
        fields = (
            *("id", "uuid", "park", "kind", "title", "starts_at", "ends_at", "place", "theme", "plan", "summary"),
            *("budget", "owner", "state", "is_demo", "created_at", "version"),
        )
        read_only_fields = ("uuid", "summary", "state", "is_demo", "created_at", "version")
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"plan": {"max_length": 8000}}

    def get_fields(self) -> dict[str, Any]:
        """An event stays in its park."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["park"].read_only = True
        return fields


class Summary(serializers.Serializer[Any]):
    """What came of it."""

    summary = serializers.CharField(max_length=8000)


class Pasted(serializers.Serializer[Any]):
    """A person a line: name, organisation, position, telephone, mail."""

    text = serializers.CharField(max_length=200_000)
    attended = serializers.BooleanField(required=False)


class EventViewSet(WriteMixin, ReadViewSet, ByPark):
    """Events."""

    queryset = Event.objects.select_related("park")
    serializer_class = EventSerializer
    filterset_class = EventFilter
    saved_views_of = "leads:events"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "events.view",
        "create": "events.plan",
        "update": "events.plan",
        "held": "events.plan",
        "cancel": "events.plan",
        "people": "events.plan",
        "costs": "events.plan",
        "results": "events.view",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-starts_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "starts_at")

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people()  # type: ignore[no-any-return]  # an EventQuerySet

    def perform_add(self, data: dict[str, Any]) -> Event:
        """Plan."""
        return plan_event(by=self.person, park_id=self.home_or(data.pop("park", None)), **data)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Event:
        """Edit."""
        return edit_event(by=self.person, event=row, version=row.version, **data)

    @extend_schema(request=Summary, responses=EventSerializer)
    @action(detail=True, methods=["post"])
    def held(self, request: Request, pk: str | None = None) -> Response:
        """It took place."""
        row = self.get_object()
        data = self.asked(Summary, row)
        return self._answer(hold_event(by=self.person, event=row, version=row.version, **data), status.HTTP_200_OK)

    @extend_schema(request=Reason, responses=EventSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """It does not take place."""
        row = self.get_object()
        data = self.asked(Reason, row)
        return self._answer(cancel_event(by=self.person, event=row, version=row.version, **data), status.HTTP_200_OK)

    @extend_schema(request=Pasted, responses={200: None})
    @action(detail=True, methods=["post"])
    def people(self, request: Request, pk: str | None = None) -> Response:
        """A list of people; who is known already is not registered twice."""
        row = self.get_object()
        body = Pasted(data=request.data)
        body.is_valid(raise_exception=True)
        done = paste_people(by=self.person, event=row, **body.validated_data)
        return Response({"added": done.added, "known": done.known, "attended": done.attended})

    @extend_schema(request=Cost, responses=EventSerializer)
    @action(detail=True, methods=["post"])
    def costs(self, request: Request, pk: str | None = None) -> Response:
        """Money spent."""
        row = self.get_object()
        body = Cost(data=request.data)
        body.is_valid(raise_exception=True)
        add_event_cost(by=self.person, event=row, **body.validated_data)
        return self._answer(row, status.HTTP_201_CREATED)

    @extend_schema(responses={200: None})
    @action(detail=True, methods=["get"])
    def results(self, request: Request, pk: str | None = None) -> Response:
        """Who came, what came of it and what it cost; amounts in yuan."""
        row = self.get_object()
        came = turnout_of(row)
        counts = {"registered": came.registered, "attended": came.attended, "guests_attended": came.guests_attended}
        return Response(figures(results_of_event(self.person, row)) | counts)
