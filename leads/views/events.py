"""Events: the list, the record with its tabs, forms and buttons, attendance at one tap."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies.actions import add_company
from core.access import fetch, person
from core.masking import mask_phone
from core.pages import Button, Column, Empty, FormPage, ListPage, Property, Quick, RecordPage, Tab
from leads.actions.events import (
    add_event_cost,
    add_task,
    cancel_event,
    edit_event,
    finish_task,
    hold_event,
    mark_attended,
    paste_people,
    plan_event,
    register,
    remove_event_cost,
    remove_person,
    remove_task,
)
from leads.forms.events import ColleaguesForm, EventForm, GuestPersonForm, PasteForm, SummaryForm, TaskForm
from leads.forms.outward import CostForm, WhyForm
from leads.models import Event, EventCost, EventPerson, EventTask
from leads.outward_filters import EventFilter
from leads.queries.events import leads_of_event, people_counts, results_of_event, results_of_events, turnout_of
from leads.views.outward import RowAction, RowForm, park_for

PLAN = "events.plan"


class EventList(ListPage):
    """All events of the reader's parks."""

    permission = "events.view"
    title = _("Events")
    filterset_class = EventFilter
    rows_template = "leads/events/rows.html"
    default_order = "-starts_at"
    saves_views = True
    exports = True
    columns = (
        Column("title", _("Title")),
        Column("kind", _("Kind")),
        Column("when", _("When"), sort="starts_at"),
        Column("owner", _("In charge")),
        Column("state", _("State")),
        Column("came", _("Attended"), numeric=True, export=lambda event: event.came),
        Column("leads", _("Leads"), numeric=True, export=lambda event: event.results.leads_made),
        Column("per_lead", _("Cost per lead"), numeric=True, money=True, export=lambda event: event.results.per_lead),
    )
    quick = (
        Quick(_("Coming"), "when", "coming"),
        Quick(_("This month"), "when", "this_month"),
        Quick(_("Training"), "kind", "training"),
    )
    buttons = (
        Button(_("Plan an event"), "leads:event_add", "plus", permission=PLAN, primary=True, sheet=True, key="n"),
    )
    empty = Empty(
        _("No events yet"),
        _("Exhibitions, themed fairs, salons, contests, forums and training: who came, what it cost, what came of it."),
        "calendar-event",
        "leads:event_add",
        _("Plan an event"),
        permission=PLAN,
    )

    def get_queryset(self) -> QuerySet[Event]:
        rows: QuerySet[Event] = Event.objects.visible_to(person(self.request)).with_people()
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.slice.rows
        own = {"results": results_of_events(person(self.request), rows), "came": people_counts(rows)}
        return super().get_context_data(**(own | kwargs))

    def complete(self, rows: Sequence[Event]) -> None:
        results, came = results_of_events(person(self.request), rows), people_counts(rows)
        for event in rows:
            vars(event).update(results=results[event.pk], came=came.get(event.pk, 0))


class EventRecord(RecordPage):
    """People, tasks, costs, and the leads that came of it."""

    permission = "events.view"
    template_name = "leads/events/record.html"
    tabs = (
        Tab("people", _("People"), "leads/events/tab_people.html"),
        Tab("tasks", _("Tasks"), "leads/events/tab_tasks.html"),
        Tab("leads", _("Leads"), "leads/events/tab_leads.html"),
        Tab("costs", _("Costs"), "leads/events/tab_costs.html"),
    )

    def get_object(self) -> Event:
        rows = Event.objects.visible_to(person(self.request)).with_people().select_related("park")
        found: Event = fetch(rows, pk=self.kwargs["pk"])
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, event = person(self.request), self.object
        may_plan = user.access.can(PLAN, event.park_id) and event.state != Event.State.CANCELLED
        own: dict[str, Any] = {"may_plan": may_plan, "begun": event.starts_at <= timezone.now()}
        if not self.is_tab:
            own |= {
                "properties": self.properties(),
                "results": results_of_event(user, event),
                "turnout": turnout_of(event),
            }
        return super().get_context_data(**(own | self.of_tab(may_plan=may_plan) | kwargs))

    def of_tab(self, *, may_plan: bool) -> dict[str, Any]:
        """The rows of the open tab."""
        event = self.object
        match self.tab.code if self.tab else "":
            case "tasks":
                return {"tasks": event.tasks.select_related("assignee")}
            case "leads":
                return {"leads": leads_of_event(person(self.request), event)}
            case "costs":
                return {"costs": event.costs.select_related("by", "receipt")}
            case _:
                people = list(event.people.with_names().order_by("role", "id"))
                for one in people:
                    one.shown_phone = mask_phone(one.phone)
                return {
                    "people": people,
                    "may_mark": may_plan and timezone.localdate() >= _day(event),
                    "may_reveal": self.access.can("contacts.reveal", event.park_id),
                    "may_erase": self.access.can("contacts.erase", event.park_id),
                }

    def properties(self) -> list[Property]:
        event = self.object
        return [
            Property(_("Kind"), event.get_kind_display()),
            Property(_("Place"), event.place),
            Property(_("Theme or industry"), event.theme),
            Property(_("Budget"), event.budget, template="parts/money.jinja", numeric=True),
            Property(_("Plan"), event.plan),
            Property(_("Park"), event.park.name),
        ]


