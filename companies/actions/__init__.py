"""Every change to companies and their contacts."""

from companies.actions.aliases import Alias, AliasOutcome, load_aliases
from companies.actions.duplicates import (
    compare_by_hand,
    mark_different,
    may_decide,
    merge_companies,
    put_off,
    reopen,
    search_duplicates,
    undo_merge,
)
from companies.actions.people import (
    Person,
    add_contact,
    change_contact,
    erase_contact,
    erase_overdue,
    note_met,
    note_unmet,
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
from companies.actions.unmerge import bring_over

__all__ = [
    "Alias",
    "AliasOutcome",
    "AlreadyThereError",
    "Facts",
    "Person",
    "Profile",
    "Role",
    "add_company",
    "add_contact",
    "bring_over",
    "change_company",
    "change_contact",
    "compare_by_hand",
    "erase_contact",
    "erase_overdue",
    "follow_people",
    "load_aliases",
    "load_industries",
    "mark_different",
    "may_decide",
    "may_remove",
    "merge_companies",
    "note_met",
    "note_unmet",
    "put_off",
    "relate",
    "remove_relation",
    "reopen",
    "require_change",
    "reveal_contact",
    "search_duplicates",
    "set_capital",
    "set_listing",
    "undo_merge",
    "write_profile",
]
