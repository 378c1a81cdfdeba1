"""What waits for one person's decision or answer: information, screenings, payments, requests, red projects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.money import short_money
from desk.queries.agenda import days_late
from desk.queries.waiting import Waiting
from leads import queries as leads
from leads.queries import conflicts, credit, handover, sharing
from projects.models import Project
from projects.queries import payments_to_decide, today, with_light, with_next
from services.models import Ticket
from services.queries import with_timers
from services.querysets import NOT_RUNNING

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 3
COUNTED = 100
REDS = 6
REQUESTS = 8


@dataclass(frozen=True)
class Row:
    """One row of a pile; `since` is when it came or was due, `late` that its time is over."""

    title: str
    url: str
    note: str = ""
    since: Any = None
    late: bool = False


@dataclass(frozen=True)
class Pile:
    """Things of one kind that wait: how many, the first few, and the list of all."""

    code: str
    label: str | Promise
    icon: str
    url: str
    nothing: str | Promise
    count: int
    rows: Sequence[Row]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.rows)


def here(rows: Any, park_id: int | None) -> Any:
    """Narrowed to the park that the reader chose."""
    return rows if park_id is None else rows.filter(park_id=park_id)


def piles_of(user: "User", waits: Waiting, park_id: int | None = None) -> list[Pile]:
    """The piles that this person works off, empty ones too: that nothing waits is worth knowing."""
    made: list[tuple[str, Callable[[User, int | None], Pile]]] = [
        ("submissions.judge", _to_judge),
        ("leads.screen", _to_screen),
        ("leads.rule", _to_rule),
        ("projects.recognise", _to_recognise),
    ]
    asked: list[tuple[str, bool, Callable[[User, int | None], Pile]]] = [
        ("leads.share", waits.offers, _offers),
        ("leads.change", waits.handovers, _handovers),
        ("leads.claim", waits.cases, _contested),
        ("leads.view", waits.credit, _credit),
    ]
    own = [pile(user, park_id) for code, waiting, pile in asked if waiting and user.access.can(code)]
    # What others ask of one person comes rarely: without anything waiting it is not worth a place.
    return [*(pile(user, park_id) for code, pile in made if user.access.can(code)), *(p for p in own if p.count)]


def _offers(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(sharing.to_answer(user), park_id))
    return Pile(
        code="offers",
        label=_("Offers of other parks"),
        icon="share-3",
        url=reverse("leads:offers") + "?direction=incoming&state=pending",
        nothing="",
        count=count,
        rows=[Row(r.company_name, r.get_absolute_url(), r.partner.name, r.expires_on) for r in rows],
    )


def _handovers(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(handover.to_sign(user), park_id))
    return Pile(
        code="handovers",
        label=_("Leads to sign for"),
        icon="user-share",
        url=reverse("leads:handovers") + "?receiver=me&state=pending",
        nothing="",
        count=count,
        rows=[Row(r.lead.company.name, r.get_absolute_url(), str(r.giver), r.at) for r in rows],
    )


def _contested(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(conflicts.own_open_sides(user), park_id))
    stated, silent = gettext("Your side is stated"), gettext("Say your side")
    return Pile(
        code="contested",
        label=_("Cases about your claims"),
        icon="gavel",
        url=reverse("leads:sides") + "?person=me&state=open",
        nothing="",
        count=count,
        rows=[Row(r.company.name, r.get_absolute_url(), stated if r.statement else silent, r.filed_at) for r in rows],
    )


def _credit(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(credit.to_answer(user), park_id))
    url = rows[0].split.get_absolute_url() if rows else ""
    return Pile(
        code="credit",
        label=_("Credit to agree on"),
        icon="chart-pie",
        url=url,
        nothing="",
        count=count,
        rows=[
            Row(r.split.lead.company.name, r.split.get_absolute_url(), str(r.split.made_by), r.split.made_at)
            for r in rows
        ],
    )


def _first(rows: QuerySet[Any]) -> tuple[int, list[Any]]:
    """How many, up to a hundred, and the first few: one statement where these are all."""
    found = list(rows[: SHOWN + 1])
    count = rows.order_by().values("pk")[:COUNTED].count() if len(found) > SHOWN else len(found)
    return count, found[:SHOWN]


def _to_judge(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(leads.to_judge(user), park_id))
    waiting = [Row(r.title, r.get_absolute_url(), str(r.submitted_by), r.judge_by, r.is_late) for r in rows]
    return Pile(
        code="judge",
        label=_("Information to judge"),
        icon="bulb",
        url=reverse("leads:submissions") + "?state=pending",
        nothing=_("All information is judged."),
        count=count,
        rows=waiting,
    )


def _to_screen(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(leads.to_screen(user), park_id))
    return Pile(
        code="screen",
        label=_("Admission to decide"),
        icon="gavel",
        url=reverse("leads:list") + "?stage=screening",
        nothing=_("No lead waits for screening."),
        count=count,
        rows=[Row(r.company.name, r.get_absolute_url(), _worth(r), r.stage_since) for r in rows],
    )


def _to_rule(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(conflicts.to_rule(user), park_id))
    return Pile(
        code="rule",
        label=_("Conflicts to rule"),
        icon="scale",
        url=reverse("leads:conflicts") + "?state=open",
        nothing=_("No conflict waits for a ruling."),
        count=count,
        rows=[
            Row(r.company.name, r.get_absolute_url(), f"{r.first_person} ↔ {r.second_person}", r.rule_by, r.is_late)
            for r in rows
        ],
    )


def _worth(lead: Any) -> str:
    return " · ".join(part for part in (str(lead.owner), short_money(lead.amount) if lead.amount else "") if part)


def _to_recognise(user: "User", park_id: int | None) -> Pile:
    count, rows = _first(here(payments_to_decide(user), park_id))
    return Pile(
        code="recognise",
        label=_("Payments to recognise"),
        icon="cash",
        url=reverse("projects:payments") + "?state=claimed",
        nothing=_("No payment waits for recognition."),
        count=count,
        rows=[
            Row(r.project.name, r.project.get_absolute_url() + "?tab=funds", short_money(r.amount_yuan), r.paid_on)
            for r in rows
        ],
    )


@dataclass(frozen=True)
class Red:
    """A red project: what is late, since when, whose it is."""

    project: Any
    late: str

    @property
    def step(self) -> Any:
        """The open step that was due first."""
        return self.project.next_step


def red_projects(user: "User", park_id: int | None = None) -> list[Red]:
    """The red projects where one sees projects, the longest late first; one more than are shown."""
    rows = here(Project.objects.visible_to(user), park_id)
    rows = rows.filter(park_id__in=user.access.parks_with("projects.view"))
    red = with_next(with_light(rows)).filter(light="red").select_related("case_officer", "responsible_leader")
    found, day = red.order_by(F("next_due").asc(nulls_last=True), "pk")[: REDS + 1], today()
    return [Red(project, days_late((day - project.next_due).days) if project.next_due else "") for project in found]


@dataclass(frozen=True)
class Requests:
    """Service requests that one answers: the first by time left, and how they stand."""

    rows: Sequence[Any] = ()
    open: int = 0
    mine: int = 0
    unassigned: int = 0
    overdue: int = 0
    receives: bool = field(default=False)
    """Whether unassigned ones are this person's business."""

    def __bool__(self) -> bool:
        return bool(self.rows) or self.receives


