"""Reception plans: the list, the record, the sheets for guests and hosts, forms and buttons."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.actions import add_company
from core.access import fetch, person
from core.masking import mask_phone
from core.pages import Button, Column, Empty, FormPage, ListPage, Property, Quick, RecordPage
from leads.actions.reception import (
    cancel_reception,
    confirm_reception,
    edit_reception,
    log_visit,
    plan_reception,
)
from leads.forms.outward import WhyForm
from leads.forms.reception import (
    NewReceptionForm,
    ReceptionForm,
    VisitForm,
)
from leads.models import Activity, Lead, Reception
from leads.outward_filters import ReceptionFilter
from leads.queries.reception import double_bookings
from leads.views.outward import RowAction, RowForm, park_for

PLAN = "receptions.plan"


class ReceptionList(ListPage):
    """All plans that one sees."""

    permission = "receptions.view"
    title = _("Receptions")
    filterset_class = ReceptionFilter
    rows_template = "leads/reception/rows.html"
    default_order = "-starts_at"
    saves_views = True
    exports = True
    columns = (
        Column("title", _("Title")),
        Column("company", _("Company")),
        Column("when", _("When"), sort="starts_at"),
        Column("host", _("Main host")),
        Column("state", _("State")),
    )
    quick = (
        Quick(_("Coming"), "when", "coming"),
        Quick(pgettext_lazy("day", "Today"), "when", "today"),
        Quick(_("I am the host"), "host", "me"),
    )
    buttons = (
        Button(
            _("Plan a reception"), "leads:reception_add", "plus", permission=PLAN, primary=True, sheet=True, key="n"
        ),
    )
    empty = Empty(
        _("No receptions yet"),
        _("A reception plan is the itinerary of a visiting investor: who meets whom, when and where, every detail."),
        "door-enter",
        "leads:reception_add",
        _("Plan a reception"),
        permission=PLAN,
    )

    def get_queryset(self) -> QuerySet[Reception]:
        rows: QuerySet[Reception] = Reception.objects.visible_to(person(self.request)).with_people()
        return rows


def plan_of(reception: Reception) -> dict[str, Any]:
    """Guests, hours and provisions."""
    return {
        "guests": list(reception.guests.all()),
        "items": list(reception.items.select_related("host")),
        "provisions": list(reception.provisions.all()),
    }


class ReceptionRecord(RecordPage):
    """The whole plan on one page."""

    permission = "receptions.view"
    template_name = "leads/reception/record.html"

    def get_object(self) -> Reception:
        rows = Reception.objects.visible_to(person(self.request)).with_people().select_related("park", "lead")
        found: Reception = fetch(rows, pk=self.kwargs["pk"])
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, row = person(self.request), self.object
        may_plan = user.access.can(PLAN, row.park_id)
        visit = Activity.objects.filter(reception=row).first()
        own = plan_of(row) | {
            "may_plan": may_plan,
            "may_change": may_plan and row.is_open,
            "may_log": visit is None and row.state != "cancelled" and user.access.can("activities.log", row.park_id),
            "begun": row.starts_at <= timezone.now(),
            "visit": visit,
            "may_reveal": user.access.can("contacts.reveal", row.park_id),
            "may_erase": user.access.can("contacts.erase", row.park_id),
            "bookings": double_bookings(row) if row.is_open else [],
            "properties": self.properties(),
        }
        for guest in own["guests"]:
            guest.shown_phone = mask_phone(guest.phone)
        return super().get_context_data(**(own | kwargs))

    def properties(self) -> list[Property]:
        row = self.object
        lead = Lead.objects.visible_to(person(self.request)).filter(pk=row.lead_id).select_related("company").first()
        return [
            Property(_("Company"), row.company.name, url=row.company.get_absolute_url()),
            Property(_("Lead"), lead.name if lead else "", url=lead.get_absolute_url() if lead else ""),
            Property(_("Meeting point"), row.place),
            Property(_("Language of the guests"), row.get_language_display()),
            Property(pgettext_lazy("visit", "Purpose"), row.purpose),
            Property(_("Internal note"), row.internal_note),
            Property(_("Park"), row.park.name),
        ]


class PlanReception(FormPage):
    """A new plan: for `?lead=` or `?company=`, or as `?copy=` was."""

    permission = PLAN
    title = _("Plan a reception")
    form_class = NewReceptionForm
    fields_template = "leads/reception/fields.html"
    success_message = _("Planned. Now the guests and the schedule.")

    @cached_property
    def lead(self) -> Lead | None:
        """The lead from whose page we came."""
        pk = self.request.GET.get("lead")
        rows = Lead.objects.visible_to(person(self.request)).select_related("company")
        found: Lead | None = fetch(rows, pk=pk) if pk else None
        return found

    @cached_property
    def source(self) -> Reception | None:
        """The earlier plan to be copied."""
        pk = self.request.GET.get("copy")
        rows = Reception.objects.visible_to(person(self.request)).select_related("company")
        found: Reception | None = fetch(rows, pk=pk) if pk else None
        return found

    def get_initial(self) -> dict[str, Any]:
        if self.source is None:
            return {}
        names = ("title", "place", "language", "purpose", "host")
        company = {"company_text": self.source.company.name, "company": str(self.source.company_id)}
        return {name: getattr(self.source, name) for name in names} | company

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": person(self.request), "park_id": park_for(self.request, PLAN)}
        return super().get_form_kwargs() | own | {"company": self.lead.company if self.lead else None}

    def perform(self, form: NewReceptionForm) -> Reception:
        user, data = person(self.request), dict(form.cleaned_data)
        park_id = self.lead.park_id if self.lead else park_for(self.request, PLAN)
        data.pop("company_text", None)
        company = data.pop("company") or add_company(by=user, park_id=park_id, name=form.new_company)
        return plan_reception(by=user, park_id=park_id, company=company, lead=self.lead, copy_from=self.source, **data)


class ReceptionRowForm(RowForm, abstract=True):
    """A form about a plan."""

    permission = PLAN
    model: ClassVar[Any] = Reception


class EditReception(ReceptionRowForm):
    """Correct a plan."""

    merges = True
    title = _("Edit reception plan")
    form_class = ReceptionForm
    fields_template = "leads/reception/fields.html"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name, None) for name in ReceptionForm.base_fields}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"park_id": self.row.park_id}

    def perform(self, form: ReceptionForm) -> Reception:
        return edit_reception(by=person(self.request), reception=self.row, **form.cleaned_data)


class CancelReception(ReceptionRowForm):
    """The guests do not come."""

    title = _("Cancel the reception")
    form_class = WhyForm
    submit_label = _("Cancel the reception")
    success_message = _("Cancelled; the hosts were told.")
    danger = True

    def perform(self, form: WhyForm) -> Reception:
        return cancel_reception(by=person(self.request), reception=self.row, **form.cleaned_data)


class ConfirmReception(RowAction):
    """The plan stands."""

    permission = PLAN
    model = Reception
    success_message = _("Confirmed; the hosts were told, and will be reminded on the eve.")

    def perform(self) -> Reception:
        return confirm_reception(by=person(self.request), reception=self.row, version=self.version)


class LogVisit(ReceptionRowForm):
    """The visit took place: what was said, the rest from the plan."""

    permission = "activities.log"
    title = _("Log the visit")
    form_class = VisitForm
    fields_template = "leads/reception/visit_fields.html"
    submit_label = _("Save")
    success_message = _("Logged.")

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("company", "lead__company", "host")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "reception": self.row}

    def perform(self, form: VisitForm) -> Activity:
        data = {name: value for name, value in form.cleaned_data.items() if name not in {"lead", "company"}}
        return log_visit(by=person(self.request), reception=self.row, **data)


def reception_address(lead: Lead) -> str:
    """Where a plan for a lead is begun."""
    return f"{reverse('leads:reception_add')}?lead={lead.pk}"
