"""Who sees which rows of this app, and what SQL can say about them; one module per subject."""

from leads.querysets.leads import (
    EARLY,
    HEAVY,
    LATE,
    MANAGES,
    OPEN,
    ActivityQuerySet,
    LeadQuerySet,
    SubmissionQuerySet,
    seen_leads,
)

__all__ = [
    "EARLY",
    "HEAVY",
    "LATE",
    "MANAGES",
    "OPEN",
    "ActivityQuerySet",
    "LeadQuerySet",
    "SubmissionQuerySet",
    "seen_leads",
]
