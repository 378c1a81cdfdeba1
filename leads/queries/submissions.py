"""Reads over information submitted."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from leads.models import OPEN_STAGES, Lead, Submission

if TYPE_CHECKING:
    from accounts.models import User

LOOKED_BACK = timedelta(days=180)


@dataclass(frozen=True)
class Alike:
    """What may be the same: earlier information, and open leads of the company."""

    submissions: list[Submission] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.submissions or self.leads)


def submission_of(user: "User", lead: Lead) -> Submission | None:
    """The information that a lead came of."""
    rows = Submission.objects.visible_to(user).filter(park_id=lead.park_id, lead=lead).order_by("submitted_at", "id")
    found: Submission | None = rows.only("park", "title").first()
    return found


def alike(user: "User", row: Submission) -> Alike:
    """Information of the half year before on the same company or with the same title, and who holds the company."""
    same = Q(title__iexact=row.title)
    if row.company_name:
        same |= Q(company_name__iexact=row.company_name)
    if row.company_id:
        same |= Q(company_id=row.company_id)
    earlier = Submission.objects.visible_to(user).filter(
        same, park_id=row.park_id, submitted_at__gte=row.submitted_at - LOOKED_BACK, submitted_at__lte=row.submitted_at
    )
    leads = Lead.objects.visible_to(user).filter(park_id=row.park_id, stage__in=OPEN_STAGES)
    named = Q(company_id=row.company_id) if row.company_id else Q(company__name__iexact=row.company_name or "-")
    return Alike(
        list(earlier.exclude(pk=row.pk).select_related("submitted_by").order_by("-submitted_at")[:5]),
        list(leads.filter(named).exclude(pk=row.lead_id).with_people()[:5]),
    )
