"""`/api/v1/views/`: the saved views that one may pass as `?view=` to the lists."""

from typing import Any, ClassVar

from rest_framework import serializers

from core.api import ParkCodeField, ReadViewSet, ViewSet
from core.models import SavedView


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """A view."""

    park = ParkCodeField()
    list = serializers.CharField(source="list_name", help_text="the page that it belongs to, such as leads:list")

    class Meta:
        model = SavedView
        fields = (
            *("id", "park", "list", "name", "visibility", "owner", "filters", "sort", "columns"),
            *("is_pinned", "is_default", "position", "version"),
        )


class SavedViewViewSet(ReadViewSet):
    """One's own views and those that were shared."""

    queryset = SavedView.objects.select_related("park")
    serializer_class = SavedViewSerializer
    permissions: ClassVar[dict[str, str | None]] = {"list": "views.use"}
    filterset_fields: ClassVar[tuple[str, ...]] = ("list_name", "visibility")

    def get_queryset(self) -> Any:
        """Without the deleted ones."""
        rows: Any = super().get_queryset()
        return rows.kept()


routes: list[tuple[str, type[ViewSet]]] = [("views", SavedViewViewSet)]
