"""What list and board share: the FilterSet, its chips, and addresses that change one parameter and keep the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.forms import NullBooleanSelect, Select
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.choices import BaseChoiceIterator
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_filters.filterset import FilterSet

from core.navigation import chosen_park

RANGE_ENDS = ("min", "max", "after", "before")
PLACE = ("cursor", "page", "beside", "panel", "count", "columns")


@dataclass(frozen=True)
class Chip:
    """An active filter: what it is, what it says, and the address without it."""

    name: str
    label: str
    value: str
    url: str


@dataclass(frozen=True)
class Quick:
    """A filter at one click: the parameters it sets, such as `owner=me`."""

    label: str | Promise
    name: str
    value: str


class Filtered:
    """Mixin of pages over a filtered queryset; everything lives in the address, nothing in the session."""

    request: HttpRequest
    filterset_class: ClassVar[type[FilterSet] | None] = None
    search_name: ClassVar[str] = "q"
    quick: ClassVar[tuple[Quick, ...]] = ()

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or only the fields of its panel, asked for when that is opened (`?panel=1`)."""
        if self.asks_panel:
            return TemplateResponse(request, "parts/panel.html", {"page": self})
        return super().get(request, *args, **kwargs)  # type: ignore[misc,no-any-return]  # a mixin of Page

    @property
    def asks_panel(self) -> bool:
        return self.request.headers.get("HX-Request") == "true" and "panel" in self.request.GET

    @cached_property
    def from_view(self) -> frozenset[str]:
        """Parameters whose absence has to be said, because a saved view would set them."""
        return frozenset()

    @cached_property
    def address(self) -> QueryDict:
        """The address as links of this page continue it."""
        return self.request.GET

    @cached_property
    def params(self) -> QueryDict:
        """What is in force: the address, over the saved view that it names."""
        return self.request.GET

    @cached_property
    def park(self) -> Any:
        """The park chosen in the top bar (`?park=`), unless the FilterSet sees to it itself."""
        own = "park" in getattr(self.filterset_class, "base_filters", ())
        return None if own else chosen_park(self.request)

    @cached_property
    def narrowed(self) -> QuerySet[Any]:
        queryset = self.get_queryset()
        has_park = self.park and any(field.name == "park" for field in queryset.model._meta.get_fields())
        return queryset.filter(park_id=self.park.id) if has_park else queryset

    @property
    def has_park(self) -> bool:
        return any(field.name == "park" for field in self.narrowed.model._meta.get_fields())

    @property
    def parks(self) -> frozenset[int]:
        """The parks that the rows come from, where they have one and it is not chosen."""
        access = getattr(self.request.user, "access", None)
        return access.read_parks if access and self.has_park and not self.park else frozenset()

    @cached_property
    def filterset(self) -> FilterSet | None:
        """The filters that the address names: a form of all of them takes as long as reading the rows."""
        kind: Any = self.filterset_class
        if kind is None:
            return None
        narrow: FilterSet = kind.__new__(kind)
        named = [name for name in kind.base_filters if self.keys_of(name)] if self.params else []
        narrow.base_filters = {name: kind.base_filters[name] for name in named}  # type: ignore[attr-defined]  # of its class
        narrow.__init__(self.params, queryset=self.narrowed, request=self.request)  # type: ignore[misc]  # in two steps
        return narrow

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        return self.narrowed if self.filterset is None else self.filterset.qs

    @property
    def has_search(self) -> bool:
        return self.search_name in getattr(self.filterset_class, "base_filters", ())

    @property
    def search(self) -> str:
        return self.params.get(self.search_name, "")

    @property
    def has_panel(self) -> bool:
        """Is there anything to choose beside the search box?"""
        return any(name != self.search_name for name in getattr(self.filterset_class, "base_filters", ()))

    @cached_property
    def panel(self) -> list[Any]:
        """The bound fields of the filter panel: all but the search box and those kept out by a hidden input."""
        if self.filterset_class is None:
            return []
        form = self.filterset_class(self.params, queryset=self.narrowed, request=self.request).form
        fields = [field for field in form.visible_fields() if field.name != self.search_name]
        for bound in fields:
            say_any(bound.field.widget)
        return fields

    @cached_property
    def refused(self) -> list[str]:
        """The labels of parameters that could not be understood; they are said, not silently dropped."""
        if self.filterset is None:
            return []
        form = self.filterset.form
        return [str(form.fields[name].label or name) for name in form.errors if name in form.fields]

    @cached_property
    def chips(self) -> list[Chip]:
        if self.filterset is None or not self.filterset.form.is_bound:
            return []
        form = self.filterset.form
        form.is_valid()
        chips = []
        for name, value in getattr(form, "cleaned_data", {}).items():
            keys = self.keys_of(name)
            if name != self.search_name and keys and said(value):
                label = str(form.fields[name].label or name)
                chips.append(Chip(name, label, worded(form.fields[name], value), self.url_with(**dict.fromkeys(keys))))
        return chips

    def quick_links(self) -> list[tuple[str | Promise, str, bool]]:
        links = []
        for quick in self.quick:
            active = self.params.getlist(quick.name) == [quick.value]
            links.append((quick.label, self.url_with(**{quick.name: None if active else quick.value}), active))
        return links

    @property
    def chips_shown(self) -> list[Chip]:
        """The chips, without those whose quick filter already shows them."""
        quick = {(quick.name, quick.value) for quick in self.quick}
        return [chip for chip in self.chips if (chip.name, self.params.get(chip.name)) not in quick]

    def keys_of(self, name: str) -> list[str]:
        """The parameters of the address that belong to one filter (a range has two)."""
        names = {name, *(f"{name}_{end}" for end in RANGE_ENDS)}
        return [key for key in self.params if key in names]

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips or self.search)

    @property
    def clear_url(self) -> str:
        return self.clearing()

    def clearing(self) -> str:
        """The address without any filter."""
        filters = [chip_key for chip in self.chips for chip_key in self.keys_of(chip.name)]
        return self.url_with(**dict.fromkeys([*filters, self.search_name]))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that the filter form hands on unseen: order, page size, filters whose field is not on the page.

        Fields of the panel, once it was opened, outdo what is kept under their names (static/luodi/lists.js).
        """
        return [
            (key, value)
            for key, values in self.address.lists()
            if key not in {self.search_name, *PLACE}
            for value in values
            if value or key in self.from_view
        ]

    @property
    def said_empty(self) -> list[str]:
        """What the saved view sets and a field of the panel may empty; unchecked boxes say nothing by themselves."""
        return sorted(self.from_view - {self.search_name, *PLACE, "sort", "cols"})

    @property
    def panel_url(self) -> str:
        return f"{self.url_with()}&panel=1"

    @property
    def query(self) -> str:
        """The filters of the address, for the links of the view switcher."""
        return self.url_with(sort=None, size=None)

    def url_with(self, **changes: str | None) -> str:
        """This page's query string with some parameters changed (None removes), from the first page on."""
        pairs = [
            (key, value)
            for key, values in self.address.lists()
            if key not in changes and key not in PLACE
            for value in values
            if value or key in self.from_view
        ]
        pairs += [(key, value or "") for key, value in changes.items() if value is not None or key in self.from_view]
        return f"?{urlencode(pairs)}"


