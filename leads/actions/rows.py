"""What the actions on leads share: who may act, the row held for the change, the version raised."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from core.errors import Stale
from core.locking import locked
from leads.models import Lead

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company


def may_change(user: "User", lead: Lead) -> bool:
    """The owner, and those who assign leads in that park; colleagues look and log, but move nothing.

    The last owner of a lead in the pool is a colleague like any other.
    """
    if not user.access.can("leads.change", lead.park_id):
        return False
    return (lead.owner_id == user.pk and not lead.in_pool) or user.access.can("leads.assign", lead.park_id)


def require_change(user: "User", lead: Lead) -> None:
    """403 for everybody whom `may_change` refuses."""
    if not may_change(user, lead):
        raise PermissionDenied("leads.change")


def held(lead: Lead, version: int | None = None) -> Lead:
    """The lead's row, locked until the transaction ends; `Stale` when it is not the version that was read."""
    row: Lead = locked(Lead.objects.select_related("company", "owner"), pk=lead.pk)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else changed this lead meanwhile. Look at it again and repeat your change."))
    return row


def change(lead: Lead, **values: Any) -> None:
    """Write some fields of a held row and raise its version."""
    for name, value in values.items():
        setattr(lead, name, value)
    lead.version += 1
    lead.save(update_fields=[*values, "version"])


def surviving(company: "Company") -> "Company":
    """After a merge, the company that is left."""
    seen = {company.pk}
    while (onward := getattr(company, "merged_into", None)) is not None and onward.pk not in seen:
        seen.add(onward.pk)
        company = onward
    return company
