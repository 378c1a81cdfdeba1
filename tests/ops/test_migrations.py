"""Migrations can be applied while the release before them still runs."""

import pytest
from django_migration_linter import MigrationLinter

from ops.home import ROOT

APPS = sorted(path.parent.name for path in ROOT.glob("*/migrations"))


@pytest.mark.django_db
def test_no_later_migration_breaks_the_release_that_still_runs() -> None:
    # What an app is created with breaks nobody: only what comes after its first migration is examined.
    linter = MigrationLinter(
        str(ROOT),
        include_apps=APPS,
        ignore_initial_migrations=True,
        no_cache=True,
        no_output=True,
        quiet=["ok", "ignore"],
    )
    linter.lint_all_migrations()
    assert linter.nb_total > 0
    assert not linter.has_errors
