"""Every change of leads, activities and submissions, by subject."""

from leads.actions.activities import log_activity
from leads.actions.claims import claim_company, correct_source, edit_lead, hand_over_lead
from leads.actions.pool import assign_from_pool, pick_lead, release_lead, return_expired
from leads.actions.stages import decide_admission, drop_lead, mark_signed, move_lead, reopen_lead
from leads.actions.steps import finish_step, plan_step
from leads.actions.submissions import claim_submission, judge_submission, submit_information

__all__ = [
    "assign_from_pool",
    "claim_company",
    "claim_submission",
    "correct_source",
    "decide_admission",
    "drop_lead",
    "edit_lead",
    "finish_step",
    "hand_over_lead",
    "judge_submission",
    "log_activity",
    "mark_signed",
    "move_lead",
    "pick_lead",
    "plan_step",
    "release_lead",
    "reopen_lead",
    "return_expired",
    "submit_information",
]
