"""Reads over many projects: lights computed by the database, boards, what is due, funds. Amounts are yuan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Oversight
from accounts.queries import people_with
from core.worktime import local_date
from leads.hooks import Landed
from leads.models import CreditShare, CreditSplit, SharedResult
from parks.models import ParkRules
from parks.queries import unpublished_years
from projects.models import Milestone, Payment, Project

if TYPE_CHECKING:
    from accounts.models import User
    from leads.models import Lead

LIGHT_LABELS: dict[str, str | Promise] = {
    "red": _("Far behind"),
    "yellow": _("Behind plan"),
    "green": _("On plan"),
    "grey": _("No plan"),
}
# The columns of the board; what has no plan, or was ended, has no light to show there.
LIGHTS: tuple[tuple[str, str | Promise], ...] = tuple((code, LIGHT_LABELS[code]) for code in ("red", "yellow", "green"))
ZERO = Decimal(0)
YUAN: Any = DecimalField(max_digits=20, decimal_places=2)


def today() -> date:
    """The day in Asia/Shanghai."""
    return local_date(timezone.now())


def with_light(rows: QuerySet[Any], day: date | None = None) -> QuerySet[Any]:
    """Annotate `light`: green on plan, yellow late, red late for too long or with too many of the open steps late.

    Thresholds are the park's (`late_red_days`, `late_red_share`); grey: no plan, or ended. Due today is not late.
    """
    day = day or today()
    late = Q(done_on=None, due_on__lt=day)
    red_from, share = _thresholds(day)
    plan = (
        Milestone.objects.filter(project_id=OuterRef("pk"), park_id=OuterRef("park_id"))
        .order_by()
        .values("project_id", "park_id")
        .annotate(
            open=Count("pk", filter=Q(done_on=None)), late=Count("pk", filter=late), since=Min("due_on", filter=late)
        )
        .annotate(
            colour=Case(
                When(late=0, then=Value("green")),
                When(since__lt=red_from, then=Value("red")),
                When(late__gt=F("open") * share / 100.0, then=Value("red")),
                default=Value("yellow"),
            )
        )
        .values("colour")
    )
    ended = When(state=Project.State.TERMINATED, then=Value("grey"))
    lit: QuerySet[Any] = rows.annotate(light=Case(ended, default=Coalesce(Subquery(plan), Value("grey"))))
    return lit


def _thresholds(day: date) -> tuple[Case, Case]:
    """Per park: late before which day is red, and above which share of the open steps (percent)."""
    usual = ParkRules()
    rules = list(ParkRules.objects.values_list("park_id", "late_red_days", "late_red_share"))
    days = [When(park_id=park, then=Value(day - timedelta(days=late))) for park, late, _share in rules]
    shares = [When(park_id=park, then=Value(share)) for park, _late, share in rules]
    return (
        Case(*days, default=Value(day - timedelta(days=usual.late_red_days)), output_field=DateField()),
        Case(*shares, default=Value(usual.late_red_share), output_field=IntegerField()),
    )


def with_next(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate the open step that is due first: `project.next_step` and, for ordering, `next_due`."""
    steps = Milestone.objects.filter(project_id=OuterRef("pk"), park_id=OuterRef("park_id"), done_on=None)
    first = steps.order_by("due_on", "position")
    owner = Coalesce(NullIf("owner__display_name", Value("")), "owner__username")
    shown = JSONObject(id="pk", kind="kind", name="name", due="due_on", owner=owner)
    step, due = Subquery(first.values(j=shown)[:1]), Subquery(first.values("due_on")[:1])
    planned: QuerySet[Any] = rows.annotate(next_json=step, next_due=due)
    return planned


