"""One person's month: what counts for it (by the stored `counted_month`), compared, with the records behind it.

The rules are those of the park's report: visits by who made them, leads by their owner, signings by who gets the
credit, payments by who claimed them, milestones by their owner, requests by who held them when first resolved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, Count, F, FilteredRelation, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.money import short_money
from desk.queries.figures import Stat, month_before, this_month
from leads.models import Activity, Lead, Submission
from leads.queries import month_activity_counts, month_submission_counts
from projects.models import Milestone, Payment, Project
from services.models import Ticket

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 200


@dataclass(frozen=True)
class Record:
    """One record behind a figure."""

    title: str
    url: str
    day: Any
    note: str = ""
    good: bool = True
    value: str = ""


@dataclass(frozen=True)
class Measure:
    """A figure of the month: whose rows, what is summed beside their number, and how a row reads."""

    code: str
    label: str | Promise
    icon: str
    permission: str
    own: "Callable[[User], QuerySet[Any]]"
    record: Callable[[Any], Record]
    total: Any = None
    ratio: bool = False
    money: str | Promise = ""
    """The label of the sum, where it is an amount of its own."""


def _activities(kind: str) -> "Callable[[User], QuerySet[Any]]":
    def own(user: "User") -> QuerySet[Any]:
        rows: QuerySet[Any] = Activity.objects.visible_to(user).filter(by=user.pk, kind=kind)
        return rows.select_related("company").order_by("happened_at", "pk")

    return own


def _activity(row: Activity) -> Record:
    return Record(row.company.name, row.get_absolute_url(), row.happened_at, row.summary[:120])


def _submissions(user: "User") -> QuerySet[Any]:
    rows = Submission.objects.visible_to(user).filter(submitted_by=user.pk, state=Submission.State.VALID)
    return rows.order_by("submitted_at", "pk")


def _submission(row: Submission) -> Record:
    return Record(row.title, row.get_absolute_url(), row.submitted_at, row.company_name)


def _leads(user: "User") -> QuerySet[Any]:
    rows = Lead.objects.visible_to(user).filter(owner=user.pk)
    return rows.select_related("company").order_by("claimed_at", "pk")


def _lead(row: Lead) -> Record:
    return Record(row.name, row.get_absolute_url(), row.claimed_at, row.get_stage_display())


def _projects(user: "User") -> QuerySet[Any]:
    rows = Project.objects.visible_to(user).filter(signed_by=user.pk)
    return rows.select_related("company").order_by("signed_on", "pk")


def _project(row: Project) -> Record:
    return Record(
        row.name, row.get_absolute_url(), row.signed_on, row.company.name, value=short_money(row.agreed_amount)
    )


def _payments(user: "User") -> QuerySet[Any]:
    rows = Payment.objects.visible_to(user).filter(claimed_by=user.pk, state=Payment.State.RECOGNISED)
    return rows.select_related("project").order_by("paid_on", "pk")


def _payment(row: Payment) -> Record:
    url = row.project.get_absolute_url() + "?tab=funds"
    return Record(row.project.name, url, row.paid_on, row.get_evidence_display(), value=short_money(row.amount_yuan))


def _milestones(user: "User") -> QuerySet[Any]:
    rows = Milestone.objects.visible_to(user).filter(owner=user.pk).exclude(project__state=Project.State.TERMINATED)
    return rows.select_related("project").order_by("due_on", "pk")


def _milestone(row: Milestone) -> Record:
    on_time = row.done_on is not None and row.done_on <= row.due_on
    late = gettext("Done late") if row.done_on else gettext("Not done yet")
    said = gettext("On time") if on_time else late
    return Record(row.project.name, row.project.get_absolute_url(), row.due_on, row.title, on_time, said)


def _requests(user: "User") -> QuerySet[Any]:
    """First resolutions with their clock; who held the request then is who is judged by it."""
    first = FilteredRelation("clocks", condition=Q(clocks__clock="resolution", clocks__cycle=1))
    rows = (
        Ticket.objects.visible_to(user)
        .annotate(first=first)
        .annotate(held_by=Coalesce("first__holder_id", "holder_id"), in_time=Case(*_late(), default=Value(1)))
    )
    found: QuerySet[Any] = rows.filter(held_by=user.pk).select_related("company").order_by("resolved_at", "pk")
    return found


def _late() -> list[When]:
    unknown = Q(first__pk=None, breached=True)
    late = Q(first__breached_at__isnull=False) | Q(first__met_at__gt=F("first__due_at")) | unknown
    return [When(late, then=Value(0, output_field=IntegerField()))]


def _request(row: Any) -> Record:
    said = gettext("In time") if row.in_time else gettext("Over the limit")
    return Record(str(row), row.get_absolute_url(), row.resolved_at, row.company.name, bool(row.in_time), said)


ON_TIME: Final = Count("pk", filter=Q(done_on__lte=F("due_on")))
MEASURES: Final = (
    Measure(
        code="outbound",
        label=_("Outbound visits"),
        icon="walk",
        permission="activities.view",
        own=_activities("outbound_visit"),
        record=_activity,
    ),
    Measure(
        code="inbound",
        label=_("Inbound visits"),
        icon="door-enter",
        permission="activities.view",
        own=_activities("inbound_visit"),
        record=_activity,
    ),
    Measure(
        code="negotiations",
        label=_("Negotiations"),
        icon="messages",
        permission="activities.view",
        own=_activities("negotiation"),
        record=_activity,
    ),
    Measure(
        code="information",
        label=_("Valid information"),
        icon="bulb",
        permission="submissions.add",
        own=_submissions,
        record=_submission,
    ),
    Measure(
        code="leads",
        label=_("New leads"),
        icon="target-arrow",
        permission="leads.view",
        own=_leads,
        record=_lead,
    ),
    Measure(
        code="signings",
        label=_("Signings"),
        icon="signature",
        permission="projects.view",
        own=_projects,
        record=_project,
        total=Sum("agreed_amount"),
        money=_("Amount agreed"),
    ),
    Measure(
        code="funds",
        label=_("Funds recognised"),
        icon="cash",
        permission="payments.view",
        own=_payments,
        record=_payment,
        total=Sum("amount_yuan"),
        money=_("Funds recognised"),
    ),
    Measure(
        code="milestones",
        label=_("Milestones on time"),
        icon="calendar-check",
        permission="projects.view",
        own=_milestones,
        record=_milestone,
        total=ON_TIME,
        ratio=True,
    ),
    Measure(
        code="requests",
        label=_("Requests in time"),
        icon="headset",
        permission="tickets.view",
        own=_requests,
        record=_request,
        total=Sum("in_time"),
        ratio=True,
    ),
)


@dataclass(frozen=True)
class Standing:
    """How one measure stands in two months: number of records, and the sum of what is summed."""

    n: int = 0
    total: Any = 0


@dataclass(frozen=True)
class Section:
    """A measure with its records."""

    measure: Measure
    now: Standing
    before: Standing
    records: list[Record]

    @property
    def more(self) -> int:
        """Records that are counted but not shown."""
        return self.now.n - len(self.records)


def sections_of(user: "User", month: date) -> list[Section]:
    """Every measure that is this person's business, two statements each."""
    return [_section(user, measure, month) for measure in MEASURES if user.access.can(measure.permission)]


