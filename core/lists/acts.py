"""The pages of what is done with rows of any list: change many at once, undo that, take them out."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.errors import Refused
from core.lists.bulk import start_bulk_edit, start_undo
from core.lists.editing import Editor
from core.lists.exports import is_there, start_export
from core.lists.forms import BulkForm
from core.lists.reopening import list_page
from core.lists.selections import Chosen, chosen
from core.models import Export, Job
from core.pages import LOGGED_IN, ActionPage, FormPage, Page
from core.sheets import download_name


class Selecting:
    """Mixin of forms about a selection; one that has moved is said and leads back to the list."""

    request: HttpRequest

    @cached_property
    def chosen(self) -> Chosen:
        """Read again at every request."""
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return chosen(person(self.request), data)

    def kept(self) -> list[tuple[str, str]]:
        """The selection as hidden inputs; all that match with the digest of their ids."""
        whole = self.chosen.whole
        if whole is not None:
            return [("all", whole.token())]
        return [("list", self.chosen.page.key), *(("ids", str(pk)) for pk in self.chosen.ids)]


class BulkEdit(Selecting, FormPage):
    """Change some fields of all selected rows: a job with one batch number, which can be undone."""

    permission = LOGGED_IN
    fields_template = "core/lists/bulk_fields.html"
    form_class = BulkForm
    submit_label = _("Change them")
    success_message = _("The change has begun.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if not self.chosen.page.may_bulk_edit:
                raise PermissionDenied
        except Refused as refusal:
            return said(request, refusal)
        return super().dispatch(request, *args, **kwargs)

    @property
    def editor(self) -> Editor:
        """The list's."""
        editor = self.chosen.page.editor
        if editor is None:
            raise Http404
        return editor

    def get_title(self) -> str | Promise:
        return gettext("Edit %(rows)s") % {"rows": self.chosen.count_words}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "editor": self.editor}

    def get_back_url(self) -> str:
        return self.chosen.page.request.path

    def perform(self, form: BulkForm) -> Job:
        return start_bulk_edit(by=person(self.request), editor=self.editor, ids=self.chosen.ids, changes=form.changes)

    def get_success_url(self, result: Job) -> str:
        return reverse("core:job", args=[result.uuid])

    def get_success_message(self, result: Job) -> str:
        return str(self.success_message)


def said(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A selection that cannot be acted on: JSON to a script, else a page that says so."""
    if request.headers.get("HX-Request") or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"detail": str(refusal), "code": refusal.code}, status=refusal.status)
    page = render_to_string("core/lists/moved.html", {"reason": str(refusal)}, request)
    return HttpResponse(page, status=refusal.status)


class UndoBulk(ActionPage):
    """Undo one's own batch."""

    permission = "jobs.view"
    success_message = _("Undoing has begun.")

    def perform(self) -> Job:
        user = person(self.request)
        job = fetch(Job.objects.visible_to(user).filter(owner=user), uuid=self.kwargs["uuid"])
        return start_undo(by=user, job=job)

    def get_success_url(self, result: Job) -> str:
        return reverse("core:job", args=[result.uuid])

    def get_success_message(self, result: Job) -> str:
        return str(self.success_message)


class ExportForm(forms.Form):
    """Which columns, in which form."""

    # Not called `form`: the input would stand in for the form's own property of that name in the browser.
    extension = forms.ChoiceField(
        label=_("File"),
        choices=[("xlsx", "Excel (.xlsx)"), ("csv", "CSV (UTF-8)")],
        initial="xlsx",
        widget=forms.RadioSelect,
    )
    columns = forms.MultipleChoiceField(label=_("Columns"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, columns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = columns  # type: ignore[attr-defined]


class ExportPage(Selecting, FormPage):
    """Take the list out as it is filtered, or the selected rows of it."""

    permission = "lists.export"
    title = _("Export")
    form_class = ExportForm
    fields_template = "core/lists/export_fields.html"
    submit_label = _("Export")
    success_message = _("The export is ready.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if not self.list_page.may_export:
                raise PermissionDenied
        except Refused as refusal:
            return said(request, refusal)
        return super().dispatch(request, *args, **kwargs)

    @property
    def data(self) -> Any:
        """The parameters, wherever they came."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @property
    def is_whole(self) -> bool:
        """Nothing selected: all that the filters find."""
        return not self.data.get("all") and not self.data.getlist("ids")

    @cached_property
    def list_page(self) -> Any:
        """With the filters, columns and order of the address."""
        if not self.is_whole:
            self.chosen  # noqa: B018 - refused where the selection has moved
        if self.data.get("all"):
            return self.chosen.page
        return list_page(person(self.request), self.data.get("list", ""), self.data.get("query", ""))

    def kept(self) -> list[tuple[str, str]]:
        """What says which rows."""
        query = [("query", self.data.get("query", ""))] if not self.data.get("all") else []
        if self.is_whole:
            return [("list", self.list_page.key), *query]
        return [*super().kept(), *query]

    @property
    def count_words(self) -> str:
        """How many rows."""
        if not self.is_whole:
            return self.chosen.count_words
        page = self.list_page
        return ngettext("%(n)s row", "%(n)s rows", page.count) % {"n": page.count_words}

    def get_initial(self) -> dict[str, Any]:
        return {"extension": "xlsx", "columns": [column.key for column in self.list_page.shown_columns]}

    def get_form_kwargs(self) -> dict[str, Any]:
        columns = [(column.key, str(column.label)) for column in self.list_page.celled]
        return super().get_form_kwargs() | {"columns": columns}

    def get_back_url(self) -> str:
        return str(self.list_page.request.path)

    def perform(self, form: ExportForm) -> Job | Export:
        page = self.list_page
        export, job = start_export(
            by=person(self.request),
            list_name=page.key,
            query=page.request.GET.urlencode(),
            columns=form.cleaned_data["columns"],
            form=form.cleaned_data["extension"],
            ids=None if self.is_whole else self.chosen.ids,
        )
        return job or export

    def get_success_url(self, result: Job | Export) -> str:
        name = "core:job" if isinstance(result, Job) else "core:exported"
        return reverse(name, args=[result.uuid])

    def get_success_message(self, result: Job | Export) -> str:
        return str(_("The export has begun.") if isinstance(result, Job) else self.success_message)


class Exported(Page):
    """One's own export: its file while it is kept."""

    permission = "lists.export"
    title = _("Export")
    template_name = "core/lists/exported.html"

    @cached_property
    def export(self) -> Export:
        """A colleague's does not exist here."""
        export: Export = fetch(Export.objects.visible_to(person(self.request)), uuid=self.kwargs["uuid"])
        return export

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(export=self.export, there=is_there(self.export), **kwargs)


class ExportFile(Exported):
    """The file itself."""

    permission = "lists.export"
    TYPES = {
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv; charset=utf-8",
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """404 once its time is over."""
        export = self.export
        if not is_there(export):
            raise Http404
        with export.file.open("rb") as file:
            response = HttpResponse(file.read(), content_type=self.TYPES[export.form])
        name = download_name(f"{export.title} {timezone.localtime(export.created_at):%Y-%m-%d}", export.form)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response
