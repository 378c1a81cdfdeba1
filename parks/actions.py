"""Changes that a park administrator makes: thresholds and the working calendar."""

from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.access import require
from core.errors import Refused
from parks.models import CalendarDay, ParkRules

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def change_rules(*, by: "User", park_id: int, **values: Any) -> ParkRules:
    """Set the park's thresholds; they hold for what is computed from now on."""
    require(by, "parks.manage", park_id)
    rules, _made = ParkRules.objects.update_or_create(park_id=park_id, defaults=values)
    return rules


@transaction.atomic
def set_calendar_day(
    *,
    by: "User",
    park_id: int,
    day: date,
    is_open: bool,
    opens: time | None = None,
    closes: time | None = None,
    reason: str = "",
) -> CalendarDay:
    """Close a day, open it like a Monday, or give it hours of its own; it beats the weekday and the holidays."""
    require(by, "parks.manage", park_id)
    if is_open and (opens is None) != (closes is None):
        raise Refused(_("Give both times, or none for the usual hours."), field="opens" if opens is None else "closes")
    if opens and closes and closes <= opens:
        raise Refused(_("Closing lies before opening."), field="closes")
    values = {"is_open": is_open, "opens": opens, "closes": closes, "reason": reason}
    exception, _made = CalendarDay.objects.update_or_create(park_id=park_id, day=day, defaults=values)
    return exception


@transaction.atomic
def forget_calendar_day(*, by: "User", exception: CalendarDay) -> None:
    """Back to the weekday and the holidays."""
    require(by, "parks.manage", exception.park_id)
    CalendarDay.objects.filter(pk=exception.pk).delete()
