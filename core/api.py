"""The bases of the REST API: declared permissions, versioned writes, the park as its code."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext as _
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import fetch
from core.errors import Refused, Stale
from core.idempotency import once
from core.merging import Mergeable

if TYPE_CHECKING:
    from accounts.models import User


class ParkCodeField(serializers.SlugRelatedField[Any]):
    """In the API a park is its code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("slug_field", "code")
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)


class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """A reference in the input: another park's row is answered as one that does not exist."""

    def __init__(self, model: type[models.Model] | None = None, **kwargs: Any) -> None:
        self.model = model
        if model is not None:
            kwargs["queryset"] = model._default_manager.all()
        super().__init__(**kwargs)

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows that the person sees."""
        rows: Any = super().get_queryset()
        request = self.context.get("request")
        narrowed: models.QuerySet[Any] = rows.visible_to(request.user) if request else rows.none()
        return narrowed

    def to_internal_value(self, data: Any) -> Any:
        """A merged row stands for the one that it became."""
        row = super().to_internal_value(data)
        return row.lasting if isinstance(row, Mergeable) else row


class MomentField(serializers.DateTimeField):
    """A time in the input; DRF 3.16 answers 500 for those at the very ends of the calendar."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """Out of range is a mistake of the input."""
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class ViewSet(viewsets.GenericViewSet[Any]):
    """Rows through `visible_to`, a permission for every action (`None`: any signed-in person)."""

    permissions: ClassVar[dict[str, str | None]]
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    ordering_fields: ClassVar[tuple[str, ...]] = ("id",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "queryset" in cls.__dict__ and not hasattr(cls, "permissions"):
            raise ImproperlyConfigured(f"{cls.__name__} declares no permissions")

    def permission_of(self, request: Request) -> str | None:
        """The code for this action; an undeclared action is nobody's."""
        name = self.action or "list"
        if name == "metadata":
            name = "list"
        if name not in self.permissions:
            name = {"partial_update": "update", "retrieve": "list"}.get(name, name)
        return self.permissions.get(name, "nobody")

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows that this person sees."""
        rows: Any = super().get_queryset()
        fake = getattr(self, "swagger_fake_view", False)
        narrowed: models.QuerySet[Any] = rows.none() if fake else rows.visible_to(self.request.user)
        return narrowed

    @property
    def person(self) -> "User":
        """The signed-in person."""
        return cast("User", self.request.user)


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ViewSet):
    """List and one row."""


class WriteMixin(ViewSet):
    """POST and PATCH that call an action: `perform_add(data)` and `perform_change(row, data)` return the row.

    A request with an `Idempotency-Key` header (a UUID) is carried out once. A model with a `version` asks PATCH for
    `If-Match` (428 without, 412 when stale) and answers with an `ETag`.
    """

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Validate, act once, answer with the row."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with once(user=self.person, key=request_key(request)) as done:
            if done.url is not None:
                known = fetch(self.get_queryset(), pk=made_before(done.url, self.basename))
                return self._answer(known, status.HTTP_200_OK)
            row = self.perform_add(dict(serializer.validated_data))
            done.finish(f"{self.basename}:{row.pk}")
        return self._answer(row, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Exactly the fields that were sent, on the version that was read."""
        row = self.get_object()
        check_version(request, row)
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return self._answer(self.perform_change(row, dict(serializer.validated_data)), status.HTTP_200_OK)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row with its ETag."""
        return self._answer(self.get_object(), status.HTTP_200_OK)

    def perform_add(self, data: dict[str, Any]) -> models.Model:
        """Call the action that makes the row."""
        raise exceptions.MethodNotAllowed("POST")

    def perform_change(self, row: models.Model, data: dict[str, Any]) -> models.Model:
        """Call the action that changes the row."""
        raise exceptions.MethodNotAllowed("PATCH")

    def _answer(self, row: models.Model, code: int) -> Response:
        response = Response(self.get_serializer(row).data, status=code)
        if hasattr(row, "version"):
            response["ETag"] = etag(row)
        return response


def request_key(request: Request) -> UUID | None:
    """The `Idempotency-Key`, where one was sent."""
    asked = request.headers.get("Idempotency-Key")
    try:
        return UUID(asked) if asked else None
    except ValueError as error:
        raise Refused(_("The Idempotency-Key is a UUID."), code="invalid_key") from error


def made_before(remembered: str, route: str | None) -> str:
    """What the first request with this key made; a key that was used for something else is refused."""
    name, _colon, made = remembered.partition(":")
    if name != route or not made:
        raise Refused(_("This Idempotency-Key was used for something else."), code="key_reused", status=422)
    return made


def etag(row: models.Model) -> str:
    """The version of a row as a strong entity tag."""
    return f'"{cast("Any", row).version}"'


def check_version(request: Request, row: models.Model) -> None:
    """428 without `If-Match` on a versioned row, 412 when it names another version."""
    if not hasattr(row, "version"):
        return
    wanted = request.headers.get("If-Match")
    if wanted is None:
        raise Refused(
            _("Send If-Match with the ETag of the version you read."), code="precondition_required", status=428
        )
    if wanted.strip() not in {etag(row), "*"}:
        raise Stale(_("This record was changed meanwhile. Read it again and repeat your change."))
