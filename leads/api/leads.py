"""`/api/v1/leads/`."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company, Industry
from core.api import ReadViewSet, VisibleField, WriteMixin, check_version
from core.money import AmountSerializerField
from leads.actions import (
    assign_from_pool,
    claim_company,
    correct_source,
    decide_admission,
    drop_lead,
    edit_lead,
    finish_step,
    move_lead,
    pick_lead,
    reopen_lead,
)
from leads.api.credit import CreditMixin
from leads.api.shared import ByPark, ColleagueField, OwnParkField
from leads.filters import LeadFilter
from leads.models import Admission, DropReason, Event, Lead, Source


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead; POST claims the company, PATCH edits, the stage moves by `move/`, `drop/` and by signing."""

    park = OwnParkField()
    company = VisibleField(Company)
    company_name = serializers.CharField(source="company.name", read_only=True)
    owner_name = serializers.CharField(source="owner.get_full_name", read_only=True)
    event = VisibleField(Event, required=False, allow_null=True)
    amount = AmountSerializerField(required=False, allow_null=True)
    light = serializers.CharField(read_only=True, help_text="red, amber, green; grey when closed")

    class Meta:
        model = Lead
        fields = (
            *("id", "uuid", "park", "company", "company_name", "title", "stage", "stage_since", "light"),
            *(
                "tier",
                "industry",
                "source",
                "source_note",
                "event",
                "owner",
                "owner_name",
                "department",
                "confidentiality",
                "amount",
                "currency",
                "signed_amount",
            ),
            *("demands", "next_step", "next_date", "claimed_at", "protected_until", "pooled_at", "last_activity_at"),
            *("dropped_why", "dropped_reason", "counted_month", "is_demo", "created_at", "version"),
        )
        read_only_fields = (
            *("uuid", "stage", "stage_since", "owner", "department", "currency", "claimed_at", "protected_until"),
            *(
                "signed_amount",
                "pooled_at",
                "last_activity_at",
                "dropped_why",
                "dropped_reason",
                "counted_month",
                "is_demo",
                "created_at",
                "version",
            ),
        )
        # The action answers for a company that is claimed already.
        validators: ClassVar[list[Any]] = []

    def get_fields(self) -> dict[str, Any]:
        """A lead stays in its park, with its company and its source (`source/` puts a wrong one right)."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["park"].read_only = fields["company"].read_only = fields["source"].read_only = True
            fields["event"].read_only = True
        return fields


class Move(serializers.Serializer[Any]):
    """Where to, with what the stages on the way demand."""

    to_stage = serializers.CharField(max_length=12)
    from_stage = serializers.CharField(max_length=12, required=False)
    next_step = serializers.CharField(max_length=200, required=False, allow_blank=True)
    next_date = serializers.DateField(required=False, allow_null=True)
    amount = AmountSerializerField(required=False, allow_null=True)
    demands = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    industry = serializers.PrimaryKeyRelatedField(queryset=Industry.objects.all(), required=False, allow_null=True)
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


class Drop(serializers.Serializer[Any]):
    """Why: from the list, and words where the list does not say it."""

    why = serializers.ChoiceField(choices=DropReason.choices, required=False)
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


class NewSource(serializers.Serializer[Any]):
    """The right source, and why the old one was wrong."""

    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # DRF's own attribute
    source_note = serializers.CharField(max_length=160, required=False, allow_blank=True)
    event = VisibleField(Event, required=False, allow_null=True)
    reason = serializers.CharField(max_length=240)


class Decision(serializers.Serializer[Any]):
    """`admitted` or `refused`, and why."""

    decision = serializers.ChoiceField(choices=Admission.Decision.choices)
    reason = serializers.CharField(max_length=4000)


class Again(serializers.Serializer[Any]):
    """Why it is taken up again."""

    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


class Assignment(serializers.Serializer[Any]):
    """To whom a lead of the pool goes."""

    to = ColleagueField()
    note = serializers.CharField(max_length=240, required=False, allow_blank=True)


class LeadViewSet(CreditMixin, WriteMixin, ReadViewSet, ByPark):
    """Leads."""

    queryset = Lead.objects.select_related("park")
    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    saved_views_of = "leads:list"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "leads.view",
        "create": "leads.claim",
        "update": "leads.change",
        "move": "leads.change",
        "drop": "leads.change",
        "step_done": "leads.change",
        "reopen": "leads.change",
        "pick": "leads.claim",
        "assign": "leads.assign",
        "source": "leads.assign",
        "admission": "leads.screen",
        "credit": "leads.view",
        "credit_answer": "leads.view",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-claimed_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "claimed_at", "stage_since")

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people().with_light()  # type: ignore[no-any-return]  # a LeadQuerySet

    def perform_add(self, data: dict[str, Any]) -> Lead:
        """Claim."""
        park_id = self.home_or(data.pop("park", None))
        return self._fresh(claim_company(by=self.person, park_id=park_id, **data))

    def perform_change(self, row: Any, data: dict[str, Any]) -> Lead:
        """Edit."""
        return self._fresh(edit_lead(by=self.person, lead=row, version=row.version, **data))

    def _fresh(self, lead: Lead) -> Lead:
        found: Lead = self.get_queryset().get(pk=lead.pk)
        return found

    @extend_schema(request=Move, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str | None = None) -> Response:
        """Move to another open stage."""
        row = self.get_object()
        data = self.asked(Move, row)
        return self._answer(
            self._fresh(move_lead(by=self.person, lead=row, version=row.version, **data)), status.HTTP_200_OK
        )

    @extend_schema(request=Drop, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str | None = None) -> Response:
        """Give it up."""
        row = self.get_object()
        data = self.asked(Drop, row)
        return self._answer(
            self._fresh(drop_lead(by=self.person, lead=row, version=row.version, **data)), status.HTTP_200_OK
        )

    @extend_schema(request=None, responses=LeadSerializer)
    @action(detail=True, methods=["post"], url_path="step-done")
    def step_done(self, request: Request, pk: str | None = None) -> Response:
        """The next step is done; PATCH plans another."""
        row = self.get_object()
        check_version(request, row)
        lead = finish_step(by=self.person, lead=row, version=row.version)
        return self._answer(self._fresh(lead), status.HTTP_200_OK)

    @extend_schema(request=Again, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str | None = None) -> Response:
        """Take it up again where it stood."""
        row = self.get_object()
        data = self.asked(Again, row)
        lead = reopen_lead(by=self.person, lead=row, version=row.version, **data)
        return self._answer(self._fresh(lead), status.HTTP_200_OK)

    @extend_schema(request=Assignment, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Give it out of the public pool to somebody; one that somebody holds is handed over."""
        row = self.get_object()
        assign_from_pool(by=self.person, leads=[row], **self.asked(Assignment, row))
        return self._answer(self._fresh(row), status.HTTP_200_OK)

    @extend_schema(request=Decision, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def admission(self, request: Request, pk: str | None = None) -> Response:
        """Decide whether the company may move in."""
        row = self.get_object()
        decide_admission(by=self.person, lead=row, version=row.version, **self.asked(Decision, row))
        return self._answer(self._fresh(row), status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def pick(self, request: Request, pk: str | None = None) -> Response:
        """Take it out of the public pool."""
        row = self.get_object()
        check_version(request, row)
        return self._answer(self._fresh(pick_lead(by=self.person, lead=row, version=row.version)), status.HTTP_200_OK)

    @extend_schema(request=NewSource, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def source(self, request: Request, pk: str | None = None) -> Response:
        """Put a wrong source right."""
        row = self.get_object()
        data = self.asked(NewSource, row)
        lead = correct_source(by=self.person, lead=row, version=row.version, **data)
        return self._answer(self._fresh(lead), status.HTTP_200_OK)
