"""REST: projects (POST signs a lead), milestones (PATCH done or moved), payments (POST claims; recognise, reject)."""

from typing import Any, cast

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import CharFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Oversight, User
from core.access import require
from core.api import ParkCodeField, ReadViewSet, ViewSet, VisibleField, WriteMixin, check_version
from core.errors import Refused
from core.money import AmountSerializerField
from leads.models import Lead
from projects import actions
from projects.filters import MilestoneFilter, PaymentFilter, ProjectFilter
from projects.models import Milestone, MilestoneTemplate, Payment, Project
from projects.queries import unpublished_years_of, with_funds, with_light, with_next


class PersonField(serializers.PrimaryKeyRelatedField[User]):
    """A colleague by id: staff of the reader's parks, and of the zones above them."""

    def get_queryset(self) -> QuerySet[User]:
        """Others are answered as if they did not exist."""
        request = self.context.get("request")
        parks = cast("Any", request.user).access.read_parks if request else frozenset()
        above = Oversight.objects.filter(park_id__in=parks).values("overseer")
        near = Q(memberships__park_id__in=parks) | Q(memberships__park_id__in=above)
        return User.objects.filter(near, is_active=True).distinct()


class MonthField(serializers.DateField):
    """A month as 2026-08."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m", read_only=True, **kwargs)


class RateField(serializers.DecimalField):
    """Yuan for one unit of the currency."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=6, **kwargs)


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A signed project. `agreed_amount` is yuan; an agreement in another currency is sent as `original_amount` with
    `currency` and `rate`, and `agreed_amount` follows. `claimed` contains `recognised`."""

    park = ParkCodeField()
    company_name = serializers.CharField(source="company.name", read_only=True)
    lead: Any = VisibleField(Lead)
    case_officer: Any = PersonField()
    responsible_leader: Any = PersonField(required=False, allow_null=True)
    template: Any = VisibleField(MilestoneTemplate, required=False, write_only=True)
    agreed_amount = AmountSerializerField(required=False)
    original_amount = AmountSerializerField(required=False, allow_null=True)
    rate = RateField(required=False)
    claimed = AmountSerializerField(read_only=True)
    recognised = AmountSerializerField(read_only=True)
    light = serializers.CharField(read_only=True)
    next_milestone = serializers.SerializerMethodField()
    counted_month = MonthField()
    unpublished_years = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = (
            "id", "park", "code", "name", "company", "company_name", "lead", "state", "light", "next_milestone",
            "signed_on", "agreed_amount", "original_amount", "currency", "rate", "claimed", "recognised", "party_zone",
            "party_operator", "party_enterprise", "agreement_number", "case_officer", "responsible_leader", "signed_by",
            "department", "template", "counted_month", "unpublished_years", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("code", "company", "state", "signed_by", "department", "created_at", "version")
        extra_kwargs = {"name": {"required": False}}

    def get_next_milestone(self, project: Project) -> dict[str, Any] | None:
        """The open step that is due first."""
        step = project.next_step
        return {"id": step.pk, "name": step.title, "due_on": str(step.due_on), "owner": step.owner} if step else None

    def get_unpublished_years(self, project: Project) -> list[int] | None:
        """Years of the plan whose holidays are not published; told of one project, not in lists."""
        view: Any = self.context.get("view")
        return None if getattr(view, "action", "list") == "list" else unpublished_years_of(project)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One amount: yuan, or the currency's."""
        foreign = attrs.get("currency", "CNY") != "CNY"
        wanted = "original_amount" if foreign else "agreed_amount"
        if attrs.get(wanted) is None:
            raise serializers.ValidationError({wanted: _("This field is required.")})
        return attrs


class ProjectApiFilter(ProjectFilter):
    """The page's filters, and the park."""

    park = CharFilter(field_name="park__code")


class ProjectViewSet(WriteMixin, ReadViewSet):
    """Signed projects; POST signs the lead."""

    queryset = Project.objects.select_related("park", "company")
    serializer_class = ProjectSerializer
    filterset_class = ProjectApiFilter
    saved_views_of = "projects:list"
    permissions = {"list": "projects.view", "create": "projects.sign"}
    ordering = ("-signed_on", "-id")
    ordering_fields = ("signed_on", "agreed_amount", "id")
    http_method_names = ["get", "post", "head", "options"]

    def get_queryset(self) -> QuerySet[Any]:
        """With light, next step and funds."""
        return with_funds(with_next(with_light(super().get_queryset())))

    def perform_add(self, data: dict[str, Any]) -> Model:
        """Sign."""
        original = data.pop("original_amount", None)
        amount = original if data.get("currency", "CNY") != "CNY" else data["agreed_amount"]
        project = actions.sign_project(by=self.person, **(data | {"agreed_amount": amount}))
        row: Project = self.get_queryset().get(pk=project.pk)
        return row


class MilestoneSerializer(serializers.ModelSerializer[Milestone]):
    """A step. PATCH either `done_on` (null, with `reason`, opens it again) or `due_on` with `reason`."""

    park = ParkCodeField()
    project: Any = VisibleField(Project)
    project_name = serializers.CharField(source="project.name", read_only=True)
    title = serializers.CharField(read_only=True)
    owner: Any = PersonField(required=False)
    owner_name = serializers.CharField(source="owner.get_full_name", read_only=True)
    is_late = serializers.BooleanField(read_only=True)
    reason = serializers.CharField(write_only=True, required=False, max_length=240)
    counted_month = MonthField()

    class Meta:
        model = Milestone
        fields = (
            "id", "park", "project", "project_name", "company", "position", "kind", "name", "title", "line",
            "starts_on", "due_on", "first_due_on", "done_on", "is_late", "owner", "owner_name", "department", "note",
            "reason", "counted_month", "version",
        )  # fmt: skip
        read_only_fields = ("company", "position", "first_due_on", "department", "note", "version")
        extra_kwargs = {"name": {"required": False}}


