"""`migrate`, followed by what keeps parks apart: row security, composite keys, grants; and the roles as data."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection

from accounts.actions import sync_roles
from core.lineage import check_lineage, keep_lineage
from core.migrating import rendering_little
from core.reconcile import reconcile


class Command(DjangoMigrate):
    """Django's command; afterwards the boundary is made equal to the models. Runs as the owner of the tables."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then reconcile when every app is migrated."""
        check_lineage()
        with rendering_little():
            super().handle(*args, **options)
        if options.get("app_label") or options.get("plan") or options.get("check_unapplied"):
            return
        if "accounts_role" in connection.introspection.table_names():
            statements = reconcile()
            if statements and options.get("verbosity", 1) > 0:
                self.stdout.write(f"  Boundary between parks: {len(statements)} statements.")
            sync_roles()
            keep_lineage()
