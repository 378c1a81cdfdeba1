"""One locked request with its log and its running clocks: what every action on a request shares."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Stale
from core.locking import locked
from core.worktime import Pause
from notices.actions import cancel
from parks.queries import calendar_of
from services import clocks
from services.actions import telling
from services.clocks import Entry
from services.models import Ticket, TicketClock, TicketState

if TYPE_CHECKING:
    from accounts.models import User

RESPONSE: Final = TicketClock.Clock.RESPONSE
RESOLUTION: Final = TicketClock.Clock.RESOLUTION
LEVELS: Final = (75, 100)
_CACHED = (
    "item",
    "state",
    "owner",
    "holder",
    "department",
    "handovers",
    "response_due_at",
    "resolve_due_at",
    "due_at",
    "waiting_since",
    "waiting_reason",
    "responded_at",
    "resolved_at",
    "closed_at",
    "closing",
    "breached",
    "reopened",
    "rating",
    "rating_text",
    "rated_at",
    "counted_month",
)


def hold(ticket: Ticket, version: int | None = None) -> Ticket:
    """The request read anew and locked, so that two people's actions follow each other. Raises Stale."""
    rows = Ticket.objects.select_related("company", "item", "owner", "holder").filter(park_id=ticket.park_id)
    held: Ticket = locked(rows, pk=ticket.pk)
    if version is not None and held.version != version:
        raise Stale(_("This request was changed meanwhile. Read it again and repeat your change."))
    return held


