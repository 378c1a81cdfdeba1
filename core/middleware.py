"""From a request to a person, a language and a database scope."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any, cast

import pghistory
from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.isolation import user_scope

GetResponse = Callable[[HttpRequest], HttpResponse]
IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=2)


def client_address(request: HttpRequest) -> str:
    """The peer's address; a forwarded one is believed only from the configured proxy."""
    forwarded = request.headers.get("x-forwarded-for", "") if settings.BEHIND_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


class TokenMiddleware:
    """`Authorization: Token …`: DRF would authenticate inside the view, after the scope has been opened."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.user_of = import_string("accounts.queries.user_of_token")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the token's person in place of the session's; a bad token is answered at once."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "token" or not request.path.startswith("/api/"):
            return self.get_response(request)
        user = self.user_of(token.strip())
        if user is None:
            return _problem(401, _("The token is unknown or has expired."))
        request.user = user
        cast("Any", request)._dont_enforce_csrf_checks = True
        return self.get_response(request)


def _problem(status: int, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": "not_authenticated"}
    answer = JsonResponse(body, status=status, content_type="application/problem+json")
    answer["WWW-Authenticate"] = "Token"
    return answer


class LanguageMiddleware:
    """The person's language, else the cookie's, else Chinese; programs may ask by Accept-Language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for this request."""
        language = self._wanted(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    @staticmethod
    def _wanted(request: HttpRequest) -> str:
        codes = {code for code, _name in settings.LANGUAGES}
        if request.path.startswith("/api/") and "accept-language" in request.headers:
            return translation.get_language_from_request(request)
        if request.user.is_authenticated:
            return request.user.language if request.user.language in codes else settings.LANGUAGE_CODE
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return cookie if cookie in codes else settings.LANGUAGE_CODE


class ScopeMiddleware:
    """One transaction and one database scope around the view, its rendering and every middleware below.

    A refused or failed request (status 400 and above) leaves nothing behind, unless the view says `keep_writes`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Open the scope that follows from the person's memberships; a stranger gets an empty one."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        if self._idle(request):
            logout(request)
            return self.get_response(request)
        with user_scope(cast("Any", request.user)), self._history(request):
            response = self.get_response(request)
            if response.status_code >= 400 and not getattr(request, "keep_writes", False):
                transaction.set_rollback(True)
        return response

    @staticmethod
    def _history(request: HttpRequest) -> AbstractContextManager[Any]:
        """Who and where, for the history of what is written; reading writes none."""
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return nullcontext()
        return pghistory.context(user=request.user.pk, url=request.path)

    @staticmethod
    def _idle(request: HttpRequest) -> bool:
        """Sessions end after 30 minutes without a request; the time is written at most every two minutes."""
        if "_auth_user_id" not in request.session:
            return False
        now = timezone.now().timestamp()
        seen = request.session.get("seen", now)
        if now - seen > IDLE.total_seconds():
            return True
        if "seen" not in request.session or now - seen > SEEN_EVERY.total_seconds():
            request.session["seen"] = now
        return False

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A rendering error must not commit the write that went before it."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
