"""Which migrations made the tables, so that a database of another development version is recognised and not broken.

Before the first release the initial migrations are generated anew when models change (0009): Django sees the names that
it has applied and does nothing, and the first page finds a column missing. A digest of each applied migration is kept
with the database itself, as the comment of Django's own table.
"""

import hashlib
import json
from pathlib import Path
from typing import Final

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation
from django.utils.translation import gettext as _

REFUSED: Final = 3  # the exit code by which `ops.server` knows that the text is for people
TABLE: Final = "django_migrations"


def check_lineage() -> None:
    """Raises CommandError, in both languages, for tables that migrations of the same names but other content made."""
    applied = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
    ours = {name: digest for name, digest in _digests().items() if name in applied}
    kept = _kept()
    changed = any(kept.get(name, digest) != digest for name, digest in ours.items())
    if changed or (ours and not kept and _has_other_columns(applied)):
        raise CommandError(_refusal(), returncode=REFUSED)


def keep_lineage() -> None:
    """Write down what the tables were made by; for the end of a complete `migrate`."""
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE {TABLE} IS %s", [json.dumps(_digests())])


def _digests() -> dict[str, str]:
    """Name and digest of our own migrations; comments (the day on which one was generated) do not count."""
    found = {}
    for config in _own_apps():
        for path in sorted(Path(config.path, "migrations").glob("0*.py")):
            code = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))
            found[f"{config.label}.{path.stem}"] = hashlib.sha256(code.encode()).hexdigest()[:16]
    return found


def _own_apps() -> list[AppConfig]:
    return [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]


def _kept() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [TABLE])
        comment = cursor.fetchone()[0]
    kept: dict[str, str] = json.loads(comment) if comment else {}
    return kept


def _has_other_columns(applied: set[str]) -> bool:
    """For a database older than this record: whether its columns differ although nothing is left to be applied."""
    if not applied.issuperset(_digests()):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        there = set(cursor.fetchall())
    models = [model for config in _own_apps() for model in config.get_models(include_auto_created=True)]
    wanted = {
        (model._meta.db_table, field.column)
        for model in models
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
    }
    tables = {table for table, _column in wanted}
    return wanted != {(table, column) for table, column in there if table in tables}


def _refusal() -> str:
    sentences = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            text = _(
                "These data were made by another development version, from which there is no upgrade before the first"
                " release: move the folder %(folder)s away (or name another in LUODI_HOME, another database in"
                " DATABASE_URL) and start again."
            )
            sentences.append(text % {"folder": settings.LUODI_HOME})
    return "\n".join(sentences)
