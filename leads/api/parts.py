"""What belongs to a plan, a trip or an event: read in its whole, corrected or taken out one by one."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.models import Contact
from core.api import ReadViewSet, ViewSet, check_version, etag
from core.masking import mask_mail, mask_phone, mask_text
from leads.actions.personal import erase_person, reveal_person
from leads.api.shared import ByPark

MASKS = {"phone": mask_phone, "email": mask_mail, "wechat": mask_text}


class PartViewSet(ReadViewSet, ByPark):
    """Parts of one kind. A subclass names the `owner`, the reference to the whole: who does not see that sees no part.

    Every act upon a part holds the whole; parts that can be corrected have versions of their own.
    """

    owner: ClassVar[str]
    ordering: ClassVar[tuple[str, ...]] = ("id",)

    def get_queryset(self) -> models.QuerySet[Any]:
        """Those of what the person sees."""
        rows: Any = super().get_queryset().select_related("park", self.owner)
        whole: Any = rows.model._meta.get_field(self.owner).related_model
        seen = whole._default_manager.visible_to(self.person) if self.person.is_authenticated else whole.objects.none()
        return rows.filter(**{f"{self.owner}__in": seen.values("pk")})  # type: ignore[no-any-return]  # a queryset


class Removable(ViewSet):
    """`DELETE`: taken out, by the rules of the whole; `perform_remove(row)` calls the action."""

    def perform_remove(self, row: Any) -> object:
        """Call the action."""
        raise NotImplementedError

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take it out."""
        row = self.get_object()
        check_version(request, row)
        self.perform_remove(row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Masked(serializers.ModelSerializer[Any]):
    """Telephone and mail masked, unless the answer is the reveal."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As the page shows it."""
        shown = super().to_representation(instance)
        if not self.context.get("revealed"):
            shown |= {name: mask(shown[name]) for name, mask in MASKS.items() if name in shown}
        return shown


class WhyErased(serializers.Serializer[Any]):
    """Why the personal data go."""

    why = serializers.ChoiceField(choices=Contact.Erasure.choices)


class OfPerson(ViewSet):
    """Rows that name somebody: shown unmasked to those who may, and erased for good."""

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str | None = None) -> Response:
        """Unmasked; who looked is written down."""
        row = self.get_object()
        reveal_person(by=self.person, row=row)
        context = self.get_serializer_context() | {"revealed": True}
        return Response(self.get_serializer_class()(row, context=context).data)

    @extend_schema(request=WhyErased)
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: str | None = None) -> Response:
        """Everything personal taken off for good."""
        row = self.get_object()
        check_version(request, row)
        body = WhyErased(data=request.data)
        body.is_valid(raise_exception=True)
        done = erase_person(by=self.person, row=row, version=getattr(row, "version", None), **body.validated_data)
        headers = {"ETag": etag(done)} if hasattr(done, "version") else {}
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, headers=headers)
