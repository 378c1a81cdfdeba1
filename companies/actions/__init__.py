"""Every change to companies and their contacts."""

from companies.actions.imports import Outcome, import_companies
from companies.actions.people import Person, add_contact, change_contact, reveal_contact
from companies.actions.registry import (
    AlreadyThereError,
    Facts,
    add_company,
    change_company,
    load_industries,
    require_change,
    set_capital,
)

__all__ = [
    "AlreadyThereError",
    "Facts",
    "Outcome",
    "Person",
    "add_company",
    "add_contact",
    "change_company",
    "change_contact",
    "import_companies",
    "load_industries",
    "require_change",
    "reveal_contact",
    "set_capital",
]
