"""The list page: filters, order, rows and paging, all of it in the address."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.pages.base import Page
from core.pages.columns import labels_of
from core.pages.keyset import COUNT_CAP, COUNT_MOST, Slice, capped_count, neighbours, paginate
from core.pages.selecting import Selectable


@dataclass(frozen=True)
class Empty:
    """What an empty place says: what belongs here, and the one button that makes the first.

    The button opens a form beside the page; with `sheet=False` it leads to another list.
    """

    title: str | Promise
    text: str | Promise = ""
    icon: str = "inbox"
    url_name: str = ""
    button: str | Promise = ""
    permission: str = ""
    sheet: bool = True


@dataclass(frozen=True)
class Button:
    """A button of the page's header. `sheet` opens the form beside the page; exactly one per page is `primary`."""

    label: str | Promise
    url_name: str
    icon: str = ""
    permission: str = ""
    primary: bool = False
    sheet: bool = False
    key: str = ""
    """A shortcut: `n` for the page's own “new”."""


@dataclass(frozen=True)
class View:
    """A link of the view switcher (table, board, …) that keeps the filters of the address."""

    label: str | Promise
    url_name: str
    icon: str


class ListPage(Selectable, Page, abstract=True):
    """A list of rows. A subclass declares `permission`, `title`, `columns`, `rows_template` and `get_queryset()`.

    `get_queryset()` must already be narrowed by `visible_to(user)`; `rows_template` is one partial that loops over
    `rows` and prints a `<tr>` for each (`label.<key>` holds the column labels for the cards of the phone; cells of
    columns that are not in `shown` may be empty).
    """

    template_name = "pages/list.html"
    part_template = "pages/list_part.html"
    beside_template: ClassVar[str] = "parts/beside.html"
    rows_template: ClassVar[str] = ""
    default_order: ClassVar[str] = "-pk"
    sizes: ClassVar[tuple[int, ...]] = (25, 50, 100)
    default_size: ClassVar[int] = 50
    buttons: ClassVar[tuple[Button, ...]] = ()
    views: ClassVar[tuple[View, ...]] = ()
    empty: ClassVar[Empty] = Empty(_("Nothing here yet"))

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_part and "columns" in request.GET:
            return TemplateResponse(request, "parts/columns_panel.html", {"page": self})
        if self.is_part and "count" in request.GET:
            return self.part("parts/counted.html")
        if self.is_part and request.GET.get("beside"):
            return self.part(self.beside_template, **self.beside(request.GET["beside"]))
        if self.is_part and self.target == "list":
            return self.part(self.part_template)
        return super().get(request, *args, **kwargs)

    @cached_property
    def size(self) -> int:
        asked = self.request.GET.get("size", "")
        return int(asked) if asked in {str(size) for size in self.sizes} else self.default_size

    @cached_property
    def order(self) -> str:
        """The field path ordered by, with its direction."""
        if not self.sort:
            return self.default_order
        column = next(c for c in self.columns if c.key == self.sort.removeprefix("-"))
        return ("-" if self.sort.startswith("-") else "") + column.sort

    @cached_property
    def slice(self) -> Slice:
        return paginate(self.filtered, self.order, self.size, self.request.GET.get("cursor", ""), self.parks)

    @cached_property
    def count(self) -> int:
        """The number of rows, at most one more than the cap; not asked for where the page already shows them all."""
        if not self.slice.previous and not self.slice.next and (self.slice.rows or not self.request.GET.get("cursor")):
            return len(self.slice.rows)
        return capped_count(self.filtered, self.cap)

    @property
    def capped(self) -> bool:
        return self.count > self.cap

    @property
    def cap(self) -> int:
        """Up to where rows are counted: further when the reader asks (`?count=1`)."""
        return COUNT_MOST if "count" in self.request.GET else COUNT_CAP

    @property
    def count_url(self) -> str:
        """Where the rest is counted, if there may be one."""
        return f"{self.url_with()}&count=1" if self.capped and self.cap < COUNT_MOST else ""

    @property
    def count_words(self) -> str:
        """How the count reads: 1,000+ when there are more than were counted."""
        return f"{self.cap:,}+" if self.capped else f"{self.count:,}"

    @property
    def columns_url(self) -> str:
        """Where the chooser of columns is, asked for when it is opened."""
        return f"{self.url_with()}&columns=1"

    def sizes_with_urls(self) -> list[tuple[int, str]]:
        return [(size, self.url_with(size=None if size == self.default_size else str(size))) for size in self.sizes]

    def beside(self, pk: str) -> dict[str, Any]:
        """The rows before and after one, in the order of this list: one step along the index in each direction."""
        row = self.filtered.filter(pk=pk).first() if pk.isdecimal() else None
        if row is None:
            return {"before": None, "after": None}
        before, after = neighbours(self.filtered, self.order, row, self.parks)
        return {"before": before, "after": after}

    @property
    def may_empty_button(self) -> bool:
        return not self.empty.permission or bool(self.access.can(self.empty.permission))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "rows": self.slice.rows,
            "label": labels_of(self.celled),
            "shown": frozenset(column.key for column in self.shown_columns),
            "previous_url": self.url_with(cursor=self.slice.previous) if self.slice.previous else "",
            "next_url": self.url_with(cursor=self.slice.next) if self.slice.next else "",
            "buttons": allowed_buttons(self.buttons, self.access),
        }
        return super().get_context_data(**(own | kwargs))


def allowed_buttons(buttons: Iterable[Button], access: Any) -> list[Button]:
    return [b for b in buttons if not b.permission or access.can(b.permission)]
