"""Requests and the catalogue for programs: staff tokens see their parks', an enterprise's token its own."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Department, User
from companies.models import Company
from core.access import require
from core.api import ParkCodeField, ReadViewSet, ViewSet, VisibleField, WriteMixin, check_version
from core.errors import Refused
from core.idempotency import once
from parks.models import Park
from services import actions
from services.filters import CatalogueFilter, TicketFilter
from services.models import CatalogueItem, Ticket, TicketFile, TicketMessage


class CatalogueSerializer(serializers.ModelSerializer[CatalogueItem]):
    """A service on offer; limits in working minutes."""

    park = ParkCodeField(read_only=False, required=False, queryset=Park.objects.filter(is_active=True))
    department = serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.filter(is_active=True), required=False, allow_null=True
    )

    class Meta:
        model = CatalogueItem
        fields = (
            "id",
            "park",
            "code",
            "name",
            "name_en",
            "category",
            "description",
            "description_en",
            "documents",
            "documents_en",
            "department",
            "response_minutes",
            "resolve_minutes",
            "position",
            "is_active",
        )
        # The action answers 409 with the field; DRF's own check would look into other parks.
        validators: ClassVar[list[Any]] = []


class CatalogueViewSet(WriteMixin, ReadViewSet):
    """`catalogue`: what a park offers. Kept by its administrator; read by the enterprise too."""

    queryset = CatalogueItem.objects.select_related("park")
    serializer_class = CatalogueSerializer
    filterset_class = CatalogueFilter
    ordering = ("position", "id")
    ordering_fields = ("id", "position")
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "catalogue.view",
        "create": "catalogue.manage",
        "update": "catalogue.manage",
    }
    http_method_names = ("get", "post", "patch", "head", "options")

    def perform_add(self, data: dict[str, Any]) -> CatalogueItem:
        """In the named park, else in one's own."""
        park = data.pop("park", None) or Park.objects.filter(pk=self.person.access.home_park_id or 0).first()
        if park is None or park.pk not in self.person.access.parks_with("catalogue.manage"):
            raise Refused(_("You do not keep the catalogue of this park."), field="park", code="not_your_park")
        return actions.add_item(by=self.person, park=park, **data)

    def perform_change(self, row: Any, data: dict[str, Any]) -> CatalogueItem:
        """Park and code of a service stay what they are."""
        require(self.person, "catalogue.manage", row.park_id)
        for fixed in {"park", "code"} & set(data):
            raise Refused(_("This cannot be changed."), field=fixed, code="fixed")
        return actions.change_item(by=self.person, item=row, **data)


class FileSerializer(serializers.Serializer[Any]):
    """A stored file."""

    name = serializers.CharField(source="attachment.name")
    url = serializers.SerializerMethodField()

    def get_url(self, row: TicketFile) -> str:
        """Where it is fetched."""
        return f"/files/{row.attachment.uuid}/"


class MessageSerializer(serializers.ModelSerializer[TicketMessage]):
    """A message that both sides read."""

    by = serializers.StringRelatedField[User]()
    files = FileSerializer(many=True, read_only=True)

    class Meta:
        model = TicketMessage
        fields = ("id", "uuid", "by", "from_enterprise", "body", "at", "files")


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    """A request as lists show it. `company` may be left out by an enterprise; `uuid` makes a repetition harmless."""

    uuid = serializers.UUIDField(required=False)
    park = ParkCodeField()
    company = VisibleField(Company, required=False)
    company_name = serializers.CharField(source="company.name", read_only=True)
    item = VisibleField(CatalogueItem)
    item_name = serializers.StringRelatedField[CatalogueItem](source="item")
    owner_name = serializers.StringRelatedField[User](source="owner")
    holder_name = serializers.StringRelatedField[User](source="holder")

    class Meta:
        model = Ticket
        fields = (
            "id",
            "uuid",
            "number",
            "park",
            "company",
            "company_name",
            "item",
            "item_name",
            "title",
            "text",
            "state",
            "waiting_reason",
            "created_at",
            "owner",
            "owner_name",
            "holder",
            "holder_name",
            "department",
            "handovers",
            "response_due_at",
            "resolve_due_at",
            "due_at",
            "responded_at",
            "resolved_at",
            "closed_at",
            "closing",
            "breached",
            "reopened",
            "rating",
            "rating_text",
            "counted_month",
            "version",
        )
        read_only_fields = tuple(name for name in fields if name not in {"uuid", "company", "item", "title", "text"})
        validators: ClassVar[list[Any]] = []


class TicketDetailSerializer(TicketSerializer):
    """One request with its talk; internal notes are not part of it."""

    messages = serializers.SerializerMethodField()

    class Meta(TicketSerializer.Meta):
        fields = (*TicketSerializer.Meta.fields, "messages")  # type: ignore[assignment]  # one more than the base has

    @extend_schema_field(MessageSerializer(many=True))
    def get_messages(self, ticket: Ticket) -> Any:
        """Both sides' messages, the oldest first."""
        files = TicketFile.objects.filter(park_id=ticket.park_id).select_related("attachment")
        rows = TicketMessage.objects.filter(park_id=ticket.park_id, ticket=ticket).select_related("by")
        return MessageSerializer(rows.prefetch_related(Prefetch("files", files)), many=True).data


