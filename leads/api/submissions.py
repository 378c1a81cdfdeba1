"""`/api/v1/submissions/`."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company
from core.api import ReadViewSet, VisibleField, WriteMixin
from leads.actions import claim_submission, hand_over_lead, judge_submission, submit_information
from leads.api.shared import ByPark, ColleagueField, OwnParkField
from leads.filters import SubmissionFilter
from leads.models import Submission


class Judgement(serializers.Serializer[Any]):
    """Valid or not; a reason where not."""

    valid = serializers.BooleanField()
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


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


class Claimed(serializers.Serializer[Any]):
    """The company, where the information names none of the registry."""

    company = VisibleField(Company, required=False, allow_null=True)
    to = ColleagueField(required=False, allow_null=True, help_text="Who follows it up; of those who assign leads")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class SubmissionViewSet(WriteMixin, ReadViewSet, ByPark):
    """Information submitted: one's own, and everybody's for those who may see it."""

    queryset = Submission.objects.select_related("park")
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilter
    saved_views_of = "leads:submissions"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "submissions.add",
        "create": "submissions.add",
        "judge": "submissions.judge",
        "claim": "leads.claim",
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

    @extend_schema(request=Claimed, responses=SubmissionSerializer)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str | None = None) -> Response:
        """Make a lead of valid information; the answer's `lead` is the new one."""
        row = self.get_object()
        data = self.asked(Claimed, row)
        to, note = data.pop("to", None), data.pop("note", "")
        lead = claim_submission(by=self.person, submission=row, **data)
        if to:
            hand_over_lead(by=self.person, lead=lead, to=to, note=note)
        return self._answer(self.get_queryset().get(pk=row.pk), status.HTTP_201_CREATED)
