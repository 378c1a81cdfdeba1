"""What was asked and promised: the list of all of it, and settling one."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import fetch, person
from core.pages import ActionPage, Column, Empty, FormPage, ListPage, Quick
from leads.actions import change_undertaking, reopen_undertaking, settle_undertaking
from leads.filters import UndertakingFilter
from leads.forms.activities import UndertakingForm, WithdrawForm
from leads.models import Undertaking
from leads.views.days import NearDays


class UndertakingList(ListPage):
    """Promises and open questions, the earliest first."""

    permission = "activities.view"
    title = _("Promises")
    filterset_class = UndertakingFilter
    rows_template = "leads/undertaking_rows.html"
    default_order = "-pk"
    saves_views = True
    exports = True
    columns = (
        Column("what", _("What"), export="text"),
        Column("company", _("Company")),
        Column("kind", _("Kind")),
        Column("due", _("Due on"), sort="due_on"),
        Column("owner", _("Who sees to it")),
        Column("state", _("State")),
    )
    quick = (
        Quick(_("Mine"), "owner", "me"),
        Quick(pgettext_lazy("promise", "Open"), "state", "open"),
        Quick(_("Overdue"), "due", "overdue"),
        Quick(_("Promised"), "kind", "promised"),
    )
    empty = Empty(
        _("No promises yet"),
        _("What you promise a company when you log a visit stands here until it is kept."),
        "heart-handshake",
        "leads:log",
        _("Log a visit"),
        permission="activities.log",
    )

    def get_queryset(self) -> QuerySet[Undertaking]:
        rows: QuerySet[Undertaking] = Undertaking.objects.visible_to(person(self.request)).with_people()
        return rows


class OneUndertaking:
    """Mixin: the row of the address."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def undertaking(self) -> Undertaking:
        """One that this person sees."""
        rows = Undertaking.objects.visible_to(person(self.request)).with_people()
        found: Undertaking = fetch(rows, pk=self.kwargs["pk"])
        return found


class KeepUndertaking(OneUndertaking, ActionPage):
    """It is done."""

    permission = "activities.log"
    success_message = _("Kept.")

    def perform(self) -> Undertaking:
        return settle_undertaking(by=person(self.request), undertaking=self.undertaking(), state="kept")


class ReopenUndertaking(OneUndertaking, ActionPage):
    """Not settled after all."""

    permission = "activities.log"
    success_message = _("Open again.")

    def perform(self) -> Undertaking:
        return reopen_undertaking(by=person(self.request), undertaking=self.undertaking())


class ChangeUndertaking(OneUndertaking, NearDays, FormPage):
    """Another day, another person, better words."""

    merges = True
    permission = "activities.log"
    title = _("Change the promise")
    form_class = UndertakingForm
    fields_template = "leads/undertaking_fields.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        row = self.undertaking()
        initial = {"text": row.text, "due_on": row.due_on, "version": row.version}
        return super().get_form_kwargs() | {"user": person(self.request), "owner": row.owner, "initial": initial}

    def perform(self, form: UndertakingForm) -> Undertaking:
        return change_undertaking(by=person(self.request), undertaking=self.undertaking(), **form.cleaned_data)


class WithdrawUndertaking(OneUndertaking, FormPage):
    """It will not be kept, and why."""

    permission = "activities.log"
    title = _("Withdraw the promise")
    form_class = WithdrawForm
    submit_label = _("Withdraw")
    danger = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"version": self.undertaking().version}}

    def perform(self, form: WithdrawForm) -> Undertaking:
        row = self.undertaking()
        return settle_undertaking(by=person(self.request), undertaking=row, state="withdrawn", **form.cleaned_data)
