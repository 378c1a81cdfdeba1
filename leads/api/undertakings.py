"""`/api/v1/promises/`: what companies asked and were promised."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ReadViewSet, VisibleField, WriteMixin, check_version
from leads.actions import add_undertaking, change_undertaking, reopen_undertaking, settle_undertaking
from leads.actions.undertakings import Word
from leads.api.shared import ByPark, ColleagueField
from leads.filters import UndertakingFilter
from leads.models import Activity, Undertaking


class UndertakingSerializer(serializers.ModelSerializer[Undertaking]):
    """One thing asked or promised."""

    activity = VisibleField(Activity)
    owner = ColleagueField(required=False)
    owner_name = serializers.CharField(source="owner.get_full_name", read_only=True)

    class Meta:
        model = Undertaking
        fields = (
            *("id", "activity", "company", "lead", "kind", "text", "owner", "owner_name", "due_on"),
            *("state", "closed_at", "closed_by", "note", "created_at", "version"),
        )
        read_only_fields = ("company", "lead", "state", "closed_at", "closed_by", "note", "created_at", "version")

    def get_fields(self) -> dict[str, Any]:
        """It stays where it was said."""
        fields = super().get_fields()
        if isinstance(self.instance, Undertaking):
            fields["activity"].read_only = fields["kind"].read_only = True
        return fields


class Settlement(serializers.Serializer[Any]):
    """`kept`, or `withdrawn` with a note."""

    state = serializers.ChoiceField(choices=["kept", "withdrawn"])
    note = serializers.CharField(max_length=240, required=False, allow_blank=True)


class UndertakingViewSet(WriteMixin, ReadViewSet, ByPark):
    """What was asked and promised."""

    queryset = Undertaking.objects.all()
    serializer_class = UndertakingSerializer
    filterset_class = UndertakingFilter
    saved_views_of = "leads:undertakings"
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "activities.view",
        "create": "activities.log",
        "update": "activities.log",
        "settle": "activities.log",
        "reopen": "activities.log",
    }
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "due_on")
    http_method_names = ["get", "post", "patch", "head", "options"]

    def get_queryset(self) -> models.QuerySet[Any]:
        """With what the answer shows."""
        rows: Any = super().get_queryset()
        return rows.with_people()  # type: ignore[no-any-return]  # an UndertakingQuerySet

    def perform_add(self, data: dict[str, Any]) -> Undertaking:
        """Something that was forgotten when the activity was logged."""
        word = Word(data["text"], data.get("due_on"), data.get("owner"))
        kind = data.get("kind", Undertaking.Kind.PROMISED)
        return add_undertaking(by=self.person, activity=data["activity"], kind=kind, word=word)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Undertaking:
        """Another day, another person, better words."""
        return change_undertaking(
            by=self.person, undertaking=row, version=row.version, **({"due_on": row.due_on} | data)
        )

    @extend_schema(request=Settlement, responses=UndertakingSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str | None = None) -> Response:
        """Kept or withdrawn."""
        row = self.get_object()
        data = self.asked(Settlement, row)
        done = settle_undertaking(by=self.person, undertaking=row, version=row.version, **data)
        return self._answer(done, status.HTTP_200_OK)

    @extend_schema(request=None, responses=UndertakingSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str | None = None) -> Response:
        """Not settled after all."""
        row = self.get_object()
        check_version(request, row)
        return self._answer(
            reopen_undertaking(by=self.person, undertaking=row, version=row.version), status.HTTP_200_OK
        )
