"""One field of one row, changed where it stands: in a list's cell or in the property panel."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.forms import Versioned
from core.lists.editing import Editable, Editor, editor_of
from core.lists.reopening import list_page
from core.pages import LOGGED_IN, FormPage
from core.pages.keyset import Slice

TARGET = "cell"


class EditCell(FormPage):
    """A form of exactly one field on the version that was shown; a script gets the inside of the cell.

    Saved, it answers with the row as its list prints it and with what undoes the change: the former value on the
    version that came of it. Other columns are never in the form, so saving one field cannot erase another.
    """

    permission = LOGGED_IN
    merges = True
    success_message = _("Saved.")

    @cached_property
    def editor(self) -> Editor:
        """Of the noun in the address."""
        return editor_of(self.kwargs["noun"])

    @cached_property
    def row(self) -> Any:
        """The row, for those who may edit it."""
        user = person(self.request)
        row = fetch(self.editor.rows(user), pk=self.kwargs["pk"])
        if not self.editor.may_edit(user, row):
            raise PermissionDenied
        return row

    @cached_property
    def editable(self) -> Editable:
        """The field, where it is one that is changed alone."""
        self.row  # noqa: B018 - a stranger's row is 404 whatever the field is called
        found = self.editor.editable(person(self.request), self.kwargs["field"])
        if not found.inline:
            raise Http404
        return found

    @cached_property
    def before(self) -> Any:
        """The value that undoing brings back."""
        return self.editable.raw(self.row)

    @cached_property
    def form_class(self) -> type[forms.BaseForm]:  # type: ignore[override]  # made for the field
        """A versioned form of this field."""
        field = self.editable.field(person(self.request), self.row)
        return type("CellForm", (Versioned,), {self.editable.name: field})

    def get_title(self) -> str | Promise:
        return f"{self.editable.label} · {self.row}"

    def get_initial(self) -> dict[str, Any]:
        value = getattr(self.row, self.editable.attribute or self.editable.name)
        return {self.editable.name: value, "version": getattr(self.row, "version", None)}

    def get_back_url(self) -> str:
        return str(self.row.get_absolute_url())

    @property
    def in_cell(self) -> bool:
        """Does the script ask, which stands in a cell?"""
        return self.is_part and self.target == TARGET

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.in_cell:
            return self.part("core/lists/cell.html")
        return super().get(request, *args, **kwargs)

    def again(self, form: forms.BaseForm, status: int) -> HttpResponse:
        """In a cell: the input with what was typed, and why it was not taken."""
        return self.part("core/lists/cell.html", form=form) if self.in_cell else super().again(form, status)

    def perform(self, form: Any) -> Any:
        data, self.was = dict(form.cleaned_data), self.before
        version = data.pop("version")
        return self.editor.write(by=person(self.request), row=self.row, values=data, version=version)

    def done(self, url: str) -> HttpResponse:
        if not self.in_cell:
            return super().done(url)
        row = fetch(self.editor.rows(person(self.request)), pk=self.kwargs["pk"])
        version = getattr(row, "version", None)
        undo = {"value": getattr(self, "was", self.before), "version": version}
        return JsonResponse({"messages": self.said(), "version": version, "row": self.printed(row.pk), "undo": undo})

    def printed(self, pk: int) -> str:
        """The row as its list shows it; empty where it was edited elsewhere, or no longer belongs to the list."""
        name = self.request.POST.get("list", "")
        if not name:
            return ""
        page = list_page(person(self.request), name, self.request.POST.get("query", ""))
        rows = list(page.narrowed.filter(pk=pk))
        page.slice, page.count = Slice(rows, "", ""), len(rows)
        return render_to_string("core/lists/row.html", page.get_context_data(), self.request) if rows else ""
