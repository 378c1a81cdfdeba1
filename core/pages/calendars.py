"""The calendar: a month or a week of days, and the same as an agenda, which is all that a phone shows."""

import calendar as weeks
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.pages.base import Page
from core.pages.lists import Button, Empty, View, allowed_buttons
from core.pages.viewing import Viewed

SPANS = (("month", gettext_lazy("By month")), ("week", gettext_lazy("By week")), ("agenda", gettext_lazy("Agenda")))
AGENDA_DAYS = 30
IN_CELL = 4


@dataclass(frozen=True)
class CalendarItem:
    """One thing on a day, or on every day to `until`; `at` orders it within the day.

    `move` is where another day is given to it (an editor's cell), for whom may do that, on that `version`.
    """

    day: dt.date
    title: str
    url: str
    icon: str
    kind: str | Promise
    at: dt.time | None = None
    until: dt.date | None = None
    who: str = ""
    note: str = ""
    late: bool = False
    done: bool = False
    move: str = ""
    version: int | None = None


@dataclass
class Day:
    """A day with what is on it."""

    date: dt.date
    is_today: bool
    is_outside: bool = False
    """Of the neighbouring month."""
    url: str = ""
    """The agenda from that day on."""
    items: list[CalendarItem] = field(default_factory=list)

    @property
    def first(self) -> list[CalendarItem]:
        """As many as a cell has room for."""
        return self.items[:IN_CELL]

    @property
    def more(self) -> int:
        """How many others there are."""
        return max(0, len(self.items) - IN_CELL)

    @property
    def is_weekend(self) -> bool:
        """Saturday or Sunday."""
        return self.date.weekday() >= 5


class CalendarPage(Viewed, Page, abstract=True):
    """A calendar. A subclass declares `permission`, `title`, `get_queryset()` and `get_items(first, last)`.

    `?span=` is month, week or agenda, `?at=` a day within it. Filters are those of the list (`filterset_class`).
    """

    template_name = "pages/calendar.html"
    buttons: ClassVar[tuple[Button, ...]] = ()
    views: ClassVar[tuple[View, ...]] = ()
    empty: ClassVar[Empty] = Empty(gettext_lazy("Nothing here yet"))

    def get_items(self, first: dt.date, last: dt.date) -> Iterable[CalendarItem]:
        """What lies on these days, both included."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()

    @cached_property
    def span(self) -> str:
        asked = self.request.GET.get("span", "")
        return asked if asked in dict(SPANS) else "month"

    @cached_property
    def at(self) -> dt.date:
        """The day around which the calendar stands; not further than people plan."""
        try:
            asked = dt.date.fromisoformat(self.request.GET.get("at", ""))
        except ValueError:
            return self.today
        return asked if 2000 <= asked.year < 2100 else self.today

    @cached_property
    def bounds(self) -> tuple[dt.date, dt.date]:
        """The first and the last day shown."""
        if self.span == "agenda":
            return self.at, self.at + dt.timedelta(days=AGENDA_DAYS - 1)
        monday = self.at - dt.timedelta(days=self.at.weekday())
        if self.span == "week":
            return monday, monday + dt.timedelta(days=6)
        shown = weeks.Calendar().monthdatescalendar(self.at.year, self.at.month)
        return shown[0][0], shown[-1][-1]

    @cached_property
    def days(self) -> list[Day]:
        """Every day shown, with its items in the order of their hours."""
        first, last = self.bounds
        outside = self.span == "month"
        dates = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
        found = {
            date: Day(
                date,
                is_today=date == self.today,
                is_outside=outside and date.month != self.at.month,
                url=self.url_with(span="agenda", at=date.isoformat()),
            )
            for date in dates
        }
        for item in sorted(self.get_items(first, last), key=lambda item: (item.at or dt.time.min, item.title)):
            end = min(item.until or item.day, last)
            day = max(item.day, first)
            while day <= end:
                found[day].items.append(item)
                day += dt.timedelta(days=1)
        return list(found.values())

    @property
    def rows(self) -> list[Sequence[Day]]:
        """Week by week."""
        return [self.days[start : start + 7] for start in range(0, len(self.days), 7)]

    @property
    def filled(self) -> list[Day]:
        """For the agenda: days with something on them."""
        return [day for day in self.days if day.items and not day.is_outside]

    @property
    def weekday_names(self) -> list[str]:
        return [date_format(day.date, "D") for day in self.days[:7]]

    @property
    def heading(self) -> str:
        """The month, or the days from and to."""
        first, last = self.bounds
        if self.span == "month":
            return date_format(self.at, "YEAR_MONTH_FORMAT")
        return f"{date_format(first, 'MONTH_DAY_FORMAT')} – {date_format(last, 'MONTH_DAY_FORMAT')}"

    def moved(self, way: int) -> str:
        """The address one span earlier or later."""
        if self.span == "month":
            edge = self.at.replace(day=1) + dt.timedelta(days=31 if way > 0 else -1)
            return self.url_with(at=edge.replace(day=1).isoformat())
        step = 7 if self.span == "week" else AGENDA_DAYS
        return self.url_with(at=(self.at + way * dt.timedelta(days=step)).isoformat())

    @property
    def earlier_url(self) -> str:
        return self.moved(-1)

    @property
    def later_url(self) -> str:
        return self.moved(1)

    @property
    def today_url(self) -> str:
        return self.url_with(at=None)

    def spans(self) -> list[tuple[str | Promise, str, bool]]:
        return [(label, self.url_with(span=code), code == self.span) for code, label in SPANS]

    @property
    def query(self) -> str:
        """For the view switcher: the filters alone."""
        return self.url_with(sort=None, size=None, span=None, at=None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"buttons": allowed_buttons(self.buttons, self.access), "nothing": _("Nothing on these days.")}
        return super().get_context_data(**(own | kwargs))
