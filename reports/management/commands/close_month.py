"""`manage.py close_month --park CODE --month YYYY-MM [--publish]`: by hand what the worker does at the cut-off."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.errors import Refused
from core.isolation import scope
from core.worktime import CalendarError, parse_month
from parks.models import Park
from parks.queries import park_by_code
from reports.actions import close_month, publish_report
from reports.models import ReportFact

BAD_INPUT, REFUSED = 2, 1


class Command(BaseCommand):
    """Closes a month that is over; again answers with the same report and doubles nothing."""

    help = "Close a month of one park, and publish its report if asked to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Park and month are required."""
        parser.add_argument("--park", required=True, help="code of the park")
        parser.add_argument("--month", required=True, help="YYYY-MM")
        parser.add_argument("--publish", action="store_true", help="publish at once, without waiting for objections")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 when it is closed, 1 when that is refused, 2 for a park or month that does not exist."""
        park, month = _park(options["park"]), _month(options["month"])
        try:
            with scope(read=[park.pk], write=[park.pk]):
                report = close_month(park_id=park.pk, month=month)
                if options["publish"]:
                    report = publish_report(report=report)
                facts = ReportFact.objects.filter(park_id=park.pk, report=report).count()
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        names = {"park": park.code, "month": f"{report.month:%Y-%m}", "state": report.get_state_display(), "n": facts}
        self.stdout.write(_("%(park)s %(month)s: %(state)s, %(n)d records.") % names)


def _park(code: str) -> Park:
    park = park_by_code(code)
    if park is None:
        known = ", ".join(Park.objects.filter(is_active=True).values_list("code", flat=True))
        raise CommandError(
            _("There is no park “%(code)s”. Known: %(known)s.") % {"code": code, "known": known}, returncode=BAD_INPUT
        )
    return park


def _month(text: str) -> date:
    try:
        return parse_month(text).first
    except CalendarError as error:
        raise CommandError(str(error), returncode=BAD_INPUT) from error
