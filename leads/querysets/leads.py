"""Which leads, activities and submissions a person sees inside the parks, and what SQL can say about a lead."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.db.models import CharField, Exists, Func, OuterRef, Q
from django.utils import timezone

from accounts.models import named
from companies.models import Company
from core.isolation import ParkOwnedQuerySet
from core.worktime import local_date
from parks.models import ParkRules
from parks.queries import thresholds

if TYPE_CHECKING:
    from accounts.models import User

MANAGES = "confidential.view"
OPEN = ("planning", "contacting", "visiting", "negotiating", "screening")
UNSET = ParkRules()
STALE = tuple(f"stale_days_{stage}" for stage in OPEN)
# What lists, boards and the agenda show of a lead, and what may be done from there.
LISTED = (
    *("park", "title", "stage", "stage_since", "source", "owner", "department", "handed_by", "confidentiality", "tier"),
    *("amount", "next_step", "next_date", "claimed_at", "protected_until", "pooled_at", "last_activity_at", "version"),
    *("company__name", *named("owner")),
)
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

    def listed(self) -> Self:
        """Company and owner, and only the columns that lists show: reading all of them is most of a list's time."""
        return self.select_related("company", "owner").only(*LISTED)

    def with_light(self, now: datetime | None = None) -> Self:
        """`light` by the park's thresholds.

        Red: no progress, activity or change of stage, for as long as the park's rules allow. Amber: two thirds of that,
        or the next step is overdue.
        """
        return self.annotate(light=Light(allowed_days(), now or timezone.now()))

    def search(self, text: str) -> Self:
        """By the company, as the registry is searched: characters, pinyin, initials, code."""
        return self.filter(company__in=Company.objects.matching(text).values("pk"))


def allowed_days() -> dict[tuple[int, ...], list[int]]:
    """How many days without progress the reader's parks allow, stage by stage, and which parks those are."""
    found: dict[tuple[int, ...], list[int]] = {}
    for park_id, days in thresholds(*STALE).items():
        found.setdefault(days, []).append(park_id)
    return found


class Light(Func):
    """`red`, `amber`, `green`, or `grey` for what is closed; made of `Case` and `When` it costs ten times as much."""

    output_field = CharField()
    columns: ClassVar = ("park_id", "stage", "stage_since", "last_activity_at", "next_date", "pooled_at")

    def __init__(self, allowed: dict[tuple[int, ...], list[int]], now: datetime) -> None:
        super().__init__(*self.columns)
        self.usual = tuple(int(getattr(UNSET, name)) for name in STALE)
        self.own = [(parks, days) for days, parks in allowed.items() if days != self.usual]
        self.now = now

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # no template
        """One CASE over the columns as this statement calls them."""
        park, stage, since, last, due, pooled = (compiler.compile(one)[0] for one in self.get_source_expressions())
        (red, reds), (amber, ambers) = (self._idle_since(park, stage, share) for share in (1, 2 / 3))
        progress = f"GREATEST({last}, {since})"
        opened = ", ".join(f"'{name}'" for name in OPEN)
        sql = (
            f"CASE WHEN {stage} NOT IN ({opened}) THEN 'grey' WHEN {progress} <= {red} THEN 'red'"
            f" WHEN ({due} < %s AND {pooled} IS NULL) OR {progress} <= {amber} THEN 'amber' ELSE 'green' END"
        )
        return sql, [*reds, local_date(self.now), *ambers]

    def _idle_since(self, park: str, stage: str, share: float) -> tuple[str, list[Any]]:
        """The latest moment without progress, after that share of the days that park and stage allow."""
        by_stage = f"CASE {stage} " + " ".join(f"WHEN '{name}' THEN %s::timestamptz" for name in OPEN) + " END"
        parks = "".join(f"WHEN {park} = ANY(%s) THEN {by_stage} " for _own in self.own)
        values: list[Any] = []
        for own, days in self.own:
            values += [own, *(self.now - share * timedelta(days=one) for one in days)]
        values += [self.now - share * timedelta(days=one) for one in self.usual]
        return (f"CASE {parks}ELSE {by_stage} END" if parks else by_stage), values


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
