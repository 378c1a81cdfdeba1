"""Editors: which fields of a noun may be changed one at a time, in a cell or for many rows, and by which action.

An app registers one editor per noun. Cells, property panels and bulk edits all write through it, and it writes through
the app's actions: there is no second way to change a row.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Editable:
    """One field. `make` gives the form field for a person and a row (None: for many rows at once).

    The stored value is read from `attribute` (`owner_id`). One that may be emptied is not `required`. `permission` is
    asked for beside the editor's own.
    """

    name: str
    label: str | Promise
    make: Callable[["User", Any | None], forms.Field]
    attribute: str = ""
    required: bool = False
    inline: bool = True
    bulk: bool = True
    permission: str = ""

    def raw(self, row: Any) -> Any:
        """The value as JSON keeps it and the form field reads it again."""
        return raw_of(getattr(row, self.attribute or self.name))

    def field(self, user: "User", row: Any | None) -> forms.Field:
        """Labelled, and required where the value may not be empty."""
        field = self.make(user, row)
        field.label, field.required = str(self.label), self.required
        return field


class Editor:
    """What may be changed of one noun's rows. Subclasses declare the class variables and write by their actions."""

    noun: ClassVar[str]
    model: ClassVar[type[Model]]
    permission: ClassVar[str]
    fields: ClassVar[tuple[Editable, ...]]

    def rows(self, user: "User") -> QuerySet[Any]:
        """Those that the person sees, with what `may_edit` and `str()` look at."""
        manager: Any = self.model._default_manager
        rows: QuerySet[Any] = manager.visible_to(user)
        return rows

    def may_edit(self, user: "User", row: Any) -> bool:
        """Asked for every row of a page: it must not query."""
        park_id = getattr(row, "park_id", None)
        return bool(user.access.can(self.permission, park_id))

    def write(self, *, by: "User", row: Any, values: dict[str, Any], version: int | None = None) -> Any:
        """Call the action; values are Python's. Raises Refused."""
        raise NotImplementedError

    def address_for(self, user: "User", row: Any, names: Collection[str] | None = None) -> Callable[[str], str]:
        """Where each field of this row is changed in its place; empty for whom may not. `names`: of `names_for`."""
        found = self.names_for(user) if names is None else names
        may = bool(found) and self.may_edit(user, row)
        return lambda name: f"/edit/{self.noun}/{row.pk}/{name}/" if may and name in found else ""

    def names_for(self, user: "User") -> frozenset[str]:
        """The fields that the person may change in their place."""
        return frozenset(field.name for field in self.fields_for(user) if field.inline)

    def editable(self, user: "User", name: str) -> Editable:
        """The field of that name, or 404 for one that this person cannot change."""
        for field in self.fields_for(user):
            if field.name == name:
                return field
        raise Http404

    def fields_for(self, user: "User") -> list[Editable]:
        """Those that the person may change at all."""
        return [field for field in self.fields if not field.permission or user.access.can(field.permission)]


EDITORS: dict[str, Editor] = {}


def register(editor: Editor) -> Editor:
    """Make an editor known under its noun."""
    if type(EDITORS.setdefault(editor.noun, editor)) is not type(editor):
        raise ValueError(f"two editors of {editor.noun!r}")
    return editor


def editor_of(noun: str) -> Editor:
    """The editor, or 404."""
    if noun not in EDITORS:
        raise Http404
    return EDITORS[noun]


def raw_of(value: Any) -> Any:
    """A value as JSON: texts, numbers as text, keys of rows."""
    if isinstance(value, Model):
        return str(value.pk)
    if value is None or isinstance(value, str | bool):
        return value or "" if not isinstance(value, bool) else value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
