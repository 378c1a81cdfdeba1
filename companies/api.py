"""`/api/v1/companies/` and `/api/v1/contacts/`."""

from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.actions import add_company, add_contact, change_company, change_contact, reveal_contact
from companies.duplicates.api import routes as duplicate_routes
from companies.filters import CompanyFilter, ContactFilter
from companies.models import Company, Contact, Industry
from core.api import ParkCodeField, ReadViewSet, ViewSet, VisibleField, WriteMixin
from core.masking import mask_mail, mask_phone, mask_text


class CompanySerializer(serializers.ModelSerializer[Company]):
    """A company of the registry, or of one park (`park`); `warning` says what is wrong with its code."""

    industry = serializers.SlugRelatedField(
        slug_field="code", queryset=Industry.objects.all(), required=False, allow_null=True
    )
    park = ParkCodeField(source="origin_park")

    class Meta:
        model = Company
        fields = (
            "id",
            "park",
            "name",
            "credit_code",
            "code_kind",
            "industry",
            "province",
            "city",
            "address",
            "registered_on",
            "capital_raw",
            "capital",
            "capital_currency",
            "stock_code",
            "website",
            "former_names",
            "short_names",
            "foreign_name",
            "introduction",
            "source",
            "is_demo",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = (
            "code_kind",
            "capital",
            "capital_currency",
            "source",
            "is_demo",
            "created_at",
            "updated_at",
            "version",
        )
        # The action answers for a code that is there already, with the company that has it.
        validators: ClassVar[list[Any]] = []
        extra_kwargs: ClassVar[dict[str, Any]] = {"credit_code": {"validators": [], "max_length": 40}}


class CompanyViewSet(WriteMixin, ReadViewSet):
    """Companies: found by `search=`, which answers the best first unless an `ordering=` is asked for."""

    queryset = Company.objects.select_related("industry", "origin_park").defer(
        "search_keys", "name_key", "name_text", "pinyin_text", "initials_text"
    )
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "companies.view",
        "create": "companies.add",
        "update": "companies.change",
    }
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    ordering_fields: ClassVar[tuple[str, ...]] = ("id", "name", "registered_on", "created_at")

    def get_queryset(self) -> Any:
        """Lists show living companies; a merged one can still be asked for by its id."""
        rows: Any = super().get_queryset()
        return rows.live() if self.action == "list" else rows.select_related("merged_into", "industry", "origin_park")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A company that was merged answers as the one that it became; `Content-Location` names that one."""
        asked: Company = self.get_object()
        lasting = asked.lasting
        response = self._answer(lasting, 200)
        if lasting.pk != asked.pk:
            response["Content-Location"] = reverse("api:companies-detail", args=[lasting.pk])
        return response

    def filter_queryset(self, queryset: Any) -> Any:
        """By rank while searching."""
        rows = super().filter_queryset(queryset)
        if self.action == "list" and "rank" in rows.query.annotations:
            self.ordering = ("rank", "id")  # type: ignore[misc]  # for this request only
        return rows

    def perform_add(self, data: dict[str, Any]) -> Company:
        """In the home park; with a valid code in the registry."""
        home = self.person.access.home_park_id or 0
        return add_company(by=self.person, park_id=home, **data)

    def perform_change(self, row: Any, data: dict[str, Any]) -> Company:
        """On the version that `If-Match` named."""
        return change_company(by=self.person, company=row, version=row.version, **data)


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
            "created_at",
            "version",
        )
        read_only_fields = ("created_at", "version")

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


class ContactViewSet(WriteMixin, ReadViewSet):
    """People at companies, as one's own parks know them."""

    queryset = Contact.objects.select_related("park")
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    permissions: ClassVar[dict[str, str | None]] = {
        "list": "contacts.view",
        "create": "contacts.change",
        "update": "contacts.change",
        "reveal": "contacts.reveal",
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


routes: list[tuple[str, type[ViewSet]]] = [
    ("companies", CompanyViewSet),
    ("contacts", ContactViewSet),
    *duplicate_routes,
]
