"""Tables in: .csv (UTF-8 or GB18030) and .xlsx read row by row as text, with the row's number for error messages.

A file is judged before it is read: what a zip would unpack to, how many columns there are, whether the text is text.
"""

import codecs
import csv
import datetime as dt
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException

MOST_UNZIPPED = 1024 * 1024 * 1024
# The shared texts of a workbook are held in memory while it is read.
MOST_SHARED_TEXT = 200 * 1024 * 1024
# What a workbook of text unpacks to is ten to twenty times its size.
WORST_RATIO, SMALL = 150, 32 * 1024 * 1024
MOST_COLUMNS = 300
MOST_ROWS = 500_000
LONGEST_CELL = 100_000
MOST_BLANK_ROWS = 5_000
Lines = Generator[tuple[int, list[str]], None, None]
DELIMITERS = ",\t;|"
DAMAGE = (
    zipfile.BadZipFile, InvalidFileException, ParseError, DefusedXmlException, KeyError, ValueError, TypeError, OSError,
    EOFError,
)  # fmt: skip

# openpyxl reads XML with defusedxml when it finds it; without it a workbook could exhaust the memory.
if not openpyxl.DEFUSEDXML:
    raise ImportError("openpyxl does not use defusedxml")


class TableError(ValueError):
    """A file that cannot be read as a table. `message` is translated and says what to do; `row` is where, if known."""

    def __init__(self, message: str | Promise, row: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.row = row

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Row:
    """One row by its header's names, all values as text, and its number in the file (the header is usually row 1)."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class Table:
    """An open file: the names of its columns and its rows, to be read once."""

    header: list[str]
    rows: Iterator[Row]


def read_rows(path: Path | str) -> Iterator[Row]:
    """The rows of a .csv or .xlsx file below its header. Raises TableError."""
    with open_table(path) as table:
        yield from table.rows


@contextmanager
def open_table(path: Path | str, *, most_rows: int = MOST_ROWS) -> Iterator[Table]:
    """Open a .csv or .xlsx file by its content, not its name. Raises TableError, also while rows are read."""
    lines = read_lines(path)
    try:
        header = _header(lines)
        yield Table(header, _rows(header, lines, most_rows))
    finally:
        lines.close()


def read_lines(path: Path | str) -> Lines:
    """Every line of a file with its number, header and blank ones too, cells as text. Raises TableError."""
    file = Path(path)
    with file.open("rb") as binary:
        start = binary.read(8)
    if not start:
        raise TableError(_("The file is empty."))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError(_("This is an old .xls file. Save it as .xlsx or CSV and choose it again."))
    yield from _xlsx_lines(file) if start.startswith(b"PK") else _csv_lines(file)


def _header(lines: Lines) -> list[str]:
    cells = next((cells for _number, cells in lines if any(cells)), None)
    if cells is None:
        raise TableError(_("The file has no rows."))
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        text = _("The file has {count} columns; at most {most} can be read.")
        raise TableError(format_lazy(text, count=len(cells), most=MOST_COLUMNS))
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = re.sub(r"\s+", " ", cell) or f"#{position}"
        same = sum(one == name or one.startswith(f"{name} (") for one in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return names


def _rows(header: Sequence[str], lines: Lines, most_rows: int) -> Iterator[Row]:
    seen = 0
    for number, cells in lines:
        if not any(cells):
            continue
        seen += 1
        if seen > most_rows:
            raise TableError(format_lazy(_("The file has more than {most} rows. Split it."), most=most_rows), number)
        if any(cells[len(header) :]):
            text = _("Row {row} has more cells than the header has names.")
            raise TableError(format_lazy(text, row=number), number)
        filled = [*cells[: len(header)], *[""] * (len(header) - len(cells))]
        yield Row(number, dict(zip(header, filled, strict=True)))


def _csv_lines(path: Path) -> Lines:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(LONGEST_CELL)
        file.seek(0)
        delimiter = max(DELIMITERS, key=first.count)
        taken: list[str] = []
        reader = csv.reader(_taking(file, taken), delimiter=delimiter)
        number = 1
        try:
            for cells in reader:
                # Without its closing quotation mark a cell would swallow all the rows below it, and none would say so.
                if len(taken) > 1 and sum(line.count('"') for line in taken) % 2:
                    raise csv.Error
                yield number, [cell.strip() for cell in cells]
                number = reader.line_num + 1
                taken.clear()
        except csv.Error:
            text = _("Row {row} cannot be read: a quotation mark is missing or a cell is too long.")
            raise TableError(format_lazy(text, row=number), number) from None


def _taking(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    """The same lines; those that went by stand in `taken` until it is cleared."""
    for line in lines:
        taken.append(line)
        yield line


def _encoding(path: Path) -> str:
    """The encoding in which the whole file is text. Raises TableError when there is none."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        if _is_text(path, encoding):
            return encoding
    raise TableError(
        _("This is neither an .xlsx file nor text in UTF-8 or GB18030. Save it as .xlsx or as CSV in UTF-8.")
    )


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1024 * 1024):
                if "\x00" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _xlsx_lines(path: Path) -> Lines:
    _check_size(path)
    # Given as an open file, because openpyxl judges paths by their extension.
    with path.open("rb") as binary:
        try:
            book = openpyxl.load_workbook(binary, read_only=True, data_only=True, keep_links=False)
            page = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
            # The size that a file states may be wrong; the rows are what there is.
            page.reset_dimensions()
            yield from _page_lines(page)
        except (*DAMAGE, StopIteration):
            raise _damaged() from None


def page_part(path: Path) -> str:
    """Which part of the archive holds the page that `read_lines` reads: the first that is not hidden."""
    _check_size(path)
    with path.open("rb") as binary:
        try:
            book = openpyxl.load_workbook(binary, read_only=True, keep_links=False)
            page: Any = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
            return str(page._worksheet_path)
        except (*DAMAGE, StopIteration):
            raise _damaged() from None


def _page_lines(page: Any) -> Lines:
    blank = 0
    for number, cells in enumerate(page.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
        texts = [_text(cell) for cell in cells]
        blank = 0 if any(texts) else blank + 1
        if blank > MOST_BLANK_ROWS:
            return
        yield number, texts


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _damaged() from None
    unzipped = sum(sizes.values())
    bomb = unzipped > SMALL and unzipped > WORST_RATIO * path.stat().st_size
    if bomb or unzipped > MOST_UNZIPPED or sizes.get("xl/sharedStrings.xml", 0) > MOST_SHARED_TEXT:
        raise TableError(_("Unpacked, the file would be far too large. Split it, or save it as CSV."))
    if "xl/workbook.xml" not in sizes:
        raise TableError(_("This archive is not an .xlsx file. Open it and choose the table inside."))


def _damaged() -> TableError:
    return TableError(_("The workbook is damaged. Open it in Excel or WPS, save it again and choose it once more."))


def _text(value: Any) -> str:
    """A cell as people see it: whole numbers without a point, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes") if value.time() != dt.time() else value.date().isoformat()
    return str(value).strip()
