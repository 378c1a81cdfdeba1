"""Helpers for tests of imports: files made on the fly, jobs carried out here."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

import companies.tasks  # noqa: F401 - registers what a job of an import does
from accounts.models import User
from companies.actions.imports import map_import, run_import, upload_import
from companies.models import ImportBatch, ImportRow
from core import jobs
from core.isolation import user_scope

CODE, OTHER, THIRD = "91370200163562681G", "911100001000011825", "91370125MA3ABC4508"


def table(*lines: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Lines of a text file."""
    return "".join(delimiter.join(cells) + "\n" for cells in lines).encode(encoding)


def book(*lines: Sequence[Any], change: Callable[[Any], None] | None = None) -> bytes:
    """The same as a workbook; `change` gets the sheet before it is saved."""
    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    for cells in lines:
        sheet.append(list(cells))
    if change:
        change(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def rezipped(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry.filename == part else content)
    return out.getvalue()


def upload(user: User, content: bytes, name: str = "名单.csv") -> ImportBatch:
    """Keep the file; Refused when it cannot be taken."""
    with user_scope(user):
        home = user.access.home_park_id or 0
        return upload_import(by=user, park_id=home, file=SimpleUploadedFile(name, content))


def checked(user: User, content: bytes, name: str = "名单.csv", **values: Any) -> ImportBatch:
    """Uploaded, columns as guessed, dry run done."""
    batch = upload(user, content, name)
    with user_scope(user):
        wanted = {"mapping": batch.mapping, "match_keys": batch.match_keys, "into_registry": batch.into_registry}
        map_import(by=user, batch=batch, **(wanted | values))
    return worked(user, batch)


def imported(user: User, content: bytes, name: str = "名单.csv", **values: Any) -> ImportBatch:
    """And written."""
    batch = checked(user, content, name, **values)
    with user_scope(user):
        run_import(by=user, batch=batch)
    return worked(user, batch)


def worked(user: User, batch: ImportBatch) -> ImportBatch:
    """After the waiting job was carried out."""
    assert jobs.run_next()
    with user_scope(user):
        after: ImportBatch = ImportBatch.objects.select_related("job").get(pk=batch.pk)
        assert after.job is not None
        assert after.job.state == "done", after.job.error
        return after


def outcomes(user: User, batch: ImportBatch) -> dict[int, str]:
    """Line → outcome."""
    with user_scope(user):
        return dict(ImportRow.objects.filter(batch=batch).order_by("number").values_list("number", "outcome"))
