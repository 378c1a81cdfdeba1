"""`/api/v1/contacts/`: people at companies, as one's own parks know them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.actions import add_contact, change_contact, erase_contact, reveal_contact
from companies.filters import ContactFilter
from companies.models import Company, Contact
from core.api import ParkCodeField, ReadViewSet, VisibleField, WriteMixin
from core.masking import mask_mail, mask_phone, mask_text


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
        extra_kwargs: ClassVar[dict[str, Any]] = {"name": {"required": True, "allow_blank": False}}

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
    }

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
        given = ErasureSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        erase_contact(by=self.person, contact=self.get_object(), why=given.validated_data["why"])
        return Response(status=204)
