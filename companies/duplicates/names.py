"""What remains of a company's name when everything is taken off by which two spellings of one company differ."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from companies.duplicates.places import is_place, without_place
from core.searchkeys import normalise

LONGEST: Final = 200
# A name that would keep less than this without its place is known by its place (上海电气).
LEAST_WITHOUT_PLACE: Final = 4
LEAST_ALIAS: Final = 2
BRACKETS: Final = str.maketrans("[【〔〖「『<《]】〕〗」』>》", "(((((((())))))))")
# Most names of a register are nothing else.
IDEOGRAPHS: Final = re.compile("[\u4e00-\u9fa5]+")
BRACKETED: Final = re.compile(r"\(([^()]*)\)")
GROUP: Final = frozenset({"集团", "控股", "集团公司", "股份", "group", "holdings"})
# In the middle too: 中国电信股份有限公司甘南分公司.
LEGAL: Final = re.compile("(?:集团)?(?:股份)?有限(?:责任)?公司|(?:集团)?股份公司|集团公司")
ENDING: Final = re.compile("(?:集团|总公司|公司)$")
FOREIGN: Final = re.compile(
    r"[\s,.]*\b(?:co|company|ltd|limited|inc|incorporated|corp|corporation|llc|llp|plc|gmbh|ag|kg|sa|spa|srl|bv|nv|oy|ab|"
    r"kk|pte|pty|group|holdings?)\b[\s,.]*$"
)


@lru_cache(maxsize=4096)
def normal_name(text: str) -> str:
    """The core of a name: no brackets, marks, spaces, case, width, legal form, nor the place at its beginning.

    Never empty for a text with a letter: what would lose everything keeps its form (有限公司 stays).
    """
    letters = text if IDEOGRAPHS.fullmatch(text) else _letters(text)
    core = ENDING.sub("", LEGAL.sub("", letters)) or letters
    return without_place(core, LEAST_WITHOUT_PLACE)[:LONGEST]


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().translate(BRACKETS).strip()
    plain = normalise(_without_foreign_form(folded))
    return "".join(filter(str.isalnum, BRACKETED.sub(_bracket, plain)))


def _without_foreign_form(text: str) -> str:
    """Example Optics Co., Ltd. → example optics."""
    if not re.search("[a-z]", text):
        return text
    while (shorter := FOREIGN.sub("", text)) and shorter != text:
        text = shorter
    return text


def _bracket(found: re.Match[str]) -> str:
    inside = found[1]
    return "" if inside in GROUP or is_place(inside) else inside


def normal_names(name: str, aliases: Iterable[str]) -> tuple[str, list[str]]:
    """The core of the full name, and the cores of the other names that differ from it."""
    core = normal_name(name)
    others = dict.fromkeys(normal_name(alias) for alias in aliases if alias)
    return core, [other for other in others if len(other) >= LEAST_ALIAS and other != core]
