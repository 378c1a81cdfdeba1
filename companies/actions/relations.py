"""Changes to how companies hang together: public in the registry, or known to one park."""

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from companies.models import Company, ParkRelation, Relation, RelationKind
from core.access import require
from core.errors import Refused

if TYPE_CHECKING:
    from accounts.models import User

Role = Literal["parent", "subsidiary", "investor", "invested", "supplier", "customer"]
# What the other company is to this one → (the kind as it is stored, whether the other one comes first).
STORED: Final[dict[str, tuple[RelationKind, bool]]] = {
    "parent": (RelationKind.PARENT, True),
    "subsidiary": (RelationKind.PARENT, False),
    "investor": (RelationKind.INVESTOR, True),
    "invested": (RelationKind.INVESTOR, False),
    "supplier": (RelationKind.SUPPLIER, True),
    "customer": (RelationKind.SUPPLIER, False),
}


@transaction.atomic
def relate(
    *,
    by: "User",
    company: Company,
    other: Company,
    role: Role,
    park_id: int | None,
    share: Decimal | None = None,
    note: str = "",
) -> Relation | ParkRelation:
    """Say what `other` is to `company`; the same again changes share (in percent) and note.

    Without a park it is public: by a steward, between companies of the registry. With one that park alone knows it.
    """
    kind, first = STORED[role]
    company, other = company.lasting, other.lasting
    _check(company, other, kind, share)
    ends = {"from_company": other if first else company, "to_company": company if first else other, "kind": kind}
    values = {"share": share, "note": note.strip()}
    if park_id is None:
        require(by, "companies.steward")
        if company.origin_park_id or other.origin_park_id:
            raise Refused(
                _("Only companies of the registry have public relations. Keep it as known to your park."), field="park"
            )
        public, _made = Relation.objects.update_or_create(
            **ends, defaults=values, create_defaults=values | {"created_by": by}
        )
        return public
    require(by, "profiles.change", park_id)
    own, _made = ParkRelation.objects.update_or_create(
        park_id=park_id, **ends, defaults=values, create_defaults=values | {"created_by": by}
    )
    return own


def _check(company: Company, other: Company, kind: RelationKind, share: Decimal | None) -> None:
    if company.pk == other.pk:
        raise Refused(_("A company is not related to itself."), field="other", code="itself")
    if share is not None and kind == RelationKind.SUPPLIER:
        raise Refused(_("Suppliers and customers have no share."), field="share", code="no_share")
    if share is not None and not 0 < share <= 100:
        raise Refused(_("A share is more than 0 and at most 100 percent."), field="share", code="share")


@transaction.atomic
def remove_relation(*, by: "User", relation: Relation | ParkRelation) -> None:
    """It was wrong, or is over; the history keeps that it was said."""
    if not may_remove(by, relation):
        raise PermissionDenied("relations")
    relation.delete()


def may_remove(user: "User", relation: Relation | ParkRelation) -> bool:
    """A steward for public ones, the park for its own."""
    if isinstance(relation, ParkRelation):
        return bool(user.access.can("profiles.change", relation.park_id))
    return bool(user.access.can("companies.steward"))
