"""What a list of requests can be narrowed by: one FilterSet for the page and the API."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, ModelChoiceFilter, NumberFilter

from accounts.models import Department
from core.periods import MonthFilter, PeriodFilter
from services.models import CatalogueItem, Ticket

ANY = "all"
HOLDERS = (("me", _("Mine")), ("nobody", _("Unassigned")))
DUE = (("overdue", _("Overdue")),)
STATES = ((ANY, _("All states")), *Ticket.State.choices)


def departments(request: Any) -> QuerySet[Department]:
    """The departments of the reader's parks."""
    if request is None:
        return Department.objects.none()
    return Department.objects.filter(park_id__in=request.user.access.read_parks, is_active=True)


class TicketFilter(FilterSet):
    """Search, whose it is, what is overdue, state and department."""

    q = CharFilter(label=_("Search"), method="by_text")
    holder = ChoiceFilter(label=_("Holder"), choices=HOLDERS, method="by_holder", empty_label=_("Everybody"))
    due = ChoiceFilter(label=_("Time limit"), choices=DUE, method="by_due", empty_label=_("Any"))
    state = ChoiceFilter(label=_("State"), choices=STATES, method="by_state", empty_label=_("Open requests"))
    category = ChoiceFilter(
        label=_("Category"),
        choices=CatalogueItem.Category.choices,
        field_name="item__category",
        empty_label=_("Any"),
    )
    department = ModelChoiceFilter(label=_("Department"), queryset=departments, empty_label=_("Any"))
    received = PeriodFilter(label=_("Submitted at"), field_name="created_at")
    # From links and programs, not in the panel.
    company = NumberFilter(label=_("Company"), field_name="company_id", widget=forms.HiddenInput)
    item = NumberFilter(label=_("Service"), field_name="item_id", widget=forms.HiddenInput)
    holder_id = NumberFilter(label=_("Holder"), field_name="holder_id", widget=forms.HiddenInput)
    counted_month = MonthFilter(label=_("Counted in"), widget=forms.HiddenInput)

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = ()

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value.replace("\x00", "").strip()) if value.strip() else rows

    def by_holder(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(holder=None) if value == "nobody" else rows.filter(holder=self.request.user.pk)

    def by_due(self, rows: Any, name: str, value: str) -> Any:
        return rows.overdue(timezone.now())

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        return rows if value == ANY else rows.filter(state=value)


class CatalogueFilter(FilterSet):
    """Search, category, on offer or withdrawn."""

    q = CharFilter(label=_("Search"), method="by_text")
    category = ChoiceFilter(label=_("Category"), choices=CatalogueItem.Category.choices, empty_label=_("Any"))
    offered = ChoiceFilter(
        label=_("On offer"),
        choices=(("yes", _("On offer")), ("no", _("Withdrawn"))),
        method="by_offer",
        empty_label=_("Any"),
    )

    class Meta:
        model = CatalogueItem
        fields: tuple[str, ...] = ()

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value.replace("\x00", "").strip()) if value.strip() else rows

    def by_offer(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_active=value == "yes")
