"""The page of one's own month."""

from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import person
from core.navigation import chosen_park
from core.pages import LOGGED_IN, Page
from core.worktime import CalendarError, parse_month
from parks.models import Park
from parks.queries import next_month
from reports import queries
from reports.mine import MyMonth
from reports.models import Report


class MyMonthPage(Page):
    """What I have done and what it counts, live."""

    permission = LOGGED_IN
    title = _("My month")
    template_name = "reports/mine.html"

    @cached_property
    def month(self) -> date:
        """`?month=2026-10`, else the running one; 404 for what is no month or still to come."""
        asked = self.request.GET.get("month", "")
        try:
            month = parse_month(asked).first if asked else queries.this_month()
        except CalendarError as error:
            raise Http404 from error
        if month > queries.this_month() or month.year < 2000:
            raise Http404
        return month

    @cached_property
    def park(self) -> Park | None:
        """The park chosen in the top bar, else one's own; none for somebody whose figures are nowhere counted."""
        if self.access.is_portal:
            raise Http404
        chosen = chosen_park(self.request)
        wanted = chosen.id if chosen else self.access.home_park_id
        return Park.objects.filter(pk=wanted).exclude(kind=Park.Kind.PLATFORM).first()

    @property
    def report_url(self) -> str:
        """The ranking of the park, where this person may read it."""
        may = self.park is not None and self.access.can("reports.view", self.park.pk)
        return reverse("reports:month", args=[self.park.code, self.month]) if may and self.park else ""

    @cached_property
    def mine(self) -> MyMonth | None:
        """The month of the reader; none where nothing of theirs is counted."""
        if self.park is None:
            return None
        reports = Report.objects.filter(park_id=self.park.pk, month=self.month)
        report = reports.select_related("scheme").defer("workbook").first()
        return MyMonth(person(self.request), self.park, self.month, report)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own: dict[str, Any] = {
            "month": self.month,
            "before": queries.previous_month(self.month),
            "after": next_month(self.month) if self.month < queries.this_month() else None,
        }
        return super().get_context_data(**(own | ({"mine": self.mine} if self.mine else {}) | kwargs))


class MyScore(MyMonthPage):
    """The score alone: a part that the start page fetches when it stands.

    It is counted over the whole park, as the ranking is: nothing that the start page should wait for.
    """

    permission = LOGGED_IN
    template_name = "reports/score.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Opened by itself it is the page that it leads to."""
        return self.part(self.template_name) if self.is_part else HttpResponseRedirect(reverse("my_month"))
