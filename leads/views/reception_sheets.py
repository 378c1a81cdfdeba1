"""Reception plans on paper and as a calendar file."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from core.access import fetch, person
from core.pages import Page
from leads.calendar_files import file_of_reception
from leads.models import Reception
from leads.views.reception import plan_of


class Sheet(Page, abstract=True):
    """A page for paper, in the language that `?language=` names, else the one that fits its readers.

    Only the sheet is in that language; what stands around it stays in that of who prints it.
    """

    permission = "receptions.view"
    for_guests = False

    @cached_property
    def reception(self) -> Reception:
        """The plan of the address."""
        rows = Reception.objects.visible_to(person(self.request)).with_people().select_related("park")
        found: Reception = fetch(rows, pk=self.kwargs["pk"])
        return found

    @property
    def language(self) -> str:
        """Of the guests, or of the person who prints."""
        asked = self.request.GET.get("language", "")
        fitting = self.reception.language if self.for_guests else translation.get_language() or "zh-hans"
        return asked if asked in Reception.Language.values else fitting

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.reception
        own = plan_of(row) | {"reception": row, "title": row.title, "language": self.language}
        own["others"] = [(code, label) for code, label in Reception.Language.choices if code != self.language]
        return super().get_context_data(**(own | kwargs))


class GuestSheet(Sheet):
    """For the guests: no internal note, no private need of anybody."""

    permission = "receptions.view"
    template_name = "leads/reception/guest_sheet.html"
    for_guests = True


class InternalSheet(Sheet):
    """For the hosts: everything."""

    permission = "receptions.view"
    template_name = "leads/reception/internal_sheet.html"


class ReceptionFile(Page):
    """The schedule as a calendar file, an entry for each hour."""

    permission = "receptions.view"
    template_name = "leads/reception/guest_sheet.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Reception.objects.visible_to(person(request)).with_people()
        row: Reception = fetch(rows, pk=self.kwargs["pk"])
        return file_of_reception(row, request.build_absolute_uri)
