"""The parks one works in: profile, departments, calendar, thresholds."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person, require
from core.pages import ActionPage, Column, Empty, FormPage, ListPage, Property, RecordPage, Tab
from parks.actions import change_rules, forget_calendar_day, set_calendar_day
from parks.forms import RULE_GROUPS, CalendarDayForm, RulesForm
from parks.models import VISIT_KINDS, CalendarDay, Park, ParkRules
from parks.queries import calendar_of, rules_of, unpublished_years

CALENDAR_DAYS = 42


def shown_rule(value: Any) -> Any:
    """A threshold in words where it is no figure."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return "、".join(str(dict(VISIT_KINDS)[code]) for code in value if code in dict(VISIT_KINDS))
    return value


def shown_property(rules: ParkRules, name: str) -> Property:
    """One threshold with its label."""
    label = ParkRules._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # a column, never a relation
    return Property(str(label), shown_rule(getattr(rules, name)), numeric=True)


class ParkListPage(ListPage):
    """Zone and parks inside, with their operators."""

    permission = "parks.view"
    title = _("Parks")
    columns = (
        Column("name", _("Park"), sort="name"),
        Column("kind", _("Kind")),
        Column("parent", _("Parent")),
        Column("operator", _("Park operator")),
        Column("industries", _("Key industries")),
    )
    default_order = "pk"
    rows_template = "parks/rows.html"
    empty = Empty(_("No parks"), _("Ask the platform's administrator for a membership."), "map-pin")

    def get_queryset(self) -> QuerySet[Park]:
        """The reader's own."""
        return Park.objects.visible_to(person(self.request)).select_related("parent")


class InPark:
    """Pages under a park's address."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def park(self) -> Park:
        """The visible park of the address, or 404."""
        park: Park = fetch(Park.objects.visible_to(person(self.request)), code=self.kwargs["code"])
        return park


class ParkPage(InPark, RecordPage):
    """One park: what it is, its departments, its next six weeks of working time, its thresholds."""

    permission = "parks.view"
    template_name = "parks/record.html"
    tabs = (
        Tab("profile", _("Profile"), "parks/tab_profile.html"),
        Tab("calendar", _("Calendar"), "parks/tab_calendar.html"),
        Tab("rules", _("Thresholds"), "parks/tab_rules.html"),
    )

    def get_object(self) -> Park:
        """The park itself."""
        return self.park

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the three tabs show."""
        today, park = timezone.localdate(), self.park
        calendar = calendar_of(park.pk)
        days = [today + timedelta(days=number - today.weekday()) for number in range(CALENDAR_DAYS)]
        rules = rules_of(park.pk)
        return super().get_context_data(
            may_manage=self.access.can("parks.manage", park.pk),
            departments=park.departments.filter(is_active=True),
            days=[(day, calendar.hours(day), day == today) for day in days],
            exceptions=CalendarDay.objects.filter(park=park, day__gte=today).order_by("day"),
            unpublished=unpublished_years(today, today + timedelta(days=365)),
            groups=[(group, [shown_property(rules, name) for name in group.names]) for group in RULE_GROUPS],
            **kwargs,
        )


class RulesPage(InPark, FormPage):
    """Set the thresholds."""

    permission = "parks.manage"
    title = _("Thresholds")
    form_class = RulesForm
    template_name = "parks/rules.html"
    fields_template = "parks/rules_fields.html"
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The present values; only the park's own administrator comes this far."""
        require(person(self.request), "parks.manage", self.park.pk)
        return super().get_form_kwargs() | {"instance": rules_of(self.park.pk)}

    def perform(self, form: RulesForm) -> Park:
        """Save them."""
        change_rules(by=person(self.request), park_id=self.park.pk, **form.cleaned_data)
        return self.park


class CalendarDayPage(InPark, FormPage):
    """Add or replace a dated exception."""

    permission = "parks.manage"
    title = _("Calendar exception")
    form_class = CalendarDayForm
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Only the park's own administrator comes this far."""
        require(person(self.request), "parks.manage", self.park.pk)
        return super().get_form_kwargs()

    def perform(self, form: CalendarDayForm) -> Park:
        """Save it."""
        set_calendar_day(by=person(self.request), park_id=self.park.pk, **form.cleaned_data)
        return self.park


class ForgetDayPage(InPark, ActionPage):
    """Remove a dated exception."""

    permission = "parks.manage"
    success_message = _("The day is as usual again.")

    def perform(self) -> Park:
        """Back to the weekday."""
        days = CalendarDay.objects.visible_to(person(self.request)).filter(park=self.park)
        forget_calendar_day(by=person(self.request), exception=fetch(days, pk=self.kwargs["pk"]))
        return self.park
