"""Reads over companies and contacts for pages of this app and of the floors above."""

from companies.queries.people import Card, card_of, contacts_of, decision_maker_met
from companies.queries.registry import (
    MOST,
    find_companies,
    in_order,
    may_change,
    near,
    neighbours_of,
    others_found,
    similar_by_name,
)
from companies.queries.relations import ROLES, Tie, ties_of
from companies.queries.targets import profile_in, profiles_of

__all__ = [
    "MOST",
    "ROLES",
    "Card",
    "Tie",
    "card_of",
    "contacts_of",
    "decision_maker_met",
    "find_companies",
    "in_order",
    "may_change",
    "near",
    "neighbours_of",
    "others_found",
    "profile_in",
    "profiles_of",
    "similar_by_name",
    "ties_of",
]
