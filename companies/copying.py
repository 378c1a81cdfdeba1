"""Many rows at once through COPY: three times as fast as INSERT, since nothing is compiled."""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

# One after the other: `replace` skips what is not there at once, `translate` looks every character up.
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\x00", ""))
SPECIAL = re.compile(r'[\\\t\n\r\x00"]')
IN_ARRAYS = (("\\", "\\\\"), ('"', '\\"'))


def copy_in(rows: Sequence[models.Model]) -> None:
    """Write unsaved rows of one model. Where the first has no primary key, all get theirs from the sequence, unread."""
    if not rows:
        return
    keyed = rows[0].pk is not None
    fields = [field for field in rows[0]._meta.local_concrete_fields if keyed or not field.primary_key]
    now = timezone.now()
    for row in rows:
        for field in fields:
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
                setattr(row, field.attname, now)
    names = [field.attname for field in fields]
    lines = ("\t".join(_cell(getattr(row, name)) for name in names) + "\n" for row in rows)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = rows[0]._meta.db_table
    # COPY goes around Django's cursor, which would turn a broken constraint into an IntegrityError.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f'COPY "{table}" ({columns}) FROM STDIN', io.StringIO("".join(lines)))


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return _escaped(value, ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return _escaped(_array(value), ESCAPES)
    return str(value)


def _array(values: Sequence[str]) -> str:
    if not values:
        return "{}"
    if SPECIAL.search("".join(values)):
        values = [_escaped(value, IN_ARRAYS) for value in values]
    return '{"' + '","'.join(values) + '"}'


def _escaped(text: str, escapes: Iterable[tuple[str, str]]) -> str:
    if SPECIAL.search(text):
        for plain, written in escapes:
            text = text.replace(plain, written)
    return text
