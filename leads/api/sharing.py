"""`/api/v1/offers/` and `/api/v1/handovers/`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.queries import people_with
from companies.models import Contact
from core.access import require
from core.api import ParkCodeField, ReadViewSet, VisibleField, WriteMixin, made_before, request_key
from core.errors import Refused
from core.idempotency import once
from leads.actions import (
    accept_offer,
    decline_offer,
    hand_over_all,
    hand_over_lead,
    offer_lead,
    receive_lead,
    return_lead,
    withdraw_offer,
)
from leads.actions.sharing import FIELDS, Chosen
from leads.api.shared import ByPark, ColleagueField, OwnParkField, Reason
from leads.filters import HandoverFilter, OfferFilter
from leads.models import Activity, Handover, Lead, ShareOffer
from leads.queries import handover as queries
from parks.models import Park

ALL = "handovers-all"


def somebody(pk: int, park_id: int, field: str) -> User:
    """A person who works on leads in the park; others do not exist."""
    found = next((one for one in people_with("leads.change", park_id) if one.pk == pk), None)
    if found is None:
        raise Refused(_("No such person in this park."), field=field, code="does_not_exist")
    return found


class OfferSerializer(serializers.ModelSerializer[ShareOffer]):
    """One side of an offer. POST offers `lead` to the park `to`, showing exactly what is listed."""

    park = ParkCodeField()
    partner = ParkCodeField()
    to = serializers.SlugRelatedField(
        slug_field="code", queryset=Park.objects.filter(is_active=True), write_only=True, help_text="code of a park"
    )
    lead = VisibleField(Lead)
    fields_shown = serializers.MultipleChoiceField(choices=list(FIELDS), write_only=True, required=False)
    contacts = VisibleField(Contact, many=True, write_only=True, required=False)
    activities = VisibleField(Activity, many=True, write_only=True, required=False)
    days = serializers.IntegerField(min_value=1, max_value=90, write_only=True, required=False)

    class Meta:
        model = ShareOffer
        fields = (
            *(
                "id",
                "uuid",
                "park",
                "direction",
                "ruled",
                "partner",
                "lead",
                "company",
                "company_name",
                "shown",
                "own_percent",
            ),
            *("note", "state", "offered_by", "offered_at", "expires_on", "answered_by", "answered_at", "reason"),
            *("partner_stage", "partner_stage_on", "version"),
            *("to", "fields_shown", "contacts", "activities", "days"),
        )
        read_only_fields = (
            *("uuid", "direction", "ruled", "company", "company_name", "shown", "state", "offered_by", "offered_at"),
            *("expires_on", "answered_by", "answered_at", "reason", "partner_stage", "partner_stage_on", "version"),
        )
        # One live offer per lead: the action answers.
        validators: ClassVar[list[Any]] = []


class Acceptance(serializers.Serializer[Any]):
    """Whose lead it becomes: the id of a person of the park, by default one's own."""

    owner = serializers.IntegerField(required=False)


