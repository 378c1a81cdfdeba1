"""How a month ends in the demonstration: closed at its cut-off, published after the objection window."""

from collections.abc import Generator
from datetime import date, timedelta

from django.utils import timezone

from core.errors import Refused
from parks.models import Park
from reports.actions import close_month, publish_report


def month_life(park: Park, month: date) -> Generator[timedelta, None, None]:
    """Draft, objections, publication."""
    try:
        report = close_month(park_id=park.pk, month=month)
    except Refused:  # nothing was recorded in this park so early
        return
    yield report.objection_until - timezone.now() + timedelta(minutes=1)
    publish_report(report=report)
