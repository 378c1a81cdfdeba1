"""Part of every park's upkeep: whatever a report needs."""

from core.upkeep import upkeep
from parks.models import Park
from reports import actions


@upkeep("reports")
def ensure_reports(park_id: int) -> None:
    """Months past their cut-off closed, drafts past their window published, corrections listed."""
    actions.ensure_reports(park=Park.objects.get(pk=park_id))