def requests_of(user: "User", waits: Waiting, park_id: int | None = None, now: datetime | None = None) -> Requests:
    """Held by this person and, for those who receive them, the unassigned ones."""
    if not user.access.can("tickets.work"):
        return Requests()
    receives = user.access.can("tickets.receive")
    if not receives and not waits.requests:
        return Requests()
    rows = here(Ticket.objects.visible_to(user), park_id).open()
    own = Q(holder=user.pk) | Q(holder=None) if receives else Q(holder=user.pk)
    stand = rows.filter(own).aggregate(
        open=Count("pk"),
        mine=Count("pk", filter=Q(holder=user.pk)),
        unassigned=Count("pk", filter=Q(holder=None)),
        overdue=Count("pk", filter=Q(due_at__lt=now or timezone.now()) & ~Q(state__in=NOT_RUNNING)),
    )
    if not stand["open"]:
        return Requests(receives=receives)
    first = rows.filter(own).select_related("company", "item", "holder").order_by("due_at", "pk")[:REQUESTS]
    return Requests(rows=with_timers(list(_slim(first))), receives=receives, **stand)


def _slim(rows: Any) -> Any:
    """Without what no list shows."""
    return rows.defer("text", "rating_text", "company__search_keys", "company__name_text", "company__pinyin_text")
