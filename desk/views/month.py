"""One's own month: what counts, and the records behind it."""

from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from core.access import person
from core.pages import Page
from core.worktime import CalendarError, parse_month
from desk.queries.figures import month_before, this_month
from desk.queries.month import sections_of, stats_of
from parks.queries import next_month


class MyMonth(Page):
    """The figures of one person and month."""

    permission = "desk.view"
    title = _("My month")
    template_name = "desk/my_month.html"

    @cached_property
    def month(self) -> date:
        """`?month=2026-10`, else the running one; 404 for what is no month or still to come."""
        asked = self.request.GET.get("month", "")
        try:
            month = parse_month(asked).first if asked else this_month()
        except CalendarError as error:
            raise Http404 from error
        if month > this_month() or month.year < 2000:
            raise Http404
        return month

    @property
    def report_url(self) -> str:
        """The ranking of the home park, where this person may read it."""
        access = self.access
        code = next((park.code for park in access.parks if park.id == access.home_park_id), "")
        if not code or not access.can("reports.view", access.home_park_id):
            return ""
        try:
            return reverse("reports:month", args=[code, self.month])
        except NoReverseMatch:
            return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sections = sections_of(person(self.request), self.month)
        own = {
            "month": self.month,
            "before": month_before(self.month),
            "after": next_month(self.month) if self.month < this_month() else None,
            "sections": sections,
            "stats": stats_of(sections),
            "nothing": [section.measure.label for section in sections if not section.now.n],
        }
        return super().get_context_data(**(own | kwargs))