class MessageInput(serializers.Serializer[Any]):
    """A text; files as multipart."""

    message = serializers.CharField(max_length=5000)
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)


class ReasonInput(serializers.Serializer[Any]):
    """What is being waited for."""

    reason = serializers.CharField(max_length=240)
    message = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class NoteInput(serializers.Serializer[Any]):
    """An internal note."""

    body = serializers.CharField(max_length=5000)


class HandOverInput(serializers.Serializer[Any]):
    """The new holder's id, and why."""

    to = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)


class RatingInput(serializers.Serializer[Any]):
    """One to five, and words."""

    rating = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class NothingInput(serializers.Serializer[Any]):
    """Nothing."""


Act = Callable[..., Any]
STAFF, OWN = "tickets.work", "tickets.own"


class TicketViewSet(WriteMixin, ReadViewSet):
    """`tickets`. Staff answer, resolve and hand over; an enterprise submits, replies, reopens, confirms and rates."""

    queryset = Ticket.objects.select_related("park", "company", "item", "owner", "holder")
    filterset_class = TicketFilter
    saved_views_of = "services:queue"
    ordering_fields = ("id", "created_at", "due_at")
    http_method_names = ("get", "post", "head", "options")
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "tickets.view",
        "create": STAFF,
        "take": STAFF,
        "answer": STAFF,
        "resolve": STAFF,
        "hand_over": STAFF,
        "wait": STAFF,
        "wait_third": STAFF,
        "resume": STAFF,
        "note": STAFF,
        "reply": OWN,
        "confirm": OWN,
        "reopen": OWN,
    }
    own_actions: ClassVar[frozenset[str]] = frozenset({"list", "retrieve", "metadata", "create"})

    def permission_of(self, request: Request) -> str | None:
        """An enterprise's session lists and submits by its own permission."""
        user: Any = request.user
        if user.access.is_portal and (self.action or "list") in self.own_actions:
            return OWN
        return super().permission_of(request)

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """The talk comes with one request, not with lists."""
        return TicketSerializer if self.action == "list" else TicketDetailSerializer

    def perform_add(self, data: dict[str, Any]) -> Ticket:
        """An enterprise asks for itself; staff write a request down for a company."""
        access, item = self.person.access, data["item"]
        company = data.pop("company", None)
        if access.is_portal:
            company = Company.objects.visible_to(self.person).get()
        else:
            require(self.person, STAFF, item.park_id)
        if company is None:
            raise Refused(_("Name the company that asks."), field="company", code="required")
        return actions.submit_ticket(by=self.person, company=company, park=item.park, **data)

    def act(self, request: Request, shape: type[serializers.Serializer[Any]], perform: Act, code: str) -> Response:
        """Check the version if it is named, act once per `Idempotency-Key`, answer with the request."""
        ticket = self.get_object()
        if code == STAFF:
            require(self.person, code, ticket.park_id)
        if "If-Match" in request.headers:
            check_version(request, ticket)
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        with once(user=self.person, key=request.headers.get("Idempotency-Key")) as done:
            if done.url is None:
                perform(by=self.person, ticket=ticket, **given.validated_data)
                done.finish(str(ticket.pk))
        return self._answer(self.get_object(), 200)

    @extend_schema(request=NothingInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """Become the first receiver."""
        return self.act(request, NothingInput, actions.take_ticket, STAFF)

    @extend_schema(request=MessageInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Write to the enterprise."""
        return self.act(request, MessageInput, actions.answer_ticket, STAFF)

    @extend_schema(request=MessageInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Write to the enterprise that it is done."""
        return self.act(request, MessageInput, actions.resolve_ticket, STAFF)

    @extend_schema(request=HandOverInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def hand_over(self, request: Request, pk: str) -> Response:
        """To another holder, once."""
        return self.act(request, HandOverInput, actions.hand_over, STAFF)

    @extend_schema(request=ReasonInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def wait(self, request: Request, pk: str) -> Response:
        """Wait for the enterprise: the resolution pauses."""
        return self.act(request, ReasonInput, actions.wait_for_enterprise, STAFF)

    @extend_schema(request=ReasonInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def wait_third(self, request: Request, pk: str) -> Response:
        """Wait for a third party: the clock runs on."""
        return self.act(request, ReasonInput, actions.wait_for_third, STAFF)

    @extend_schema(request=NothingInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on."""
        return self.act(request, NothingInput, actions.resume, STAFF)

    @extend_schema(request=NoteInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def note(self, request: Request, pk: str) -> Response:
        """Leave a note among colleagues."""
        return self.act(request, NoteInput, actions.note_ticket, STAFF)

    @extend_schema(request=MessageInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        """The enterprise writes."""
        return self.act(request, MessageInput, actions.enterprise_reply, OWN)

    @extend_schema(request=RatingInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Thanks, solved: closes and rates."""
        return self.act(request, RatingInput, actions.confirm_and_rate, OWN)

    @extend_schema(request=MessageInput, responses=TicketDetailSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Still a problem."""
        return self.act(request, MessageInput, actions.reopen_ticket, OWN)


routes: list[tuple[str, type[ViewSet]]] = [("tickets", TicketViewSet), ("catalogue", CatalogueViewSet)]
