"""`/api/v1/leads/`, `activities/` and `submissions/`."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company
from core.api import ParkCodeField, ReadViewSet, ViewSet, VisibleField, WriteMixin, check_version
from core.money import AmountSerializerField
from leads.actions import (
    claim_company,
    decide_admission,
    drop_lead,
    edit_lead,
    judge_submission,
    log_activity,
    move_lead,
    submit_information,
)
from leads.filters import ActivityFilter, LeadFilter, SubmissionFilter
from leads.models import Activity, Admission, Lead, Submission
from parks.models import Park


class OwnParkField(ParkCodeField):
    """A park in the input: one of those that the person sees, by default the home park."""

    def __init__(self) -> None:
        super().__init__(read_only=False, required=False, queryset=Park.objects.filter(is_active=True))

    def get_queryset(self) -> models.QuerySet[Any]:
        """Others do not exist."""
        request = self.context.get("request")
        return Park.objects.filter(is_active=True, pk__in=request.user.access.read_parks if request else ())


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead; POST claims the company, PATCH edits, the stage moves by `move/`, `drop/` and by signing."""

    park = OwnParkField()
    company = VisibleField(Company)
    company_name = serializers.CharField(source="company.name", read_only=True)
    owner_name = serializers.CharField(source="owner.get_full_name", read_only=True)
    amount = AmountSerializerField(required=False, allow_null=True)
    light = serializers.CharField(read_only=True, help_text="red, amber, green; grey when closed")

    class Meta:
        model = Lead
        fields = (
            *("id", "uuid", "park", "company", "company_name", "title", "stage", "stage_since", "light"),
            *("source", "source_note", "owner", "owner_name", "department", "confidentiality", "amount", "currency"),
            *("demands", "next_step", "next_date", "claimed_at", "protected_until", "last_activity_at"),
            *("dropped_reason", "counted_month", "is_demo", "created_at", "version"),
        )
        read_only_fields = (
            *("uuid", "stage", "stage_since", "owner", "department", "currency", "claimed_at", "protected_until"),
            *("last_activity_at", "dropped_reason", "counted_month", "is_demo", "created_at", "version"),
        )
        # The action answers for a company that is claimed already.
        validators: ClassVar[list[Any]] = []

    def get_fields(self) -> dict[str, Any]:
        """A lead stays in its park and with its company."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["park"].read_only = fields["company"].read_only = True
        return fields


class Move(serializers.Serializer[Any]):
    """Where to, with what the stages on the way demand."""

    to_stage = serializers.CharField(max_length=12)
    from_stage = serializers.CharField(max_length=12, required=False)
    next_step = serializers.CharField(max_length=200, required=False, allow_blank=True)
    next_date = serializers.DateField(required=False, allow_null=True)
    amount = AmountSerializerField(required=False, allow_null=True)
    demands = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


class Reason(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=240)


class Decision(serializers.Serializer[Any]):
    """`admitted` or `refused`, and why."""

    decision = serializers.ChoiceField(choices=Admission.Decision.choices)
    reason = serializers.CharField(max_length=4000)


class Judgement(serializers.Serializer[Any]):
    """Valid or not; a reason where not."""

    valid = serializers.BooleanField()
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


class ByPark(ViewSet):
    """`?park=` narrows to one park."""

    def filter_queryset(self, queryset: Any) -> Any:
        """By the park's code, then by everything else."""
        code = self.request.query_params.get("park", "")
        return super().filter_queryset(queryset.filter(park__code=code) if code else queryset)

    def home_or(self, park: Park | None) -> int:
        """The park that was named, else the person's own."""
        return park.pk if park else self.person.access.home_park_id or 0

    def asked(self, kind: type[serializers.Serializer[Any]], row: Any) -> dict[str, Any]:
        """The body of an act on a versioned row."""
        check_version(self.request, row)
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class LeadViewSet(WriteMixin, ReadViewSet, ByPark):
    """Leads."""

    queryset = Lead.objects.select_related("park")
    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "leads.view",
        "create": "leads.claim",
        "update": "leads.change",
        "move": "leads.change",
        "drop": "leads.change",
        "admission": "leads.screen",
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

    @extend_schema(request=Reason, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str | None = None) -> Response:
        """Give it up."""
        row = self.get_object()
        data = self.asked(Reason, row)
        return self._answer(
            self._fresh(drop_lead(by=self.person, lead=row, version=row.version, **data)), status.HTTP_200_OK
        )

    @extend_schema(request=Decision, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def admission(self, request: Request, pk: str | None = None) -> Response:
        """Decide whether the company may move in."""
        row = self.get_object()
        decide_admission(by=self.person, lead=row, version=row.version, **self.asked(Decision, row))
        return self._answer(self._fresh(row), status.HTTP_201_CREATED)


class MomentField(serializers.DateTimeField):
    """A time; DRF 3.16 answers 500 for those at the very ends of the calendar."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """Out of range is a mistake of the input."""
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class StoredFile(serializers.Serializer[Any]):
    """A photo or file, fetched from `/files/{uuid}/`."""

    uuid = serializers.UUIDField(source="attachment.uuid")
    name = serializers.CharField(source="attachment.name")
    content_type = serializers.CharField(source="attachment.content_type")
    size = serializers.IntegerField(source="attachment.size")


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    """An activity of a lead, or of a company alone; POST with the same `uuid` again answers the same record."""

    park = OwnParkField()
    uuid = serializers.UUIDField(required=False)
    company = VisibleField(Company, required=False)
    lead = VisibleField(Lead, required=False, allow_null=True)
    happened_at = MomentField()
    by_name = serializers.CharField(source="by.get_full_name", read_only=True)
    step_done = serializers.BooleanField(write_only=True, required=False)
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), write_only=True, required=False)
    attachments = StoredFile(source="files", many=True, read_only=True)

    class Meta:
        model = Activity
        fields = (
            *("id", "uuid", "park", "company", "lead", "kind", "happened_at", "summary", "met", "place"),
            *("with_colleagues", "next_step", "next_date", "step_done", "files", "attachments", "by", "by_name"),
            *("department", "counted_month", "is_demo", "created_at"),
        )
        read_only_fields = ("by", "department", "counted_month", "is_demo", "created_at")
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"summary": {"max_length": 8000}}


class ActivityViewSet(WriteMixin, ReadViewSet, ByPark):
    """Activities: logged, not changed."""

    queryset = Activity.objects.select_related("park")
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    permissions: ClassVar[dict[str, str | None]] = {"list": "activities.view", "create": "activities.log"}
    ordering: ClassVar[tuple[str, ...]] = ("-happened_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "happened_at")
    http_method_names = ["get", "post", "head", "options"]
    logged: Activity | None = None

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people()  # type: ignore[no-any-return]  # an ActivityQuerySet

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """201 for a new record, 200 for one that was sent before."""
        response = super().create(request, *args, **kwargs)
        if self.logged and self.logged.repeated:
            response.status_code = status.HTTP_200_OK
        return response

    def perform_add(self, data: dict[str, Any]) -> Activity:
        """Log it, once."""
        lead, park = data.get("lead"), data.pop("park", None)
        park_id = None if lead else self.home_or(park)
        self.logged = log_activity(by=self.person, park_id=park_id, **data)
        found: Activity = self.get_queryset().get(pk=self.logged.pk)
        return found


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """Promotion intelligence; judged by `judge/`."""

    park = OwnParkField()
    company = VisibleField(Company, required=False, allow_null=True)

    class Meta:
        model = Submission
        fields = (
            *(
                "id",
                "uuid",
                "park",
                "title",
                "content",
                "company_name",
                "company",
                "lead",
                "submitted_by",
                "department",
            ),
            *("submitted_at", "judge_by", "state", "judged_by", "judged_at", "reason", "counted_month", "is_demo"),
            "version",
        )
        read_only_fields = (
            *("uuid", "lead", "submitted_by", "department", "submitted_at", "judge_by", "state", "judged_by"),
            *("judged_at", "reason", "counted_month", "is_demo", "version"),
        )
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"content": {"max_length": 8000}}


class SubmissionViewSet(WriteMixin, ReadViewSet, ByPark):
    """Information submitted: one's own, and everybody's for those who may see it."""

    queryset = Submission.objects.select_related("park")
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "submissions.add",
        "create": "submissions.add",
        "judge": "submissions.judge",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-submitted_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "submitted_at", "judge_by")
    http_method_names = ["get", "post", "head", "options"]

    def permission_of(self, request: Request) -> str | None:
        """Those who only look at all information may list it, too."""
        code = super().permission_of(request)
        looks = self.action in {"list", "retrieve"} and self.person.access.can("submissions.view")
        return "submissions.view" if looks else code

    def perform_add(self, data: dict[str, Any]) -> Submission:
        """Submit it."""
        return submit_information(by=self.person, park_id=self.home_or(data.pop("park", None)), **data)

    @extend_schema(request=Judgement, responses=SubmissionSerializer)
    @action(detail=True, methods=["post"])
    def judge(self, request: Request, pk: str | None = None) -> Response:
        """Valid or not, once."""
        row = self.get_object()
        data = self.asked(Judgement, row)
        return self._answer(
            judge_submission(by=self.person, submission=row, version=row.version, **data), status.HTTP_200_OK
        )


routes: list[tuple[str, type[ViewSet]]] = [
    ("leads", LeadViewSet),
    ("activities", ActivityViewSet),
    ("submissions", SubmissionViewSet),
]
