"""`manage.py import_companies FILE --by USER`: a register of companies into the registry."""

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

import companies.tasks  # noqa: F401 - registers what a job of an import does
from accounts.models import User
from companies.actions.imports import map_import, retitle_import, run_import, upload_import
from companies.imports.reasons import say
from companies.models import ImportBatch, ImportRow
from core import jobs
from core.access import require
from core.errors import Refused
from core.isolation import scope

SHOWN = 20


class Command(BaseCommand):
    """Prints the rows that failed, some of the warnings and one line of counts. The same file again changes nothing.

    It is the import of the page, columns recognised by their headings or, without
    them, by what they hold; there it is listed and can be taken back.
    """

    help = "Import companies from a .csv or .xlsx file. The user needs the permission companies.steward."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and the person on whose behalf it is read."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USER", help="the user name of a steward")
        parser.add_argument(
            "--headings",
            action=BooleanOptionalAction,
            help="whether the first row names the columns (else it is guessed)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, then say what happened."""
        path: Path = options["file"]
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(_("There is no active user named %s.") % options["by"])
        if not path.is_file():
            raise CommandError(_("There is no file %s.") % path)
        with override(user.language):
            try:
                batch = import_file(user, path, has_headings=options["headings"])
            except PermissionDenied as denied:
                raise CommandError(_("%s may not keep the registry (companies.steward).") % user.username) from denied
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            with scope(read=[batch.park_id]):
                self._report(batch)

    def _report(self, batch: ImportBatch) -> None:
        rows = ImportRow.objects.filter(park_id=batch.park_id, batch=batch).order_by("number")
        for row in rows.filter(outcome__in=["failed", "duplicate"]).iterator(chunk_size=500):
            self.stderr.write(_("Line %(number)s: %(reason)s") % {"number": row.number, "reason": say(row.reason)})
        strange = rows.exclude(warnings=[])
        for row in strange[:SHOWN]:
            said = " ".join(say(reason) for reason in row.warnings)
            self.stdout.write(_("Line %(number)s: %(reason)s") % {"number": row.number, "reason": said})
        counts = {name: batch.counts.get(name, 0) for name in (*ImportRow.Outcome.values, "warnings")}
        if counts["warnings"] > SHOWN:
            self.stdout.write(_("… and %s more warnings.") % (counts["warnings"] - SHOWN))
        line = "created {create}, updated {update}, unchanged {same}, duplicates {duplicate}, warnings {warnings}, "
        self.stdout.write((line + "failed {failed}").format(**counts))


def import_file(user: User, path: Path, *, dry_run: bool = False, has_headings: bool | None = None) -> ImportBatch:
    """Upload and write, here and now; with a dry run before it, as on the pages, where somebody wants to measure that.

    A worker takes over when this process is killed.
    """
    park = user.access.home_park_id or 0
    require(user, "companies.steward", park)
    with scope(read=[park], write=[park]):
        with path.open("rb") as file:
            batch = upload_import(by=user, park_id=park, file=File(file, path.name))
        if has_headings is not None:
            batch = retitle_import(by=user, batch=batch, has_headings=has_headings)
        batch = map_import(
            by=user,
            batch=batch,
            mapping=batch.mapping,
            match_keys=batch.match_keys,
            into_registry=True,
            here=True,
            at_once=not dry_run,
        )
    batch = _carried_out(batch)
    if not dry_run:
        return batch
    with scope(read=[park], write=[park]):
        batch = run_import(by=user, batch=batch, here=True)
    return _carried_out(batch)


def _carried_out(batch: ImportBatch) -> ImportBatch:
    assert batch.job  # noqa: S101 - it was begun just now
    jobs.run(batch.job)
    with scope(read=[batch.park_id]):
        after: ImportBatch = ImportBatch.objects.select_related("job").get(pk=batch.pk)
        if after.job is None or after.job.state != "done":
            raise Refused(after.job.error if after.job else "")
    return after
