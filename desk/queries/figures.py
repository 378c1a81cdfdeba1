"""The five figures of a park (or of all that the reader oversees), and how the month stands for one person."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.money import short_money
from desk.queries.inbox import here
from parks.queries import month_of
from projects.models import Payment, Project
from projects.queries import today, with_light
from services.models import Ticket

if TYPE_CHECKING:
    from accounts.models import User

ZERO = Decimal(0)


@dataclass(frozen=True)
class Stat:
    """A figure tile (parts/stat.html)."""

    label: str | Promise
    value: Any
    url: str = ""
    note: str = ""
    unit: str = ""
    target: int = 0
    done: int = 0
    light: str = ""


def this_month() -> date:
    """The first day of the month in Asia/Shanghai."""
    return month_of(today())


def month_before(month: date) -> date:
    """The first day of the month before."""
    return month_of(date.fromordinal(month.toordinal() - 1))


def figures_of(user: "User", park_id: int | None = None) -> list[Stat]:
    """Signings, amount agreed, funds recognised, red projects, requests over their limit: five statements at most."""
    month = this_month()
    query = {"counted_month": str(month)} | _park_code(user, park_id)
    signed, signed_before = _signed(user, park_id, month)
    funds, funds_before = _funds(user, park_id, month)
    projects, payments = reverse("projects:list"), reverse("projects:payments")
    return [
        Stat(_("Signed this month"), signed[0], f"{projects}?{urlencode(query)}", _before(str(signed_before[0]))),
        Stat(
            _("Agreed this month"),
            short_money(signed[1]),
            f"{projects}?{urlencode(query)}",
            _before(short_money(signed_before[1])),
        ),
        Stat(
            _("Funds recognised this month"),
            short_money(funds),
            f"{payments}?{urlencode({'state': 'recognised'} | query)}",
            _before(short_money(funds_before)),
        ),
        *_alarms(user, park_id),
    ]


def _park_code(user: "User", park_id: int | None) -> dict[str, str]:
    code = next((park.code for park in user.access.parks if park.id == park_id), "")
    return {"park": code} if code else {}


def _before(value: str) -> str:
    return gettext("Last month %(value)s") % {"value": value}


def _signed(user: "User", park_id: int | None, month: date) -> tuple[tuple[int, Decimal], tuple[int, Decimal]]:
    rows = here(Project.objects.visible_to(user), park_id).filter(counted_month__in=(month, month_before(month)))
    found = rows.order_by().values_list("counted_month").annotate(Count("pk"), Sum("agreed_amount"))
    months = {of: (n, amount) for of, n, amount in found}
    return months.get(month, (0, ZERO)), months.get(month_before(month), (0, ZERO))


def _funds(user: "User", park_id: int | None, month: date) -> tuple[Decimal, Decimal]:
    rows = here(Payment.objects.visible_to(user), park_id).filter(
        counted_month__in=(month, month_before(month)), state=Payment.State.RECOGNISED
    )
    months = dict(rows.order_by().values_list("counted_month").annotate(Sum("amount_yuan")))
    return months.get(month, ZERO), months.get(month_before(month), ZERO)


def _alarms(user: "User", park_id: int | None) -> list[Stat]:
    park = urlencode(_park_code(user, park_id))
    red = with_light(here(Project.objects.visible_to(user), park_id)).filter(light="red").count()
    late = here(Ticket.objects.visible_to(user), park_id).overdue(timezone.now()).count()
    return [
        Stat(_("Red projects"), red, f"{reverse('projects:list')}?light=red&{park}".rstrip("&"), light=_red(red)),
        Stat(
            _("Requests over the limit"),
            late,
            f"{reverse('services:queue')}?due=overdue&{park}".rstrip("&"),
            light=_red(late),
        ),
    ]


def _red(count: int) -> str:
    return "red" if count else "green"
