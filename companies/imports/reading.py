"""Looking at a file before it is taken: what it is, where its heading stands, whether every row can be read."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries

from companies.imports.guessing import is_data
from companies.imports.mapping import field_of
from core.errors import Refused
from core.tables import MOST_COLUMNS, MOST_ROWS, TableError, page_part, read_lines

Line = tuple[int, list[str]]
HEADING_WITHIN = 10
SAMPLES = 5
WIDTH_WITHIN = 100
LONGEST_HEADING = 100
PIECE = 1024 * 1024
# The longest text that the patterns below can span, kept from one piece to the next.
OVERLAP = 4096
# A formula whose result the program that wrote the file did not store: it would read as an empty cell.
NO_RESULT = re.compile(rb'r="([A-Z]{1,3}[0-9]+)"[^>]*><f(?:[^<>]*/>|[^<>]*>[^<]{0,2000}</f>)(?:<v ?/>|<v></v>)?</c>')
MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]+:[A-Z]{1,3}[0-9]+)"')
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Shape:
    """What a file looks like: the first line that counts and its cells, the rows below it, how many those are.

    `has_headings` guesses whether that first line names the columns or is a company already.
    """

    header_row: int
    heading: list[str]
    samples: list[list[str]]
    rows: int
    has_headings: bool


def inspect(path: Path) -> Shape:
    """Read the whole file once without keeping it. Raises Refused at `file` for one that cannot be taken."""
    try:
        _refuse_disguised(path)
        header_row, heading = _heading(path)
        below = [cells for _number, cells in islice(rows_below(path, header_row, len(heading)), WIDTH_WITHIN)]
        rows = _rows_of_page(path, header_row) if zipfile.is_zipfile(path) else _count(path, header_row)
    except TableError as error:
        raise Refused(str(error), field="file", code="bad_file") from error
    has_headings = not is_data(heading)
    if has_headings and not below:
        raise Refused(_("There is no row below the heading (line %s).") % header_row, field="file", code="no_rows")
    if rows > MOST_ROWS:
        raise Refused(_("The file has more than %s rows. Split it.") % f"{MOST_ROWS:,}", field="file", code="long")
    samples = [[cell[:60] for cell in cells] for cells in below[:SAMPLES]]
    # A first row that is data may end in empty cells: then the widest of the next ones says how many columns there are.
    widest = 0 if has_headings else min(max(map(_width, below), default=0), MOST_COLUMNS)
    return Shape(header_row, [*heading, *[""] * (widest - len(heading))], samples, rows if below else 0, has_headings)


def _width(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells, 1) if cell), default=0)


def titles(heading: Sequence[str], *, has_headings: bool) -> list[str]:
    """What the columns are called: as the file says, else by their numbers."""
    if has_headings:
        return [cell or f"#{at}" for at, cell in enumerate(heading, 1)]
    return [_("Column %s") % at for at, _cell in enumerate(heading, 1)]


def rows_below(path: Path, header_row: int, columns: int, *, after: int = 0) -> Iterator[Line]:
    """The rows below the heading that are not blank, with their line numbers; `after` skips those done before.

    A row with more cells than there are columns keeps them, so that the caller can say so.
    """
    for number, cells in read_lines(path):
        if number > max(header_row, after) and any(cells):
            yield number, _fitted(cells, columns)


def _fitted(cells: Sequence[str], columns: int) -> list[str]:
    kept = [*cells[:columns], *[""] * (columns - len(cells))]
    return [*kept, *cells[columns:]] if any(cells[columns:]) else kept


def _heading(path: Path) -> tuple[int, list[str]]:
    """The first line that names a column we know (a title may stand above it), else the first that is not blank."""
    found = [line for line in islice(read_lines(path), HEADING_WITHIN * 3) if any(line[1])][:HEADING_WITHIN]
    if not found:
        raise Refused(_("The file has no rows."), field="file", code="no_rows")
    number, cells = next((line for line in found if any(field_of(cell) for cell in line[1] if cell)), found[0])
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        said = _("The file has %(n)s columns; at most %(most)s can be read. Delete those that are not needed.")
        problem = said % {"n": _many(len(cells)), "most": MOST_COLUMNS}
        raise Refused(problem, field="file", code="columns")
    return number, [re.sub(r"\s+", " ", cell)[:LONGEST_HEADING] for cell in cells]


def _many(columns: int) -> str:
    """A workbook is read up to one column more than can be taken."""
    return f"> {MOST_COLUMNS}" if columns == MOST_COLUMNS + 1 else str(columns)


def _count(path: Path, header_row: int) -> int:
    """The rows of a text file, each of them readable."""
    return sum(1 for _row in islice(rows_below(path, header_row, 0), MOST_ROWS + 1))


def _refuse_disguised(path: Path) -> None:
    """What calls itself a table and is something else: a workbook with a password, a web page.

    A workbook with a password is the same container as an old .xls file; what it holds says which it is.
    """
    with path.open("rb") as file:
        start = file.read(512)
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            file.seek(0)
            if any(ENCRYPTED in piece for piece, _fresh in _pieces(file)):
                said = _("The workbook is protected with a password. Remove the password, save it and choose it again.")
                raise Refused(said, field="file", code="protected")
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            said = _("This is a web page, not a table; some systems export so. Open it in Excel or WPS, save as .xlsx.")
            raise Refused(said, field="file", code="web_page")


def _pieces(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """An open file piece by piece, each with the end of the one before it, and how many of its bytes are new."""
    end = b""
    while fresh := file.read(PIECE):
        piece = end + fresh
        yield piece, len(fresh)
        end = piece[-OVERLAP:]


def _rows_of_page(path: Path, header_row: int) -> int:
    """About how many rows a workbook's page has, blank ones too, without building a cell.

    Refuses what would silently read as empty: formulas without a stored result, the lower part of merged cells.
    """
    rows = 0
    with zipfile.ZipFile(path) as archive, archive.open(page_part(path).lstrip("/")) as page:
        for piece, fresh in _pieces(page):
            rows += piece.count(b"<row ", len(piece) - fresh - 4 if len(piece) > fresh + 4 else 0)
            _check_piece(piece, header_row)
    return max(rows - header_row, 1)


def _check_piece(piece: bytes, header_row: int) -> None:
    if (formula := NO_RESULT.search(piece)) is not None:
        said = _("Cell %s holds a formula without its result. Open the file in Excel or WPS, save it, choose it again.")
        raise Refused(said % formula[1].decode(), field="file", code="formula")
    for merged in MERGED.finditer(piece):
        place = merged[1].decode()
        _left, top, _right, bottom = range_boundaries(place)
        if bottom and top and bottom > header_row and bottom > top:
            said = _("Cells are merged below the heading (%s). Unmerge them, fill in each row, and choose it again.")
            raise Refused(said % place, field="file", code="merged")
