"""Login, logout, password, language and appearance."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.actions import add_person, change_language, change_theme, switch_person
from accounts.forms import LoginForm, PersonForm
from accounts.models import User
from accounts.queries import people_of
from core.access import fetch, person
from core.pages import LOGGED_IN, ActionPage, Button, Column, Empty, FormPage, ListPage, Page

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
            names = dict(
                User.objects.filter(username__in=DEMO_LOGINS, is_demo=True).values_list("username", "display_name")
            )
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
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
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
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, language, max_age=31536000, samesite="Lax", secure=settings.TLS
            )
        return response


class ThemePage(Page):
    """The light/dark switch."""

    permission = LOGGED_IN
    http_method_names = ("post", "options")

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


class PeoplePage(ListPage):
    """The people of the administrator's parks."""

    permission = "accounts.view"
    title = _("People")
    columns = (
        Column("name", _("Name"), sort="display_name"),
        Column("username", _("Login name"), sort="username"),
        Column("roles", _("Roles")),
        Column("department", _("Department")),
        Column("last_login", _("Last login"), numeric=True),
        Column("state", _("State")),
    )
    default_order = "display_name"
    rows_template = "accounts/people_rows.html"
    buttons = (
        Button(
            _("Add a person"),
            "accounts:person_add",
            icon="user-plus",
            permission="accounts.manage",
            primary=True,
            sheet=True,
            key="n",
        ),
    )
    empty = Empty(_("Nobody here yet"), _("People of your park and their roles stand here."), icon="users")

    def get_queryset(self) -> QuerySet[User]:
        """Everybody who has a membership in a park that the reader sees, but enterprises' users."""
        return people_of(self.access.read_parks)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether switches are shown."""
        return super().get_context_data(can_manage=self.access.can("accounts.manage"), **kwargs)


class PersonAddPage(FormPage):
    """A new login."""

    permission = "accounts.manage"
    title = _("Add a person")
    form_class = PersonForm
    success_url = "accounts:people"
    success_message = _("The account was made.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The parks on offer follow from the administrator's access."""
        return super().get_form_kwargs() | {"access": self.access}

    def perform(self, form: PersonForm) -> User:
        """Make it."""
        data = form.cleaned_data
        return add_person(
            by=person(self.request),
            park_id=int(data["park"]),
            username=data["username"],
            name=data["display_name"],
            email=data["email"],
            password=data["password"],
            role=data["role"],
            department=data["department"],
        )


class PersonSwitchPage(ActionPage):
    """Switch an account off or on."""

    permission = "accounts.manage"
    success_url = "accounts:people"
    success_message = _("Done.")

    def perform(self) -> None:
        """Only people of the administrator's own parks."""
        access = self.access
        who = fetch(people_of(access.parks_with("accounts.manage")), pk=self.kwargs["pk"])
        switch_person(by=person(self.request), person=who, active=self.request.POST.get("active") == "1")