def with_funds(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate `claimed` (all that was reported and not rejected) and, out of it, `recognised`; never added up."""
    funded: QuerySet[Any] = rows.annotate(claimed=_sum_of("claimed", "recognised"), recognised=_sum_of("recognised"))
    return funded


def _sum_of(*states: str) -> Any:
    payments = Payment.objects.filter(project_id=OuterRef("pk"), park_id=OuterRef("park_id"), state__in=states)
    total = payments.order_by().values("project_id").annotate(total=Sum("amount_yuan")).values("total")
    return Coalesce(Subquery(total), Value(ZERO), output_field=YUAN)


@dataclass(frozen=True)
class Group:
    """One column of a board: how many projects, and what their agreements say (yuan)."""

    code: str
    label: str | Promise
    count: int
    agreed: Decimal


def by_light(rows: QuerySet[Any]) -> list[Group]:
    """Red, yellow, green with counts and sums, in one grouped statement."""
    return _grouped(with_light(rows), "light", LIGHTS)


def by_state(rows: QuerySet[Any]) -> list[Group]:
    """The states in their order with counts and sums, in one grouped statement."""
    return _grouped(rows, "state", Project.State.choices)


def _grouped(rows: QuerySet[Any], field: str, labels: Iterable[tuple[str, str | Promise]]) -> list[Group]:
    found = rows.order_by().values(field).annotate(n=Count("pk"), agreed=Sum("agreed_amount"))
    totals = {row[field]: (row["n"], row["agreed"]) for row in found}
    return [Group(code, label, *totals.get(code, (0, ZERO))) for code, label in labels]


@dataclass(frozen=True)
class Totals:
    """Three amounts with three meanings (yuan), for as many projects; `claimed` contains `recognised`."""

    projects: int
    agreed: Decimal
    claimed: Decimal
    recognised: Decimal


def totals(rows: QuerySet[Any]) -> Totals:
    """Agreed, claimed and recognised of these projects, in two statements."""
    signed = rows.order_by().aggregate(n=Count("pk"), agreed=Sum("agreed_amount"))
    ids = rows.order_by().values("pk")
    paid = Payment.objects.filter(project__in=ids).exclude(state=Payment.State.REJECTED)
    funds = paid.aggregate(claimed=Sum("amount_yuan"), recognised=Sum("amount_yuan", filter=Q(state="recognised")))
    return Totals(signed["n"], signed["agreed"] or ZERO, funds["claimed"] or ZERO, funds["recognised"] or ZERO)


def open_milestones(user: "User") -> QuerySet[Milestone]:
    """Steps to do in the reader's parks, the earliest first; those of ended projects are not to be done."""
    rows: QuerySet[Milestone] = Milestone.objects.visible_to(user)
    rows = rows.filter(done_on=None).exclude(project__state=Project.State.TERMINATED)
    return rows.select_related("project", "company", "owner").order_by("due_on", "id")


def milestones_due(user: "User", until: date, day: date | None = None) -> QuerySet[Milestone]:
    """One's own steps due from `day` (today) to `until`, both included."""
    return open_milestones(user).filter(owner=user.pk, due_on__gte=day or today(), due_on__lte=until)


def milestones_overdue(user: "User", day: date | None = None) -> QuerySet[Milestone]:
    """One's own steps whose day has passed."""
    return open_milestones(user).filter(owner=user.pk, due_on__lt=day or today())


def red_projects(user: "User", limit: int = 20) -> list[Project]:
    """The red projects of the reader's parks, the longest late first: `next_step` says what, since when and whose."""
    rows = with_next(with_light(Project.objects.visible_to(user)))
    red = rows.filter(light="red").select_related("company", "case_officer", "responsible_leader", "park")
    return list(red.order_by(F("next_due").asc(nulls_last=True), "pk")[:limit])


def payments_to_decide(user: "User") -> QuerySet[Payment]:
    """Claims in parks where the reader recognises, without those they made themselves; the oldest first."""
    rows: QuerySet[Payment] = Payment.objects.visible_to(user)
    rows = rows.filter(state=Payment.State.CLAIMED, park_id__in=user.access.parks_with("projects.recognise"))
    return rows.exclude(claimed_by=user.pk).select_related("project", "company", "claimed_by").order_by("id")


def with_twins(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate `has_twin`: the same amount was claimed for the same day of the same project, and not rejected."""
    same = Payment.objects.filter(
        park_id=OuterRef("park_id"),
        project_id=OuterRef("project_id"),
        paid_on=OuterRef("paid_on"),
        amount_yuan=OuterRef("amount_yuan"),
    )
    other = same.exclude(pk=OuterRef("pk")).exclude(state=Payment.State.REJECTED)
    compared: QuerySet[Any] = rows.annotate(has_twin=Exists(other))
    return compared


def unpublished_years_of(project: Project) -> list[int]:
    """The years into which open steps run and whose holidays are not published: their days may still move."""
    return unpublished_years_in(project.milestones.filter(done_on=None))


def unpublished_years_in(milestones: Iterable[Milestone]) -> list[int]:
    """The same for milestones that were read already."""
    days = [milestone.due_on for milestone in milestones if milestone.done_on is None]
    return unpublished_years(min(days), max(days)) if days else []


def case_officers(park_id: int) -> "list[User]":
    """Who may work on a project there, by name."""
    return sorted(people_with("projects.change", park_id), key=lambda person: (str(person), person.pk))


def leaders(park_id: int) -> "list[User]":
    """Who may answer for a project there: those who may sign, in the park and in the zone above it."""
    overseers = Oversight.objects.filter(park_id=park_id).values_list("overseer", flat=True)
    people = {person.pk: person for park in (park_id, *overseers) for person in people_with("projects.sign", park)}
    return sorted(people.values(), key=lambda person: (str(person), person.pk))


def may_own(user: "User", park_id: int) -> bool:
    """Does this person work on projects in that park?"""
    return user.pk in {person.pk for person in people_with("projects.change", park_id)}


def may_lead(user: "User", park_id: int) -> bool:
    """May this person answer for a project of that park?"""
    return user.pk in {person.pk for person in leaders(park_id)}


def signed_with_credit(user: "User", month: date) -> QuerySet[Project]:
    """The signings that count in a month and of which this person holds a share now, or all where none is written."""
    rows: QuerySet[Project] = Project.objects.visible_to(user).filter(counted_month=month)
    splits = CreditSplit.objects.filter(park=OuterRef("park"), lead=OuterRef("lead"), state=CreditSplit.State.IN_FORCE)
    counting = splits.filter(valid_from__lte=OuterRef("signed_on")).order_by("-decided_at", "-id").values("pk")[:1]
    shares = CreditShare.objects.filter(park=OuterRef("park"), split=OuterRef("counting"), user=user, percent__gt=0)
    rows = rows.annotate(counting=Subquery(counting))
    return rows.filter(Exists(shares) | Q(counting=None, signed_by=user))


def landed_of(lead: "Lead") -> list[Landed]:
    """The signing of a lead and the funds recognised so far, as its park counts them."""
    found = []
    for project in Project.objects.filter(park_id=lead.park_id, lead=lead):
        signing = Landed(SharedResult.Kind.SIGNING, lead.uuid, project.agreed_amount, project.signed_on)
        payments = Payment.objects.filter(project=project, park_id=lead.park_id, state=Payment.State.RECOGNISED)
        funds = [Landed(SharedResult.Kind.FUNDS, row.uuid, row.amount_yuan, row.paid_on) for row in payments]
        found += [signing, *funds]
    return found
