"""`/api/v1/claims/` and `/api/v1/conflicts/`."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company
from core.access import fetch
from core.api import ReadViewSet, VisibleField, WriteMixin
from core.money import AmountSerializerField
from leads.actions import claim_company, open_conflict, release_lead, rule_conflict, withdraw_case
from leads.api.shared import ByPark, OwnParkField, Reason
from leads.filters import ClaimFilter, ConflictFilter, SideFilter
from leads.models import Claim, ClaimConflict, ConflictSide, Lead, Ruling, Source, Tier


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    """Who held a lead, from when, until when; POST claims a company and answers with the running claim."""

    park = OwnParkField()
    company = VisibleField(Company, write_only=True)
    title = serializers.CharField(max_length=160, required=False, allow_blank=True, write_only=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # DRF's own attribute of the same name
        choices=Source.choices, required=False, write_only=True
    )
    source_note = serializers.CharField(max_length=160, required=False, allow_blank=True, write_only=True)
    tier = serializers.ChoiceField(choices=Tier.choices, required=False, write_only=True)
    amount = AmountSerializerField(required=False, allow_null=True, write_only=True)
    owner_name = serializers.CharField(source="owner.get_full_name", read_only=True)

    class Meta:
        model = Claim
        fields = (
            *("id", "park", "company", "title", "source", "source_note", "tier", "amount", "lead", "owner"),
            *("owner_name", "department", "kind", "began_at", "protected_until", "renewals", "ended_at", "ended"),
            *("reason", "version"),
        )
        read_only_fields = (
            *("lead", "owner", "department", "kind", "began_at", "protected_until", "renewals", "ended_at", "ended"),
            *("reason", "version"),
        )
        validators: ClassVar[list[Any]] = []


class ClaimViewSet(WriteMixin, ReadViewSet, ByPark):
    """Claims: made, renewed by progress, let go; never edited."""

    queryset = Claim.objects.select_related("park", "owner")
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "leads.view",
        "create": "leads.claim",
        "release": "leads.change",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-began_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "began_at")
    http_method_names = ["get", "post", "head", "options"]

    def perform_add(self, data: dict[str, Any]) -> Claim:
        """Claim the company."""
        lead = claim_company(by=self.person, park_id=self.home_or(data.pop("park", None)), **data)
        found: Claim = self.get_queryset().get(lead=lead, ended_at=None)
        return found

    @extend_schema(request=Reason, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str | None = None) -> Response:
        """Let go of the lead: it falls into the public pool."""
        row = self.get_object()
        data = self.asked(Reason, row)
        lead = fetch(Lead.objects.visible_to(self.person), pk=row.lead_id)
        release_lead(by=self.person, lead=lead, claim=row, **data)
        return self._answer(self.get_queryset().get(pk=row.pk), status.HTTP_200_OK)


class ConflictSerializer(serializers.ModelSerializer[ClaimConflict]):
    """A case for those who rule; `rule/` ends it."""

    park = OwnParkField()
    company_name = serializers.CharField(source="company.name", read_only=True)
    first_park = serializers.CharField(source="first_park.code", read_only=True)
    second_park = serializers.CharField(source="second_park.code", read_only=True)

    class Meta:
        model = ClaimConflict
        fields = (
            *("id", "uuid", "park", "company", "company_name", "state", "first_park", "first_person", "first_since"),
            *("second_park", "second_person", "opened_at", "rule_by", "ruling", "first_share", "reason", "ruled_by"),
            *("ruled_at", "applied_at", "is_demo", "version"),
        )
        read_only_fields = fields
        validators: ClassVar[list[Any]] = []


class RulingBody(serializers.Serializer[Any]):
    """How the case ends, and why."""

    ruling = serializers.ChoiceField(choices=Ruling.choices)
    first_share = serializers.IntegerField(min_value=1, max_value=99, required=False, allow_null=True)
    reason = serializers.CharField(max_length=4000)


class ConflictViewSet(ReadViewSet, ByPark):
    """Conflicts of claims, as those who rule see them."""

    queryset = ClaimConflict.objects.select_related("park")
    serializer_class = ConflictSerializer
    filterset_class = ConflictFilter
    permissions: ClassVar[dict[str, str | None]] = {"list": "conflicts.view", "rule": "leads.rule"}
    ordering: ClassVar[tuple[str, ...]] = ("-opened_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "opened_at", "rule_by")
    http_method_names = ["get", "post", "head", "options"]

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people()  # type: ignore[no-any-return]  # a ConflictQuerySet

    @extend_schema(request=RulingBody, responses=ConflictSerializer)
    @action(detail=True, methods=["post"])
    def rule(self, request: Request, pk: str | None = None) -> Response:
        """Rule, once."""
        row = self.get_object()
        data = self.asked(RulingBody, row)
        rule_conflict(by=self.person, conflict=row, version=row.version, **data)
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, headers={"ETag": f'"{fresh.version}"'})


class SideSerializer(serializers.ModelSerializer[ConflictSide]):
    """One's own side of a case; POST contests the claim on a company."""

    park = OwnParkField()
    company = VisibleField(Company)
    reason = serializers.CharField(source="statement", max_length=4000)

    class Meta:
        model = ConflictSide
        fields = (
            *("id", "case", "park", "place", "company", "lead", "person", "reason", "filed_at", "state", "ruling"),
            *("share", "outcome", "ruled_at", "is_demo", "version"),
        )
        read_only_fields = (
            *("case", "place", "lead", "person", "filed_at", "state", "ruling", "share", "outcome", "ruled_at"),
            *("is_demo", "version"),
        )
        validators: ClassVar[list[Any]] = []


class SideViewSet(WriteMixin, ReadViewSet, ByPark):
    """The sides of cases that one sees: one's own, and those of one's people."""

    queryset = ConflictSide.objects.select_related("park")
    serializer_class = SideSerializer
    filterset_class = SideFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "leads.claim",
        "create": "leads.claim",
        "withdraw": "leads.claim",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-filed_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "filed_at")
    http_method_names = ["get", "post", "head", "options"]

    def perform_add(self, data: dict[str, Any]) -> ConflictSide:
        """Open the case."""
        return open_conflict(
            by=self.person,
            company=data["company"],
            park_id=self.home_or(data.get("park")),
            reason=data["statement"],
        )

    @extend_schema(request=Reason, responses=SideSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """Give one's own case up."""
        row = self.get_object()
        withdraw_case(by=self.person, side=row, version=row.version, **self.asked(Reason, row))
        return self._answer(self.get_queryset().get(pk=row.pk), status.HTTP_200_OK)
