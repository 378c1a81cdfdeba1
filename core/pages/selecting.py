"""Ticking rows of a list, and what may be done with them: change many at once, edit a cell, take them out."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from core.lists.editing import Editor
from core.lists.selections import Selection
from core.pages.columns import Columned, deal, tick_of


class Selectable(Columned):
    """Mixin of lists. `editor` says what may be changed of a row, `exports` that the list may be taken out."""

    editor: ClassVar[Editor | None] = None
    exports: ClassVar[bool] = False

    @cached_property
    def count(self) -> int:
        """The number of rows, as far as they are counted."""
        raise NotImplementedError

    @property
    def capped(self) -> bool:
        """Are there more than were counted?"""
        raise NotImplementedError

    @cached_property
    def reader(self) -> Any:
        """Whose page it is."""
        return self.request.user

    def can(self, code: str) -> bool:
        """Whether the reader holds the permission somewhere."""
        access = getattr(self.reader, "access", None)
        return bool(access and access.can(code))

    @cached_property
    def may_edit_rows(self) -> bool:
        return bool(self.editor and self.key and self.can(self.editor.permission))

    @cached_property
    def may_bulk_edit(self) -> bool:
        editor = self.editor if self.may_edit_rows else None
        return any(field.bulk for field in editor.fields_for(self.reader)) if editor else False

    @cached_property
    def may_export(self) -> bool:
        return bool(self.exports and self.key and self.can("lists.export"))

    def complete(self, rows: Sequence[Any]) -> None:
        """Before rows are exported: put onto them at once what their cells show and the query does not bring."""

    @cached_property
    def is_selectable(self) -> bool:
        """Do the rows have boxes to tick?"""
        return self.may_bulk_edit or self.may_export

    @cached_property
    def state_query(self) -> str:
        """Filters, order and columns in force, the chosen park with them: enough to see the same list again."""
        park = self.request.GET.get("park", "")
        return urlencode(
            self.definition.parameters() | ({"park": [park]} if park else {}) | {"view": ["all"]}, doseq=True
        )

    @cached_property
    def all_token(self) -> str:
        """“All N that match”, signed; empty where there are more than can be counted."""
        if self.capped or not self.is_selectable:
            return ""
        return Selection(self.key, self.state_query, self.count, self.reader.pk or 0).token()

    @property
    def export_url(self) -> str:
        return f"{reverse('core:export')}?{urlencode({'list': self.key, 'query': self.state_query})}"

    def dealt(self, html: str, rows: list[Any]) -> SafeString:
        """The printed rows with their boxes, in the chosen columns."""
        return deal(html, rows, self.celled, self.shown_columns, self.adornment)

    def adornment(self, row: Any) -> tuple[str, Callable[[str], str] | None]:
        """The box of a row, and where its cells are edited."""
        tick = tick_of(row) if self.is_selectable else ""
        editor = self.editor if self.may_edit_rows else None
        return tick, editor.address_for(self.reader, row, self.editable_names) if editor else None

    @cached_property
    def editable_names(self) -> frozenset[str]:
        """Asked once for all rows."""
        return self.editor.names_for(self.reader) if self.editor else frozenset()
