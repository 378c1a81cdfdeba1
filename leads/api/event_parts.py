"""`/api/v1/event-people/`, `event-tasks/` and `event-costs/`; costs are added at the event."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company
from core.api import ParkCodeField, VisibleField, WriteMixin
from leads.actions.events import (
    add_task,
    finish_task,
    mark_attended,
    register,
    remove_event_cost,
    remove_person,
    remove_task,
)
from leads.api.parts import Masked, OfPerson, PartViewSet, Removable
from leads.api.shared import ColleagueField
from leads.api.trip_parts import COST, CostLineSerializer
from leads.models import Event, EventCost, EventPerson, EventTask
from leads.outward_filters import PartOfEvent

POSTED = ["get", "post", "delete", "head", "options"]


class EventPersonSerializer(Masked):
    """Somebody registered: a colleague (`user`), or a guest with the basis on which the data are kept."""

    park = ParkCodeField()
    event = VisibleField(Event)
    user = ColleagueField(required=False, allow_null=True)
    company = VisibleField(Company, required=False, allow_null=True)
    name = serializers.CharField(max_length=60, required=False)

    class Meta:
        model = EventPerson
        fields = (
            *("id", "park", "event", "role", "user", "department", "company", "name", "organisation", "title"),
            *("phone", "email", "basis", "retain_until", "attended_at", "counted_month", "erased_at", "created_at"),
        )
        read_only_fields = ("department", "retain_until", "attended_at", "counted_month", "erased_at", "created_at")
        validators: ClassVar[list[Any]] = []


class EventTaskSerializer(serializers.ModelSerializer[EventTask]):
    """Something to prepare."""

    park = ParkCodeField()
    event = VisibleField(Event)
    assignee = ColleagueField()

    class Meta:
        model = EventTask
        fields = ("id", "park", "event", "title", "assignee", "due_on", "done_at")
        read_only_fields = ("done_at",)


class EventCostSerializer(CostLineSerializer):
    """Of an event."""

    class Meta:
        model = EventCost
        fields = (*COST, "event")
        read_only_fields = fields


class Attended(serializers.Serializer[Any]):
    """Came, or did not come after all."""

    attended = serializers.BooleanField(default=True)


class Done(serializers.Serializer[Any]):
    """Done, or not done after all."""

    done = serializers.BooleanField(default=True)


class EventPersonViewSet(WriteMixin, Removable, OfPerson, PartViewSet):
    """Who is registered, and who came."""

    owner = "event"
    queryset = EventPerson.objects.all()
    serializer_class = EventPersonSerializer
    filterset_class = PartOfEvent
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "events.view",
        "create": "events.plan",
        "attended": "events.plan",
        "destroy": "events.plan",
        "reveal": "contacts.reveal",
        "erase": "contacts.erase",
    }
    http_method_names = POSTED

    def perform_add(self, data: dict[str, Any]) -> EventPerson:
        """Register."""
        return register(by=self.person, **data)

    def perform_remove(self, row: Any) -> object:
        """Registered by mistake."""
        return remove_person(by=self.person, person=row)

    @extend_schema(request=Attended, responses=EventPersonSerializer)
    @action(detail=True, methods=["post"])
    def attended(self, request: Request, pk: str | None = None) -> Response:
        """At the door."""
        row = self.get_object()
        done = mark_attended(by=self.person, person=row, **self.asked(Attended, row))
        return Response(self.get_serializer(self.get_queryset().get(pk=done.pk)).data)


class EventTaskViewSet(WriteMixin, Removable, PartViewSet):
    """What is to be prepared; whoever has a task may tick it."""

    owner = "event"
    queryset = EventTask.objects.all()
    serializer_class = EventTaskSerializer
    filterset_class = PartOfEvent
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "events.view",
        "create": "events.plan",
        "done": "events.view",
        "destroy": "events.plan",
    }
    http_method_names = POSTED

    def perform_add(self, data: dict[str, Any]) -> EventTask:
        """Give it to somebody."""
        return add_task(by=self.person, **data)

    def perform_remove(self, row: Any) -> object:
        """Off the list."""
        return remove_task(by=self.person, task=row)

    @extend_schema(request=Done, responses=EventTaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str | None = None) -> Response:
        """Tick it."""
        row = self.get_object()
        finish_task(by=self.person, task=row, **self.asked(Done, row))
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


class EventCostViewSet(Removable, PartViewSet):
    """What events cost."""

    owner = "event"
    queryset = EventCost.objects.select_related("receipt")
    serializer_class = EventCostSerializer
    filterset_class = PartOfEvent
    permissions: ClassVar[dict[str, str | None]] = {"list": "events.view", "destroy": "events.plan"}

    def perform_remove(self, row: Any) -> object:
        """A mistake."""
        return remove_event_cost(by=self.person, cost=row)
