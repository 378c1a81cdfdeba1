"""Reads over leads, activities and submissions for pages of this app and of the floors above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import named
from core.worktime import local_date
from leads.models import OPEN_STAGES, Admission, Lead, Stage, Submission

if TYPE_CHECKING:
    from accounts.models import User
    from companies.models import Company

MOST_STEPS = 20


@dataclass(frozen=True)
class Step:
    """The next step of a lead, and how many more are due in the same part: overdue, today, within seven days."""

    pk: int
    park_id: int
    company: str
    what: str
    due: date
    part: int
    count: int


# One's own leads are seen whatever their confidentiality; row security narrows to the reader's parks.
DUE_STEPS: Final = """
SELECT due.id, park_id, c.name, next_step, next_date, part, n FROM (
  SELECT l.id, l.park_id, l.company_id, l.next_step, l.next_date, part, count(*) OVER (PARTITION BY part) n,
         row_number() OVER (PARTITION BY part ORDER BY l.next_date, l.id) place
  FROM leads_lead l
  CROSS JOIN LATERAL (SELECT CASE WHEN l.next_date < %(day)s THEN 0 WHEN l.next_date = %(day)s THEN 1 ELSE 2 END part) p
  WHERE l.park_id = ANY(%(parks)s) AND l.owner_id = %(user)s AND l.next_date <= %(until)s AND l.pooled_at IS NULL
    AND l.stage = ANY(%(stages)s)
) due JOIN companies_company c ON c.id = due.company_id WHERE place <= %(most)s ORDER BY next_date, due.id"""


def due_steps(user: "User", park_id: int | None = None, most: int = MOST_STEPS) -> list[Step]:
    """The first next steps of one's own open leads: overdue (0), due today (1), due within seven days (2)."""
    day, parks = local_date(timezone.now()), user.access.parks_with("leads.view")
    values: dict[str, Any] = {
        "user": user.pk,
        "parks": list(parks if park_id is None else parks & {park_id}),
        "day": day,
        "until": day + timedelta(days=7),
        "stages": [stage.value for stage in OPEN_STAGES],
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE_STEPS, values)
        return [Step(*row) for row in cursor.fetchall()]


def newly_assigned(user: "User", days: int = 7) -> list[Lead]:
    """One's own leads that were made by somebody else and have not been worked on yet."""
    since = timezone.now() - timedelta(days=days)
    rows = Lead.objects.visible_to(user).held().filter(owner=user, claimed_at__gte=since).exclude(created_by=user)
    return list(rows.filter(last_activity_at=None).listed().order_by("-claimed_at")[:20])


def without_progress(user: "User", limit: int = 20) -> list[Lead]:
    """One's own leads whose light is red, the longest idle first."""
    longest = Greatest("last_activity_at", "stage_since")
    red = Lead.objects.visible_to(user).held().filter(owner=user).with_light().filter(light="red")
    # Names are joined for the few that are shown.
    shown = Lead.objects.filter(pk__in=red.order_by(longest).values("pk")[:limit])
    return list(shown.listed().with_light().order_by(longest))


class MonthCounts(NamedTuple):
    """One's own month: visits that count, information judged valid in it, and what still waits for judgement."""

    visits: int
    valid: int
    pending: int


# One's own activities and information are seen whatever their lead's confidentiality.
MONTH: Final = """
SELECT
  (SELECT count(*) FROM leads_activity WHERE park_id = ANY(%(parks)s) AND by_id = %(user)s
   AND counted_month = %(month)s AND counts AND deleted_at IS NULL),
  count(*) FILTER (WHERE state = 'valid' AND counted_month = %(month)s),
  count(*) FILTER (WHERE state = 'pending')
FROM leads_submission WHERE submitted_by_id = %(user)s"""


def month_counts(user: "User", month: date) -> MonthCounts:
    """For the start page, in one statement."""
    values: dict[str, Any] = {"user": user.pk, "month": month, "parks": list(user.access.parks_with("activities.view"))}
    with connection.cursor() as cursor:
        cursor.execute(MONTH, values)
        return MonthCounts(*cursor.fetchone())


def to_judge(user: "User") -> Any:
    """Information that waits for this person's judgement, the most urgent first."""
    parks = user.access.parks_with("submissions.judge")
    waiting = Submission.objects.visible_to(user).filter(park_id__in=parks, state=Submission.State.PENDING)
    return waiting.exclude(submitted_by=user).with_people().order_by("judge_by", "id")


def to_screen(user: "User") -> Any:
    """Leads in screening that wait for a decision of this person."""
    parks = user.access.parks_with("leads.screen")
    waiting = Lead.objects.visible_to(user).filter(park_id__in=parks, stage=Stage.SCREENING)
    decided = Admission.objects.filter(lead=OuterRef("pk"), at__gte=OuterRef("stage_since"))
    return waiting.filter(~Exists(decided)).listed().order_by("stage_since", "id")


BESIDE: Final = (
    *("park", "company", "title", "stage", "stage_since", "source", "owner", "amount"),
    *("next_step", "next_date", "pooled_at", "last_activity_at"),
)


def leads_of_company(user: "User", company: "Company") -> list[Lead]:
    """What the reader's parks have or had with a company, open leads first."""
    rows = Lead.objects.visible_to(user).filter(company=company).with_light().order_by("-claimed_at")
    rows = rows.select_related("owner").only(*BESIDE, *named("owner"))
    return sorted(rows, key=lambda lead: not lead.is_open)


def open_lead(user: "User", company: "Company", park_id: int) -> Lead | None:
    """The open lead of a company in a park, if the reader sees it."""
    found: Lead | None = (
        Lead.objects.visible_to(user)
        .filter(company=company, park_id=park_id, stage__in=OPEN_STAGES)
        .select_related("company", "owner")
        .first()
    )
    return found


def recent_leads(user: "User", limit: int = 6) -> list[Lead]:
    """One's own open leads that were worked on last: what a visit is most likely to be logged for."""
    own = Lead.objects.visible_to(user).held().filter(owner=user, stage__in=OPEN_STAGES)
    rows = own.select_related("company").order_by("next_date", "-claimed_at")
    return list(rows[:limit])


@dataclass(frozen=True)
class Held:
    """Who holds a company in a park, as far as the reader may know."""

    company_id: int
    owner: str
    since: Any
    in_pool: bool = False


def held_condition(user: "User") -> Q:
    """A condition on companies: an open lead in a park where the reader sees leads."""
    rows = Lead.objects.visible_to(user).filter(park_id__in=user.access.parks_with("leads.view"), stage__in=OPEN_STAGES)
    return Q(pk__in=rows.order_by().values("company_id"))


def held_companies(user: "User", park_id: int, companies: Iterable["Company"]) -> dict[int, Held]:
    """Which of these companies have an open lead in the park that the reader sees."""
    rows = Lead.objects.visible_to(user).filter(park_id=park_id, company__in=list(companies), stage__in=OPEN_STAGES)
    return {
        lead.company_id: Held(lead.company_id, str(lead.owner), lead.claimed_at, lead.in_pool)
        for lead in rows.select_related("owner")
    }