def _day(event: Event) -> Any:
    return timezone.localdate(event.starts_at)


class PlanEvent(FormPage):
    """A new event."""

    permission = PLAN
    title = _("Plan an event")
    form_class = EventForm
    fields_template = "leads/events/fields.html"
    success_message = _("Planned.")

    def get_initial(self) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        return {"kind": kind} if kind in Event.Kind.values else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": person(self.request), "park_id": park_for(self.request, PLAN)}
        return super().get_form_kwargs() | own

    def perform(self, form: EventForm) -> Event:
        data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return plan_event(by=person(self.request), park_id=park_for(self.request, PLAN), **data)


class EventRowForm(RowForm, abstract=True):
    """A form about an event."""

    permission = PLAN
    model: ClassVar[Any] = Event


class EditEvent(EventRowForm):
    """Correct an event."""

    merges = True
    permission = PLAN
    title = _("Edit event")
    form_class = EventForm
    fields_template = "leads/events/fields.html"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name, None) for name in EventForm.base_fields}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "park_id": self.row.park_id}

    def perform(self, form: EventForm) -> Event:
        return edit_event(by=person(self.request), event=self.row, **form.cleaned_data)


class HoldEvent(EventRowForm):
    """It took place."""

    permission = PLAN
    title = _("Sum up the event")
    form_class = SummaryForm
    submit_label = _("Mark as held")

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"summary": self.row.summary}

    def perform(self, form: SummaryForm) -> Event:
        return hold_event(by=person(self.request), event=self.row, **form.cleaned_data)


class CancelEvent(EventRowForm):
    """It does not take place."""

    permission = PLAN
    title = _("Cancel the event")
    form_class = WhyForm
    submit_label = _("Cancel the event")
    success_message = _("Cancelled.")
    danger = True

    def perform(self, form: WhyForm) -> Event:
        return cancel_event(by=person(self.request), event=self.row, **form.cleaned_data)


class AddGuestPerson(EventRowForm):
    """A company's person or another guest."""

    permission = PLAN
    title = _("Register a guest")
    form_class = GuestPersonForm
    fields_template = "leads/events/guest_fields.html"
    success_message = _("Registered.")
    tab = "people"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def perform(self, form: GuestPersonForm) -> EventPerson:
        user, data = person(self.request), dict(form.cleaned_data)
        data.pop("company_text", None)
        if data["company"] is None and form.new_company:
            data["company"] = add_company(by=user, park_id=self.row.park_id, name=form.new_company)
        return register(by=user, event=self.row, **data)


class AddColleagues(EventRowForm):
    """Colleagues who take part."""

    permission = PLAN
    title = _("Add colleagues")
    form_class = ColleaguesForm
    success_message = _("Registered.")
    tab = "people"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"event": self.row}

    def perform(self, form: ColleaguesForm) -> Event:
        for one in form.cleaned_data["people"]:
            register(by=person(self.request), event=self.row, user=one)
        row: Event = self.row
        return row


class PastePeople(EventRowForm):
    """A list of people, pasted."""

    permission = PLAN
    title = _("Paste a list")
    form_class = PasteForm
    submit_label = _("Take them over")
    tab = "people"

    def perform(self, form: PasteForm) -> Any:
        return paste_people(by=person(self.request), event=self.row, **form.cleaned_data)

    def get_success_message(self, result: Any) -> str:
        names = {"added": result.added, "known": result.known, "attended": result.attended}
        return _now("%(added)s added, %(known)s known already, %(attended)s marked as attended.") % names


class AddTask(EventRowForm):
    """Something to prepare."""

    permission = PLAN
    title = _("Add a task")
    form_class = TaskForm
    tab = "tasks"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"event": self.row, "user": person(self.request)}

    def perform(self, form: TaskForm) -> EventTask:
        return add_task(by=person(self.request), event=self.row, **form.cleaned_data)


class AddEventCost(EventRowForm):
    """Money spent."""

    permission = PLAN
    title = _("Add a cost")
    form_class = CostForm
    fields_template = "leads/outward/cost_fields.html"
    tab = "costs"

    def perform(self, form: CostForm) -> EventCost:
        return add_event_cost(by=person(self.request), event=self.row, **form.cleaned_data)


class RemoveEventCost(RowAction):
    """Take a line out."""

    permission = PLAN
    model = EventCost
    owner, tab = "event", "costs"
    success_message = _("Taken out.")

    def perform(self) -> Event:
        return remove_event_cost(by=person(self.request), cost=self.row)


class PersonAction(RowAction):
    """Attended, not attended after all, or registered by mistake: the pressed button says which."""

    permission = PLAN
    model = EventPerson
    owner, tab = "event", "people"

    def perform(self) -> Any:
        user, do = person(self.request), self.request.POST.get("do", "")
        if do == "remove":
            return remove_person(by=user, person=self.row)
        return mark_attended(by=user, person=self.row, attended=do != "absent")


class TaskAction(RowAction):
    """Done, not done after all, or off the list; whoever has the task may tick it."""

    permission = "events.view"
    model = EventTask
    owner, tab = "event", "tasks"

    def perform(self) -> Any:
        user, do = person(self.request), self.request.POST.get("do", "")
        if do == "remove":
            return remove_task(by=user, task=self.row)
        return finish_task(by=user, task=self.row, done=do != "open")
