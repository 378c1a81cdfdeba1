"""How the running month stands for one person: three figures for the start page; the whole is a page of reports."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.queries.figures import Stat, this_month
from desk.queries.waiting import Waiting
from leads.queries import month_counts
from projects.queries import signed_with_credit

if TYPE_CHECKING:
    from accounts.models import User


def glance_of(user: "User", waits: Waiting) -> list[Stat]:
    """The three figures of the running month for the start page, each leading to its records."""
    month, url = this_month(), reverse("my_month")
    counts = month_counts(user, month)
    signed = signed_with_credit(user, month).count() if waits.signings else 0
    pending = gettext("%(n)s to be judged") % {"n": counts.pending} if counts.pending else ""
    return [
        Stat(_("Visits"), counts.visits, f"{url}#outbound_visits"),
        Stat(_("Valid information"), counts.valid, f"{url}#submissions_valid", pending),
        Stat(_("Signings"), signed, f"{url}#signings"),
    ]
