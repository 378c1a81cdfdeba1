"""Pages of imports: choosing a file, matching its columns, looking at what it would do, doing it, taking it back."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.actions.imports import (
    count,
    has_stopped,
    map_import,
    resume_import,
    retitle_import,
    revert_import,
    run_import,
    settle_duplicate,
    stop_import,
    upload_import,
)
from companies.hooks import lead_taker
from companies.imports import showing
from companies.imports.apply import written_outcomes
from companies.imports.forms import ImportFilter, ImportRowFilter, MappingForm, UploadForm
from companies.models import ImportBatch, ImportRow
from core.access import fetch, person, require
from core.forms import Versioned
from core.pages import ActionPage, Button, Column, Empty, FormPage, ListPage, Page
from core.pages.keyset import Slice, paginate

UPLOAD = Button(_("Import a file"), "companies:import_upload", "file-import", permission="imports.run", primary=True)


class ImportList(ListPage):
    """The imports of one's parks, newest first."""

    permission = "imports.view"
    title = _("Imports")
    filterset_class = ImportFilter
    rows_template = "imports/list_rows.html"
    default_order = "-pk"
    columns = (
        Column("name", _("File name")),
        Column("state", _("State")),
        Column("rows", _("Rows"), numeric=True),
        Column("created", _("New"), numeric=True),
        Column("updated", pgettext_lazy("import", "Changed"), numeric=True),
        Column("failed", pgettext_lazy("import", "Failed"), numeric=True),
        Column("by", _("Imported by")),
        Column("when", _("Created at")),
    )
    buttons = (UPLOAD,)
    empty = Empty(
        _("No imports yet"),
        _("Take a list of companies in from Excel or CSV. You see what each row would do before anything is written."),
        "file-import",
        "companies:import_upload",
        _("Import a file"),
        permission="imports.run",
    )

    def get_queryset(self) -> QuerySet[ImportBatch]:
        rows = ImportBatch.objects.visible_to(person(self.request)).select_related("created_by", "job", "park")
        return rows.defer("headers", "samples")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(stopped={one.pk for one in self.slice.rows if has_stopped(one)}, **kwargs)


class UploadPage(FormPage):
    """Choose a file."""

    permission = "imports.run"
    title = _("Import companies")
    form_class = UploadForm
    template_name = "imports/upload.html"
    submit_label = _("Go on to the columns")
    success_message = _("The file was read.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def get_back_url(self) -> str:
        return reverse("companies:imports")

    def perform(self, form: UploadForm) -> ImportBatch:
        park_id, data = form.taken()
        return upload_import(by=person(self.request), park_id=park_id, file=data["file"])

    def get_success_url(self, result: ImportBatch) -> str:
        return reverse("companies:import_columns", args=[result.pk])

    def get_success_message(self, result: ImportBatch) -> str:
        return str(self.success_message)


class OneImport:
    """Mixin: the import of the address."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def batch(self) -> ImportBatch:
        """Seen by this person, or 404."""
        rows = ImportBatch.objects.visible_to(person(self.request)).select_related("created_by", "job", "park")
        batch: ImportBatch = fetch(rows, pk=self.kwargs["pk"])
        if has_stopped(batch):
            # Its worker could not say any more how far it came.
            batch.state, batch.counts = ImportBatch.State.STOPPED, count(batch)
        return batch

    @property
    def may_run(self) -> bool:
        """Whether this person may do more than look."""
        return bool(person(self.request).access.can("imports.run", self.batch.park_id))

    def get_back_url(self) -> str:
        """The import's own page."""
        return self.batch.get_absolute_url()


class ColumnsPage(OneImport, FormPage):
    """Which column is which fact; then the dry run begins."""

    permission = "imports.run"
    title = _("Match the columns")
    form_class = MappingForm
    template_name = "imports/columns.html"
    fields_template = "imports/columns_fields.html"
    submit_label = _("Check the file")
    success_message = _("The file is being checked; nothing is written yet.")

    def get_form_kwargs(self) -> dict[str, Any]:
        access = person(self.request).access
        require(person(self.request), "imports.run", self.batch.park_id)
        steward = access.can("companies.steward", self.batch.park_id)
        taker = lead_taker()
        takes = taker is not None and taker.may_take(person(self.request), self.batch.park_id)
        sources = taker.sources() if taker and takes else []
        return super().get_form_kwargs() | {"batch": self.batch, "steward": steward, "sources": sources}

    def get_initial(self) -> dict[str, Any]:
        return MappingForm.values_of(self.batch)

    def perform(self, form: MappingForm) -> ImportBatch:
        return map_import(by=person(self.request), batch=self.batch, **form.taken())

    def get_success_message(self, result: ImportBatch) -> str:
        return str(self.success_message)


class HeadingsPage(OneImport, ActionPage):
    """The first row is data already, or names the columns after all; back to the columns."""

    permission = "imports.run"
    success_message = _("The columns were read anew.")

    def perform(self) -> ImportBatch:
        asked, version = self.request.POST.get("has_headings") == "1", self.request.POST.get("version", "")
        known = int(version) if version.isdecimal() and len(version) < 10 else None
        return retitle_import(by=person(self.request), batch=self.batch, has_headings=asked, version=known)

    def get_success_url(self, result: Any) -> str:
        return reverse("companies:import_columns", args=[self.batch.pk])

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)


