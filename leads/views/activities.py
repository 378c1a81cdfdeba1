"""Logging what was done, the page that is opened most often, on a phone; and the list of all of it."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from core.access import fetch, person
from core.pages import Button, Column, Empty, FormPage, ListPage, Page, Quick
from leads.actions import log_activity
from leads.filters import ActivityFilter
from leads.forms.activities import LogForm
from leads.models import Activity, Lead
from leads.queries import open_lead
from leads.views.days import NearDays

LOG = Button(_("Log"), "leads:log", "plus", permission="activities.log", primary=True, sheet=True, key="n")


class ActivityList(ListPage):
    """What the reader's parks did, newest first."""

    permission = "activities.view"
    title = _("Follow-ups")
    filterset_class = ActivityFilter
    rows_template = "leads/activity_rows.jinja"
    default_order = "-happened_at"
    saves_views = True
    exports = True
    columns = (
        Column("company", _("Company")),
        Column("kind", _("Kind")),
        Column("summary", _("What was said")),
        Column("met", _("Whom we met")),
        Column("by", _("By")),
        Column("at", _("When"), sort="happened_at"),
        Column("counts", _("Counts"), export="counted_month"),
    )
    quick = (
        Quick(_("Mine"), "by", "me"),
        Quick(_("Outbound visits"), "kind", "outbound_visit"),
        Quick(_("Inbound visits"), "kind", "inbound_visit"),
        Quick(_("Not counted yet"), "standing", "waiting"),
    )
    buttons = (LOG,)
    empty = Empty(
        _("No follow-ups yet"),
        _("Visits, negotiations, calls and messages stand here, with who was there and what was promised."),
        "walk",
        "leads:log",
        _("Log a visit"),
        permission="activities.log",
    )

    @cached_property
    def counts_words(self) -> str:
        """Once a page, not once a row."""
        return gettext("Counts")

    @cached_property
    def waiting_words(self) -> str:
        """The same."""
        return gettext("Not counted yet")

    def get_queryset(self) -> QuerySet[Activity]:
        rows: QuerySet[Activity] = Activity.objects.visible_to(person(self.request)).with_people().with_met()
        return rows


class LogActivity(NearDays, FormPage):
    """An activity of a lead, of a company, or of one chosen in the form."""

    permission = "activities.log"
    title = _("Log an activity")
    form_class = LogForm
    fields_template = "leads/log_fields.html"
    submit_label = _("Save")
    success_message = _("Logged.")
    # Without signal the form is kept on the device and sent later.
    queue = "activity"

    @cached_property
    def company(self) -> Company | None:
        """`?company=`: from the company's page."""
        pk = self.request.GET.get("company")
        return fetch(Company.objects.visible_to(person(self.request)), pk=pk) if pk else None

    @cached_property
    def lead(self) -> Lead | None:
        """The lead of the address, else the open one of the company in the home park."""
        user, pk = person(self.request), self.kwargs.get("pk")
        if pk:
            lead: Lead = fetch(Lead.objects.visible_to(user).select_related("company"), pk=pk)
            return lead
        return self.open_lead_of(self.company) if self.company else None

    def open_lead_of(self, company: Company) -> Lead | None:
        """What is done with a company is done for its open lead, where there is one that the person sees."""
        user = person(self.request)
        home = user.access.home_park_id
        return open_lead(user, company, home) if home else None

    def get_title(self) -> str | Promise:
        return str(self.lead.company.name) if self.lead else self.company.name if self.company else self.title

    def get_initial(self) -> dict[str, Any]:
        kind, asked = self.request.GET.get("kind", ""), {"trip": self.request.GET.get("trip")}
        return ({"kind": kind} if kind in Activity.Kind.values else {}) | (asked if asked["trip"] else {})

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": person(self.request), "lead": self.lead, "company": None if self.lead else self.company}
        return super().get_form_kwargs() | own

    def perform(self, form: LogForm) -> Activity:
        user, data = person(self.request), dict(form.cleaned_data)
        data.pop("company_text", None)
        if data["lead"] is None and data["company"] is not None:
            data["lead"] = self.open_lead_of(data["company"])
        return log_activity(by=user, uuid=self.request_key, company_name=form.new_company, **data)

    def get_success_url(self, result: Any) -> str:
        """Back to where it was asked for, else to the timeline in which it now stands."""
        asked = super().get_success_url(result)
        return result.story_url if asked == result.get_absolute_url() else asked

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.lead.get_absolute_url() if asked == "/" and self.lead else asked


class LogPeople(Page):
    """The contacts of the lead that was chosen in the form: a fragment."""

    permission = "activities.log"
    template_name = "leads/people_fields.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, chosen = person(self.request), self.request.GET.get("lead", "")
        rows = Lead.objects.visible_to(user).select_related("company")
        lead = rows.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
        return super().get_context_data(form=LogForm(user=user, lead=lead), **kwargs)
