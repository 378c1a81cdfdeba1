"""`/api/v1/companies/`, with the relations of each."""

from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.actions import add_company, change_company, relate, remove_relation
from companies.filters import CompanyFilter
from companies.models import Company, Industry, ParkRelation, Relation
from companies.queries import ROLES, Tie, ties_of
from core.access import fetch
from core.api import ParkCodeField, ReadViewSet, VisibleField, WriteMixin


class CompanySerializer(serializers.ModelSerializer[Company]):
    """A company of the registry, or of one park (`park`); `warning` says what is wrong with its code."""

    industry = serializers.SlugRelatedField(
        slug_field="code", queryset=Industry.objects.all(), required=False, allow_null=True
    )
    park = ParkCodeField(source="origin_park")

    class Meta:
        model = Company
        fields = (
            "id",
            "park",
            "name",
            "credit_code",
            "code_kind",
            "industry",
            "province",
            "city",
            "address",
            "registered_on",
            "capital_raw",
            "capital",
            "capital_currency",
            "stock_code",
            "exchange",
            "marks",
            "website",
            "former_names",
            "short_names",
            "foreign_name",
            "introduction",
            "source",
            "is_demo",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = (
            "code_kind",
            "capital",
            "capital_currency",
            "source",
            "is_demo",
            "created_at",
            "updated_at",
            "version",
        )
        # The action answers for a code that is there already, with the company that has it.
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"credit_code": {"validators": [], "max_length": 40}}


class TieSerializer(serializers.Serializer[Any]):
    """What another company is to this one; `park` is null for what all parks may know."""

    id = serializers.IntegerField(source="row.pk", read_only=True)
    where = serializers.ChoiceField(choices=["public", "park"], read_only=True)
    role = serializers.ChoiceField(choices=[code for code, _label in ROLES.values()])
    other = VisibleField(Company)
    name = serializers.CharField(source="other.name", read_only=True)
    share = serializers.DecimalField(
        source="row.share", max_digits=7, decimal_places=4, required=False, allow_null=True, help_text="Percent."
    )
    note = serializers.CharField(source="row.note", max_length=200, required=False, allow_blank=True)
    park = serializers.SerializerMethodField()
    public = serializers.BooleanField(write_only=True, default=False)

    def get_park(self, tie: Tie) -> str | None:
        """The code of the park that knows it."""
        return tie.row.park.code if isinstance(tie.row, ParkRelation) else None


class CompanyViewSet(WriteMixin, ReadViewSet):
    """Companies: found by `search=`, which answers the best first unless an `ordering=` is asked for."""

    queryset = Company.objects.select_related("industry", "origin_park").defer(
        "search_keys", "name_key", "name_text", "pinyin_text", "initials_text"
    )
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter
    saved_views_of = "companies:list"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "companies.view",
        "create": "companies.add",
        "update": "companies.change",
        "relations": "companies.view",
        "relation": "companies.view",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "name", "registered_on", "created_at")

    def get_queryset(self) -> Any:
        """Lists show living companies; a merged one can still be asked for by its id."""
        rows: Any = super().get_queryset()
        return rows.live() if self.action == "list" else rows.select_related("merged_into", "industry", "origin_park")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A company that was merged answers as the one that it became; `Content-Location` names that one."""
        asked: Company = self.get_object()
        lasting = asked.lasting
        response = self._answer(lasting, status.HTTP_200_OK)
        if lasting.pk != asked.pk:
            response["Content-Location"] = reverse("api:companies-detail", args=[lasting.pk])
        return response

    def filter_queryset(self, queryset: Any) -> Any:
        """By rank while searching."""
        rows: Any = super().filter_queryset(queryset)
        asked = self.request.query_params
        text = (asked.get("search") or asked.get("q", "")).replace("\x00", "").strip()
        if self.action == "list" and text:
            rows = rows.ranked(text)
            self.ordering = ("rank", "id")  # type: ignore[misc]  # for this request only
        return rows

    def perform_add(self, data: dict[str, Any]) -> Company:
        """In the home park; with a valid code in the registry."""
        home = self.person.access.home_park_id or 0
        return add_company(by=self.person, park_id=home, **data)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Company:
        """On the version that `If-Match` named."""
        return change_company(by=self.person, company=row, version=row.version, **data)

    @extend_schema(request=TieSerializer, responses=TieSerializer(many=True))
    @action(detail=True, methods=["get", "post"])
    def relations(self, request: Request, pk: str | None = None) -> Response:
        """What hangs together with the company; POST adds one or changes its share, in the home park or public."""
        company = self.get_object()
        if request.method == "POST":
            given = TieSerializer(data=request.data, context=self.get_serializer_context())
            given.is_valid(raise_exception=True)
            self._relate(company, dict(given.validated_data))
        ties = ties_of(self.person, company)
        code = status.HTTP_201_CREATED if request.method == "POST" else status.HTTP_200_OK
        return Response(TieSerializer(ties, many=True).data, status=code)

    def _relate(self, company: Company, data: dict[str, Any]) -> None:
        row, park_id = data.get("row", {}), None if data["public"] else self.person.access.home_park_id or 0
        relate(
            by=self.person,
            company=company,
            other=data["other"],
            role=data["role"],
            park_id=park_id,
            share=row.get("share"),
            note=row.get("note", ""),
        )

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path=r"relations/(?P<where>public|park)/(?P<relation>\d+)")
    def relation(self, request: Request, pk: str | None = None, where: str = "", relation: str = "") -> Response:
        """Take a relation away."""
        company = self.get_object()
        rows: Any = (ParkRelation if where == "park" else Relation).objects
        ends = Q(from_company=company) | Q(to_company=company)
        remove_relation(by=self.person, relation=fetch(rows.visible_to(self.person).filter(ends), pk=relation))
        return Response(status=status.HTTP_204_NO_CONTENT)
