"""`/api/v1/reception-guests/`, `reception-items/` and `reception-provisions/`: what a plan consists of."""

from typing import Any, ClassVar

from rest_framework import serializers

from companies.models import Contact
from core.api import MomentField, ParkCodeField, VisibleField, WriteMixin
from leads.actions.reception import put_part, remove_part
from leads.api.parts import Masked, OfPerson, PartViewSet, Removable
from leads.api.shared import ColleagueField
from leads.models import Reception, ReceptionGuest, ReceptionItem, ReceptionProvision
from leads.outward_filters import PartOfReception


class OfReception(serializers.ModelSerializer[Any]):
    """A part: it stays in its plan."""

    park = ParkCodeField()
    reception = VisibleField(Reception)

    def get_fields(self) -> dict[str, Any]:
        """The plan is named once."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["reception"].read_only = True
        return fields


class GuestSerializer(Masked, OfReception):
    """A guest with needs and courtesies; one of the contacts brings name and position along."""

    contact = VisibleField(Contact, required=False, allow_null=True)
    name = serializers.CharField(max_length=60, required=False, allow_blank=True)

    class Meta:
        model = ReceptionGuest
        fields = (
            *("id", "park", "reception", "contact", "name", "title", "phone", "is_head", "language", "interpreter"),
            *("diet", "smoking", "courtesies", "retain_until", "erased_at", "version"),
        )
        read_only_fields = ("retain_until", "erased_at", "version")


class HourSerializer(OfReception):
    """An hour of the schedule."""

    host = ColleagueField(required=False, allow_null=True)
    starts_at = MomentField()
    ends_at = MomentField()

    class Meta:
        model = ReceptionItem
        fields = (
            *("id", "park", "reception", "kind", "starts_at", "ends_at", "title", "title_en", "place", "place_en"),
            *("host", "meets", "internal_note", "version"),
        )
        read_only_fields = ("version",)


class ProvisionSerializer(OfReception):
    """A car, a table, a room, a gift."""

    class Meta:
        model = ReceptionProvision
        fields = (
            *("id", "park", "reception", "kind", "name", "person", "phone", "quantity", "note", "is_ready"),
            "version",
        )
        read_only_fields = ("version",)


class ReceptionPartViewSet(WriteMixin, Removable, PartViewSet):
    """Added, corrected and taken out while the plan is open."""

    owner = "reception"
    filterset_class = PartOfReception
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_add(self, data: dict[str, Any]) -> Any:
        """Into the plan."""
        return put_part(self._model, by=self.person, **data)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Any:
        """Exactly what was sent."""
        return put_part(self._model, by=self.person, reception=row.reception, part=row, version=row.version, **data)

    def perform_remove(self, row: Any) -> object:
        """Out of the plan."""
        return remove_part(by=self.person, part=row, version=row.version)

    @property
    def _model(self) -> Any:
        return self.get_queryset().model


PLANS: dict[str, str | None] = {
    "list": "receptions.view",
    "create": "receptions.plan",
    "update": "receptions.plan",
    "destroy": "receptions.plan",
}


class GuestViewSet(OfPerson, ReceptionPartViewSet):
    """The guests of plans."""

    queryset = ReceptionGuest.objects.all()
    serializer_class = GuestSerializer
    permissions: ClassVar[dict[str, str | None]] = PLANS | {"reveal": "contacts.reveal", "erase": "contacts.erase"}


class ItemViewSet(ReceptionPartViewSet):
    """The hours of plans."""

    queryset = ReceptionItem.objects.all()
    serializer_class = HourSerializer
    permissions: ClassVar[dict[str, str | None]] = PLANS


class ProvisionViewSet(ReceptionPartViewSet):
    """What is provided."""

    queryset = ReceptionProvision.objects.all()
    serializer_class = ProvisionSerializer
    permissions: ClassVar[dict[str, str | None]] = PLANS
