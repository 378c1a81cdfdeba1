"""What the actions on projects share: rows held for the change, versions raised, days and amounts checked, the log."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Conflict, Refused, Stale
from core.money import LIMIT
from core.worktime import local_date
from projects.models import Milestone, Payment, Project, ProjectLog

if TYPE_CHECKING:
    from accounts.models import User

R = TypeVar("R", Project, Milestone, Payment)
CENT = Decimal("0.01")
HIGHEST_RATE = Decimal(10_000)
# Older agreements and payments are history, not work: more likely the year was mistyped.
OLDEST = date(2000, 1, 1)


def held(row: R, version: int | None = None) -> R:
    """The row, locked until the transaction ends; `Stale` when it is not the version that was read."""
    model: Any = type(row)
    found: R = model.objects.select_for_update(of=("self",)).get(pk=row.pk, park_id=row.park_id)
    if version is not None and found.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again and repeat your change."))
    return found


def change(row: models.Model, **values: Any) -> None:
    """Write some fields of a held row and raise its version."""
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1  # type: ignore[attr-defined]  # only versioned rows are held
    row.save(update_fields=[*values, "version"])


def log(project: Project, kind: str, by: "User", **details: Any) -> ProjectLog:
    """One line of the project's timeline."""
    return ProjectLog.objects.create(
        park_id=project.park_id, project=project, kind=kind, by=by, at=timezone.now(), **details
    )


def require_open(project: Project) -> None:
    """Nothing more is done on a project that was ended."""
    if not project.is_open:
        raise Conflict(_("This project was ended."), code="project_ended")


def past_day(day: date, field: str) -> date:
    """A day on which something has happened: not ahead, and not centuries ago."""
    if day > local_date(timezone.now()):
        raise Refused(_("This day lies in the future."), field=field, code="in_future")
    if day < OLDEST:
        raise Refused(_("This day is too long ago. Check the year."), field=field, code="too_old")
    return day


def words(text: str, field: str, longest: int, message: str = "") -> str:
    """Trimmed text that fits its column; refused when `message` says that it is needed and it is empty."""
    text = text.strip()
    if message and not text:
        raise Refused(message, field=field, code="missing")
    if len(text) > longest:
        raise Refused(_("At most %(n)s characters.") % {"n": longest}, field=field, code="too_long")
    return text


def positive(amount: Decimal, field: str) -> Decimal:
    """An amount above zero and below 10^15, in fen."""
    if not amount.is_finite() or amount <= 0:
        raise Refused(_("The amount must be above zero."), field=field, code="not_positive")
    if amount >= LIMIT:
        raise Refused(_("This amount is too large. Check the unit."), field=field, code="too_large")
    if amount != amount.quantize(CENT):
        raise Refused(_("An amount has at most two decimals (fen)."), field=field, code="decimals")
    return amount


def in_yuan(amount: Decimal, currency: str, rate: Decimal | None, field: str) -> tuple[Decimal, Decimal]:
    """The amount in yuan and the rate used: foreign currency counts at the mid-rate of the day (assessment rules)."""
    amount = positive(amount, field)
    if currency == "CNY":
        return amount, Decimal(1)
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise Refused(_("Write the currency as three letters, for example USD."), field="currency", code="currency")
    if rate is None:
        message = _("Enter the central bank's mid-rate of that day: how many yuan for one unit.")
        raise Refused(message, field="rate", code="rate_missing")
    if not rate.is_finite() or not 0 < rate < HIGHEST_RATE or rate != round(rate, 6):
        raise Refused(_("A rate is above zero and has at most six decimals."), field="rate", code="rate")
    yuan = (amount * rate).quantize(CENT, ROUND_HALF_UP)
    if not 0 < yuan < LIMIT:
        raise Refused(_("This amount is too large. Check the unit."), field=field, code="too_large")
    return yuan, rate
