"""Workbooks out: streamed, safe to open, and the same bytes for the same figures.

Text that a spreadsheet would take for a formula is defused with an apostrophe, here and nowhere else. The reading side
is `core.tables`.
"""

import datetime as dt
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_CELL = 32_767
LONGEST_TITLE = 31
FORMULA_STARTS = frozenset("=+-@\t\r\n" + "＝＋－﹣−＠﹦﹢﹫")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
EPOCH = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - docProps hold naive UTC
HEADER_FONT = Font(bold=True, color="1F2937")
HEADER_FILL = PatternFill("solid", fgColor="E5E7EB")
HEADER_ALIGNMENT = Alignment(vertical="center", wrap_text=True)
MONEY_FORMAT = "#,##0.00"
COUNT_FORMAT = "#,##0"
PERCENT_FORMAT = "0.0%"


@dataclass(frozen=True)
class Column:
    """One column: its header, its width in characters (0: from header and first rows) and Excel's number format."""

    label: str
    width: float = 0
    number_format: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` is read once and may be a generator; numbers, dates and texts keep their kind."""

    title: str
    columns: Sequence[Column | str]
    rows: Iterable[Sequence[Any]]


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also after it went through a CSV file."""
    cleaned = NOT_IN_XML.sub("", text)[: LONGEST_CELL - 1]
    first = cleaned.lstrip(" \u00a0\u3000\u200b\ufeff'\"")[:1]
    return f"'{cleaned}" if cleaned[:1] in FORMULA_STARTS or first in FORMULA_STARTS else cleaned


def download_name(title: str, extension: str = "xlsx") -> str:
    """A file name for a download: no folders, no marks special to a system, no start of a formula."""
    visible = "".join(one for one in unicodedata.normalize("NFC", title) if unicodedata.category(one)[0] != "C")
    stem = re.sub(r'[/\\:*?"<>|]+|\s+', " ", visible).strip(" .'" + "".join(FORMULA_STARTS))
    return f"{stem[:100] or 'file'}.{extension}"


def write_xlsx(target: Path | str | IO[bytes], sheets: Iterable[Sheet]) -> None:
    """Write the sheets to a path or an open binary file, row by row. The same input gives the same bytes."""
    book = Workbook(write_only=True)
    book.properties.created = EPOCH
    book.properties.creator = "Luodi"
    titles: set[str] = set()
    for sheet in sheets:
        _fill(book.create_sheet(_title(sheet.title, titles)), sheet)
    if not titles:
        book.create_sheet("Sheet1")
    with tempfile.SpooledTemporaryFile(max_size=16 * 1024 * 1024) as draft:
        book.save(draft)
        if isinstance(target, Path | str):
            with Path(target).open("wb") as file:
                _copy_without_time(draft, file)
        else:
            _copy_without_time(draft, target)


def xlsx_bytes(sheets: Iterable[Sheet]) -> bytes:
    """The same as write_xlsx, in memory."""
    out = io.BytesIO()
    write_xlsx(out, sheets)
    return out.getvalue()


def _title(wanted: str, taken: set[str]) -> str:
    cleaned = re.sub(r"[\[\]:*?/\\]", " ", NOT_IN_XML.sub("", str(wanted)))
    base = cleaned.strip(" '" + "".join(FORMULA_STARTS))[:LONGEST_TITLE] or "Sheet"
    title, number = base, 2
    while title.casefold() in taken:
        suffix = f" {number}"
        title, number = base[: LONGEST_TITLE - len(suffix)] + suffix, number + 1
    taken.add(title.casefold())
    return title


def _fill(page: Any, sheet: Sheet) -> None:
    columns = [one if isinstance(one, Column) else Column(str(one)) for one in sheet.columns]
    rows = iter(sheet.rows)
    # Widths must be known before the first row is written, so they come from the header and a sample.
    sample = [row for _, row in zip(range(50), rows, strict=False)]
    for at, column in enumerate(columns):
        width = column.width or _width([column.label, *(row[at] for row in sample if at < len(row))])
        page.column_dimensions[get_column_letter(at + 1)].width = width
    page.freeze_panes = "A2"
    page.append([_header(page, column.label) for column in columns])
    written = 1
    for part in (sample, rows):
        for row in part:
            page.append([_cell(page, value, column) for value, column in _paired(row, columns)])
            written += 1
    if columns and written > 1:
        page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{written}"


def _paired(row: Sequence[Any], columns: Sequence[Column]) -> Iterable[tuple[Any, Column]]:
    plain = Column("")
    return ((value, columns[at] if at < len(columns) else plain) for at, value in enumerate(row))


def _width(values: Iterable[Any]) -> float:
    """Room for the widest value; an ideograph takes two places."""
    texts = ("" if value is None else _shown(value).split("\n")[0][:60] for value in values)
    widest = max(sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text) for text in texts)
    return float(min(60, max(8, widest + 2)))


def _shown(value: Any) -> str:
    """About as wide as Excel shows it."""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:,}" if isinstance(value, Decimal) else str(value)


def _header(page: Any, label: str) -> Any:
    cell = _text_cell(page, str(label))
    cell.font, cell.fill, cell.alignment = HEADER_FONT, HEADER_FILL, HEADER_ALIGNMENT
    return cell


def _text_cell(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, defused(text))
    # Whatever openpyxl makes of it ("=1", "#N/A"), text is text.
    cell.data_type = "s"
    return cell


def _cell(page: Any, value: Any, column: Column) -> Any:
    if value is None:
        return None
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.astimezone(SHANGHAI).replace(tzinfo=None)
    if not _has_own_kind(value):
        return _text_cell(page, str(value))
    cell = WriteOnlyCell(page, value)
    if column.number_format and not isinstance(value, bool):
        cell.number_format = column.number_format
    elif isinstance(value, dt.datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0" if value == value.to_integral_value() else "#,##0.00"
    return cell


def _has_own_kind(value: Any) -> bool:
    """Whether a value is written as a number, a truth or a date. Numbers that Excel cannot hold become text."""
    if isinstance(value, bool | dt.date | dt.time):
        return True
    if isinstance(value, int | float | Decimal):
        number = Decimal(value)
        return number.is_finite() and abs(number) < 10**15
    return False


def _copy_without_time(draft: IO[bytes], target: IO[bytes]) -> None:
    """The same archive with every trace of the present moment replaced."""
    draft.seek(0)
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in sorted(source.infolist(), key=lambda one: one.filename):
            fixed = zipfile.ZipInfo(entry.filename, FIXED_TIME)
            fixed.compress_type, fixed.create_system, fixed.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            if entry.filename == "docProps/core.xml":
                text = source.read(entry).decode()
                stamp = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{EPOCH:%Y-%m-%dT%H:%M:%SZ}", text)
                copy.writestr(fixed, stamp)
                continue
            with source.open(entry) as original, copy.open(fixed, "w") as page:
                while chunk := original.read(1024 * 1024):
                    page.write(chunk)
