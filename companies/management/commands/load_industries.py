"""`manage.py load_industries`: the sections and divisions of GB/T 4754-2017."""

from typing import Any

from django.core.management.base import BaseCommand

from companies.actions import load_industries


class Command(BaseCommand):
    """Idempotent; the import and the demonstration do it too."""

    help = "Write the sections and divisions of GB/T 4754-2017."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write what is missing or different."""
        self.stdout.write(f"{load_industries()} industries written.")