class AnyFirst(BaseChoiceIterator):
    """The choices of a filter; not set reads “any”, not “---------” or “unknown”. Rows are read only when printed."""

    def __init__(self, choices: Iterable[Any], unset: str) -> None:
        self.choices = choices
        self.unset = unset

    def __iter__(self) -> Iterator[Any]:
        for code, label in self.choices:
            yield code, _("Any") if code == self.unset else label


def say_any(widget: Any) -> None:
    if isinstance(widget, Select):
        widget.choices = AnyFirst(widget.choices, "unknown" if isinstance(widget, NullBooleanSelect) else "")


def said(value: Any) -> bool:
    return value not in (None, "", [], ()) and not (isinstance(value, QuerySet) and not value)


def worded(field: Any, value: Any) -> str:
    """The value in the words of its field: labels of choices, names of rows, dates, ranges."""
    if isinstance(value, slice):
        return " – ".join("…" if end is None else worded(field, end) for end in (value.start, value.stop))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal | float):
        return f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    if hasattr(value, "year"):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, list | tuple | QuerySet):
        return "、".join(worded(field, one) for one in value)
    return str(value) if isinstance(value, Model) else choice_label(field, value)


def choice_label(field: Any, value: Any) -> str:
    for code, label in getattr(field, "choices", None) or ():
        if str(code) == str(value):
            return str(label)
    return str(value)