class MilestoneApiFilter(MilestoneFilter):
    """The filters, and the park."""

    park = CharFilter(field_name="park__code")


class MilestoneViewSet(WriteMixin, ReadViewSet):
    """The steps of all visible projects."""

    queryset = Milestone.objects.select_related("park", "project", "owner")
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneApiFilter
    permissions = {"list": "projects.view", "create": "projects.change", "update": "projects.change"}
    ordering = ("due_on", "id")
    ordering_fields = ("due_on", "id")
    http_method_names = ["get", "post", "patch", "head", "options"]

    def perform_add(self, data: dict[str, Any]) -> Model:
        """One more step."""
        if "done_on" in data or "reason" in data:
            raise Refused(_("A new step is open. Mark it done afterwards."), field="done_on", code="not_here")
        return actions.add_milestone(by=self.person, **data)

    def perform_change(self, row: Model, data: dict[str, Any]) -> Model:
        """Done, opened again, or moved: one of them."""
        milestone, reason = cast("Milestone", row), data.pop("reason", "")
        if len(data) != 1 or not data.keys() <= {"done_on", "due_on"}:
            raise Refused(_("Send either done_on, or due_on with a reason."), code="one_change")
        common: dict[str, Any] = {"by": self.person, "milestone": milestone, "version": milestone.version}
        if "due_on" in data:
            return actions.reschedule_milestone(**common, due_on=data["due_on"], reason=reason)
        if data["done_on"] is None:
            return actions.reopen_milestone(**common, reason=reason)
        return actions.complete_milestone(**common, done_on=data["done_on"])


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """Funds claimed. `amount` is in `currency`, `rate` the mid-rate of `paid_on`, `amount_yuan` what counts.

    `files` (multipart) holds the evidence; without one, recognition needs a `reason` that says what was seen.
    """

    park = ParkCodeField()
    project: Any = VisibleField(Project)
    project_name = serializers.CharField(source="project.name", read_only=True)
    amount = AmountSerializerField()
    amount_yuan = AmountSerializerField(read_only=True)
    rate = RateField(required=False)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), write_only=True, required=False, max_length=10
    )
    evidence_files = serializers.SerializerMethodField()
    counted_month = MonthField()

    class Meta:
        model = Payment
        fields = (
            "id", "uuid", "park", "project", "project_name", "company", "paid_on", "amount", "currency", "rate",
            "amount_yuan", "evidence", "files", "evidence_files", "note", "state", "claimed_by", "department",
            "claimed_at", "decided_by", "decided_at", "reason", "counted_month", "version",
        )  # fmt: skip
        read_only_fields = (
            "uuid", "company", "state", "claimed_by", "department", "claimed_at", "decided_by", "decided_at", "reason",
            "version",
        )  # fmt: skip

    def get_evidence_files(self, payment: Payment) -> list[dict[str, str]]:
        """Name and address of each file."""
        kept = [link.attachment for link in payment.files.all()]
        return [{"name": file.name, "url": reverse("core:file", args=[file.uuid])} for file in kept]


class PaymentDecisionSerializer(serializers.Serializer[Any]):
    """What a decision may say."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=240, default="")


class PaymentApiFilter(PaymentFilter):
    """The page's filters, and the park."""

    park = CharFilter(field_name="park__code")


class PaymentViewSet(WriteMixin, ReadViewSet):
    """Payments of all visible projects; POST claims, a second person recognises or rejects."""

    queryset = Payment.objects.select_related("park", "project").prefetch_related("files__attachment")
    serializer_class = PaymentSerializer
    filterset_class = PaymentApiFilter
    saved_views_of = "projects:payments"
    permissions = {
        "list": "payments.view",
        "create": "payments.claim",
        "recognise": "projects.recognise",
        "reject": "projects.recognise",
    }
    ordering_fields = ("paid_on", "id")
    http_method_names = ["get", "post", "head", "options"]

    def perform_add(self, data: dict[str, Any]) -> Model:
        """Claim."""
        return actions.claim_payment(by=self.person, **data)

    @extend_schema(request=PaymentDecisionSerializer, responses=PaymentSerializer)
    @action(detail=True, methods=["post"])
    def recognise(self, request: Request, pk: str | None = None) -> Response:
        """The evidence is accepted; the same by the same person again changes nothing, another decision is a 409."""
        return self._decide(request, actions.recognise_payment)

    @extend_schema(request=PaymentDecisionSerializer, responses=PaymentSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str | None = None) -> Response:
        """The evidence is not accepted; `reason` is needed."""
        return self._decide(request, actions.reject_payment)

    def _decide(self, request: Request, decide: Any) -> Response:
        payment: Payment = self.get_object()
        require(self.person, "projects.recognise", payment.park_id)
        if "If-Match" in request.headers:
            check_version(request, payment)
        decision = PaymentDecisionSerializer(data=request.data)
        decision.is_valid(raise_exception=True)
        return self._answer(decide(by=self.person, payment=payment, **decision.validated_data), 200)


routes: list[tuple[str, type[ViewSet]]] = [
    ("projects", ProjectViewSet),
    ("milestones", MilestoneViewSet),
    ("payments", PaymentViewSet),
]
