"""Everything that the reader's parks know of one company."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.models import Company
from core.access import fetch, person
from core.pages import RecordPage, Tab
from leads.timeline import timeline_of_company


class CompanyRecord(RecordPage):
    """One company from all sides."""

    permission = "companies.view"
    template_name = "desk/company.html"
    tabs = (Tab("activity", _("Timeline"), "parts/timeline.html"),)

    def get_object(self) -> Company:
        return fetch(Company.objects.visible_to(person(self.request)).select_related("industry"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = timeline_of_company(person(self.request), self.object, self.scope)
        return super().get_context_data(entries=entries, **kwargs)
