"""Questions that the database answers across parks, each with a single yes or no.

A door is a function that runs with the owner's rights, so that row security does not hide the other parks' rows from
it; it gives out nothing but its verdict. A model names its doors as `doors`; `core.reconcile` lays them after every
migrate.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Door:
    """One function: its name with the types of its arguments, and the SELECT that answers."""

    name: str
    arguments: str
    body: str

    @property
    def signature(self) -> str:
        """As PostgreSQL prints it."""
        return f"{self.name}({self.arguments})"

    @property
    def sql(self) -> str:
        """What makes it, or makes it anew."""
        return (
            f"CREATE OR REPLACE FUNCTION {self.signature} RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
            f" SET search_path = public, pg_temp AS $door${self.body}$door$"
        )


def ask(door: Door, *arguments: Any) -> bool:
    """The verdict."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {door.name}({', '.join(['%s'] * len(arguments))})", list(arguments))
        row = cursor.fetchone()
    return bool(row and row[0])
