"""What the actions on trips, receptions, events and referrers share: rows held, words checked, money checked."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import colleagues
from core.access import fetch
from core.errors import Refused, Stale
from core.files import DOCUMENTS, store_attachment
from core.isolation import ParkOwned
from core.models import Attachment
from core.money import LIMIT
from leads.models.costs import CostKind, CostLine

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

R = TypeVar("R", bound=ParkOwned)
C = TypeVar("C", bound=CostLine)
MOST_LINES = 500
# A journey or a visit of more days than this is a slip of the year.
LONGEST = 92
AHEAD = timedelta(days=731)


def hold(row: R, version: int | None = None) -> R:
    """The row locked until the transaction ends; `Stale` when it is not the version that was read.

    A row that is gone by now is 404; one of a park that this person only reads cannot be locked: 403.
    """
    rows: Any = type(row)._default_manager
    found: R | None = rows.select_for_update(of=("self",), no_key=True).filter(pk=row.pk).first()
    if found is None:
        fetch(rows.all(), pk=row.pk)
        raise PermissionDenied
    if version is not None and getattr(found, "version", version) != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return found


def rewrite(row: Any, values: Mapping[str, Any]) -> bool:
    """Write what differs on a held row and raise its version; False when nothing does."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.version += 1
        row.save(update_fields=[*changed, "version"])
    return bool(changed)


def only(values: Mapping[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """The values of an edit, stripped; a name that cannot be edited is a mistake of the program."""
    if unknown := values.keys() - allowed:
        raise TypeError(f"not editable: {sorted(unknown)}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def need(text: str, field: str, message: Any = None) -> str:
    """Stripped words that must be there."""
    if not text.strip():
        raise Refused(message or _("This field is required."), field=field, code="required")
    return text.strip()


def check_span(starts_on: date, ends_on: date) -> None:
    """A span of days that begins before it ends and is no slip of the year."""
    if ends_on < starts_on:
        raise Refused(_("The end lies before the beginning."), field="ends_on", code="ends_before_start")
    if (ends_on - starts_on).days >= LONGEST:
        raise Refused(_("This is longer than three months. Check the year."), field="ends_on", code="too_long")
    if starts_on > timezone.localdate() + AHEAD:
        raise Refused(_("This is more than two years ahead. Check the year."), field="starts_on", code="too_far")


def check_hours(starts_at: "datetime", ends_at: "datetime") -> None:
    """The same of moments; the end must lie behind the beginning."""
    if ends_at <= starts_at:
        raise Refused(_("The end lies before the beginning."), field="ends_at", code="ends_before_start")
    if ends_at - starts_at >= timedelta(days=LONGEST):
        raise Refused(_("This is longer than three months. Check the year."), field="ends_at", code="too_long")
    if starts_at > timezone.now() + AHEAD:
        raise Refused(_("This is more than two years ahead. Check the year."), field="starts_at", code="too_far")


def check_money(amount: Decimal | None, field: str, *, positive: bool = False) -> None:
    """Finite yuan with at most two decimals, not negative."""
    if amount is None:
        return
    if not amount.is_finite() or amount < 0 or (positive and amount == 0):
        raise Refused(_("Enter an amount above zero."), field=field, code="amount")
    if amount >= LIMIT or amount != amount.quantize(Decimal("0.01")):
        raise Refused(_("Enter an amount with at most two decimals."), field=field, code="amount")


def check_colleagues(people: "list[User]", park_id: int, field: str) -> None:
    """They must all work in the park."""
    known = {one.pk for one in colleagues(frozenset({park_id}))}
    for one in people:
        if one.pk not in known:
            raise Refused(_("%(name)s does not work in this park.") % {"name": one}, field=field, code="not_in_park")


def stored(park_id: int, by: "User", file: UploadedFile | None, field: str) -> Attachment | None:
    """The file kept, where one was sent."""
    return (
        store_attachment(park_id=park_id, by=by, file=file, allowed=DOCUMENTS, field=field)
        if file is not None
        else None
    )


def add_line(
    model: type[C],
    *,
    by: "User",
    park_id: int,
    kind: str,
    amount: Decimal,
    spent_on: date,
    note: str = "",
    receipt: UploadedFile | None = None,
    **owner: Any,
) -> C:
    """A line of costs."""
    if kind not in CostKind.values:
        raise Refused(_("Choose what the money went for."), field="kind", code="no_such_kind")
    check_money(amount, "amount", positive=True)
    if spent_on > timezone.localdate():
        raise Refused(_("This lies in the future."), field="spent_on", code="in_future")
    if model._default_manager.filter(park_id=park_id, **owner).count() >= MOST_LINES:
        raise Refused(_("There are too many lines."), code="too_many_lines")
    line = model(
        park_id=park_id,
        kind=kind,
        amount=amount,
        spent_on=spent_on,
        note=note.strip(),
        receipt=stored(park_id, by, receipt, "receipt"),
        by=by,
        **owner,
    )
    line.save(force_insert=True)
    return line
