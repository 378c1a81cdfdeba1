"""Fetching with access: a stranger's row is 404, a known but forbidden act is 403."""

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)


def fetch(queryset: models.QuerySet[M], **lookup: Any) -> M:
    """The one visible row, or 404 (the same answer for another park's row and for one that does not exist)."""
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError) as missing:
        raise Http404 from missing


def require(user: "User", code: str, park_id: int | None = None) -> None:
    """403 unless the permission is held in that park (in any, when none is named)."""
    if not user.access.can(code, park_id):
        raise PermissionDenied(code)


def person(request: HttpRequest) -> "User":
    """The signed-in person of a request that has passed the login check."""
    return cast("User", request.user)
