"""Which leads, activities and submissions a person sees inside the parks, and what SQL can say about a lead."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from companies.models import Company
from core.isolation import ParkOwnedQuerySet
from core.worktime import local_date
from parks.models import ParkRules

if TYPE_CHECKING:
    from accounts.models import User

MANAGES = "confidential.view"
OPEN = ("planning", "contacting", "visiting", "negotiating", "screening")
# The company's columns that no list of leads shows: search keys and long texts.
HEAVY = tuple(
    f"company__{name}"
    for name in ("search_keys", "name_key", "name_text", "pinyin_text", "initials_text", "introduction", "former_names")
)


def seen_leads(user: "User", prefix: str = "") -> Q:
    """The condition by which a lead is seen: the whole park's, the own department's, or one's own; managers see all."""
    access = user.access
    seen = Q(**{f"{prefix}confidentiality": "park"}) | Q(**{f"{prefix}owner": user.pk})
    seen |= Q(**{f"{prefix}handed_by": user.pk})
    seen |= Q(**{f"{prefix}confidentiality": "department", f"{prefix}department__in": access.department_ids})
    managed = access.parks_with(MANAGES)
    return seen | Q(**{f"{prefix}park__in": managed}) if managed else seen


class LeadQuerySet(ParkOwnedQuerySet[Any]):
    """Leads of the reader's parks, narrowed by confidentiality."""

    def visible_to(self, user: "User") -> Self:
        """The parks in which leads may be seen, then each lead's own confidentiality."""
        parks = user.access.parks_with("leads.view")
        rows = self.filter(park_id__in=parks)
        if user.access.is_portal or not parks:
            return self.none()
        return rows if parks <= user.access.parks_with(MANAGES) else rows.filter(seen_leads(user))

    def held(self) -> Self:
        """Those that somebody holds: not in the public pool, where `owner` is only the last one."""
        return self.filter(pooled_at=None)

    def in_pool(self) -> Self:
        """Those that are free to be picked."""
        return self.filter(pooled_at__isnull=False)

    def loggable_by(self, user: "User") -> Self:
        """Those that one sees, and those that were one's own once: a visit without signal may arrive after that."""
        held: Any = apps.get_model("leads", "LeadEvent")
        once = held.objects.filter(park_id=OuterRef("park_id"), pgh_obj_id=OuterRef("pk"), owner_id=user.pk)
        seen = Q(pk__in=self.model._default_manager.visible_to(user).values("pk"))
        return self.filter(park_id__in=user.access.parks_with("activities.log")).filter(seen | Exists(once))

    def with_people(self) -> Self:
        """With the company and the owner that every list shows, without the company's heavy columns."""
        return self.select_related("company", "owner", "department").defer(*HEAVY)

    def with_light(self, now: datetime | None = None) -> Self:
        """`progress_at`, the last activity or change of stage, and `light` by the park's thresholds.

        Red: no progress for as long as the park's rules allow. Amber: two thirds of that, or the next step is overdue.
        """
        now = now or timezone.now()
        own = {rules.park_id: rules for rules in ParkRules.objects.all()}
        stale, warned = (_without_progress(own, now, share) for share in (1.0, 2 / 3))
        overdue = Q(next_date__lt=local_date(now), pooled_at=None)
        return self.annotate(progress_at=Greatest("last_activity_at", "stage_since")).annotate(
            light=Case(
                When(~Q(stage__in=OPEN), then=Value("grey")),
                When(stale, then=Value("red")),
                When(overdue | warned, then=Value("amber")),
                default=Value("green"),
                output_field=CharField(),
            )
        )

    def search(self, text: str) -> Self:
        """By the company, as the registry is searched: characters, pinyin, initials, code."""
        return self.filter(company__in=Company.objects.search(text).order_by().values("pk"))


def _without_progress(own: dict[int, ParkRules], now: datetime, share: float) -> Q:
    """No progress for that share of the days which the lead's park allows for its stage."""
    found = _idle_since(now, share, ParkRules()) & ~Q(park_id__in=list(own))
    for park_id, rules in own.items():
        found |= Q(park_id=park_id) & _idle_since(now, share, rules)
    return found


def _idle_since(now: datetime, share: float, rules: ParkRules) -> Q:
    found = Q(pk__in=[])
    for stage in OPEN:
        allowed = timedelta(days=getattr(rules, f"stale_days_{stage}"))
        found |= Q(stage=stage, progress_at__lte=now - share * allowed)
    return found


class SubmissionQuerySet(ParkOwnedQuerySet[Any]):
    """Submissions: managers judge and see all, everybody sees their own."""

    def visible_to(self, user: "User") -> Self:
        """One's own, and all in the parks where one may judge or oversee."""
        rows = super().visible_to(user)
        parks = user.access.parks_with("submissions.view")
        return rows.filter(Q(submitted_by=user.pk) | Q(park__in=parks))

    def search(self, text: str) -> Self:
        """By a part of the title or of the company named."""
        return self.filter(Q(title__icontains=text) | Q(company_name__icontains=text))

    def overdue(self, now: datetime | None = None) -> Self:
        """Still to be judged although the time for it is over."""
        return self.filter(state="pending", judge_by__lt=now or timezone.now())

    def with_people(self) -> Self:
        """With the people and the company that every list shows."""
        return self.select_related("company", "submitted_by", "department", "judged_by", "lead").defer(*HEAVY)