class Clockwork:
    """A locked request at one moment. The caller enters states, begins and meets clocks, and finishes once."""

    def __init__(self, ticket: Ticket, by: "User | None") -> None:
        self.ticket, self.by, self.now = ticket, by, timezone.now()
        self.calendar = calendar_of(ticket.park_id)
        rows = TicketState.objects.filter(park_id=ticket.park_id, ticket=ticket).order_by("at", "id")
        self.log = [Entry(row.state, row.at, row.holder_id) for row in rows]
        self.running: list[TicketClock] = list(
            TicketClock.objects.filter(park_id=ticket.park_id, ticket=ticket, met_at=None).order_by("id")
        )
        self._armed: set[str] = set()
        self._disarmed: set[str] = set()

    def enter(self, state: str, reason: str = "") -> None:
        """Write a line of the log: a new state, or the same one in other hands."""
        ticket, before = self.ticket, self.ticket.state
        self.log.append(Entry(state, self.now, ticket.holder_id))
        TicketState.objects.create(
            park_id=ticket.park_id,
            ticket=ticket,
            company_id=ticket.company_id,
            state=state,
            at=self.now,
            by=self.by,
            holder_id=ticket.holder_id,
            reason=reason[:240],
        )
        ticket.state = state
        if state != before:
            ticket.waiting_since = self.now if ticket.is_waiting else None
            ticket.waiting_reason = reason[:240] if ticket.is_waiting else ""
        if (before in clocks.PAUSING) != (state in clocks.PAUSING):
            (self._disarmed if state in clocks.PAUSING else self._armed).add(RESOLUTION)

    def begin(self, clock: str, minutes: int, started_at: datetime, cycle: int = 1) -> None:
        """Start a clock; it is due and armed when the work is finished."""
        row = TicketClock(
            park_id=self.ticket.park_id,
            ticket=self.ticket,
            company_id=self.ticket.company_id,
            clock=clock,
            cycle=cycle,
            target_minutes=minutes,
            started_at=started_at,
        )
        self.running.append(row)
        self._armed.add(clock)

    def next_cycle(self, clock: str) -> int:
        """The number of the clock's next run."""
        return TicketClock.objects.filter(park_id=self.ticket.park_id, ticket=self.ticket, clock=clock).count() + 1

    def runs(self, clock: str) -> bool:
        """Whether such a clock is running (paused or not)."""
        return any(row.clock == clock for row in self.running)

    def meet(self, clock: str) -> None:
        """What the clock measures has happened now: its outcome is final."""
        for row in [row for row in self.running if row.clock == clock]:
            self.settle(row, met_at=self.now)
            self.running.remove(row)
        self._disarmed.add(clock)
        self._armed.discard(clock)

    def rearm(self) -> None:
        """Other people are to be reminded, or at other times: all reminders are written anew."""
        kinds = {row.clock for row in self.running}
        self._disarmed |= kinds
        self._armed |= kinds

    def finish(self) -> Ticket:
        """Recompute the running clocks from the log, store the request, move its reminders."""
        for row in self.running:
            self.settle(row)
        self._cache_due()
        self.ticket.version += 1
        self.ticket.save(update_fields=[*_CACHED, "version"])
        for clock in self._disarmed:
            cancel(park_id=self.ticket.park_id, key_prefix=f"ticket:{self.ticket.pk}:{clock}:")
        for row in self.running:
            if row.clock in self._armed:
                self._arm(row)
        return self.ticket

    def _pauses(self, row: TicketClock) -> list[Pause]:
        return [] if row.clock == RESPONSE and row.cycle == 1 else clocks.pauses_in(self.log)

    def read(self, row: TicketClock, met_at: datetime | None = None) -> clocks.Reading:
        """What the clock says now."""
        return clocks.read(
            self.calendar,
            start=row.started_at,
            target=timedelta(minutes=row.target_minutes),
            pauses=self._pauses(row),
            now=self.now,
            met_at=met_at,
        )

    def settle(self, row: TicketClock, met_at: datetime | None = None) -> None:
        """Due time and breach from the log. A breach is recorded against the holder at that moment and stays."""
        reading = self.read(row, met_at)
        row.due_at, row.met_at = reading.due_at, met_at
        if met_at is not None:
            row.working_minutes = int(reading.used.total_seconds() // 60)
        if reading.breached_at is not None and row.breached_at is None:
            row.breached_at = reading.breached_at
            row.holder_id = clocks.holder_at(self.log, reading.breached_at)
        self.ticket.breached |= row.breached_at is not None
        row.save()

    def _cache_due(self) -> None:
        ticket = self.ticket
        for row in self.running:
            if row.cycle == 1 and row.clock == RESPONSE:
                ticket.response_due_at = row.due_at
            elif row.cycle == 1:
                ticket.resolve_due_at = row.due_at
        if self.running:
            ticket.due_at = min(row.due_at for row in self.running)

    def _arm(self, row: TicketClock) -> None:
        """Write the reminders ahead; a level that has passed was told already. The log's length makes the key new."""
        if self.read(row).paused:
            return
        target, pauses = timedelta(minutes=row.target_minutes), self._pauses(row)
        for level in LEVELS:
            moment = clocks.moment_at(self.calendar, row.started_at, target, level, pauses)
            if moment > self.now:
                key = f"ticket:{self.ticket.pk}:{row.clock}:{row.cycle}:{level}:{len(self.log)}"
                telling.remind(self.ticket, row.clock, level, key=key, due_at=moment, limit=row.due_at)


@transaction.atomic
def record_breaches(*, park_id: int, limit: int = 500) -> int:
    """Stamp the limits that passed unnoticed, so that figures are complete; returns how many requests were touched.

    Lists do not need it: they compare `due_at` with the clock.
    """
    now = timezone.now()
    passed = TicketClock.objects.filter(park_id=park_id, met_at=None, breached_at=None, due_at__lt=now)
    tickets = Ticket.objects.filter(park_id=park_id, pk__in=passed.values("ticket_id")[:limit])
    rows = list(tickets.select_for_update(of=("self",), skip_locked=True))
    for ticket in rows:
        work = Clockwork(ticket, None)
        for row in work.running:
            work.settle(row)
        Ticket.objects.filter(pk=ticket.pk).update(breached=ticket.breached, version=F("version") + 1)
    return len(rows)
