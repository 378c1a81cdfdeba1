"""Reads over possible duplicates and merges: both sides of a pair, and what hangs on each in the reader's parks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Model
from django.utils.functional import Promise
from django.utils.translation import get_language

from companies.models import Company, Merge, MergeRow
from companies.models.duplicates import FACTS
from core.isolation import ParkOwned
from core.merging import Reference, references

if TYPE_CHECKING:
    from accounts.models import User

# First what a person looks at first.
ORDER = ("name", "credit_code", "stock_code", "industry", "province", "city", "address", "registered_on", "capital_raw")
NAMES = ("former_names", "short_names", "marks")


@dataclass(frozen=True)
class Line:
    """A fact of both companies, as text; `choice` says that a merge may take either."""

    name: str
    label: str
    left: str
    right: str
    choice: bool

    @property
    def differs(self) -> bool:
        """Neither equal nor both empty."""
        return self.left != self.right


@dataclass(frozen=True)
class Hanging:
    """How many rows of a kind hang on each company in the reader's parks."""

    label: str | Promise
    left: int
    right: int


def sorted_facts() -> list[str]:
    """Every fact, the telling ones first."""
    return [*(name for name in ORDER if name in FACTS), *(name for name in FACTS if name not in ORDER)]


def lines_of(left: Company, right: Company) -> list[Line]:
    """Both side by side; what neither has is left out."""
    lines = []
    for name in (*sorted_facts(), *NAMES):
        label = str(getattr(Company._meta.get_field(name), "verbose_name", name))
        one, other = shown(left, name), shown(right, name)
        if one or other:
            lines.append(Line(name, label[:1].upper() + label[1:], one, other, name not in NAMES))
    return lines


def shown(company: Company, name: str) -> str:
    """A fact as people read it."""
    if name == "marks":
        return "、".join(company.mark_labels)
    value = getattr(company, name)
    return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)


def hanging_on(user: "User", left: Company, right: Company) -> list[Hanging]:
    """What the reader's parks have with each of the two: one statement for each kind of row that is shown as such."""
    found = []
    for reference in references():
        if not issubclass(reference.model, ParkOwned) or not hasattr(reference.model, "get_absolute_url"):
            continue
        name = reference.field.name
        rows = reference.model._default_manager.visible_to(user)
        counts = _counts(rows, name, left, right)
        if counts[0] or counts[1]:
            found.append(Hanging(_kind_of(reference.model), *counts))
    return found


def _kind_of(model: type[Model]) -> str:
    """What several such rows are called; Chinese has no plural, and Django would add an s to it."""
    english = (get_language() or "").startswith("en")
    return str(model._meta.verbose_name_plural if english else model._meta.verbose_name)


def _counts(rows: Any, name: str, left: Company, right: Company) -> tuple[int, int]:
    held = dict(
        rows.order_by().filter(**{f"{name}__in": [left.pk, right.pk]}).values_list(name).annotate(n=Count("pk"))
    )
    return held.get(left.pk, 0), held.get(right.pk, 0)


@dataclass(frozen=True)
class MergeCard:
    """A merge as the survivor's page shows it: what stayed behind in the reader's parks, and what came since."""

    merge: Merge
    may_undo: bool = False
    stayed: list[Any] = field(default_factory=list)
    may_bring: frozenset[int] = frozenset()


def merges_of(user: "User", ids: Collection[int]) -> list[MergeCard]:
    """Of these merges those that go on or can still be undone, the latest first."""
    if not ids:
        return []
    rows = Merge.objects.visible_to(user).filter(pk__in=ids).exclude(state__in=["undone", "failed"])
    merges = [
        one
        for one in rows.select_related("by", "loser").order_by("-pk")[:3]
        if one.state != "done" or one.can_be_undone
    ]
    return [MergeCard(one, _may_undo(user, one), *_stayed(user, one)) for one in merges]


def _may_undo(user: "User", merge: Merge) -> bool:
    """The rule of `companies.actions.unmerge.may_undo`, which stands above the queries."""
    from companies.actions.unmerge import may_undo

    return may_undo(user, merge)


def _stayed(user: "User", merge: Merge) -> tuple[list[Any], frozenset[int]]:
    left: Iterable[MergeRow] = MergeRow.objects.visible_to(user).filter(merge=merge, outcome=MergeRow.Outcome.STAYED)
    known: dict[str, Reference] = {str(one): one for one in references()}
    rows: list[Any] = []
    parks = set()
    for one in left:
        model: Any = known[one.reference].model
        rows += list(model._default_manager.visible_to(user).filter(pk=one.row_id))
        parks.add(one.park_id)
    return rows, frozenset(parks) & user.access.parks_with("companies.merge")


def made_since(user: "User", merge: Merge) -> list[Hanging]:
    """What the reader's parks have written to the survivor since the merge: it stays there when the merge is undone."""
    found = []
    for reference in references():
        if issubclass(reference.model, ParkOwned) and hasattr(reference.model, "get_absolute_url"):
            rows = reference.model._default_manager.visible_to(user)
            last = merge.last_ids.get(str(reference), 0)
            count = rows.filter(**{reference.field.name: merge.survivor_id}, pk__gt=last).count()
            if count:
                found.append(Hanging(_kind_of(reference.model), count, 0))
    return found
