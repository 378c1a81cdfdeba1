"""Every change of leads, activities and submissions, by subject."""

from leads.actions.activities import log_activity
from leads.actions.claims import claim_company, correct_source, edit_lead
from leads.actions.conflicts import open_conflict, rule_conflict, state_side
from leads.actions.corrections import (
    add_file,
    delete_activity,
    edit_activity,
    restore_activity,
    why_locked,
)
from leads.actions.credit import answer_split, ensure_split, propose_split, settle_split, withdraw_split
from leads.actions.handover import hand_over_all, hand_over_lead, receive_lead, return_lead
from leads.actions.news import share_result
from leads.actions.pool import assign_from_pool, pick_lead, release_lead, return_expired
from leads.actions.sharing import accept_offer, decline_offer, expire_offers, offer_lead, withdraw_offer
from leads.actions.stages import decide_admission, drop_lead, mark_signed, move_lead, reopen_lead, unmove_lead
from leads.actions.steps import finish_step, plan_step, resume_step
from leads.actions.submissions import claim_submission, judge_submission, submit_information
from leads.actions.undertakings import (
    Word,
    add_undertaking,
    change_undertaking,
    pass_on_undertakings,
    reopen_undertaking,
    settle_undertaking,
)
from leads.actions.withdrawals import withdraw_case

__all__ = [
    "Word",
    "accept_offer",
    "add_file",
    "add_undertaking",
    "answer_split",
    "assign_from_pool",
    "change_undertaking",
    "claim_company",
    "claim_submission",
    "correct_source",
    "decide_admission",
    "decline_offer",
    "delete_activity",
    "drop_lead",
    "edit_activity",
    "edit_lead",
    "ensure_split",
    "expire_offers",
    "finish_step",
    "hand_over_all",
    "hand_over_lead",
    "judge_submission",
    "log_activity",
    "mark_signed",
    "move_lead",
    "offer_lead",
    "open_conflict",
    "pass_on_undertakings",
    "pick_lead",
    "plan_step",
    "propose_split",
    "receive_lead",
    "release_lead",
    "reopen_lead",
    "reopen_undertaking",
    "restore_activity",
    "resume_step",
    "return_expired",
    "return_lead",
    "rule_conflict",
    "settle_split",
    "settle_undertaking",
    "share_result",
    "state_side",
    "submit_information",
    "unmove_lead",
    "why_locked",
    "withdraw_case",
    "withdraw_offer",
    "withdraw_split",
]
