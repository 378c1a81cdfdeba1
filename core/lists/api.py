"""`/api/v1/views/`: saved views, kept, shared and put away as on the page; pass one as `?view=` to the lists."""

from typing import Any, ClassVar

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ParkCodeField, ReadViewSet, ViewSet, WriteMixin, check_version
from core.lists.reopening import list_page
from core.lists.saved import (
    EDITABLE,
    MOST_VALUES,
    NARROWEST,
    WIDEST,
    Definition,
    change_view,
    delete_view,
    redefine_view,
    restore_view,
    save_view,
)
from core.models import SavedView

DEFINING = ("filters", "sort", "columns", "widths")


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """A view. `filters`: the list's own parameters with their values; relative ones (`me`, `this_month`) stay words."""

    park = ParkCodeField()
    list = serializers.CharField(
        source="list_name", max_length=60, help_text="the page that it belongs to, such as leads:list"
    )
    filters = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=200), max_length=MOST_VALUES), required=False
    )
    columns = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    widths = serializers.DictField(
        child=serializers.IntegerField(min_value=NARROWEST, max_value=WIDEST),
        required=False,
        help_text="column → width in pixels",
    )

    class Meta:
        model = SavedView
        fields = (
            *("id", "park", "list", "name", "visibility", "owner", "filters", "sort", "columns", "widths"),
            *("is_pinned", "is_default", "position", "version"),
        )
        read_only_fields = ("owner", "position", "version")

    def get_fields(self) -> dict[str, Any]:
        """A view stays with its list."""
        fields = super().get_fields()
        if isinstance(self.instance, SavedView):
            fields["list"].read_only = True
        return fields


@extend_schema_view(destroy=extend_schema(responses={204: None}))
class SavedViewViewSet(WriteMixin, ReadViewSet):
    """One's own views and those that were shared. PATCH and DELETE ask for `If-Match`; `restore` undoes the latter."""

    queryset = SavedView.objects.select_related("park")
    serializer_class = SavedViewSerializer
    permissions: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("list", "create", "update", "destroy", "restore"), "views.use"
    )
    filterset_fields: ClassVar[tuple[str, ...]] = ("list_name", "visibility")
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_queryset(self) -> Any:
        """Without the deleted ones, but where one is taken back."""
        rows: Any = super().get_queryset()
        return rows if self.action == "restore" else rows.kept()

    def perform_add(self, data: dict[str, Any]) -> SavedView:
        """In the home park."""
        definition = self._definition(data["list_name"], data, Definition())
        facts = {name: data[name] for name in EDITABLE & data.keys()}
        park_id = self.person.access.home_park_id or 0
        return save_view(by=self.person, park_id=park_id, list_name=data["list_name"], definition=definition, **facts)

    def perform_change(self, row: Any, data: dict[str, Any]) -> SavedView:
        """What it keeps, and what it is called and who sees it."""
        if data.keys() & DEFINING:
            definition = self._definition(row.list_name, data, Definition.of(row))
            row = redefine_view(by=self.person, view=row, definition=definition, version=row.version)
        facts = {name: data[name] for name in EDITABLE & data.keys()}
        return change_view(by=self.person, view=row, version=row.version, **facts) if facts else row

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put it away."""
        row = self.get_object()
        check_version(request, row)
        delete_view(by=self.person, view=row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=SavedViewSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str | None = None) -> Response:
        """Take a deleted one back, unless its name is in use again."""
        return self._answer(restore_view(by=self.person, view=self.get_object()), status.HTTP_200_OK)

    def _definition(self, list_name: str, data: dict[str, Any], before: Definition) -> Definition:
        """What was sent over what was there. What the list does not know is said, not dropped."""
        try:
            page = list_page(self.person, list_name)
        except Http404:
            page = None
        if page is None or not page.saves_views:
            raise serializers.ValidationError({"list": _("There is no list of this name.")})
        wanted = Definition(*(data.get(name, getattr(before, name)) for name in DEFINING))
        query = QueryDict(mutable=True)
        for name, values in wanted.parameters().items():
            query.setlist(name, values)
        read = page.definition_of(query.urlencode())
        for name in sorted(data.keys() & DEFINING):
            if data[name] and getattr(read, name) != getattr(wanted, name):
                raise serializers.ValidationError({name: _("This list does not know all of it.")})
        return read


routes: list[tuple[str, type[ViewSet]]] = [("views", SavedViewViewSet)]
