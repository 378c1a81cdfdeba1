"""What `REST_FRAMEWORK` in the settings names: who asks, what they may, pages, search, order, and errors as RFC 9457.

Kept apart from `core.api`: DRF imports these while its own views are being defined.
"""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, filters, pagination, permissions
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Refused
from core.models import SavedView

if TYPE_CHECKING:
    from rest_framework.views import APIView

    from accounts.models import User
    from core.api import ViewSet


class RequestUserAuthentication(SessionAuthentication):
    """The person whom the middleware found: by token, or by session, whose writes carry the page's CSRF token.

    No second look-up: the scope was opened for this person. The middleware spares requests with a token the check;
    Django's own does not reach here, since DRF's views are exempt from it.
    """

    def authenticate_header(self, request: Request) -> str:
        """Makes a missing login a 401."""
        return "Token"

    def enforce_csrf(self, request: Request) -> None:
        """The refusal in our words."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            raise exceptions.PermissionDenied(_("This form is out of date"), "csrf_failed") from None


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself for the schema
    """How the OpenAPI document describes the token."""

    target_class = "core.rest.RequestUserAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An API key in the header `Authorization: Token …`."""
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …"}


class Declared(permissions.BasePermission):
    """The viewset names a permission code per action; one without is refused when the class is made."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the person holds the action's permission in any park; the row's park is checked by `require`."""
        if not request.user.is_authenticated:
            return False
        code = cast("ViewSet", view).permission_of(request)
        return code is None or cast("Any", request.user).access.can(code)


class CursorPages(pagination.CursorPagination):
    """`next previous results`, stable while rows are added; `?page_size=` up to 200."""

    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"

    def get_ordering(self, request: Request, queryset: models.QuerySet[Any], view: Any) -> tuple[str, ...]:
        """The asked ordering with the id as tie breaker."""
        asked: Any = OrderingFilter().get_ordering(request, queryset, view)
        ordering: tuple[str, ...] = tuple(asked or getattr(view, "ordering", ("-id",)))
        return ordering if any(term.lstrip("-") in {"id", "pk"} for term in ordering) else (*ordering, "-id")


class ViewFilter(DjangoFilterBackend):
    """The FilterSet of the page; `?view=ID` adds the filters of a saved view, what the address says overrides them."""

    def get_filterset_kwargs(self, request: Request, queryset: models.QuerySet[Any], view: Any) -> dict[str, Any]:
        """The parameters in force."""
        kwargs: dict[str, Any] = super().get_filterset_kwargs(request, queryset, view)  # type: ignore[no-untyped-call]  # django-filter
        asked, list_name = request.query_params.get("view", ""), getattr(view, "saved_views_of", "")
        return kwargs | {"data": self._merged(request, asked, list_name)} if asked and list_name else kwargs

    @staticmethod
    def _merged(request: Request, asked: str, list_name: str) -> QueryDict:
        rows = SavedView.objects.visible_to(cast("User", request.user)).kept().filter(list_name=list_name)
        saved = rows.filter(pk=asked).first() if asked.isdecimal() else None
        if saved is None:
            raise exceptions.NotFound
        merged = request.query_params.copy()
        for name, values in saved.filters.items():
            if name not in merged:
                merged.setlist(name, values)
        return merged


class OrderingFilter(filters.OrderingFilter):
    """`?ordering=` over the fields that the viewset lists; the pagination applies it."""

    def get_default_ordering(self, view: Any) -> Any:
        """The viewset's own order."""
        return getattr(view, "ordering", None)


class SearchFilter(filters.BaseFilterBackend):
    """`?search=` through the queryset's own `search(text)`; a model without one ignores it."""

    def filter_queryset(self, request: Request, queryset: models.QuerySet[Any], view: Any) -> models.QuerySet[Any]:
        """Narrow to what matches."""
        text = request.query_params.get("search", "").replace("\x00", "").strip()
        search = getattr(queryset, "search", None)
        return search(text) if text and search else queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the OpenAPI document."""
        return [{"name": "search", "in": "query", "required": False, "schema": {"type": "string"}}]


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as `application/problem+json`; `errors` lists field and message."""
    if isinstance(error, Refused):
        errors = [{"field": error.field, "message": str(error)}] if error.field else []
        return _document(error.status, str(error), error.code, errors)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    code = error.get_codes() if isinstance(error.get_codes(), str) else "invalid"
    errors = list(_flatten(error.detail)) if isinstance(error, exceptions.ValidationError) else []
    title = _("Some fields need attention.") if errors else str(error.detail)
    response = _document(error.status_code, title, str(code), errors)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        response["WWW-Authenticate"] = "Token"
    return response


def _flatten(detail: Any, path: str = "") -> "list[dict[str, Any]]":
    """Nested DRF errors as a flat list of field and message."""
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _flatten(value, f"{path}.{key}" if path else str(key))]
    if isinstance(detail, list):
        return [row for value in detail for row in _flatten(value, path)]
    field = None if path in {"", "non_field_errors"} else path
    return [{"field": field, "message": str(detail)}]


def _document(code: int, title: str, kind: str, errors: list[dict[str, Any]]) -> Response:
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    body = {"type": "about:blank", "title": title, "status": code, "detail": title, "code": kind, "errors": errors}
    return Response(body, status=code, content_type="application/problem+json")
