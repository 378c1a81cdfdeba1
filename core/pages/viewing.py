"""Saved views on a page: the one in force, how the page differs from it, and the menu of the others (`?view=`)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from core.lists.saved import Definition, default_of, may_edit, views_of
from core.models import SavedView
from core.pages.filters import PLACE, Filtered

NO_VIEW = "all"
UNKEPT = {*PLACE, "view", "park", "size", "column", "span", "at"}


@dataclass(frozen=True)
class ViewLink:
    """A line of the menu."""

    view: SavedView
    url: str
    current: bool


class Viewed(Filtered):
    """Mixin of lists and boards whose state people save. `?view=ID` sets filters, order and columns; what else the
    address says overrides it, an empty value too (`?view=7&stage=`)."""

    saves_views: ClassVar[bool] = False
    list_name: ClassVar[str] = ""
    """The URL name under which views are kept: a board shares those of its table."""

    @property
    def sort_keys(self) -> list[str]:
        """What a table may be ordered by."""
        return []

    @property
    def column_keys(self) -> list[str]:
        """The columns of a table."""
        return []

    @property
    def view_filters(self) -> Iterable[str]:
        """The parameters that a view may keep as filters."""
        names = getattr(self.filterset_class, "base_filters", {})
        ends = ("min", "max", "after", "before")
        return {*names, *(f"{name}_{end}" for name in names for end in ends)}

    @cached_property
    def key(self) -> str:
        """The list's name in saved views, selections and exports."""
        match = getattr(self.request, "resolver_match", None)
        return self.list_name or (match.view_name if match else "")

    @cached_property
    def offers_views(self) -> bool:
        """For staff, on lists that say so."""
        access = getattr(self.request.user, "access", None)
        return bool(self.saves_views and self.key and access and access.can("views.use"))

    @property
    def shows_views(self) -> bool:
        """A part of the page keeps the menu that is there already, unless a view may be in force."""
        plain = not any(name not in UNKEPT for name in self.request.GET)
        whole = self.request.headers.get("HX-Request") != "true"
        named = self.request.GET.get("view", NO_VIEW) != NO_VIEW
        return self.offers_views and (whole or plain or named)

    @cached_property
    def saved_views(self) -> list[SavedView]:
        """All that this person may choose from."""
        return views_of(self.request.user, self.key) if self.shows_views else []  # type: ignore[arg-type]  # staff

    @cached_property
    def view(self) -> SavedView | None:
        """The one that the address names, or the default one when the address asks for nothing at all."""
        asked = self.request.GET.get("view", "")
        if asked:
            return next((view for view in self.saved_views if str(view.pk) == asked), None)
        plain = not any(name not in UNKEPT for name in self.request.GET)
        return default_of(self.request.user, self.saved_views) if plain and self.saved_views else None  # type: ignore[arg-type]  # staff

    @cached_property
    def from_view(self) -> frozenset[str]:
        """The parameters that the view sets: leaving one of them out has to be said (`stage=`)."""
        return frozenset(Definition.of(self.view).parameters()) if self.view else frozenset()

    @cached_property
    def address(self) -> QueryDict:
        if self.view is None or "view" in self.request.GET:
            return self.request.GET
        named = QueryDict(mutable=True)
        named["view"] = str(self.view.pk)
        named.update(self.request.GET)
        return named

    @cached_property
    def params(self) -> QueryDict:
        merged = QueryDict(mutable=True)
        saved = Definition.of(self.view).parameters() if self.view else {}
        for name, values in saved.items():
            if name not in self.request.GET:
                merged.setlist(name, values)
        for name, values in self.request.GET.lists():
            if any(values):
                merged.setlist(name, [value for value in values if value])
        return merged

    @cached_property
    def definition(self) -> Definition:
        """What saving the page as it stands would keep."""
        return self.definition_of(self.params.urlencode())

    def definition_of(self, query: str) -> Definition:
        """What a query string of this page says; a board has no columns and leaves those of the view as they are."""
        read = Definition.read(query, filters=self.view_filters, sorts=self.sort_keys, columns=self.column_keys)
        if self.list_name and self.view:
            return replace(read, sort=self.view.sort, columns=self.view.columns, widths=self.view.widths)
        return read

    @property
    def is_modified(self) -> bool:
        """Does the page differ from the view that it was opened with?"""
        return self.view is not None and self.definition != Definition.of(self.view)

    @property
    def may_save_view(self) -> bool:
        """Save over the view in force?"""
        return self.view is not None and may_edit(self.request.user, self.view)  # type: ignore[arg-type]  # staff

    @property
    def saved_query(self) -> str:
        """The state of the page as one parameter, for the form that saves it."""
        return urlencode(self.definition.parameters(), doseq=True)

    @property
    def drawn_widths(self) -> str:
        """Those of the view in force (static/luodi/widths.js)."""
        return Definition.of(self.view).drawn if self.view else ""

    @property
    def save_url(self) -> str:
        return f"{reverse('core:view_add')}?{urlencode({'list': self.key, 'query': self.saved_query})}"

    @property
    def manage_url(self) -> str:
        return f"{reverse('core:views')}?{urlencode({'list': self.key})}"

    @property
    def all_url(self) -> str:
        """Without any view, though one may be the default."""
        return self._opening(NO_VIEW)

    @property
    def reset_url(self) -> str:
        """The view as it was saved."""
        return self._opening(str(self.view.pk)) if self.view else self.all_url

    def _opening(self, view: str) -> str:
        park = self.request.GET.get("park", "")
        return f"?{urlencode({'view': view, **({'park': park} if park else {})})}"

    def view_links(self) -> list[ViewLink]:
        return [ViewLink(view, self._opening(str(view.pk)), view == self.view) for view in self.saved_views]

    @property
    def pinned(self) -> list[ViewLink]:
        """Shown beside the quick filters."""
        return [link for link in self.view_links() if link.view.is_pinned]

    def clearing(self) -> str:
        """Out of the view, too: it may be what narrows."""
        return self.all_url if self.view else super().clearing()
