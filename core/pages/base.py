"""The root of all pages: no page without a declared permission."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from core.access import person

LOGGED_IN = "*logged-in*"
PUBLIC = "*public*"


class Nobody:
    """The access of a visitor who is not signed in."""

    def can(self, code: str, park_id: int | None = None) -> bool:
        return False


class Page(TemplateResponseMixin, ContextMixin, View):
    """A page that says who may open it.

    `permission` is a permission code, `LOGGED_IN` or `PUBLIC`. A subclass without one fails at import;
    a base class meant to be subclassed says `class Base(Page, abstract=True)`.
    """

    permission: ClassVar[str] = ""
    title: str | Promise = ""
    base_template: ClassVar[str] = "base.html"
    """The frame around the page; the portal's pages name `public/base.html`."""

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not cls.permission:
            raise ImproperlyConfigured(f"{cls.__module__}.{cls.__qualname__} must declare its permission")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        view = super().as_view(**initkwargs)
        if cls.permission == PUBLIC:
            view.login_required = False  # type: ignore[attr-defined]  # read by Django's LoginRequiredMiddleware
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.check_permission()
        response = super().dispatch(request, *args, **kwargs)
        # The same address answers a whole page or a part of it; no cache may mix them up.
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        return response

    def check_permission(self) -> None:
        """403 for a known person without the permission in any park; rows of strangers are 404 through visible_to."""
        if self.permission not in {LOGGED_IN, PUBLIC} and not self.access.can(self.permission):
            raise PermissionDenied

    @property
    def access(self) -> Any:
        """What this person may do (core.access.Access)."""
        return person(self.request).access if self.request.user.is_authenticated else Nobody()

    @property
    def is_part(self) -> bool:
        """Is only a part of the page asked for (HTMX)?"""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def target(self) -> str:
        """The id of the element that HTMX will fill."""
        return self.request.headers.get("HX-Target", "")

    def get_title(self) -> str | Promise:
        return self.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **({"page": self, "title": self.get_title(), "base_template": self.base_template} | kwargs)
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data())

    def part(self, template: str, **context: Any) -> HttpResponse:
        """Answer with one partial."""
        return self.response_class(request=self.request, template=template, context=self.get_context_data(**context))
