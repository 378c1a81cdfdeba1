"""Statements that nearly every page asks. PostgreSQL thinks longer about one over a dozen tables than it runs it.

Each is prepared once for a connection, the first time that it is asked there, and from then on only executed. For looks
along keys alone: what reads many rows is better planned for the values at hand.
"""

import re
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import connection

_VALUE: Final = re.compile(r"%\((\w+)\)s")
_known: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


class Prepared:
    """A statement with values like `%(lead)s`; `name` is its own in the whole project."""

    def __init__(self, name: str, statement: str) -> None:
        self.name, self.values = name, list(dict.fromkeys(_VALUE.findall(statement)))
        places = {value: f"${place}" for place, value in enumerate(self.values, start=1)}
        self._prepare = f"PREPARE {name} AS {_VALUE.sub(lambda found: places[found[1]], statement)}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({value})s' for value in self.values)})"

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        with connection.cursor() as cursor:
            known = _known.setdefault(connection.connection, set())
            if self.name not in known:
                # Below Django's wrapper: it is no question, and would be counted as one. A rollback leaves it standing.
                with connection.wrap_database_errors:
                    cursor.cursor.execute(self._prepare)
                known.add(self.name)
            cursor.execute(self._execute, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
