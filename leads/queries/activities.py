"""Reads over activities, their people and what was promised in them."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from companies.models import Contact
from core.worktime import local_date
from leads.models import OPEN_STAGES, Activity, Lead, Undertaking
from leads.queries.trips import running_trips

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

MOST = 100


def contacts_of(user: "User", company_id: int, park_id: int) -> list[Contact]:
    """The people of a company whom one park knows, decision makers first; for choosing who was met."""
    if park_id not in user.access.parks_with("contacts.view"):
        return []
    return list(Contact.objects.visible_to(user).kept().filter(park_id=park_id, company_id=company_id)[:50])


def names_for_device(user: "User", most: int = 200) -> dict[str, list[dict[str, Any]]]:
    """One's own open leads, the companies one dealt with last and the trips one is on: what a device keeps of them."""
    leads = Lead.objects.visible_to(user).filter(owner=user, stage__in=OPEN_STAGES, pooled_at=None)
    own = [
        (lead.pk, lead.company_id, lead.name)
        for lead in leads.select_related("company").order_by("next_date", "-claimed_at")[:most]
    ]
    recent = Activity.objects.visible_to(user).filter(by=user).order_by("-happened_at", "-id")
    dealt = dict(recent.values_list("company_id", "company__name")[:100])
    held = {company for _pk, company, _name in own}
    return {
        "leads": [{"id": pk, "name": name} for pk, _company, name in own],
        "companies": [{"id": pk, "name": name} for pk, name in dealt.items() if pk not in held],
        "trips": [{"id": trip.pk, "name": trip.title, "until": trip.until} for trip in running_trips(user)],
    }


def usual_lead(own: Sequence[Lead]) -> Lead | None:
    """The lead that a visit is surely logged for: the only one with a step today, else the only one.

    Otherwise the person chooses: what was guessed wrong would stand with another company.
    """
    today = local_date(timezone.now())
    due = [lead for lead in own if lead.next_date == today] or own
    return due[0] if len(due) == 1 else None


def missing_evidence(user: "User", month: date) -> Any:
    """One's own visits of a month that do not count yet, newest first; `why_not` says what is missing."""
    own = Activity.objects.visible_to(user).not_counting().filter(by=user, counted_month=month)
    return own.select_related("company").order_by("-happened_at", "-id")


def open_undertakings(user: "User") -> Any:
    """What one has to keep or answer oneself, the earliest first; without a day last."""
    own = Undertaking.objects.visible_to(user).open().filter(owner=user)
    return own.listed().order_by("due_on", "id")


def open_words(user: "User", lead: Lead) -> list[Undertaking]:
    """What stands open for a lead's company in its park, the earliest on top."""
    rows = Undertaking.objects.visible_to(user).open().filter(park_id=lead.park_id, company_id=lead.company_id)
    return list(rows.listed().order_by("due_on", "-id")[:MOST])


def undertakings_of_company(user: "User", company: "Company") -> Any:
    """What stands open towards a company in the reader's parks."""
    rows = Undertaking.objects.visible_to(user).open().filter(company=company)
    return rows.listed().order_by("due_on", "id")[:MOST]
