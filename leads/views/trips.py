"""Trips: the list, the record with its tabs, the sheet for the road, forms and buttons."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from companies.actions import add_company
from core.access import fetch, person
from core.pages import Button, Column, Empty, FormPage, ListPage, Page, Property, Quick, RecordPage, Tab
from leads.actions.trips import (
    add_target,
    add_trip_cost,
    cancel_trip,
    close_trip,
    edit_trip,
    may_run,
    move_target,
    plan_trip,
    remove_target,
    remove_trip_cost,
    set_days,
    start_trip,
)
from leads.calendar_files import file_of_trip
from leads.forms.outward import CostForm, ReportForm, WhyForm
from leads.forms.trips import DaysForm, TargetForm, TripForm
from leads.models import Activity, Trip, TripCost, TripMember, TripTarget
from leads.outward_filters import TripFilter
from leads.queries.trips import days_out, overlaps_of, results_of, targets_of
from leads.views.outward import OfRow, RowAction, RowForm, park_for
from parks.queries import calendar_of

EMPTY = Empty(
    _("No trips yet"),
    _("A trip is a journey to listed companies: with a team, days out, costs, and the visits made on it."),
    "plane-departure",
    "leads:trip_add",
    _("Plan a trip"),
    permission="trips.plan",
)


class TripList(ListPage):
    """All trips of the reader's parks."""

    permission = "trips.view"
    title = _("Trips")
    filterset_class = TripFilter
    rows_template = "leads/trips/rows.html"
    default_order = "-starts_on"
    saves_views = True
    exports = True
    columns = (
        Column("title", _("Title")),
        Column("days", _("Days"), sort="starts_on"),
        Column("leader", _("Led by")),
        Column("state", _("State")),
        Column("team", _("Team"), numeric=True, export="team_size"),
        Column("visits", _("Visits"), numeric=True, export="visit_count"),
        Column("spent", _("Spent"), numeric=True, money=True),
    )
    quick = (
        Quick(_("I go along"), "member", "me"),
        Quick(_("Under way"), "state", "running"),
        Quick(_("Coming"), "when", "coming"),
    )
    buttons = (
        Button(_("Plan a trip"), "leads:trip_add", "plus", permission="trips.plan", primary=True, sheet=True, key="n"),
    )
    empty = EMPTY

    def get_queryset(self) -> QuerySet[Trip]:
        rows: QuerySet[Trip] = Trip.objects.visible_to(person(self.request)).with_people().with_totals()
        return rows


class TripRecord(RecordPage):
    """Targets and team, visits, costs; what came of it."""

    permission = "trips.view"
    template_name = "leads/trips/record.html"
    tabs = (
        Tab("plan", _("Plan"), "leads/trips/tab_plan.html"),
        Tab("visits", _("Visits"), "leads/trips/tab_visits.html"),
        Tab("costs", _("Costs"), "leads/trips/tab_costs.html"),
    )

    def get_object(self) -> Trip:
        rows = Trip.objects.visible_to(person(self.request)).with_people().select_related("park", "closed_by")
        found: Trip = fetch(rows, pk=self.kwargs["pk"])
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, trip = person(self.request), self.object
        may_log = user.access.can("activities.log", trip.park_id)
        own: dict[str, Any] = {"may_run": may_run(user, trip), "may_log": may_log}
        if not self.is_tab:
            own |= {"properties": self.properties(), "results": results_of(user, trip)}
        return super().get_context_data(**(own | self.of_tab() | kwargs))

    def of_tab(self) -> dict[str, Any]:
        """The rows of the open tab."""
        user, trip = person(self.request), self.object
        match self.tab.code if self.tab else "":
            case "visits":
                rows = Activity.objects.visible_to(user).filter(trip=trip).with_people()
                return {"activities": rows.order_by("-happened_at", "-id")[:200]}
            case "costs":
                return {"costs": trip.costs.select_related("by", "receipt")}
            case _:
                return plan_of(user, trip)

    def properties(self) -> list[Property]:
        trip = self.object
        return [
            Property(_("Days"), days_words(trip)),
            Property(_("Places"), trip.places),
            Property(pgettext_lazy("visit", "Purpose"), trip.purpose),
            Property(_("Budget"), trip.budget, template="parts/money.jinja", numeric=True),
            Property(_("Park"), trip.park.name),
        ]


def plan_of(user: Any, trip: Trip) -> dict[str, Any]:
    """Targets, team with days, and who is on another trip at the same time."""
    return {
        "targets": targets_of(user, trip),
        "away": days_out(trip.members.select_related("user", "department"), calendar_of(trip.park_id)),
        "overlaps": overlaps_of(trip) if trip.is_open else [],
    }


def days_words(trip: Trip) -> str:
    """1 Nov – 3 Nov (3 days)."""
    span = f"{date_format(trip.starts_on, 'DATE_FORMAT')} – {date_format(trip.ends_on, 'DATE_FORMAT')}"
    return f"{span} ({ngettext('%(n)s day', '%(n)s days', trip.days) % {'n': trip.days}})"


