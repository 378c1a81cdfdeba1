"""How the running month stands for one person: three figures for the start page; the whole is a page of reports."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.queries.figures import Stat, this_month
from leads.queries import month_submission_counts, month_visit_counts
from projects.queries import signed_with_credit

if TYPE_CHECKING:
    from accounts.models import User


def glance_of(user: "User") -> list[Stat]:
    """The three figures of the running month for the start page, each leading to its records."""
    month, url = this_month(), reverse("my_month")
    visits, judged = month_visit_counts(user, month), month_submission_counts(user, month)
    signed = signed_with_credit(user, month).count()
    pending = gettext("%(n)s to be judged") % {"n": judged["pending"]} if judged["pending"] else ""
    return [
        Stat(_("Visits"), sum(visits.values()), f"{url}#outbound_visits"),
        Stat(_("Valid information"), judged["valid"], f"{url}#submissions_valid", pending),
        Stat(_("Signings"), signed, f"{url}#signings"),
    ]
