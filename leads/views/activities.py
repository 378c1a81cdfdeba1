"""Logging what was done: the page that is opened most often, on a phone."""

from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.actions import add_company
from companies.models import Company
from core.access import fetch, person
from core.errors import Refused
from core.pages import FormPage
from leads.actions import log_activity
from leads.forms.activities import LogForm
from leads.models import Activity, Lead
from leads.queries import open_lead
from leads.views.days import NearDays


class LogActivity(NearDays, FormPage):
    """An activity of a lead, of a company, or of one chosen in the form."""

    permission = "activities.log"
    title = _("Log an activity")
    form_class = LogForm
    fields_template = "leads/log_fields.html"
    submit_label = _("Save")
    success_message = _("Logged.")

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
        kind = self.request.GET.get("kind", "")
        return {"kind": kind} if kind in Activity.Kind.values else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": person(self.request), "lead": self.lead, "company": None if self.lead else self.company}
        return super().get_form_kwargs() | own

    def perform(self, form: LogForm) -> Activity:
        user, data = person(self.request), dict(form.cleaned_data)
        data.pop("company_text", None)
        if data["lead"] is None and data["company"] is None:
            data["company"] = self.added(form)
        elif data["lead"] is None:
            data["lead"] = self.open_lead_of(data["company"])
        return log_activity(by=user, uuid=self.request_key, **data)

    def added(self, form: LogForm) -> Company:
        """The company that was typed in because nobody had it."""
        home = person(self.request).access.home_park_id
        if home is None or not form.new_company:
            raise Refused(_("Choose the company or the lead."), field="company")
        return add_company(by=person(self.request), park_id=home, name=form.new_company)

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.lead.get_absolute_url() if asked == "/" and self.lead else asked
