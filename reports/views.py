"""The ranking of a month, the records behind its figures, the workbook, the scheme; closing and publishing."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from core.access import fetch, person, require
from core.navigation import chosen_park, may_open
from core.pages import ActionPage, Empty, Page
from parks.models import Park
from reports import actions, queries, tables, wording, workbook
from reports.models import Report
from reports.month import MonthView
from reports.queries import Record, Wanted

RECORDS_PER_PAGE = 100


def reports_of(user: User) -> QuerySet[Report]:
    """Reports that this person reads, without the stored workbooks."""
    parks = user.access.parks_with("reports.view")
    rows: QuerySet[Report] = Report.objects.visible_to(user).filter(park_id__in=parks)
    return rows.select_related("park", "scheme").defer("workbook")


class InPark(Page, abstract=True):
    """A page of one park and month: a park that one does not read is 404, one without the permission 403."""

    permission = "reports.view"

    @cached_property
    def park(self) -> Park:
        parks = Park.objects.filter(pk__in=self.access.read_parks)
        park: Park = fetch(parks, code=self.kwargs["park"])
        require(person(self.request), self.permission, park.pk)
        return park

    @cached_property
    def month(self) -> date:
        month: date = self.kwargs["month"]
        if month > queries.this_month():
            raise Http404
        return month

    @cached_property
    def report(self) -> Report | None:
        reports = reports_of(person(self.request)).select_related(None).select_related("scheme")
        found = reports.filter(park=self.park, month=self.month).first()
        if found is not None:
            found.park = self.park
        return found


class Latest(Page):
    """The newest report of one's own park, else the running month."""

    permission = "reports.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        parks = self.access.parks_with("reports.view")
        chosen = chosen_park(request)
        wanted = chosen.id if chosen else self.access.home_park_id
        home = wanted if wanted in parks else min(parks)
        month = Report.objects.filter(park_id=home).values_list("month", flat=True).first() or queries.this_month()
        code = Park.objects.values_list("code", flat=True).get(pk=home)
        return HttpResponseRedirect(reverse("reports:month", args=[code, month]))


