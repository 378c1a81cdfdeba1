"""Rows held for a change, and turns where there is no row to hold yet."""

from enum import IntEnum, unique
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
LARGEST_KEY = 2**31 - 1


@unique
class Turn(IntEnum):
    """What one transaction at a time does for each key. All stand here: two of one number would wait for each other."""

    MONTHS_OF_PARK = 7201
    VISITS_TO_COMPANY = 7202
    CLAIMS_OF_COMPANY = 7203
    CLAIMS_BY_PERSON = 7204
    CHAINS_OF_PARK = 7205
    OFFER = 7206
    PROJECT_CODES_OF_PARK = 7207


def wait_turn(turn: Turn, key: int, *, shared: bool = False) -> None:
    """Go on when nobody else has this turn, and keep it until the transaction ends. Several may share one."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s, %s)", [turn, key % LARGEST_KEY])


def locked(rows: models.QuerySet[M], **key: Any) -> M:
    """The one row, locked until the transaction ends and read after that, with the relations the queryset asks for.

    Two statements on purpose. Where a lock waits, PostgreSQL checks the row again that came of it, but against the
    joined rows of before: with `select_related` over a reference that changed meanwhile, the row would be lost.
    And not FOR UPDATE: that would also wait for everybody whose new row refers to this one, and they for us.
    """
    return rows.get(pk=_locks(rows).get(**key))


def all_locked(rows: models.QuerySet[M]) -> list[M]:
    """The same for many, in the order of their keys, so that two who lock the same rows do not wait for each other."""
    ids = list(_locks(rows).order_by("pk"))
    return list(rows.filter(pk__in=ids).order_by("pk"))


def _locks(rows: models.QuerySet[M]) -> models.QuerySet[M, Any]:
    bare = rows.select_related(None).prefetch_related(None).order_by()
    return bare.select_for_update(no_key=True).values_list("pk", flat=True)
