"""`manage.py load_aliases FILE --by USER`: short and former names of companies that are in the registry."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import User
from companies.actions import Alias, load_aliases

FORMER: Final = frozenset({"former", "former_name", "曾用名"})


class Command(BaseCommand):
    """Columns full_name, alias and, where known, alias_kind and stock_code. The same file again changes nothing."""

    help = "Add short and former names (UTF-8 .csv) to companies. The user needs the permission companies.steward."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and the person on whose behalf it is read."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USER", help="the user name of a steward")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say how many."""
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(_("There is no active user named %s.") % options["by"])
        try:
            done = load_aliases(by=user, aliases=list(read_aliases(options["file"])))
        except PermissionDenied as denied:
            raise CommandError(_("%s may not keep the registry (companies.steward).") % user.username) from denied
        self.stdout.write(f"added {done.added}, known {done.known}, of unknown companies {done.unknown}")


def read_aliases(path: Path) -> Iterator[Alias]:
    """The lines of the file. Raises CommandError for one that is not such a table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                former = (row.get("alias_kind") or "").strip().casefold() in FORMER
                yield Alias(row["full_name"] or "", row["alias"] or "", former, (row.get("stock_code") or "").strip())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(str(error)) from error
    except KeyError as missing:
        raise CommandError(_("There is no column named %s.") % missing) from missing
