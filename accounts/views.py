"""Login, logout, password, language and appearance."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from accounts.actions import change_language, change_theme
from accounts.forms import LoginForm
from accounts.models import User
from core.pages import LOGGED_IN, Page

DEMO_LOGINS = ("officer", "manager", "leader", "window", "enterprise", "operator", "parkadmin", "admin", "auditor")
DEMO_PASSWORD = "luodi-demo"  # noqa: S105 - printed on the login page of a demonstration


@method_decorator(login_not_required, name="dispatch")
class LoginPage(auth.LoginView):
    """Name and password; a demonstration offers its logins."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's logins."""
        context = super().get_context_data(**kwargs)
        if not settings.PRODUCTION:
            names = dict(User.objects.filter(username__in=DEMO_LOGINS, is_demo=True).values_list("username", "display_name"))
            logins = [{"username": login, "name": names[login]} for login in DEMO_LOGINS if login in names]
            context |= {"demo_logins": logins, "demo_password": DEMO_PASSWORD}
        return context

    def get_default_redirect_url(self) -> str:
        """An enterprise's user lands in the portal, everybody else on Today."""
        user = self.request.user
        portal = user.is_authenticated and user.access.is_portal
        return reverse("portal:home" if portal else "desk:today")


class PasswordPage(auth.PasswordChangeView):
    """Change one's own password; other sessions end."""

    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:password_done")


class PasswordDonePage(auth.PasswordChangeDoneView):
    """The password was changed."""

    template_name = "accounts/password_change_done.html"


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next") or request.headers.get("referer") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


@method_decorator(login_not_required, name="dispatch")
class LanguagePage(View):
    """The language switch, for strangers by cookie too."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember the choice and go back to where it was made."""
        language = request.POST.get("language", "")
        response = _back(request)
        if language in dict(settings.LANGUAGES):
            if request.user.is_authenticated:
                change_language(by=request.user, language=language)
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=31536000, samesite="Lax", secure=settings.TLS)
        return response


class ThemePage(Page):
    """The light/dark switch."""

    permission = LOGGED_IN

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember the choice; a cookie keeps the first paint right."""
        theme = request.POST.get("theme", "")
        response = HttpResponse(status=204) if request.headers.get("HX-Request") else _back(request)
        if theme in {"auto", "light", "dark"} and isinstance(request.user, User):
            change_theme(by=request.user, theme=theme)
            response.set_cookie("theme", theme, max_age=31536000, samesite="Lax", secure=settings.TLS)
        return response


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords; the count must survive the refusal."""
    request.keep_writes = True  # type: ignore[attr-defined]  # read by ScopeMiddleware
    request.axes_locked_out = True  # type: ignore[attr-defined]
    return render(request, "accounts/locked.html", status=429)
