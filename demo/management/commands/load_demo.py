"""`manage.py load_demo`: fill an empty installation with the demonstration."""

import gc
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.actions import is_empty, load_demo


class Command(BaseCommand):
    """Only in demonstration mode, and never over existing data."""

    help = "Load the demonstration into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--if-empty` makes a filled database a success."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is data already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or say why not."""
        if settings.PRODUCTION:
            raise CommandError("The demonstration is not loaded when LUODI_MODE=production.")
        if not is_empty():
            if options["if_empty"]:
                return
            raise CommandError("There is data already; the demonstration goes into an empty database only.")
        gc.disable()  # forty thousand small statements: a tenth of the time went into looking for cycles
        try:
            load_demo()
        finally:
            gc.enable()
        self.stdout.write("The demonstration is loaded.")
