"""Reads over the rows of this app, one module per subject."""

from leads.queries.leads import (
    MOST_STEPS,
    Held,
    Steps,
    held_companies,
    held_condition,
    leads_of_company,
    month_activity_counts,
    month_submission_counts,
    newly_assigned,
    open_lead,
    recent_leads,
    to_judge,
    to_screen,
    today,
    without_progress,
)

__all__ = [
    "MOST_STEPS",
    "Held",
    "Steps",
    "held_companies",
    "held_condition",
    "leads_of_company",
    "month_activity_counts",
    "month_submission_counts",
    "newly_assigned",
    "open_lead",
    "recent_leads",
    "to_judge",
    "to_screen",
    "today",
    "without_progress",
]
