"""The tests themselves run as the application does."""

import os
from typing import Any

import pytest
from django.db import connection

from ops.daemon import FolderLock
from ops.throwaway import temporary_folder


def _ask(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        return row[0] if row else None


@pytest.mark.django_db
def test_a_test_runs_as_the_role_that_owns_nothing() -> None:
    assert _ask("SELECT current_user") == "luodi_app"
    assert _ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", [1, 2])
def test_rows_written_by_migrate_outlive_a_test_with_real_transactions(_again: int) -> None:
    assert _ask("SELECT count(*) FROM django_migrations") > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type")
    assert _ask("SELECT current_user") == "luodi_app"


def test_what_killed_sessions_left_is_removed_and_what_is_in_use_stays() -> None:
    left, used = temporary_folder(), temporary_folder()
    lock = FolderLock(used / "home" / "postgres.lock")
    lock.path.parent.mkdir()
    lock.acquire()
    for folder in (left, used):
        (folder / "redis.lock").touch()
        os.utime(folder, (0, 0))
    temporary_folder()
    assert not left.exists()
    assert used.exists()
    lock.release()
    temporary_folder()
    assert not used.exists()
