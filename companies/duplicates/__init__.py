"""Which companies may be the same: normalised names, the rules, and the candidates that the database finds.

Nothing here merges: a person does (`companies.actions.duplicates`).
"""

from companies.duplicates.candidates import candidates
from companies.duplicates.names import normal_name, normal_names
from companies.duplicates.proposing import propose_all, propose_for
from companies.duplicates.rules import Likeness, compare, names_related

__all__ = [
    "Likeness",
    "candidates",
    "compare",
    "names_related",
    "normal_name",
    "normal_names",
    "propose_all",
    "propose_for",
]
