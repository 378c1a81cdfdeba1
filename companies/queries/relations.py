"""How a company hangs together with others, as one reader may know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.actions.relations import may_remove
from companies.models import Company, ParkRelation, Relation

if TYPE_CHECKING:
    from accounts.models import User

MOST: Final = 50
HEAVY: Final = tuple(
    f"{end}_company__{name}"
    for end in ("from", "to")
    for name in ("search_keys", "name_key", "name_text", "pinyin_text", "initials_text", "introduction")
)
# (kind, whether the other company comes first) → what the other one is.
ROLES: Final[dict[tuple[str, bool], tuple[str, str | Promise]]] = {
    ("parent", True): ("parent", _("Parent company")),
    ("parent", False): ("subsidiary", _("Subsidiary")),
    ("investor", True): ("investor", _("Investor")),
    ("investor", False): ("invested", _("Invested in")),
    ("supplier", True): ("supplier", _("Supplier")),
    ("supplier", False): ("customer", _("Customer")),
}


@dataclass(frozen=True)
class Tie:
    """One relation from a company's side: what the other one is to it. `park` is empty for a public one."""

    row: Relation | ParkRelation
    other: Company
    role: str
    label: str | Promise
    park: str
    may_remove: bool

    @property
    def where(self) -> str:
        """Which table it stands in, as addresses name it."""
        return "park" if isinstance(self.row, ParkRelation) else "public"

    @property
    def share(self) -> str:
        """In percent, without zeros at the end."""
        return "" if self.row.share is None else f"{self.row.share:f}".rstrip("0").rstrip(".")


def ties_of(user: "User", company: Company) -> list[Tie]:
    """Public relations and those that the reader's parks found out, by what the other company is: two statements."""
    either = Q(from_company=company) | Q(to_company=company)
    rows = _ready(Relation.objects.visible_to(user).filter(either))
    parks = user.access.parks_with("profiles.view")
    known = _ready(ParkRelation.objects.visible_to(user).filter(either, park_id__in=parks).select_related("park"))
    ties = [_tie(user, company, row) for row in (*rows, *known)]
    order = [role for role, _label in ROLES.values()]
    return sorted(ties, key=lambda tie: (order.index(tie.role), -(tie.row.share or 0), tie.row.pk))


def _ready(rows: Any) -> Iterable[Any]:
    rows = rows.select_related("from_company", "to_company").defer(*HEAVY)
    return list(rows.order_by("-pk")[:MOST])


def _tie(user: "User", company: Company, row: Relation | ParkRelation) -> Tie:
    first = row.from_company_id != company.pk
    role, label = ROLES[row.kind, first]
    park = row.park.name if isinstance(row, ParkRelation) else ""
    return Tie(row, row.from_company if first else row.to_company, role, label, park, may_remove(user, row))
