"""The catalogue of services, as the park's administrator keeps it."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person, require
from core.navigation import chosen_park
from core.pages import ActionPage, Button, Column, Empty, FormPage, ListPage
from parks.models import Park
from parks.queries import calendar_of, calendars_of
from services import actions, clocks
from services.filters import CatalogueFilter
from services.forms import ItemForm
from services.models import CatalogueItem


class CatalogueList(ListPage):
    """What is on offer, and the time promised for it."""

    permission = "tickets.view"
    template_name = "services/catalogue.html"
    title = _("Service catalogue")
    filterset_class = CatalogueFilter
    rows_template = "services/catalogue_rows.html"
    default_order = "position"
    columns = (
        Column("name", _("Service")),
        Column("category", _("Category")),
        Column("park", _("Park")),
        Column("department", _("Department")),
        Column("response", _("First response"), numeric=True),
        Column("resolve", _("Resolved within"), numeric=True),
        Column("active", _("On offer")),
    )
    buttons = (
        Button(
            _("Add a service"),
            "services:item_add",
            "plus",
            permission="catalogue.manage",
            primary=True,
            sheet=True,
            key="n",
        ),
    )
    empty = Empty(
        _("No services yet"),
        _("Start with the services that parks usually offer and change what is different here."),
        "list-details",
        "services:item_add",
        _("Add a service"),
        permission="catalogue.manage",
    )

    def get_queryset(self) -> QuerySet[CatalogueItem]:
        return CatalogueItem.objects.visible_to(person(self.request)).select_related("department", "park")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows with their park's working day, in which limits are told."""
        rows = self.slice.rows
        days = {park: clocks.day_of(calendar) for park, calendar in calendars_of({row.park_id for row in rows}).items()}
        for row in rows:
            row.day = days[row.park_id]
        managed = self.access.parks_with("catalogue.manage")
        words = {"on_label": str(_("On offer")), "off_label": str(_("Withdrawn"))}
        return super().get_context_data(**({"managed": managed} | words | kwargs))


def managed_parks(request: Any) -> list[Park]:
    """The parks whose catalogue this person keeps, the chosen or own one first."""
    access, chosen = person(request).access, chosen_park(request)
    first = chosen.id if chosen else access.home_park_id
    parks = Park.objects.filter(pk__in=access.parks_with("catalogue.manage")).order_by("id")
    return sorted(parks, key=lambda park: (park.pk != first, park.pk))


class ItemPage(FormPage, abstract=True):
    """What adding and changing share."""

    template_name = "services/form.html"
    form_class = ItemForm
    success_url = "services:catalogue"
    fields_template = "services/item_fields.html"

    @cached_property
    def parks(self) -> list[Park]:
        return managed_parks(self.request)

    def day(self) -> timedelta:
        """A working day of the park."""
        return clocks.day_of(calendar_of(self.parks[0].pk))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"parks": self.parks, "day": self.day()}

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)

    def get_back_url(self) -> str:
        return reverse("services:catalogue")


class ItemAdd(ItemPage):
    """A new service."""

    permission = "catalogue.manage"
    title = _("Add a service")

    def perform(self, form: ItemForm) -> CatalogueItem:
        values = form.values()
        park = values.pop("park")
        require(person(self.request), "catalogue.manage", park.pk)
        return actions.add_item(by=person(self.request), park=park, **values)


class ItemEdit(ItemPage):
    """A service that is on offer already; running requests keep their limits."""

    permission = "catalogue.manage"
    intro = _("Requests that run already keep the limits they were given.")

    @cached_property
    def item(self) -> CatalogueItem:
        item: CatalogueItem = fetch(CatalogueItem.objects.visible_to(person(self.request)), pk=self.kwargs["pk"])
        return item

    def check_permission(self) -> None:
        """Before the form is looked at."""
        super().check_permission()
        require(person(self.request), self.permission, self.item.park_id)

    @cached_property
    def parks(self) -> list[Park]:
        return [park for park in managed_parks(self.request) if park.pk == self.item.park_id]

    def get_title(self) -> str | Promise:
        return str(self.item)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.item}

    def perform(self, form: ItemForm) -> CatalogueItem:
        return actions.change_item(by=person(self.request), item=self.item, **form.values())


class Defaults(ActionPage):
    """Fill the catalogue with the usual services; what is there stays."""

    permission = "catalogue.manage"
    success_url = "services:catalogue"
    success_message = _("The usual services were added.")

    def perform(self) -> int:
        """For the chosen park, else the own one."""
        return actions.ensure_catalogue(managed_parks(self.request)[0])

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)
