"""Who sees which rows of this app, and what SQL can say about them; one module per subject."""

from leads.querysets.activities import ActivityQuerySet, UndertakingQuerySet
from leads.querysets.claims import ClaimQuerySet, ConflictQuerySet, ConflictSideQuerySet
from leads.querysets.leads import (
    HEAVY,
    MANAGES,
    OPEN,
    LeadQuerySet,
    SubmissionQuerySet,
    seen_leads,
)
from leads.querysets.together import HandoverQuerySet, OfferQuerySet, OfLeadQuerySet

__all__ = [
    "HEAVY",
    "MANAGES",
    "OPEN",
    "ActivityQuerySet",
    "ClaimQuerySet",
    "ConflictQuerySet",
    "ConflictSideQuerySet",
    "HandoverQuerySet",
    "LeadQuerySet",
    "OfLeadQuerySet",
    "OfferQuerySet",
    "SubmissionQuerySet",
    "UndertakingQuerySet",
    "seen_leads",
]