class Month(InPark):
    """The ranking page: frozen lines of a closed month, live figures of an open one."""

    permission = "reports.view"
    template_name = "reports/month.html"
    empty = Empty(
        gettext_lazy("Nothing was recorded in this month"),
        gettext_lazy("Visits, leads, signings, payments and requests appear here as soon as they are recorded."),
        "chart-bar",
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The park chosen in the top bar is another address of this page."""
        chosen = chosen_park(request)
        if chosen and chosen.code != self.park.code and self.access.can("reports.view", chosen.id):
            return HttpResponseRedirect(reverse("reports:month", args=[chosen.code, self.month]))
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return _("Promotion assessment %(month)s") % {"month": f"{self.month:%Y-%m}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tab = "departments" if self.request.GET.get("tab") == "departments" else "officers"
        view = MonthView(person(self.request), self.park, self.month, self.report, tab)
        return super().get_context_data(view=view, empty=self.empty, **kwargs)


class Figures(InPark):
    """Exactly the records behind one figure; their count and sum are the figure."""

    permission = "reports.view"
    template_name = "reports/figures.html"
    empty = Empty(
        gettext_lazy("No records"), gettext_lazy("This figure is nothing, so nothing stands behind it."), "list"
    )

    def _id(self, name: str) -> int | None:
        text = self.request.GET.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Http404
        return int(text) if text else None

    @cached_property
    def wanted(self) -> Wanted:
        indicator = queries.indicator_of(self.request.GET.get("indicator"))
        if indicator is None:
            raise Http404
        return Wanted(indicator, self._id("owner"), self._id("department"))

    @cached_property
    def number(self) -> int:
        """Which hundred, from 1."""
        return max(self._id("page") or 1, 1)

    def get_title(self) -> str | Promise:
        return self.wanted.indicator.label

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offset = (self.number - 1) * RECORDS_PER_PAGE
        if self.report:
            figure, records = queries.frozen_records(self.report, self.wanted, offset, RECORDS_PER_PAGE)
        else:
            figure, records = queries.running_records(self.park.pk, self.month, self.wanted, offset, RECORDS_PER_PAGE)
        pages = {
            "previous_page": self.number - 1,
            "next_page": self.number + 1 if figure.n > offset + RECORDS_PER_PAGE else 0,
        }
        indicator = self.wanted.indicator
        shown = {"figure": figure, "figure_text": wording.figure_text(indicator, figure)}
        shown["figure_title"] = wording.figure_title(indicator, figure)
        return super().get_context_data(rows=self.rows(records), empty=self.empty, **pages, **shown, **kwargs)

    def rows(self, records: list[Record]) -> list[dict[str, Any]]:
        """The records with names; titles of confidential ones only for those who see them anyway."""
        people = User.objects.in_bulk({record.user_id for record in records if record.user_id})
        departments = Department.objects.in_bulk({record.department_id for record in records if record.department_id})
        seen = queries.readable(person(self.request), self.wanted.indicator, records)
        return [
            {
                "record": record,
                "opens": may_open(self.access, record.url),
                "hidden": record.confidential and record.record_id not in seen,
                "person": people.get(record.user_id or 0, ""),
                "department": departments.get(record.department_id or 0, ""),
                "value": wording.value_text(self.wanted.indicator, record.value),
            }
            for record in records
        ]

    @property
    def owner_name(self) -> str:
        """Whose figure it is."""
        if self.wanted.user_id:
            return str(fetch(User.objects.all(), pk=self.wanted.user_id))
        if self.wanted.department_id:
            return str(
                fetch(Department.objects.filter(park_id__in=self.access.read_parks), pk=self.wanted.department_id)
            )
        return self.park.name


class Workbook(Page):
    """The stored bytes of a published report; a draft's workbook is made on the spot."""

    permission = "reports.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report = fetch(reports_of(person(request)).defer(None).select_related("park", "scheme"), pk=kwargs["pk"])
        stored = report.state == Report.State.PUBLISHED and report.workbook
        content = bytes(report.workbook) if stored else workbook.workbook_of(report)  # type: ignore[arg-type]  # checked
        response = HttpResponse(content, content_type=actions.XLSX)
        response["Content-Disposition"] = content_disposition_header(True, workbook.file_name(report)) or "attachment"  # noqa: FBT003 - Django's own
        response["X-Content-Type-Options"] = "nosniff"
        return response


class SchemePage(InPark):
    """How a month is scored, in words."""

    permission = "reports.view"
    template_name = "reports/scheme.html"
    title = gettext_lazy("Assessment rules")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scheme = queries.scheme_for(self.park.pk, queries.this_month())
        return super().get_context_data(scheme=scheme, headings=tables.headings(scheme.items), **kwargs)


class Close(ActionPage):
    """Close a month that is over before the worker does."""

    permission = "reports.close"
    success_message = gettext_lazy("The month is closed; the draft can be read.")

    def perform(self) -> Report:
        user = person(self.request)
        park = fetch(Park.objects.filter(pk__in=self.access.read_parks), code=self.kwargs["park"])
        require(user, self.permission, park.pk)
        return actions.close_month(park_id=park.pk, month=self.kwargs["month"], by=user)

    def get_success_message(self, result: Report) -> str:
        return str(self.success_message)


class Publish(ActionPage):
    """Publish a draft before its objection window ends."""

    permission = "reports.close"
    success_message = gettext_lazy("The report is published and mailed.")

    def perform(self) -> Report:
        user = person(self.request)
        report = fetch(reports_of(user), pk=self.kwargs["pk"])
        require(user, self.permission, report.park_id)
        return actions.publish_report(report=report, by=user)

    def get_success_message(self, result: Report) -> str:
        return str(self.success_message)
