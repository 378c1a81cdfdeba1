"""Many rows at once through COPY: three times as fast as INSERT, since nothing is compiled.

Written column by column, not cell by cell: most columns of an import hold the same value all over, or texts without a
special mark, and the whole column is searched for those at once.
"""

import io
import re
from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any, Final

from django.db import connection, models
from django.utils import timezone

# One after the other: `replace` skips what is not there at once, `translate` looks every character up.
ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\x00", ""))
SPECIAL: Final = re.compile(r'[\\\t\n\r\x00"]')
IN_ARRAYS: Final = (("\\", "\\\\"), ('"', '\\"'))
# Between the texts of a column while they are one.
BETWEEN: Final = "\x1f"


def copy_in(rows: Sequence[models.Model]) -> None:
    """Write unsaved rows of one model. Where the first has no primary key, all get theirs from the sequence, unread."""
    if not rows:
        return
    keyed = rows[0].pk is not None
    fields = [field for field in rows[0]._meta.local_concrete_fields if keyed or not field.primary_key]
    _stamp(rows, fields)
    held = [row.__dict__ for row in rows]
    cells = [_column([row[field.attname] for row in held]) for field in fields]
    lines = "\n".join(map("\t".join, zip(*cells, strict=True)))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = rows[0]._meta.db_table
    # COPY goes around Django's cursor, which would turn a broken constraint into an IntegrityError.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f'COPY "{table}" ({columns}) FROM STDIN', io.StringIO(lines))


def array(values: Sequence[str]) -> str:
    """Texts as PostgreSQL writes an array of them."""
    if not values:
        return "{}"
    if SPECIAL.search("".join(values)):
        values = [_escaped(value, IN_ARRAYS) for value in values]
    return '{"' + '","'.join(values) + '"}'


def _stamp(rows: Sequence[models.Model], fields: Iterable[Any]) -> None:
    now = timezone.now()
    timed = [f.attname for f in fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)]
    for row in rows:
        row.__dict__.update(dict.fromkeys(timed, now))


def _column(values: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, values))
    if kinds == {str}:
        return _texts(values)
    if kinds == {list}:
        return _lists(values)
    if list not in kinds and len(kinds - {NoneType}) <= 1:
        # Few different ones, mostly: one time, one person, the days of some years.
        known = {value: _cell(value) for value in set(values)}
        return [known[value] for value in values]
    return list(map(_cell, values))


def _texts(values: Sequence[str]) -> Sequence[str]:
    """All of them escaped as one text, unless one of them holds the mark between them itself."""
    whole = BETWEEN.join(values)
    if not SPECIAL.search(whole):
        return values
    parts = _escaped(whole, ESCAPES).split(BETWEEN)
    return parts if len(parts) == len(values) else list(map(_cell, values))


def _lists(values: Sequence[Sequence[str]]) -> Sequence[str]:
    if SPECIAL.search("".join(map("".join, values))):
        return list(map(_cell, values))
    return ['{"' + '","'.join(value) + '"}' if value else "{}" for value in values]


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return _escaped(value, ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return _escaped(array(value), ESCAPES)
    return str(value)


def _escaped(text: str, escapes: Iterable[tuple[str, str]]) -> str:
    if SPECIAL.search(text):
        for plain, written in escapes:
            text = text.replace(plain, written)
    return text
