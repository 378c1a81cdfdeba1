"""Tables of another development version are recognised before anything is changed."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core.lineage import check_lineage, keep_lineage
from ops.postgres import OWNER
from tests.fixtures.database import as_role


def _comment(text: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE django_migrations IS %s", [text])


@pytest.mark.django_db(transaction=True)
def test_the_same_names_with_other_content_are_refused_in_both_languages() -> None:
    with as_role(OWNER):
        try:
            keep_lineage()
            check_lineage()
            _comment(json.dumps({"core.0001_initial": "another"}))
            with pytest.raises(CommandError) as refused:
                call_command("migrate", verbosity=0)
        finally:
            _comment(None)
    english, chinese = str(refused.value).splitlines()
    assert "another development version" in english
    assert "另一个开发版本" in chinese
    assert refused.value.returncode == 3


@pytest.mark.django_db(transaction=True)
def test_tables_from_before_the_record_are_refused_where_a_column_is_missing() -> None:
    with as_role(OWNER), transaction.atomic():
        _comment(None)
        check_lineage()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE leads_lead DROP COLUMN next_step CASCADE")
        with pytest.raises(CommandError):
            check_lineage()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_still_to_come_is_no_reason_to_refuse() -> None:
    with as_role(OWNER), transaction.atomic():
        _comment(None)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'leads'")
            cursor.execute("ALTER TABLE leads_lead DROP COLUMN next_step CASCADE")
        check_lineage()
        transaction.set_rollback(True)
