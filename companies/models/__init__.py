"""One registry of companies for all parks, and what a park knows of them and of their people."""

from companies.models.companies import DERIVED, NAMED, Company, Industry
from companies.models.contacts import Contact, ContactReveal
from companies.models.duplicates import Duplicate, Evidence, Merge, MergeRow
from companies.models.imports import ImportBatch, ImportMapping, ImportRow
from companies.models.profiles import DEMANDS, TargetProfile
from companies.models.relations import ParkRelation, Relation, RelationKind

__all__ = [
    "DEMANDS",
    "DERIVED",
    "NAMED",
    "Company",
    "Contact",
    "ContactReveal",
    "Duplicate",
    "Evidence",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Industry",
    "Merge",
    "MergeRow",
    "ParkRelation",
    "Relation",
    "RelationKind",
    "TargetProfile",
]
