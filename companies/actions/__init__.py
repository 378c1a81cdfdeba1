"""Every change to companies and their contacts."""

from companies.actions.imports import Outcome, import_companies
from companies.actions.people import (
    Person,
    add_contact,
    change_contact,
    erase_contact,
    erase_overdue,
    note_met,
    reveal_contact,
)
from companies.actions.profiles import Profile, follow_people, write_profile
from companies.actions.registry import (
    AlreadyThereError,
    Facts,
    add_company,
    change_company,
    load_industries,
    require_change,
    set_capital,
    set_listing,
)
from companies.actions.relations import Role, may_remove, relate, remove_relation

__all__ = [
    "AlreadyThereError",
    "Facts",
    "Outcome",
    "Person",
    "Profile",
    "Role",
    "add_company",
    "add_contact",
    "change_company",
    "change_contact",
    "erase_contact",
    "erase_overdue",
    "follow_people",
    "import_companies",
    "load_industries",
    "may_remove",
    "note_met",
    "relate",
    "remove_relation",
    "require_change",
    "reveal_contact",
    "set_capital",
    "set_listing",
    "write_profile",
]
