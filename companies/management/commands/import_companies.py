"""`manage.py import_companies FILE --by USER`: a register of companies into the registry."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from companies.actions import Outcome, import_companies
from companies.registers import read_register
from core.errors import Refused

SHOWN = 20


class Command(BaseCommand):
    """Prints the rows that failed, some of the warnings and one line of counts. The same file again changes nothing."""

    help = "Import companies from a .csv or .xlsx file. The user needs the permission companies.steward."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and the person on whose behalf it is read."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USER", help="the user name of a steward")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, then say what happened."""
        path: Path = options["file"]
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(_("There is no active user named %s.") % options["by"])
        if not path.is_file():
            raise CommandError(_("There is no file %s.") % path)
        with override(user.language):
            self._report(self._import(user, path))

    def _import(self, user: User, path: Path) -> Outcome:
        try:
            return import_companies(by=user, lines=read_register(path), source=path.name)
        except PermissionDenied as denied:
            raise CommandError(_("%s may not keep the registry (companies.steward).") % user.username) from denied
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _report(self, outcome: Outcome) -> None:
        for number, reason in outcome.failed:
            self.stderr.write(_("Line %(number)s: %(reason)s") % {"number": number, "reason": reason})
        for number, warning in outcome.warnings[:SHOWN]:
            self.stdout.write(_("Line %(number)s: %(reason)s") % {"number": number, "reason": warning})
        if len(outcome.warnings) > SHOWN:
            self.stdout.write(_("… and %s more warnings.") % (len(outcome.warnings) - SHOWN))
        self.stdout.write(
            f"created {outcome.created}, updated {outcome.updated}, unchanged {outcome.unchanged}, "
            f"warnings {len(outcome.warnings)}, failed {len(outcome.failed)}"
        )
