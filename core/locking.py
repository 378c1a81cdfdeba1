"""Rows held for a change."""

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


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
