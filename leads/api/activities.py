"""`/api/v1/activities/`."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Company, Contact
from core.api import MomentField, ReadViewSet, VisibleField, WriteMixin, check_version
from leads.actions import add_file, delete_activity, edit_activity, log_activity, restore_activity
from leads.actions.undertakings import Word
from leads.api.shared import ByPark, ColleagueField, OwnParkField, StoredFile
from leads.api.undertakings import UndertakingSerializer
from leads.filters import ActivityFilter
from leads.models import Activity, Lead, Trip

# What PATCH may change; the rest of a record stays as it was logged.
CORRECTED = frozenset({"kind", "happened_at", "place", "summary", "met", "contacts", "companions", "trip"})


class LoggedLead(VisibleField):
    """A lead in the input: one that is seen, or one that was one's own when the visit was made without signal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Lead, **kwargs)

    def get_queryset(self) -> models.QuerySet[Any]:
        """Others do not exist."""
        request = self.context.get("request")
        return Lead.objects.loggable_by(request.user) if request else Lead.objects.none()


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody of the other side: a contact, or only a name."""

    contact = serializers.IntegerField(source="contact_id")
    name = serializers.CharField(source="__str__")


class WordSerializer(serializers.Serializer[Any]):
    """A promise as it is given."""

    text = serializers.CharField(max_length=240)
    due_on = serializers.DateField(required=False, allow_null=True)
    owner = ColleagueField(required=False, allow_null=True)


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    """An activity of a lead, or of a company alone; POST with the same `uuid` again answers the same record.

    `counts` says whether it counts for the figure `counts_as` in `counted_month`, `why_not` what is missing:
    `photo`, `person`, `text`, `again` (another visit to the company counts on that day).
    """

    park = OwnParkField()
    uuid = serializers.UUIDField(required=False)
    company = VisibleField(Company, required=False)
    company_name = serializers.CharField(
        max_length=200, required=False, write_only=True, help_text="A company that nobody has yet: it is added"
    )
    lead = LoggedLead(required=False, allow_null=True)
    trip = VisibleField(Trip, required=False, allow_null=True)
    happened_at = MomentField()
    met = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="Names separated by commas; of the answer: all"
    )
    contacts = VisibleField(Contact, many=True, required=False, write_only=True)
    people = PersonSerializer(many=True, read_only=True)
    companions = ColleagueField(many=True, required=False, write_only=True)
    colleagues = serializers.SerializerMethodField()
    asked = serializers.ListField(child=serializers.CharField(max_length=240), required=False, write_only=True)
    promised = WordSerializer(many=True, required=False, write_only=True)
    undertakings = UndertakingSerializer(many=True, read_only=True)
    by_name = serializers.CharField(source="by.get_full_name", read_only=True)
    step_done = serializers.BooleanField(write_only=True, required=False)
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), write_only=True, required=False)
    attachments = StoredFile(source="files", many=True, read_only=True)

    class Meta:
        model = Activity
        fields = (
            *(
                "id",
                "uuid",
                "park",
                "company",
                "company_name",
                "lead",
                "trip",
                "kind",
                "happened_at",
                "summary",
                "place",
            ),
            *("met", "contacts", "people", "companions", "colleagues", "asked", "promised", "undertakings"),
            *("next_step", "next_date", "step_done", "files", "attachments", "by", "by_name", "department"),
            *("counts", "counts_as", "why_not", "counted_month", "is_demo", "created_at", "version"),
        )
        read_only_fields = (
            *(
                "by",
                "department",
                "counts",
                "counts_as",
                "why_not",
                "counted_month",
                "is_demo",
                "created_at",
                "version",
            ),
        )
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"summary": {"max_length": 8000}}

    def get_fields(self) -> dict[str, Any]:
        """A correction leaves everything but what can be corrected."""
        fields = super().get_fields()
        if isinstance(self.instance, Activity):
            for name, field in fields.items():
                field.read_only = field.read_only or name not in CORRECTED
        return fields

    def get_colleagues(self, row: Activity) -> list[int]:
        """The ids of those who were there besides the author."""
        return [companion.user_id for companion in row.companions.all()]

    def validate_promised(self, value: list[dict[str, Any]]) -> list[Word]:
        """As the action takes them."""
        return [Word(**word) for word in value]


class FileSerializer(serializers.Serializer[Any]):
    """One more photo or file; the same `uuid` again is the same file."""

    uuid = serializers.UUIDField(required=False)
    file = serializers.FileField(allow_empty_file=True)


class ActivityViewSet(WriteMixin, ReadViewSet, ByPark):
    """Activities: logged once, corrected for some days, taken back and restored."""

    queryset = Activity.objects.select_related("park")
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    saved_views_of = "leads:activities"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "activities.view",
        "create": "activities.log",
        "update": "activities.log",
        "destroy": "activities.log",
        "restore": "activities.log",
        "files": "activities.log",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-happened_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "happened_at")
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    logged: Activity | None = None

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows; what was deleted only to restore it."""
        if self.action == "restore" and not getattr(self, "swagger_fake_view", False):
            return Activity.objects.kept_or_deleted(self.person).select_related("park").with_story()
        rows: Any = super().get_queryset()
        return rows.with_story()  # type: ignore[no-any-return]  # an ActivityQuerySet

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
        return self._fresh(self.logged)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Activity:
        """Correct it."""
        return self._fresh(edit_activity(by=self.person, activity=row, version=row.version, **data))

    def _fresh(self, row: Activity) -> Activity:
        """As it stands now, deleted or not: its author reads it even where the lead went to somebody else."""
        found: Activity = (
            Activity.objects.kept_or_deleted(self.person).with_story().select_related("park").get(pk=row.pk)
        )
        return found

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take it back; `restore/` undoes it."""
        row = self.get_object()
        check_version(request, row)
        delete_activity(by=self.person, activity=row, version=row.version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str | None = None) -> Response:
        """Undo the deletion."""
        # No version is asked for: what is deleted cannot be read.
        row = restore_activity(by=self.person, activity=self.get_object())
        return self._answer(self._fresh(row), status.HTTP_200_OK)

    @extend_schema(request=FileSerializer, responses=ActivitySerializer)
    @action(detail=True, methods=["post"])
    def files(self, request: Request, pk: str | None = None) -> Response:
        """Add one photo or file, once for each `uuid`."""
        row = self.get_object()
        body = FileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        add_file(by=self.person, activity=row, **body.validated_data)
        return self._answer(self._fresh(row), status.HTTP_201_CREATED)