class TripSheet(Page):
    """What the team takes along on paper: targets in their order, team, days."""

    permission = "trips.view"
    template_name = "leads/trips/sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        trip: Trip = fetch(Trip.objects.visible_to(user).with_people().select_related("park"), pk=self.kwargs["pk"])
        own = {"trip": trip, "title": trip.title, "days": days_words(trip)} | plan_of(user, trip)
        return super().get_context_data(**(own | kwargs))


class TripFile(Page):
    """The trip as a calendar file."""

    permission = "trips.view"
    template_name = "leads/trips/sheet.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = person(request)
        trip: Trip = fetch(Trip.objects.visible_to(user), pk=self.kwargs["pk"])
        return file_of_trip(user, trip, request.build_absolute_uri)


class PlanTrip(FormPage):
    """A new trip."""

    permission = "trips.plan"
    title = _("Plan a trip")
    form_class = TripForm
    fields_template = "leads/trips/fields.html"
    success_message = _("Planned; the team was told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": person(self.request), "park_id": park_for(self.request, self.permission)}
        return super().get_form_kwargs() | own

    def perform(self, form: TripForm) -> Trip:
        data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return plan_trip(by=person(self.request), park_id=park_for(self.request, self.permission), **data)


class TripRowForm(RowForm, abstract=True):
    """A form about a trip, for those who run it."""

    permission = "trips.plan"
    model: ClassVar[Any] = Trip

    def check_row(self, found: Any) -> None:
        super().check_row(found)
        if not may_run(person(self.request), getattr(found, self.owner) if self.owner else found):
            raise PermissionDenied(self.permission)


class EditTrip(TripRowForm):
    """Correct a trip."""

    merges = True
    title = _("Edit trip")
    form_class = TripForm
    fields_template = "leads/trips/fields.html"

    def get_initial(self) -> dict[str, Any]:
        team = [str(pk) for pk in self.row.members.values_list("user", flat=True)]
        return {name: getattr(self.row, name, None) for name in TripForm.base_fields} | {"team": team}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "park_id": self.row.park_id}

    def perform(self, form: TripForm) -> Trip:
        return edit_trip(by=person(self.request), trip=self.row, **form.cleaned_data)


class AddTarget(TripRowForm):
    """A company to be visited."""

    title = _("Add a target")
    form_class = TargetForm
    fields_template = "leads/trips/target_fields.html"
    success_message = _("Added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def perform(self, form: TargetForm) -> TripTarget:
        user, data = person(self.request), form.cleaned_data
        company = data["company"] or add_company(by=user, park_id=self.row.park_id, name=form.new_company)
        return add_target(by=user, trip=self.row, company=company, planned_on=data["planned_on"], note=data["note"])


class SetDays(TripRowForm):
    """Somebody joins later or leaves earlier."""

    merges = True
    title = _("Days of a member")
    model = TripMember
    owner = "trip"
    form_class = DaysForm

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"starts_on": self.row.starts_on, "ends_on": self.row.ends_on}

    def get_title(self) -> str:
        return gettext("Days of %(name)s") % {"name": self.row.user}

    def perform(self, form: DaysForm) -> TripMember:
        return set_days(by=person(self.request), member=self.row, **form.cleaned_data)


class AddTripCost(TripRowForm):
    """Money spent."""

    title = _("Add a cost")
    form_class = CostForm
    fields_template = "leads/outward/cost_fields.html"
    tab = "costs"

    def perform(self, form: CostForm) -> TripCost:
        return add_trip_cost(by=person(self.request), trip=self.row, **form.cleaned_data)


class CloseTrip(TripRowForm):
    """The team is back."""

    title = _("Close the trip")
    form_class = ReportForm
    submit_label = _("Close the trip")
    success_message = _("Closed; the team was told.")

    def perform(self, form: ReportForm) -> Trip:
        return close_trip(by=person(self.request), trip=self.row, **form.cleaned_data)


class CancelTrip(TripRowForm):
    """It does not take place."""

    title = _("Cancel the trip")
    form_class = WhyForm
    submit_label = _("Cancel the trip")
    success_message = _("Cancelled; the team was told.")
    danger = True

    def perform(self, form: WhyForm) -> Trip:
        return cancel_trip(by=person(self.request), trip=self.row, **form.cleaned_data)


class StartTrip(RowAction):
    """On the way."""

    permission = "trips.plan"
    model = Trip
    success_message = _("Have a good journey. Visits that you log now belong to this trip.")

    def perform(self) -> Trip:
        return start_trip(by=person(self.request), trip=self.row, version=self.version)


class TargetAction(RowAction, OfRow):
    """One place up or down, or off the list: the pressed button says which."""

    permission = "trips.plan"
    model = TripTarget
    owner = "trip"

    def perform(self) -> Trip:
        user, do = person(self.request), self.request.POST.get("do", "")
        if do == "remove":
            return remove_target(by=user, target=self.row)
        return move_target(by=user, target=self.row, up=do == "up")


class RemoveTripCost(RowAction):
    """Take a line out."""

    permission = "trips.plan"
    model = TripCost
    owner = "trip"
    tab = "costs"
    success_message = _("Taken out.")

    def perform(self) -> Trip:
        return remove_trip_cost(by=person(self.request), cost=self.row)