class OfferViewSet(WriteMixin, ReadViewSet, ByPark):
    """Leads offered to and by other parks."""

    queryset = ShareOffer.objects.select_related("park", "partner")
    serializer_class = OfferSerializer
    filterset_class = OfferFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "leads.view",
        "create": "leads.share",
        "accept": "leads.share",
        "decline": "leads.share",
        "withdraw": "leads.share",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-offered_at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "offered_at")

    def perform_add(self, data: dict[str, Any]) -> models.Model:
        """Offer."""
        chosen = Chosen(
            sorted(data.pop("fields_shown", ())), tuple(data.pop("contacts", ())), tuple(data.pop("activities", ()))
        )
        return offer_lead(by=self.person, chosen=chosen, **data)

    def _fresh(self, row: models.Model) -> models.Model:
        found: models.Model = self.get_queryset().get(pk=row.pk)
        return found

    @extend_schema(request=Acceptance, responses=OfferSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str | None = None) -> Response:
        """A lead of one's own park comes of it."""
        row = self.get_object()
        asked = self.asked(Acceptance, row).get("owner")
        owner = somebody(asked, row.park_id, "owner") if asked else self.person
        accept_offer(by=self.person, offer=row, owner=owner, version=row.version)
        return self._answer(self._fresh(row), status.HTTP_200_OK)

    @extend_schema(request=Reason, responses=OfferSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str | None = None) -> Response:
        """Not for us."""
        row = self.get_object()
        decline_offer(by=self.person, offer=row, version=row.version, **self.asked(Reason, row))
        return self._answer(self._fresh(row), status.HTTP_200_OK)

    @extend_schema(request=None, responses=OfferSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """Take it back."""
        row = self.get_object()
        self.asked(serializers.Serializer, row)
        withdraw_offer(by=self.person, offer=row, version=row.version)
        return self._answer(self._fresh(row), status.HTTP_200_OK)


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """A hand-over; POST gives `lead` to `receiver`."""

    park = ParkCodeField()
    lead = VisibleField(Lead)
    receiver = serializers.IntegerField(source="receiver_id")

    class Meta:
        model = Handover
        fields = (
            *("id", "uuid", "park", "lead", "giver", "receiver", "made_by", "at", "note", "carried", "state"),
            *("answered_at", "reason", "version"),
        )
        read_only_fields = (
            *("uuid", "giver", "made_by", "at", "carried", "state", "answered_at", "reason", "version"),
        )
        validators: ClassVar[list[Any]] = []


class AllOfPerson(serializers.Serializer[Any]):
    """Everything that `giver` has in hand in a park, dealt out in turn to the `receivers`."""

    park = OwnParkField()
    giver = serializers.PrimaryKeyRelatedField(queryset=User.objects.all())
    receivers = ColleagueField(many=True, allow_empty=False)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class HolderSerializer(serializers.Serializer[Any]):
    """A person with open leads, and what else goes along; `is_here`: still works on leads in the park."""

    user = serializers.IntegerField(source="holder.person.pk")
    name = serializers.CharField(source="holder.person")
    is_here = serializers.BooleanField(source="holder.is_here")
    leads = serializers.IntegerField(source="estate.leads")
    steps = serializers.IntegerField(source="estate.steps")
    overdue = serializers.IntegerField(source="estate.overdue")
    unread = serializers.IntegerField(source="estate.unread")
    promises = serializers.IntegerField(source="estate.promises")


class HandoverViewSet(WriteMixin, ReadViewSet, ByPark):
    """Leads that went from one officer to another."""

    queryset = Handover.objects.select_related("park")
    serializer_class = HandoverSerializer
    filterset_class = HandoverFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "leads.view",
        "create": "leads.assign",
        "receive": "leads.change",
        "give_back": "leads.change",
        "all_of_person": "leads.assign",
        "holders": "leads.assign",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "at")

    def perform_add(self, data: dict[str, Any]) -> models.Model:
        """Hand over."""
        lead = data["lead"]
        to = somebody(data["receiver_id"], lead.park_id, "receiver")
        hand_over_lead(by=self.person, lead=lead, to=to, note=data.get("note", ""))
        row: models.Model = self.get_queryset().get(lead=lead, state=Handover.State.PENDING)
        return row

    @extend_schema(request=AllOfPerson, responses={201: HandoverSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="all")
    def all_of_person(self, request: Request) -> Response:
        """Hand over all open leads of a person, at once or not at all; once for each `Idempotency-Key`."""
        body = AllOfPerson(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        with once(user=self.person, key=request_key(request)) as done:
            if done.url is None:
                made = hand_over_all(by=self.person, park_id=self.home_or(data.pop("park", None)), **data)
                done.finish(f"{ALL}:{made[0].batch}")
                batch = made[0].batch
            else:
                batch = UUID(made_before(done.url, ALL))
        rows = self.get_queryset().filter(batch=batch).order_by("pk")
        code = status.HTTP_201_CREATED if done.url is None else status.HTTP_200_OK
        return Response(self.get_serializer(rows, many=True).data, status=code)

    @extend_schema(responses=HolderSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def holders(self, request: Request) -> Response:
        """Who has open leads in `park` (by default the home park), those first who have left."""
        code = request.query_params.get("park", "")
        parks = {one.code: one.id for one in self.person.access.parks}
        park_id = parks.get(code, 0) if code else self.home_or(None)
        require(self.person, "leads.assign", park_id)
        found = [
            {"holder": one, "estate": queries.estate_of(self.person, one.person, park_id)}
            for one in queries.holders_of(self.person, park_id)
        ]
        return Response(HolderSerializer(found, many=True).data)

    @extend_schema(request=None, responses=HandoverSerializer)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, pk: str | None = None) -> Response:
        """Sign for it."""
        row = self.get_object()
        self.asked(serializers.Serializer, row)
        receive_lead(by=self.person, handover=row, version=row.version)
        return self._answer(self.get_queryset().get(pk=row.pk), status.HTTP_200_OK)

    @extend_schema(request=Reason, responses=HandoverSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, pk: str | None = None) -> Response:
        """Give it back, with a reason."""
        row = self.get_object()
        return_lead(by=self.person, handover=row, version=row.version, **self.asked(Reason, row))
        return self._answer(self.get_queryset().get(pk=row.pk), status.HTTP_200_OK)
