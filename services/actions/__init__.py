"""Every change to service requests and to the catalogue: the enterprise's side, the staff's side, the catalogue."""

from services.actions.answering import (
    answer_ticket,
    hand_over,
    note_ticket,
    reclassify_ticket,
    resolve_ticket,
    resume,
    take_ticket,
    wait_for_enterprise,
    wait_for_third,
)
from services.actions.asking import enterprise_reply, reopen_ticket, submit_ticket
from services.actions.catalogue import add_item, change_item, ensure_catalogue
from services.actions.clockwork import record_breaches
from services.actions.closing import cancel_reminders, close_silent, confirm_and_rate, withdraw_ticket

__all__ = [
    "add_item",
    "answer_ticket",
    "cancel_reminders",
    "change_item",
    "close_silent",
    "confirm_and_rate",
    "ensure_catalogue",
    "enterprise_reply",
    "hand_over",
    "note_ticket",
    "reclassify_ticket",
    "record_breaches",
    "reopen_ticket",
    "resolve_ticket",
    "resume",
    "submit_ticket",
    "take_ticket",
    "wait_for_enterprise",
    "wait_for_third",
    "withdraw_ticket",
]
