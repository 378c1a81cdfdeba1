"""Unified social credit codes (GB 32100-2015) and the registration numbers that came before them.

A wrong code is kept with a warning, never refused: registries print some, and the company exists all the same.
"""

import re
import unicodedata
from dataclasses import dataclass
from operator import mul
from typing import Literal

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

Kind = Literal["valid", "invalid", "old15", "old13", ""]
LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LETTERS = frozenset(ALPHABET)
VALUES = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
WELL_FORMED = re.compile(f"[0-9]{{8}}[{ALPHABET}]{{10}}")
# The letters that the standard leaves out are those that are misread.
LIKELY = {"I": "1", "O": "0", "S": "5", "Z": "2"}
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class CreditCode:
    """A code as it is stored: without spaces, upper case. `warning` is translated lazily; "" when there is none."""

    code: str
    kind: Kind
    warning: str | Promise = ""

    @property
    def is_key(self) -> bool:
        """Whether the code identifies one company, so that two rows with it are the same company."""
        return self.kind == "valid"


def check_credit_code(text: str) -> CreditCode:
    """Clean a code and say what it is. Never raises: what is wrong is in `kind` and `warning`."""
    if WELL_FORMED.fullmatch(text) and text[-1] == expected_check(text):
        return CreditCode(text, "valid")
    code = re.sub(r"[\s\u200b-\u200f\u2010-\u2015\ufeff\-]+", "", unicodedata.normalize("NFKC", text)).upper()
    if not code:
        return CreditCode("", "")
    if re.fullmatch(r"[0-9]{15}", code):
        return CreditCode(
            code, "old15", _("This is a 15-digit registration number from before 2015, not a credit code.")
        )
    if re.fullmatch(r"[0-9]{13}", code):
        return CreditCode(
            code, "old13", _("This is a 13-digit registration number from before 2007, not a credit code.")
        )
    warning = _problem(code)
    return CreditCode(code, "valid") if warning is None else CreditCode(code, "invalid", warning)


def _problem(code: str) -> str | Promise | None:
    if WELL_FORMED.fullmatch(code) and code[-1] == expected_check(code):
        return None
    if len(code) != LENGTH:
        return format_lazy(_("A credit code has 18 characters; this one has {length}."), length=len(code))
    for position, character in enumerate(code, 1):
        if character not in LETTERS or (position <= 8 and not "0" <= character <= "9"):
            return _wrong_character(position, character)
    expected = expected_check(code)
    if _organisation_part_holds(code[8:17]):
        text = _("The check character should be {expected}, not {found}: one of characters 1–8 or the last is wrong.")
    else:
        text = _("The check character should be {expected}, not {found}: one of characters 9–17 is wrong.")
    return format_lazy(text, expected=expected, found=code[-1])


def expected_check(code: str) -> str:
    """The character that must be the last of a well-formed code.

    stdnum computes the same but cleans its argument first, letter by letter: most of what a line of an import cost.
    """
    total = sum(map(mul, WEIGHTS, map(VALUES.__getitem__, code)))
    return ALPHABET[-total % 31]


def _wrong_character(position: int, character: str) -> str | Promise:
    likely = LIKELY.get(character)
    if likely:
        text = _("Character {position} is “{found}”, which a credit code never has here. Should it be {likely}?")
    else:
        text = _("Character {position} is “{found}”, which a credit code never has here.")
    return format_lazy(text, position=position, found=character, likely=likely)


def _organisation_part_holds(part: str) -> bool:
    """Whether characters 9–17, the organisation code of GB 11714, agree with their own check character."""
    total = sum(int(character, 36) * weight for character, weight in zip(part, ORGANISATION_WEIGHTS, strict=False))
    return part[8] == "0123456789X0"[11 - total % 11]
