"""How a month ends in the demonstration: closed at its cut-off, published after the objection window."""

from collections.abc import Generator
from datetime import date, timedelta

from django.utils import timezone
from reports.actions import close_month, publish_report

from parks.models import Park


def month_life(park: Park, month: date) -> Generator[timedelta, None, None]:
    """Draft, objections, publication."""
    report = close_month(park_id=park.pk, month=month)
    yield report.objection_until - timezone.now() + timedelta(minutes=1)
    publish_report(report=report)
