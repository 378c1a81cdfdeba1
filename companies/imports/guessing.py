"""What the cells of a file tell where no heading does: is the first row data already, what does a column hold?"""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Final

from companies.imports.mapping import field_of
from companies.regions import SHORT_OF, all_cities
from core.creditcode import check_credit_code

# A firm's whole name; 企业, 公司 and 所属集团 are headings.
_FIRM: Final = re.compile(r".{2,}(?:有限公司|有限责任公司|股份公司|集团公司|公司|集团|厂|合作社|合伙企业\S*|事务所)")
_SHORTEST_FIRM: Final = 6
_DAY: Final = re.compile(r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: 00:00(?::00)?)?")


def _is_firm(text: str) -> bool:
    bare = re.sub(r"[（(][^（()）]*[)）]$", "", text)
    return len(bare) >= _SHORTEST_FIRM and bool(_FIRM.fullmatch(bare))


def _is_code(text: str) -> bool:
    return check_credit_code(text).kind == "valid"


# In this order: a city may be called like a province (吉林).
TELLS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("credit_code", _is_code),
    ("name", _is_firm),
    ("registered_on", lambda text: bool(_DAY.fullmatch(text))),
    ("province", lambda text: not text.isascii() and text in SHORT_OF),
    ("city", lambda text: text in all_cities() or text in set(all_cities().values())),
)


def is_data(cells: Sequence[str]) -> bool:
    """A row that names no column we know, but a company or its code."""
    told = [cell.strip() for cell in cells if cell.strip()]
    return not any(map(field_of, told)) and any(_is_code(cell) or _is_firm(cell) for cell in told)


def guess_by_cells(rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """One field code per column: what most of its cells look like, each field once."""
    found: list[str] = []
    for place in range(columns):
        cells = [row[place].strip() for row in rows if row[place : place + 1] and row[place].strip()]
        free = (
            name for name, tells in TELLS if name not in found and cells and 2 * sum(map(tells, cells)) > len(cells)
        )
        found.append(next(free, ""))
    return found


def shape_of_cells(fields: Sequence[str]) -> str:
    """The same for files without headings that have as many columns, and the same things in them."""
    return hashlib.sha256("\x1f".join(["", *fields]).encode()).hexdigest()
