"""`/api/v1/reports/`: closed months with their ranked lines, and the records behind every figure."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ParkCodeField, ReadViewSet, ViewSet
from core.errors import Refused
from reports import queries
from reports.indicators import BY_CODE
from reports.models import Report, ReportFact, ReportLine
from reports.queries import Wanted


@extend_schema_field(str)
class MonthField(serializers.Field[Any, Any, str, Any]):
    """A month as `2026-10`."""

    def to_representation(self, value: Any) -> str:
        return f"{value:%Y-%m}"


class LineSerializer(serializers.ModelSerializer[ReportLine]):
    """One ranked line; amounts in its figures are yuan."""

    class Meta:
        model = ReportLine
        fields = ("subject", "user", "department", "name", "rank", "previous_rank", "score", "figures", "points")


class ReportSerializer(serializers.ModelSerializer[Report]):
    """A closed month."""

    park = ParkCodeField()
    month = MonthField(read_only=True)
    scheme = serializers.CharField(source="scheme.__str__", read_only=True)

    class Meta:
        model = Report
        fields = (
            "id",
            "park",
            "month",
            "state",
            "scheme",
            "closed_at",
            "objection_until",
            "published_at",
            "sha256",
            "totals",
        )


class ReportWithLines(ReportSerializer):
    """A closed month with both rankings."""

    lines = LineSerializer(many=True, read_only=True)

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "lines")  # type: ignore[assignment]  # longer than its parent's


class FactSerializer(serializers.ModelSerializer[ReportFact]):
    """One record behind a figure, or one person's part of it (`percent`).

    The title of a confidential one only for those who see the record.
    """

    class Meta:
        model = ReportFact
        fields = ("indicator", "record_id", "user", "department", "value", "percent", "happened_on", "label", "url")

    def to_representation(self, instance: ReportFact) -> dict[str, Any]:
        """Without the title where it is hidden from this reader."""
        shown: dict[str, Any] = super().to_representation(instance)
        hidden = instance.confidential and instance.record_id not in self.context["seen"]
        return shown | {"label": ""} if hidden else shown


class ReportViewSet(ReadViewSet):
    """Reports of the parks in which the signed-in person reads them."""

    queryset = Report.objects.select_related("park", "scheme").defer("workbook")
    permissions: ClassVar[dict[str, str | None]] = {"list": "reports.view", "facts": "reports.view"}
    ordering: ClassVar[tuple[str, ...]] = ("-month", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("month",)
    filterset_fields: ClassVar[dict[str, list[str]]] = {"month": ["exact", "gte", "lte"], "state": ["exact"]}

    def get_queryset(self) -> Any:
        """Of the parks with the permission; lines only where they are shown."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        rows = super().get_queryset().filter(park_id__in=self.person.access.parks_with("reports.view"))
        return rows.prefetch_related("lines") if self.action == "retrieve" else rows

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """Lines come with one report only."""
        return ReportWithLines if self.action == "retrieve" else ReportSerializer

    @action(detail=True, ordering=("-id",))
    def facts(self, request: Request, pk: str | None = None) -> Response:
        """`?indicator=&user=&department=`: the records behind a figure, paged."""
        report = self.get_object()
        wanted = _wanted(request)
        facts = queries.facts_of(report, wanted)
        page = list(self.paginate_queryset(facts) or [])
        seen = queries.readable(self.person, wanted.indicator, page)
        return self.get_paginated_response(FactSerializer(page, many=True, context={"seen": seen}).data)


def _wanted(request: Request) -> Wanted:
    indicator = queries.indicator_of(request.query_params.get("indicator"))
    if indicator is None:
        known = ", ".join(BY_CODE)
        raise Refused(_("Name a figure: %(known)s.") % {"known": known}, field="indicator", code="unknown_indicator")
    return Wanted(indicator, _id(request, "user"), _id(request, "department"))


def _id(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused(_("This is not an id."), field=name, code="invalid")
    return int(text) if text else None


routes: list[tuple[str, type[ViewSet]]] = [("reports", ReportViewSet)]
