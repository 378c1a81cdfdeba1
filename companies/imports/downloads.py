"""The lines that did not get in, as files with the reasons."""

import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from companies.imports import showing
from companies.imports.views import OneImport
from companies.models import ImportBatch
from core.pages import Page
from core.sheets import download_name
from core.uploads import CONTENT_TYPES


class FailedXlsx(OneImport, Page):
    """The lines that did not get in, with the reasons, as a workbook."""

    permission = "imports.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return failed_file(self.batch, "xlsx", showing.write_failed_xlsx)


class FailedCsv(OneImport, Page):
    """The same as CSV."""

    permission = "imports.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return failed_file(self.batch, "csv", showing.write_failed_csv)


def failed_file(batch: ImportBatch, form: str, write: Callable[[ImportBatch, IO[bytes]], None]) -> HttpResponse:
    """A download, written to disk first and answered whole."""
    with tempfile.TemporaryFile() as file:
        write(batch, file)
        file.seek(0)
        response = HttpResponse(file.read(), content_type=CONTENT_TYPES[form])
    name = download_name(str(_("%s - not imported")) % batch.name.rsplit(".", 1)[0], form)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"  # noqa: FBT003 - positional only in Django
    return response
