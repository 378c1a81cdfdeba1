"""Leads: intended investments, what was done for them, and intelligence reported by anyone."""

from leads.models.activities import Activity, ActivityFile
from leads.models.leads import OPEN_STAGES, Admission, Lead, Source, Stage, StageChange
from leads.models.submissions import Submission

__all__ = [
    "OPEN_STAGES",
    "Activity",
    "ActivityFile",
    "Admission",
    "Lead",
    "Source",
    "Stage",
    "StageChange",
    "Submission",
]