class ImportRecord(OneImport, ListPage):
    """One import: where it stands, what each line would do or did."""

    permission = "imports.view"
    template_name = "imports/record.html"
    rows_template = "imports/rows.html"
    filterset_class = ImportRowFilter
    default_order = "number"
    columns = (
        Column("number", pgettext_lazy("import", "Line"), numeric=True),
        Column("name", _("Company")),
        Column("outcome", _("Outcome")),
        Column("what", _("What happens")),
    )
    empty = Empty(_("No lines to show"), _("As soon as the file is checked, its lines stand here."), "list-details")

    def get_title(self) -> str:
        return self.batch.name

    def get_queryset(self) -> QuerySet[ImportRow]:
        return showing.lines_of(self.batch)

    @cached_property
    def slice(self) -> Slice:
        """One import is one park's: its index gives the lines in order."""
        return paginate(self.filtered, self.order, self.size, self.request.GET.get("cursor", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.batch
        return super().get_context_data(
            rows=showing.shown(self.slice.rows, person(self.request)),
            batch=batch,
            tiles=tiles(batch),
            may_run=self.may_run,
            may_stop=bool(batch.job and batch.job.owner_id == person(self.request).pk),
            to_write=sum(batch.counts.get(outcome, 0) for outcome in written_outcomes(batch)),
            written=written(batch),
            not_taken=batch.counts.get("failed", 0) + batch.counts.get("duplicate", 0),
            **kwargs,
        )


# Before it ran, afterwards, and when it was taken back: label, key of the count, filter.
TILES = {
    "before": (
        (_("New"), "create", "outcome=create"),
        (_("Change"), "update", "outcome=update"),
        (_("Nothing new"), "same", "outcome=same"),
        (_("Possible duplicates"), "duplicate", "outcome=duplicate"),
        (pgettext_lazy("import", "Failed"), "failed", "outcome=failed"),
    ),
    "after": (
        (_("Created"), "create:done", "outcome=create"),
        (pgettext_lazy("import", "Changed"), "update:done", "outcome=update"),
        (_("Nothing new"), "same", "outcome=same"),
        (_("Possible duplicates"), "duplicate", "outcome=duplicate"),
        (pgettext_lazy("import", "Failed"), "failed", "outcome=failed"),
    ),
    "stopped": (
        (_("Created"), "create:done", "outcome=create&state=done"),
        (pgettext_lazy("import", "Changed"), "update:done", "outcome=update&state=done"),
        (_("Not written yet"), "create:planned update:planned", "state=planned"),
        (_("Possible duplicates"), "duplicate", "outcome=duplicate"),
        (pgettext_lazy("import", "Failed"), "failed", "outcome=failed"),
    ),
    "reverted": (
        (_("Removed"), "create:undone", "outcome=create&state=undone"),
        (_("Set back"), "update:undone", "outcome=update&state=undone"),
        (_("Kept: created"), "create:kept", "outcome=create&state=kept"),
        (_("Kept: changed"), "update:kept", "outcome=update&state=kept"),
    ),
}


def tiles(batch: ImportBatch) -> list[dict[str, Any]]:
    """The counts as figures that lead to their lines."""
    kinds = {ImportBatch.State.DONE: "after", ImportBatch.State.REVERTED: "reverted", ImportBatch.State.RUNNING: ""}
    kind = kinds.get(ImportBatch.State(batch.state), "before")
    if batch.state == ImportBatch.State.STOPPED and written(batch):
        kind = "stopped"
    wanted = TILES.get(kind, ()) if batch.counts else ()
    if batch.as_leads and kind == "after":
        wanted = (*wanted, (_("Leads"), "leads", "lead=made"))
    return [
        {"label": label, "value": f"{sum(batch.counts.get(key, 0) for key in keys.split()):,}", "url": f"?{query}"}
        for label, keys, query in wanted
    ]


def written(batch: ImportBatch) -> int:
    """How many lines are written and not taken back."""
    return sum(batch.counts.get(f"{outcome}:done", 0) for outcome in written_outcomes(batch))


class ImportProgress(OneImport, Page):
    """The progress of the running job; when it has ended, the page is loaded anew."""

    permission = "imports.view"
    template_name = "imports/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.batch.is_busy:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return self.part("imports/progress.html", batch=self.batch)


class ImportAction(OneImport, ActionPage, abstract=True):
    """A button of the import's page."""

    @property
    def version(self) -> int | None:
        """The version that was looked at."""
        sent = self.request.POST.get("version", "")
        return int(sent) if sent.isdecimal() and len(sent) < 10 else None

    def get_success_url(self, result: Any) -> str:
        """Where in the list the button stood, else the import."""
        return super().get_success_url(self.batch)

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)

    def came_from(self) -> str:
        return self.batch.get_absolute_url()


class RunImport(ImportAction):
    """Write what the dry run found."""

    permission = "imports.run"
    success_message = _("The import has begun.")

    def perform(self) -> ImportBatch:
        return run_import(by=person(self.request), batch=self.batch, version=self.version)


class ResumeImport(ImportAction):
    """Go on where it stopped."""

    permission = "imports.run"
    success_message = _("It goes on where it stopped.")

    def perform(self) -> ImportBatch:
        return resume_import(by=person(self.request), batch=self.batch, version=self.version)


class StopImport(ImportAction):
    """Stop after the rows that are being written."""

    permission = "imports.run"
    success_message = _("Stopped. What is written stays; it can go on later or be taken back.")

    def perform(self) -> ImportBatch:
        return stop_import(by=person(self.request), batch=self.batch)


class SettleDuplicate(ImportAction):
    """Decide a possible duplicate."""

    permission = "imports.run"
    success_message = _("Decided.")

    def perform(self) -> ImportRow:
        line = fetch(showing.lines_of(self.batch), pk=self.kwargs["line"])
        chosen = self.request.POST.get("chosen", "")
        return settle_duplicate(by=person(self.request), batch=self.batch, line=line, chosen=chosen)


class RevertImport(OneImport, FormPage):
    """What taking it back would do, and the button that does it."""

    permission = "imports.run"
    title = _("Take the import back")
    form_class: ClassVar[type[forms.BaseForm]] = Versioned
    fields_template = "imports/revert_fields.html"
    submit_label = _("Take it back")
    success_message = _("The import is being taken back.")
    danger = True

    def get_initial(self) -> dict[str, Any]:
        require(person(self.request), "imports.run", self.batch.park_id)
        return {"version": self.batch.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(batch=self.batch, preview=showing.preview(self.batch), **kwargs)

    def perform(self, form: Versioned) -> ImportBatch:
        return revert_import(by=person(self.request), batch=self.batch, version=form.cleaned_data["version"])

    def get_success_url(self, result: ImportBatch) -> str:
        return self.batch.get_absolute_url()

    def get_success_message(self, result: ImportBatch) -> str:
        return str(self.success_message)
