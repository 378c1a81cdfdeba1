"""Columns of a list: which there are, which are shown, in which order (`?cols=`), and what a click on one orders by."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.lists.saved import chosen_columns
from core.pages.filters import PLACE
from core.pages.viewing import Viewed

_ROWS = re.compile(r"(?=<tr\b)")
_OPENING = re.compile(r"<tr\b([^>]*)>")


@dataclass(frozen=True)
class Column:
    """A column: `sort` is the field path it orders by, `hidden` one that is only an order and has no cells.

    The first column holds the link to the record and always stays first. `optional` ones have cells in the rows
    template but are shown only when chosen. `export` is what a spreadsheet gets: a field path, or a function of the
    row; by default the field that it orders by or is called like. `edit` names the field of the list's editor that a
    click on the cell changes. `money`: its figures are yuan, which the head of a file has to say.
    """

    key: str
    label: str | Promise
    sort: str = ""
    numeric: bool = False
    hidden: bool = False
    hint: str | Promise = ""
    optional: bool = False
    export: str | Callable[[Any], Any] = ""
    edit: str = ""
    money: bool = False

    @property
    def title(self) -> str:
        """Its head in a file, where the unit does not stand at the figures."""
        return _("%(label)s (CNY)") % {"label": self.label} if self.money else str(self.label)


@dataclass(frozen=True)
class Heading:
    """A column as it stands on this page: where a click leads and how it is ordered now."""

    column: Column
    url: str = ""
    state: str = ""
    """`ascending`, `descending` or empty."""


@dataclass(frozen=True)
class Choice:
    """A column in the chooser."""

    column: Column
    shown: bool
    fixed: bool


class Columned(Viewed):
    """Mixin of lists: the columns of the address, of the saved view, or else the usual ones."""

    columns: ClassVar[tuple[Column, ...]] = ()

    @cached_property
    def sort(self) -> str:
        """The sort parameter as asked for, empty where it names no sortable column."""
        asked = self.params.get("sort", "")
        return asked if asked.removeprefix("-") in self.sort_keys else ""

    @cached_property
    def celled(self) -> list[Column]:
        """The columns that the rows template has cells for, in its order."""
        return [column for column in self.columns if not column.hidden]

    @property
    def sort_keys(self) -> list[str]:
        """What the list may be ordered by."""
        return [column.key for column in self.columns if column.sort]

    @property
    def column_keys(self) -> list[str]:
        """What may be shown."""
        return [column.key for column in self.celled]

    @cached_property
    def chosen(self) -> list[str]:
        """The column keys asked for; empty for the usual ones."""
        return chosen_columns(self.params.getlist("cols"), (column.key for column in self.celled))

    @cached_property
    def shown_columns(self) -> list[Column]:
        """In the order in which they are shown."""
        if not self.chosen:
            return [column for column in self.celled if not column.optional]
        found = {column.key: column for column in self.celled}
        first = self.celled[0].key
        return [found[key] for key in dict.fromkeys([first, *self.chosen])]

    @property
    def offers_columns(self) -> bool:
        """Is there anything to choose, on a list whose state people keep?"""
        return self.saves_views and len(self.celled) > 2

    @property
    def kept_for_columns(self) -> list[tuple[str, str]]:
        """Everything of the address but the columns, for the chooser's form."""
        return [(key, value) for key, values in self.address.lists() if key not in {"cols", *PLACE} for value in values]

    @property
    def usual_columns_url(self) -> str:
        """Without a choice."""
        return self.url_with(cols=None)

    def choices(self) -> Iterator[Choice]:
        """The chooser: what is shown in its order, then the rest."""
        shown = self.shown_columns
        for column in [*shown, *(column for column in self.celled if column not in shown)]:
            yield Choice(column, column in shown, column is self.celled[0])

    def headings(self) -> Iterable[Heading]:
        """A click orders ascending, then descending, then not at all."""
        for column in self.shown_columns:
            if not column.sort:
                yield Heading(column)
                continue
            state = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            following = {"": column.key, "ascending": f"-{column.key}", "descending": None}[state]
            yield Heading(column, self.url_with(sort=following), state)


def deal(html: str, rows: Sequence[Any], columns: Sequence[Column], shown: Sequence[Column], adorn: Any) -> SafeString:
    """The rows as the template printed them, with the cells that are shown, in their order.

    Every app prints plain `<tr>`s with one `<td>` for each column and knows nothing of choosing, ticking and editing;
    they are added here, once for all lists. What does not look like that is left as it is.
    """
    head, *parts = _ROWS.split(html)
    if len(parts) != len(rows):
        return mark_safe(html)  # noqa: S308 - printed by a template, which escaped it
    places = [columns.index(column) for column in shown]
    dealt = [_row(part, row, columns, places, adorn) for part, row in zip(parts, rows, strict=True)]
    return mark_safe(head + "".join(dealt))  # noqa: S308 - likewise


def _row(part: str, row: Any, columns: Sequence[Column], places: Sequence[int], adorn: Any) -> str:
    opening = _OPENING.match(part)
    cells = _cells(part)
    if opening is None or len(cells) != len(columns):
        return part
    tick, editable = adorn(row)
    dealt = [_cell(cells[place], columns[place], editable) for place in places]
    dealt[0] = dealt[0].replace(">", f">{tick}", 1) if tick else dealt[0]
    version = getattr(row, "version", None)
    marks = f' data-id="{row.pk}"' + (f' data-version="{version}"' if version is not None else "")
    return f"<tr{opening[1]}{marks}>{''.join(dealt)}</tr>"


def _cells(part: str) -> list[str]:
    """`<td …>…</td>` of a row, one by one; a pattern for it takes three times as long."""
    return [f"<td{cell.rpartition('</td>')[0]}</td>" for cell in part.split("<td")[1:]]


def _cell(cell: str, column: Column, editable: Callable[[str], str] | None) -> str:
    address = editable(column.edit) if column.edit and editable else ""
    if not address:
        return cell
    return cell.replace("<td", f'<td tabindex="0" data-edit="{address}"', 1)


def tick_of(row: Any) -> SafeString:
    """The box that selects a row."""
    return mark_safe(  # noqa: S308 - a key and an escaped name
        f'<label class="ld-tick"><input type="checkbox" class="form-check-input" name="ids" value="{row.pk}" '
        f'form="list-bulk" aria-label="{conditional_escape(str(row))}"></label>'
    )


def labels_of(columns: Iterable[Column]) -> dict[str, str]:
    """Plain strings once a page instead of a translation per cell."""
    return {column.key: conditional_escape(str(column.label)) for column in columns}
