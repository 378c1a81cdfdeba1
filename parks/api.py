"""`/api/v1/parks/`: the parks that the reader works in or oversees."""

from typing import ClassVar

from rest_framework import serializers

from core.api import ParkCodeField, ReadViewSet, ViewSet
from parks.models import Park


class ParkSerializer(serializers.ModelSerializer[Park]):
    """A node of the tree; other documents name it by its code."""

    parent = ParkCodeField()  # type: ignore[assignment]  # DRF's own attribute of the same name

    class Meta:
        model = Park
        fields = (
            "id",
            "code",
            "name",
            "name_en",
            "kind",
            "parent",
            "operator_name",
            "positioning",
            "industries",
            "description",
            "source",
        )


class ParkViewSet(ReadViewSet):
    """Read only: parks are set up by the administrator."""

    queryset = Park.objects.select_related("parent")
    serializer_class = ParkSerializer
    permissions: ClassVar[dict[str, str | None]] = {"list": "parks.view"}
    filterset_fields: ClassVar[tuple[str, ...]] = ("code", "kind")
    ordering: ClassVar[tuple[str, ...]] = ("id",)


routes: list[tuple[str, type[ViewSet]]] = [("parks", ParkViewSet)]
