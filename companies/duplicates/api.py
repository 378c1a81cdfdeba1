"""`/api/v1/duplicates/`: possible duplicates, the decision, the merge and its undoing."""

from typing import Any, ClassVar, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.actions.duplicates import (
    compare_by_hand,
    mark_different,
    merge_companies,
    put_off,
    reopen,
    search_duplicates,
    undo_merge,
)
from companies.actions.unmerge import bring_over
from companies.duplicates.filters import DuplicateFilter
from companies.models import Company, Duplicate, Merge
from core.api import ParkCodeField, ReadViewSet, ViewSet, VisibleField, WriteMixin, check_version
from core.errors import Refused
from core.jobs_api import JobSerializer
from parks.models import Park


class SideSerializer(serializers.ModelSerializer[Company]):
    """One of the two."""

    class Meta:
        model = Company
        fields = ("id", "name", "credit_code", "code_kind", "stock_code", "province", "city", "merged_into")


class MergeSerializer(serializers.ModelSerializer[Merge]):
    """What became of the decision to merge."""

    class Meta:
        model = Merge
        fields = ("id", "survivor", "loser", "state", "reason", "taken", "done_at", "undo_until", "undone_at", "error")


class DuplicateSerializer(serializers.ModelSerializer[Duplicate]):
    """A pair; `park` is empty for two companies of the registry."""

    park = ParkCodeField()
    left = VisibleField(Company)
    right = VisibleField(Company)
    merge = serializers.SerializerMethodField()

    class Meta:
        model = Duplicate
        fields = (
            "id",
            "park",
            "left",
            "right",
            "evidence",
            "score",
            "state",
            "reason",
            "decided_at",
            "found_at",
            "version",
            "merge",
        )
        read_only_fields = ("evidence", "score", "state", "reason", "decided_at", "found_at", "version")
        # The pair that is there already is answered.
        validators: ClassVar[list[Any]] = []

    @extend_schema_field(MergeSerializer(allow_null=True))
    def get_merge(self, row: Duplicate) -> dict[str, Any] | None:
        """The latest merge of the two, in a single answer."""
        if self.context.get("view") is None or cast("Any", self.context["view"]).action == "list":
            return None
        merge = row.merges.order_by("-pk").first()
        return dict(MergeSerializer(merge).data) if merge else None

    def to_representation(self, instance: Duplicate) -> dict[str, Any]:
        """Both companies whole."""
        shown = super().to_representation(instance)
        return shown | {"left": SideSerializer(instance.left).data, "right": SideSerializer(instance.right).data}


class RulingSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=240, required=False, allow_blank=True, default="")


class MergeRequestSerializer(RulingSerializer):
    """Which stays (`survivor`), and the facts that are taken from the other one (`taken`, names of fields)."""

    survivor = VisibleField(Company)
    taken = serializers.ListField(child=serializers.CharField(max_length=40), required=False, default=list)


class DuplicateViewSet(WriteMixin, ReadViewSet):
    """Pairs that may be one company; `state=all` lists the decided ones too. Decisions ask for `If-Match`."""

    queryset = Duplicate.objects.select_related("left", "right", "park")
    serializer_class = DuplicateSerializer
    filterset_class = DuplicateFilter
    http_method_names: ClassVar[list[str]] = ["get", "post", "head", "options"]  # type: ignore[misc]  # decisions are acts
    permissions: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("list", "create", "merge", "different", "later", "reopen", "undo"), "duplicates.view"),
        "search": "companies.steward",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-score", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "score", "found_at")

    def filter_queryset(self, queryset: Any) -> Any:
        """One row is found in whatever state it is."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def perform_add(self, data: dict[str, Any]) -> Duplicate:
        """Two companies that a person found alike."""
        return compare_by_hand(by=self.person, one=data["left"], other=data["right"])

    def _read(self, request: Request, shape: type[serializers.Serializer[Any]]) -> tuple[Duplicate, dict[str, Any]]:
        row: Duplicate = self.get_object()
        check_version(request, row)
        serializer = shape(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return row, dict(serializer.validated_data)

    def _again(self, row: Duplicate, code: int = status.HTTP_200_OK) -> Response:
        return self._answer(self.get_queryset().get(pk=row.pk), code)

    @extend_schema(request=MergeRequestSerializer, responses={202: DuplicateSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str | None = None) -> Response:
        """Merge the two in the background; `merge.state` tells when it is done."""
        row, data = self._read(request, MergeRequestSerializer)
        merge_companies(by=self.person, duplicate=row, version=row.version, **data)
        return self._again(row, status.HTTP_202_ACCEPTED)

    @extend_schema(request=RulingSerializer, responses=DuplicateSerializer)
    @action(detail=True, methods=["post"])
    def different(self, request: Request, pk: str | None = None) -> Response:
        """Not the same company: not proposed again."""
        row, data = self._read(request, RulingSerializer)
        return self._again(mark_different(by=self.person, duplicate=row, version=row.version, **data))

    @extend_schema(request=RulingSerializer, responses=DuplicateSerializer)
    @action(detail=True, methods=["post"])
    def later(self, request: Request, pk: str | None = None) -> Response:
        """Put off."""
        row, data = self._read(request, RulingSerializer)
        return self._again(put_off(by=self.person, duplicate=row, version=row.version, **data))

    @extend_schema(request=None, responses=DuplicateSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str | None = None) -> Response:
        """To be decided again."""
        row: Duplicate = self.get_object()
        check_version(request, row)
        return self._again(reopen(by=self.person, duplicate=row, version=row.version))

    @extend_schema(request=None, responses={202: JobSerializer})
    @action(detail=False, methods=["post"])
    def search(self, request: Request) -> Response:
        """Go through the whole registry in the background; one that runs already is not begun twice."""
        return Response(JobSerializer(search_duplicates(by=self.person)).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={202: DuplicateSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Undo the merge of the two in the background, within thirty days."""
        row: Duplicate = self.get_object()
        merge = row.merges.order_by("-pk").first()
        if merge is None:
            raise Refused(_("These two were not merged."), code="not_merged", status=409)
        undo_merge(by=self.person, merge=merge)
        return self._again(row, status.HTTP_202_ACCEPTED)


class ParkOf(serializers.Serializer[Any]):
    """The park in which rows stayed behind; by default the home park."""

    park = serializers.SlugRelatedField(slug_field="code", queryset=Park.objects.all(), required=False)


class CameSerializer(serializers.Serializer[Any]):
    """How many rows came."""

    came = serializers.IntegerField()


class MergeViewSet(ReadViewSet):
    """Merges of companies, the latest first."""

    queryset = Merge.objects.all()
    serializer_class = MergeSerializer
    filterset_fields: ClassVar[tuple[str, ...]] = ("survivor", "loser", "state")
    permissions: ClassVar[dict[str, str | None]] = {"list": "duplicates.view", "bring_over": "companies.merge"}

    @extend_schema(request=ParkOf, responses=CameSerializer)
    @action(detail=True, methods=["post"], url_path="bring-over")
    def bring_over(self, request: Request, pk: str | None = None) -> Response:
        """What had stayed behind in a park, since the lasting company has its like, comes to it now."""
        merge: Merge = self.get_object()
        given = ParkOf(data=request.data)
        given.is_valid(raise_exception=True)
        park = given.validated_data.get("park")
        park_id = park.pk if park else self.person.access.home_park_id or 0
        return Response({"came": bring_over(by=self.person, merge=merge, park_id=park_id)})


routes: list[tuple[str, type[ViewSet]]] = [("duplicates", DuplicateViewSet), ("merges", MergeViewSet)]
