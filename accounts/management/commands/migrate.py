"""`migrate`, followed by what keeps parks apart: row security, composite keys, grants; and the roles as data."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

from accounts.actions import sync_roles
from core.migrating import rendering_little
from core.reconcile import reconcile


def _remember(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    """What pgtrigger does, without making the model and its neighbours anew: no model looks different for a trigger.

    A hundred and fifty of them were half of the time of a first start.
    """
    options = state.models[app_label, operation.model_name.lower()].options
    options["triggers"] = [*options.get("triggers", []), operation.trigger]


AddTrigger.state_forwards = _remember  # type: ignore[method-assign, assignment]  # see there


class Command(DjangoMigrate):
    """Django's command; afterwards the boundary is made equal to the models. Runs as the owner of the tables."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then reconcile when every app is migrated."""
        with rendering_little():
            super().handle(*args, **options)
        if options.get("app_label") or options.get("plan") or options.get("check_unapplied"):
            return
        if "accounts_role" in connection.introspection.table_names():
            statements = reconcile()
            if statements and options.get("verbosity", 1) > 0:
                self.stdout.write(f"  Boundary between parks: {len(statements)} statements.")
            sync_roles()