def _section(user: "User", measure: Measure, month: date) -> Section:
    rows, before = measure.own(user), month_before(month)
    counted = {
        of: Standing(n, total or 0)
        for of, n, total in rows.filter(counted_month__in=(month, before))
        .order_by()
        .values_list("counted_month")
        .annotate(n=Count("pk"), total=measure.total or Value(0))
    }
    now = counted.get(month, Standing())
    found = rows.filter(counted_month=month)[:SHOWN] if now.n else ()
    return Section(measure, now, counted.get(before, Standing()), [measure.record(row) for row in found])


def stats_of(sections: list[Section]) -> list[Stat]:
    """The tiles above: one for each measure, and one more for the amount agreed."""
    return [stat for section in sections for stat in _stats(section)]


def _stats(section: Section) -> list[Stat]:
    measure, now, before = section.measure, section.now, section.before
    url = f"#{measure.code}" if now.n else ""
    if measure.ratio:
        shown = Stat(measure.label, now.total, url, _last(_of(before)), unit=f"/ {now.n}", target=now.n, done=now.total)
        return [shown]
    money = Stat(measure.money, short_money(Decimal(now.total)), url, _last(short_money(Decimal(before.total))))
    if measure.code == "funds":
        return [money]
    count = Stat(measure.label, now.n, url, _last(str(before.n)))
    return [count, money] if measure.money else [count]


def _of(standing: Standing) -> str:
    return f"{standing.total} / {standing.n}"


def _last(value: str) -> str:
    return gettext("Last month %(value)s") % {"value": value}


def glance_of(user: "User") -> list[Stat]:
    """The three figures of the running month for the start page, each leading to its records."""
    month, url = this_month(), reverse("desk:my_month")
    visits, judged = month_activity_counts(user, month), month_submission_counts(user, month)
    signed = Project.objects.visible_to(user).filter(signed_by=user.pk, counted_month=month).count()
    pending = gettext("%(n)s to be judged") % {"n": judged["pending"]} if judged["pending"] else ""
    return [
        Stat(_("Visits"), visits.get("outbound_visit", 0) + visits.get("inbound_visit", 0), f"{url}#outbound"),
        Stat(_("Valid information"), judged["valid"], f"{url}#information", pending),
        Stat(_("Signings"), signed, f"{url}#signings"),
    ]
