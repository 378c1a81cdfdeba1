"""The milestone plan as bars on a scale of months: positions in percent, drawn as SVG attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

from parks.queries import month_of, next_month
from projects.models import Milestone

MOST_TICKS = 12


@dataclass(frozen=True)
class Tick:
    """The first of a month on the scale."""

    at: str
    label: str


@dataclass(frozen=True)
class Bar:
    """One step: its planned span, where it was planned at first, where it was done, and how it stands."""

    milestone: Milestone
    state: str
    start: str
    width: str
    first: str
    done: str
    done_mark: str
    tail_start: str
    tail_width: str
    days_late: int


@dataclass(frozen=True)
class Chart:
    """Bars, months, and the line of today (empty when it lies outside)."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    today: str


class Scale:
    """Days to percent of the width."""

    def __init__(self, first: date, last: date) -> None:
        self.first = month_of(first)
        self.days = max((next_month(month_of(last)) - self.first).days, 28)

    def at(self, day: date) -> float:
        """Where a day begins, from 0 to 100."""
        return max(0.0, min(100.0, 100 * (day - self.first).days / self.days))

    def percent(self, day: date) -> str:
        """The same as an attribute."""
        return f"{self.at(day):.2f}%"

    def between(self, first: date, last: date) -> str:
        """The width of a span, both days included; never invisible."""
        return f"{max(self.at(last + timedelta(days=1)) - self.at(first), 0.6):.2f}%"

    def ticks(self) -> list[Tick]:
        """The months, every second or third one where there are many."""
        month, months = self.first, []
        while self.at(month) < 100:
            months.append(month)
            month = next_month(month)
        step = 1 + (len(months) - 1) // MOST_TICKS
        return [Tick(self.percent(month), date_format(month, "y-m")) for month in months[::step]]


def chart_of(milestones: Sequence[Milestone], day: date) -> Chart | None:
    """The chart of a plan as it stands on that day; None without steps."""
    if not milestones:
        return None
    first = min(min(m.starts_on, m.done_on or m.starts_on) for m in milestones)
    last = max(max(m.due_on, m.first_due_on, m.done_on or m.due_on) for m in milestones)
    # A plan that is over long ago does not stretch its scale to today.
    last = max(last, min(day, last + timedelta(days=92)))
    scale = Scale(first, last)
    today = scale.percent(day) if 0 < scale.at(day) < 100 else ""
    return Chart([_bar(m, scale, day) for m in milestones], scale.ticks(), today)


def _bar(milestone: Milestone, scale: Scale, day: date) -> Bar:
    end = milestone.done_on or day
    late = max((end - milestone.due_on).days, 0)
    return Bar(
        milestone=milestone,
        state=state_of(milestone, day),
        start=scale.percent(milestone.starts_on),
        width=scale.between(milestone.starts_on, milestone.due_on),
        first=scale.percent(milestone.first_due_on + timedelta(days=1)) if milestone.was_moved else "",
        done=scale.percent(milestone.done_on) if milestone.done_on else "",
        done_mark=scale.percent(milestone.done_on + timedelta(days=1)) if milestone.done_on else "",
        tail_start=scale.percent(milestone.due_on + timedelta(days=1)) if late else "",
        tail_width=scale.between(milestone.due_on + timedelta(days=1), end) if late else "",
        days_late=late,
    )


def state_of(milestone: Milestone, day: date) -> str:
    """done, late (done or open), current, or ahead."""
    if milestone.done_on is not None:
        return "done-late" if milestone.done_on > milestone.due_on else "done"
    if milestone.due_on < day:
        return "late"
    return "current" if milestone.starts_on <= day else "ahead"
