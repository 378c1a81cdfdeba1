"""Every change of projects, their milestones and payments, by subject."""

from projects.actions.milestones import add_milestone, complete_milestone, reopen_milestone, reschedule_milestone
from projects.actions.payments import add_evidence, claim_payment, recognise_payment, reject_payment
from projects.actions.plan import default_template, edit_default_plan
from projects.actions.responsibility import end_project, hand_over_project
from projects.actions.signing import sign_project

__all__ = [
    "add_evidence",
    "add_milestone",
    "claim_payment",
    "complete_milestone",
    "default_template",
    "edit_default_plan",
    "end_project",
    "hand_over_project",
    "recognise_payment",
    "reject_payment",
    "reopen_milestone",
    "reschedule_milestone",
    "sign_project",
]
