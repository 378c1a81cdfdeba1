"""`/api/v1/contacts/`: people at companies, as one's own parks know them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.actions import add_contact, change_contact, erase_contact, erase_overdue, reveal_contact
from companies.filters import ContactFilter, RevealFilter
from companies.models import Company, Contact, ContactReveal
from companies.querysets import heavy
from core.api import ParkCodeField, ReadViewSet, ViewSet, VisibleField, WriteMixin, check_version
from core.masking import mask_mail, mask_phone, mask_text
from parks.models import Park


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """A card, masked; `POST contacts/{id}/reveal/` answers the whole and writes down who asked."""

    park = ParkCodeField()
    company = VisibleField(Company)

    class Meta:
        model = Contact
        fields = (
            "id",
            "park",
            "company",
            "name",
            "title",
            "phone",
            "email",
            "wechat",
            "is_decision_maker",
            "met_on",
            "purpose",
            "basis",
            "retain_until",
            "is_overdue",
            "created_at",
            "version",
        )
        read_only_fields = ("is_overdue", "created_at", "version")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "name": {"required": True, "allow_blank": False},
            "purpose": {"max_length": 120},
        }

    def to_representation(self, instance: Contact) -> dict[str, Any]:
        """Masked, unless this answer is the reveal."""
        shown = super().to_representation(instance)
        if not self.context.get("revealed"):
            shown |= {
                "phone": mask_phone(instance.phone),
                "email": mask_mail(instance.email),
                "wechat": mask_text(instance.wechat),
            }
        return shown


class ErasureSerializer(serializers.Serializer[Any]):
    """Why a person is taken off a card."""

    why = serializers.ChoiceField(choices=Contact.Erasure.choices)


class OverdueSerializer(serializers.Serializer[Any]):
    """In which park; without it in all where one may."""

    park = serializers.SlugRelatedField(slug_field="code", queryset=Park.objects.all(), required=False)


class ErasedSerializer(serializers.Serializer[Any]):
    """How many were erased."""

    erased = serializers.IntegerField()


class ContactViewSet(WriteMixin, ReadViewSet):
    """People at companies, as one's own parks know them."""

    queryset = Contact.objects.kept().select_related("park")
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "contacts.view",
        "create": "contacts.change",
        "update": "contacts.change",
        "reveal": "contacts.reveal",
        "erase": "contacts.erase",
        "erase_overdue": "contacts.erase",
    }

    def get_queryset(self) -> Any:
        """Of the parks in which one sees contacts."""
        rows: Any = super().get_queryset()
        return rows.filter(park_id__in=self.person.access.parks_with("contacts.view"))

    def perform_add(self, data: dict[str, Any]) -> Contact:
        """In the home park."""
        company, home = data.pop("company"), self.person.access.home_park_id
        return add_contact(by=self.person, park_id=home or 0, company=company, **data)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Contact:
        """On the version that `If-Match` named; a card keeps its company."""
        data.pop("company", None)
        return change_contact(by=self.person, contact=row, version=row.version, **data)

    @extend_schema(request=None, responses=ContactSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str | None = None) -> Response:
        """The card unmasked; who looked is written down."""
        contact = reveal_contact(by=self.person, contact=self.get_object())
        serializer = ContactSerializer(contact, context=self.get_serializer_context() | {"revealed": True})
        return Response(serializer.data)

    @extend_schema(request=ErasureSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: str | None = None) -> Response:
        """Take everything personal off the card for good."""
        contact = self.get_object()
        check_version(request, contact)
        given = ErasureSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        erase_contact(by=self.person, contact=contact, version=contact.version, **given.validated_data)
        return Response(status=204)

    @extend_schema(request=OverdueSerializer, responses=ErasedSerializer)
    @action(detail=False, methods=["post"], url_path="erase-overdue")
    def erase_overdue(self, request: Request) -> Response:
        """Erase every card that was kept too long, in `park` or in all parks where one may."""
        given = OverdueSerializer(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        park = given.validated_data.get("park")
        parks = [park.pk] if park else sorted(self.person.access.parks_with("contacts.erase"))
        return Response({"erased": sum(erase_overdue(by=self.person, park_id=park_id) for park_id in parks)})


class RevealSerializer(serializers.ModelSerializer[ContactReveal]):
    """Who looked at whose telephone, mail or WeChat, and when."""

    park = ParkCodeField()
    name = serializers.CharField(source="contact.name", read_only=True)
    company = serializers.IntegerField(source="contact.company_id", read_only=True)
    company_name = serializers.CharField(source="contact.company.name", read_only=True)
    by_name = serializers.CharField(source="by.get_full_name", read_only=True)

    class Meta:
        model = ContactReveal
        fields = ("id", "park", "contact", "name", "company", "company_name", "by", "by_name", "at")


class ContactRevealViewSet(mixins.ListModelMixin, ViewSet):
    """Every look at an unmasked contact, the latest first."""

    queryset = ContactReveal.objects.select_related("by", "park", "contact__company").defer(*heavy("contact__company"))
    serializer_class = RevealSerializer
    filterset_class = RevealFilter
    permissions: ClassVar[dict[str, str | None]] = {"list": "reveals.view"}
    ordering: ClassVar[tuple[str, ...]] = ("-at", "-id")
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "at")

    def get_queryset(self) -> Any:
        """Of the parks in which one sees who looked."""
        return super().get_queryset().filter(park_id__in=self.person.access.parks_with("reveals.view"))
