"""`manage.py create_admin --username NAME`: the first platform administrator."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.actions import make_platform_admin
from core.errors import Refused


class Command(BaseCommand):
    """Asks for the password twice, or reads it from standard input."""

    help = "Create a platform administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name, mail, and where the password comes from."""
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Check the password, make the account."""
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else self._ask()
        try:
            validate_password(password)
            make_platform_admin(
                username=options["username"], name=options["name"], email=options["email"], password=password
            )
        except (ValidationError, Refused) as error:
            messages = error.messages if isinstance(error, ValidationError) else [str(error)]
            raise CommandError(" ".join(messages)) from error
        self.stdout.write(f"{options['username']} administers the platform.")

    @staticmethod
    def _ask() -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ.")
        return password
