"""Every ten minutes from beat: whatever a report needs in any park."""

import logging

from celery import shared_task

from core.isolation import scope
from parks.models import Park
from reports import actions

logger = logging.getLogger(__name__)


@shared_task(name="reports.tasks.ensure_reports")
def ensure_reports() -> None:
    """Park by park, each in a transaction of its own, so that one park's fault does not stop the others."""
    for park in Park.objects.filter(is_active=True):
        try:
            with scope(read=[park.pk], write=[park.pk]):
                actions.ensure_reports(park=park)
        except Exception:
            logger.exception("the reports of %s could not be ensured", park.code)
