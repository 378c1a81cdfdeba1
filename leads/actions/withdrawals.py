"""A case that its claimant gives up."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refused
from core.nudge import nudge
from core.upkeep import RUN
from leads.actions.conflicts import case_over, held_side, tell_claimant
from leads.models import ClaimConflict, ConflictSide
from notices.actions import cancel

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


@transaction.atomic
def withdraw_case(*, by: "User", side: ConflictSide, reason: str, version: int | None = None) -> ConflictSide:
    """The second claimant gives the case up: nothing is ruled, whoever holds the company keeps it and is told.

    A case between parks is taken back where it lies by the worker; a ruling that was made before that stands.
    """
    if side.person_id != by.pk or side.place != ConflictSide.Place.SECOND:
        raise PermissionDenied("own case")
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason", code="reason_missing")
    # The case before the sides, as a ruling does it.
    conflict = close_conflict(park_id=side.park_id, case=side.case)
    row = held_side(side, version)
    if not row.is_open or (conflict is not None and conflict.state == ClaimConflict.State.RULED):
        raise case_over(row if conflict is None else conflict)
    row.state, row.outcome, row.version = ClaimConflict.State.WITHDRAWN, reason.strip(), row.version + 1
    if not close_first(park_id=side.park_id, case=side.case, reason=row.outcome):
        row.carried_at = None
        nudge(RUN)
    row.save(update_fields=["state", "outcome", "version", "carried_at"])
    return row


def close_conflict(*, park_id: int, case: "UUID") -> ClaimConflict | None:
    """End an open case of the park that rules as withdrawn; a ruled one stays as it is. Returns the case."""
    row: ClaimConflict | None = ClaimConflict.objects.select_for_update(no_key=True).filter(
        park_id=park_id, uuid=case
    ).first()  # fmt: skip
    if row is not None and row.is_open:
        row.state, row.version = ClaimConflict.State.WITHDRAWN, row.version + 1
        row.save(update_fields=["state", "version"])
        cancel(park_id=park_id, key_prefix=f"conflict:{case}:rule:")
    return row


def close_first(*, park_id: int, case: "UUID", reason: str) -> bool:
    """End the first claimant's side of a withdrawn case and tell them; False where it lies in another park."""
    side = ConflictSide.objects.filter(park_id=park_id, case=case, place=ConflictSide.Place.FIRST).first()
    if side is None:
        return False
    row = held_side(side)
    if row.is_open:
        row.state, row.outcome, row.version = ClaimConflict.State.WITHDRAWN, reason, row.version + 1
        row.save(update_fields=["state", "outcome", "version"])
        tell_claimant(row, "withdrawn", _withdrawn_text)
    return True


def _withdrawn_text(side: ConflictSide) -> tuple[str, str]:
    subject = _("The claim against yours was withdrawn: %(company)s") % {"company": side.company}
    return subject, side.outcome
