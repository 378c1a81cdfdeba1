"""`/api/v1/calendar/`: next steps, activities, receptions, trips, events and what higher floors add, day by day."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.pages import CalendarItem
from leads.api.shared import OR_CALENDAR, ByPark
from leads.calendar_files import file_of_items
from leads.calendars import Asked, items
from leads.filters import LeadFilter
from leads.models import Lead

LONGEST = dt.timedelta(days=92)
AHEAD = dt.timedelta(days=30)
YEARS = range(1990, 2200)


class Span(serializers.Serializer[Any]):
    """Which days, both included; by default the thirty from today."""

    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False, help_text="At most 92 days after `first`.")
    mine = serializers.BooleanField(required=False, default=False, help_text="Only what is one's own.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A span that begins before it ends and is not too long."""
        first = attrs.get("first") or timezone.localdate()
        if first.year not in YEARS:
            raise serializers.ValidationError({"first": _("Check the year.")})
        last = attrs.get("last") or first + AHEAD
        if not dt.timedelta() <= last - first <= LONGEST:
            raise serializers.ValidationError({"last": _("Ask for at most three months.")})
        return {"first": first, "last": last, "mine": attrs["mine"]}


class CalendarItemSerializer(serializers.Serializer[Any]):
    """One thing on a day (`at` its hour), or on every day to `until`."""

    day = serializers.DateField()
    at = serializers.TimeField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    kind = serializers.CharField()
    title = serializers.CharField()
    note = serializers.CharField()
    who = serializers.CharField()
    url = serializers.CharField(help_text="Its page")
    late = serializers.BooleanField()
    done = serializers.BooleanField()


class CalendarViewSet(ByPark):
    """What comes next with whom, and what was done; the filters of leads narrow it to theirs."""

    queryset = Lead.objects.all()
    serializer_class = CalendarItemSerializer
    filterset_class = LeadFilter
    pagination_class = None
    permissions: ClassVar[dict[str, str | None]] = {"list": "leads.view", "ics": "leads.view"}

    def get_queryset(self) -> Any:
        """With what the entries show."""
        rows: Any = super().get_queryset()
        return rows.with_people()

    @extend_schema(parameters=[Span], responses=CalendarItemSerializer(many=True))
    def list(self, request: Request) -> Response:
        """In the order of the days."""
        return Response(CalendarItemSerializer(self._items(request), many=True).data)

    @extend_schema(parameters=[Span], responses={(200, "text/calendar"): OpenApiTypes.BINARY})
    @action(detail=False, methods=["get"], url_path="file", renderer_classes=OR_CALENDAR)
    def ics(self, request: Request) -> HttpResponse:
        """The same as a calendar file."""
        return file_of_items(self._items(request), request.build_absolute_uri)

    def _items(self, request: Request) -> Sequence[CalendarItem]:
        span = Span(data=request.query_params)
        span.is_valid(raise_exception=True)
        park = next((one.id for one in self.person.access.parks if one.code == request.query_params.get("park")), None)
        mine = span.validated_data["mine"] or request.query_params.get("owner") == "me"
        known: Any = LeadFilter
        narrowed = any(request.query_params.get(name) for name in known.base_filters if name != "owner")
        other_owner = request.query_params.get("owner") not in {None, "", "me"}
        asked = Asked(
            user=self.person,
            first=span.validated_data["first"],
            last=span.validated_data["last"],
            leads=self.filter_queryset(self.get_queryset()),
            mine=mine,
            narrowed=narrowed or other_owner or bool(request.query_params.get("search")),
            park_id=park,
        )
        return sorted(items(asked), key=lambda item: (item.day, item.at or dt.time.min, item.title))
