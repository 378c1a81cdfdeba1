"""Lists taken out of the house: exactly what the page shows, to .xlsx or .csv, and on record who took it."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from django.core.files import File
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import require
from core.errors import Refused
from core.isolation import user_scope
from core.jobs import Progress, describe, start_job
from core.lists.reopening import list_page
from core.models import Export, Job
from core.pages.columns import Column
from core.sheets import Column as SheetColumn
from core.sheets import Sheet, defused, write_xlsx

if TYPE_CHECKING:
    from accounts.models import User
    from core.pages import ListPage

KIND = "export"
FORMS = ("xlsx", "csv")
AT_ONCE = 1_000
MOST = 200_000
CHUNK = 500
KEPT_FOR = timedelta(days=3)
describe(KIND, gettext_lazy("Export"), template="core/lists/export_result.html")


def start_export(
    *, by: "User", list_name: str, query: str, columns: Sequence[str], form: str, ids: Sequence[int] | None = None
) -> tuple[Export, Job | None]:
    """Record the export and write it: at once where it is short, else as a job. `ids` None: all that the query finds.

    Raises Refused for more rows than a workbook is good for.
    """
    require(by, "lists.export")
    page = list_page(by, list_name, query)
    wanted = [column for column in page.celled if column.key in set(columns)] or page.shown_columns
    export = Export.objects.create(
        park_id=by.access.home_park_id or 0,
        owner=by,
        list_name=list_name,
        title=str(page.get_title()),
        query=query,
        columns=[column.key for column in wanted],
        form=form if form in FORMS else FORMS[0],
        expires_at=timezone.now() + KEPT_FOR,
    )
    count = len(ids) if ids is not None else page.filtered.order_by()[: MOST + 1].count()
    if count > MOST:
        raise Refused(_("More than %(most)s rows: narrow the list first.") % {"most": f"{MOST:,}"}, code="too_many")
    if count > AT_ONCE:
        given = {"export": export.pk, "ids": list(ids) if ids is not None else None}
        return export, start_job(by=by, park_id=export.park_id, kind=KIND, input=given, total=count)
    _write(by, export, page, ids)
    return export, None


def run_export(progress: Progress) -> dict[str, Any]:
    """The job: read in chunks, each in a transaction of its own, written row by row."""
    owner: Any = progress.job.owner
    user: User = type(owner)._default_manager.get(pk=owner.pk)
    with user_scope(user):
        export: Export = Export.objects.visible_to(user).get(pk=progress.input["export"])
    _write(user, export, list_page(user, export.list_name, export.query), progress.input["ids"], progress)
    return {"export": str(export.uuid), "rows": export.rows}


def forget_old_files() -> int:
    """Delete the files whose time is over, in the parks of the open scope; the record of who exported stays."""
    old = Export.objects.filter(expires_at__lt=timezone.now()).exclude(file="")
    gone = 0
    for export in old[:100]:
        export.file.delete(save=False)
        export.file = ""
        export.save(update_fields=["file"])
        gone += 1
    return gone


def _lines(
    user: "User", page: "ListPage", columns: Sequence[Column], ids: Sequence[int] | None, progress: Progress | None
) -> Iterator[list[Any]]:
    """The rows as plain values, in the order of the list."""
    with user_scope(user):
        keys = _keys(page, ids)
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        with user_scope(user):
            found = {row.pk: row for row in page.narrowed.filter(pk__in=part)}
            page.complete(list(found.values()))
            lines = [[plain(found[pk], column) for column in columns] for pk in part if pk in found]
        yield from lines
        if progress is not None:
            progress.report(start + len(part), len(keys))


def _keys(page: "ListPage", ids: Sequence[int] | None) -> list[int]:
    descending, path = page.order.startswith("-"), page.order.removeprefix("-")
    order = F(path).desc(nulls_last=True) if descending else F(path).asc(nulls_last=True)
    rows: Any = page.filtered if ids is None else page.narrowed.filter(pk__in=ids)
    return list(rows.order_by(order, "-pk" if descending else "pk").values_list("pk", flat=True)[:MOST])


def columns_of(page: "ListPage", keys: Sequence[str]) -> list[Column]:
    """The columns in the order of their keys."""
    found = {column.key: column for column in page.celled}
    return [found[key] for key in keys if key in found]


def _write(
    user: "User", export: Export, page: "ListPage", ids: Sequence[int] | None, progress: Progress | None = None
) -> None:
    columns = columns_of(page, export.columns)
    heads = [column.title for column in columns]
    counted = _Counted(_lines(user, page, columns, ids, progress))
    with tempfile.TemporaryFile() as draft:
        if export.form == "csv":
            write_csv(draft, heads, counted)
        else:
            write_xlsx(draft, [Sheet(export.title, [SheetColumn(head) for head in heads], counted)])
        draft.seek(0)
        with user_scope(user):
            forget_old_files()
            export.rows = counted.seen
            export.file.save(f"{export.uuid}.{export.form}", File(draft), save=False)
            export.save(update_fields=["rows", "file"])


class _Counted:
    """Counts what is read through it."""

    def __init__(self, lines: Iterator[list[Any]]) -> None:
        self.lines = lines
        self.seen = 0

    def __iter__(self) -> Iterator[list[Any]]:
        for line in self.lines:
            self.seen += 1
            yield line


def write_csv(target: IO[bytes], heads: Sequence[str], lines: Any) -> None:
    """UTF-8 with a mark at its beginning, as Excel and WPS want it; no cell is a formula."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([defused(head) for head in heads])
    for line in lines:
        writer.writerow([_text(value) for value in line])
    text.flush()
    text.detach()


def _text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal | int | float):
        return value
    return value.isoformat() if isinstance(value, date) else defused(str(value))


def plain(row: Any, column: Column) -> Any:
    """A cell as a spreadsheet takes it: numbers, days and texts, choices in words, people by name."""
    if callable(column.export):
        return column.export(row)
    path = column.export or column.sort or column.key
    value = row
    for name in path.split("__"):
        if value is None:
            return None
        words = getattr(value, f"get_{name}_display", None)
        value = words() if words else getattr(value, name, None)
    return str(value) if isinstance(value, Model) else value


def is_there(export: Export) -> bool:
    """Can the file still be fetched?"""
    return bool(export.file) and export.expires_at > timezone.now()
