"""What the machine writes into a column of people's words, kept as a code and said in each reader's language.

Why a lead was dropped, what a card is kept for, how a case ended: people type that, and now and then the machine does.
Its words are stored as a mark, a code and arguments; read from the database they are words again. What people typed
stays as they typed it.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec

from django.db import models

P = ParamSpec("P")
# A control character that nobody types (record separator); out of people's words it is taken.
MARK: Final = "\x1e"

_SAYINGS: dict[str, Callable[..., str]] = {}


class Said(str):
    """Words of the machine. They compare and print like any text, in the language in which they are read."""

    __slots__ = ("arguments", "code")

    code: str
    arguments: dict[str, Any]

    @classmethod
    def of(cls, code: str, arguments: dict[str, Any]) -> "Said":
        """Said in the language that is active now."""
        said = cls(_SAYINGS[code](**arguments))
        said.code, said.arguments = code, arguments
        return said

    def __str__(self) -> str:
        return _SAYINGS[self.code](**self.arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return Said.of, (self.code, self.arguments)

    @property
    def stored(self) -> str:
        """As the column holds it."""
        return f"{MARK}{self.code}{MARK}{json.dumps(self.arguments, ensure_ascii=False, separators=(',', ':'))}"


def saying(function: Callable[P, str]) -> Callable[P, Said]:
    """Decorator: what `function` says of its keyword arguments, which are texts and numbers, known by its name.

    The name stands in the database: it is never changed, and no saying is taken away.
    """
    code = function.__name__
    if code in _SAYINGS:
        raise ValueError(f"said twice: {code}")
    _SAYINGS[code] = function

    @wraps(function)
    def said(*args: P.args, **kwargs: P.kwargs) -> Said:
        return Said.of(code, dict(kwargs))

    return said


def read(text: str) -> str:
    """The words of a stored value; what cannot be read is shown without its mark."""
    if not text.startswith(MARK):
        return text
    code, _mark, arguments = text[1:].partition(MARK)
    try:
        return Said.of(code, json.loads(arguments))
    except (KeyError, TypeError, ValueError):
        return text.replace(MARK, "")


def trimmed(text: str, length: int) -> str:
    """People's words without space around them and not longer than that; the machine's as they are."""
    return text if isinstance(text, Said) else text.strip()[:length]


class SaidMixin:
    """A column of words, some of which the machine says."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Words in the reader's language."""
        return value if value is None else read(value)

    def get_prep_value(self, value: Any) -> Any:
        """The code of what the machine says; no text can pretend to be one."""
        if isinstance(value, Said):
            return value.stored
        prepared = super().get_prep_value(value)  # type: ignore[misc]  # a field's
        return prepared.replace(MARK, "") if isinstance(prepared, str) else prepared


class SaidField(SaidMixin, models.CharField[Any, Any]):
    """A line."""


class SaidTextField(SaidMixin, models.TextField[Any, Any]):
    """Any length."""
