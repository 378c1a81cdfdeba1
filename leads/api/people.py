"""`/api/v1/person-reveals/` and `/api/v1/overdue-people/`: guests, participants and referrers, all kinds together."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.contacts import ErasedSerializer
from core.api import ParkCodeField, ViewSet
from leads.actions.personal import erase_overdue_people
from leads.api.shared import ByPark
from leads.models import PersonReveal
from leads.outward_filters import PersonRevealFilter
from leads.queries.personal import outsiders, overdue_of, people_looked_at

ERASE = "contacts.erase"
MOST = 100


class PersonRevealSerializer(serializers.ModelSerializer[PersonReveal]):
    """Who looked at whom; `name` and `of` are empty where the reader may not see that person."""

    park = ParkCodeField()
    by_name = serializers.CharField(source="by.get_full_name", read_only=True)
    name = serializers.SerializerMethodField()
    of = serializers.SerializerMethodField(help_text="The event or the reception")

    class Meta:
        model = PersonReveal
        fields = ("id", "park", "kind", "row_pk", "name", "of", "by", "by_name", "at")

    def get_name(self, look: PersonReveal) -> str:
        """The person, or the number that is left of one who was erased."""
        known = self.context["people"].get((look.kind, look.row_pk))
        return known.name if known else ""

    def get_of(self, look: PersonReveal) -> str:
        """Where they are shown."""
        known = self.context["people"].get((look.kind, look.row_pk))
        return known.of if known else ""


class PersonRevealViewSet(mixins.ListModelMixin, ByPark):
    """Every look at an unmasked telephone or mail of a guest, participant or referrer, the latest first."""

    queryset = PersonReveal.objects.select_related("by", "park")
    serializer_class = PersonRevealSerializer
    filterset_class = PersonRevealFilter
    permissions: ClassVar[dict[str, str | None]] = {"list": "reveals.view"}
    ordering: ClassVar[tuple[str, ...]] = ("-at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "at")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of looks, with the people of that page."""
        looks = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = self.get_serializer_context() | {"people": people_looked_at(self.person, looks)}
        return self.get_paginated_response(PersonRevealSerializer(looks, many=True, context=context).data)


class OverduePerson(serializers.Serializer[Any]):
    """Somebody whose time to be kept is over."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    of = serializers.CharField()
    park = serializers.CharField()
    retain_until = serializers.DateField()


class OverdueKind(serializers.Serializer[Any]):
    """One kind: how many they are, and the first hundred of them."""

    kind = serializers.ChoiceField(choices=PersonReveal.Kind.choices)
    count = serializers.IntegerField()
    people = OverduePerson(many=True)


class OverduePeopleSerializer(serializers.Serializer[Any]):
    """All kinds; `count` is what `erase/` asks for."""

    count = serializers.IntegerField()
    kinds = OverdueKind(many=True)


class Expected(serializers.Serializer[Any]):
    """How many were shown."""

    count = serializers.IntegerField(min_value=0)


class OverduePeopleViewSet(ViewSet):
    """Participants, guests and referrers who were kept longer than they may be."""

    permissions: ClassVar[dict[str, str | None]] = {"list": ERASE, "erase": ERASE}
    serializer_class = OverduePeopleSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=OverduePeopleSerializer)
    def list(self, request: Request) -> Response:
        """Who they are, in all parks where one may erase."""
        found = overdue_of(self.person.access.parks_with(ERASE))
        kinds = [one for one in (self._kind(kind, rows) for kind, rows in found.items()) if one["count"]]
        return Response({"count": sum(one["count"] for one in kinds), "kinds": kinds})

    def _kind(self, kind: str, rows: Any) -> dict[str, Any]:
        shown = list(rows.select_related("park").order_by("retain_until", "pk")[:MOST])
        known = outsiders(self.person, kind, [row.pk for row in shown])
        people = [
            {"id": row.pk, "name": known[row.pk].name, "of": known[row.pk].of} if row.pk in known else {"id": row.pk}
            for row in shown
        ]
        kept = [{"name": "", "of": "", "park": row.park.code, "retain_until": row.retain_until} for row in shown]
        return {"kind": kind, "count": rows.count(), "people": [a | b for a, b in zip(kept, people, strict=True)]}

    @extend_schema(request=Expected, responses=ErasedSerializer)
    @action(detail=False, methods=["post"])
    def erase(self, request: Request) -> Response:
        """Erase all of them, if they are as many as were shown (`count`; 409 where not)."""
        body = Expected(data=request.data)
        body.is_valid(raise_exception=True)
        parks, expected = self.person.access.parks_with(ERASE), body.validated_data["count"]
        return Response({"erased": erase_overdue_people(by=self.person, parks=parks, expected=expected)})
