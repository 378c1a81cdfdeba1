"""Periods in words, for filters: “this month” stays a word in addresses and saved views and means the running month."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import DateTimeField, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_filters.widgets import SuffixedMultiWidget
from drf_spectacular.utils import extend_schema_field

from core.worktime import CalendarError, Month, parse_month, start_of_day

Days = tuple[date, date]
"""Half-open: the first day, and the first one after it."""

PERIODS: Final = (
    ("today", pgettext_lazy("day", "Today")),
    ("this_week", gettext_lazy("This week")),
    ("last_week", gettext_lazy("Last week")),
    ("this_month", gettext_lazy("This month")),
    ("last_month", gettext_lazy("Last month")),
    ("this_quarter", gettext_lazy("This quarter")),
    ("last_quarter", gettext_lazy("Last quarter")),
    ("this_year", gettext_lazy("This year")),
    ("last_year", gettext_lazy("Last year")),
    ("last_7_days", gettext_lazy("Last 7 days")),
    ("last_30_days", gettext_lazy("Last 30 days")),
    ("next_7_days", gettext_lazy("Next 7 days")),
    ("next_30_days", gettext_lazy("Next 30 days")),
)
MONTHLY: Final = tuple(pair for pair in PERIODS if pair[0].endswith(("_month", "_quarter", "_year")))
BETWEEN: Final = "between"
LABELS: Final = dict(PERIODS)


def days_of(period: str, today: date) -> Days:
    """The days of a period as they are on `today`. Weeks begin on Monday; “last 30 days” has today as its last.

    Raises KeyError for what is no period.
    """
    return _BOUNDS[period](today)


def _week(today: date, shift: int) -> Days:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
    return monday, monday + timedelta(weeks=1)


def _months(today: date, length: int, shift: int) -> Days:
    """The stretch of `length` calendar months that holds today, or one before or after it."""
    first = Month(today.year, (today.month - 1) // length * length + 1).shift(length * shift)
    return first.first, first.shift(length).first


_BOUNDS: Final[dict[str, Callable[[date], Days]]] = {
    "today": lambda today: (today, today + timedelta(days=1)),
    "this_week": lambda today: _week(today, 0),
    "last_week": lambda today: _week(today, -1),
    "this_month": lambda today: _months(today, 1, 0),
    "last_month": lambda today: _months(today, 1, -1),
    "this_quarter": lambda today: _months(today, 3, 0),
    "last_quarter": lambda today: _months(today, 3, -1),
    "this_year": lambda today: _months(today, 12, 0),
    "last_year": lambda today: _months(today, 12, -1),
    "last_7_days": lambda today: (today - timedelta(days=6), today + timedelta(days=1)),
    "last_30_days": lambda today: (today - timedelta(days=29), today + timedelta(days=1)),
    "next_7_days": lambda today: (today, today + timedelta(days=7)),
    "next_30_days": lambda today: (today, today + timedelta(days=30)),
}


@dataclass(frozen=True)
class Span:
    """What a filter asks for: a period in words, or days (moments, from programs) of which either end may be open."""

    period: str = ""
    after: date | datetime | None = None
    before: date | datetime | None = None
    said: str = ""

    def __str__(self) -> str:
        """As a chip says it."""
        if self.period or self.said:
            return self.said or str(LABELS[self.period])
        ends = (self.after, self.before)
        return " – ".join("…" if end is None else date_format(end, "SHORT_DATE_FORMAT") for end in ends)

    def conditions(self, path: str, *, moments: bool) -> dict[str, Any]:
        """Look-ups for a field of days, or of moments: half-open, so that a day is whole."""
        if self.period:
            first, following = days_of(self.period, timezone.localdate())
        else:
            first, following = self.after, _following(self.before)  # type: ignore[assignment]  # either end may be open
        turn: Callable[[Any], Any] = _moment if moments else (lambda day: day)
        ends = {f"{path}__gte": first, f"{path}__lt": following}
        return {lookup: turn(end) for lookup, end in ends.items() if end is not None}


def _following(end: date | datetime | None) -> date | datetime | None:
    """The last day is meant whole; a moment is meant as it is."""
    return end if end is None or isinstance(end, datetime) else end + timedelta(days=1)


def _moment(end: date | datetime) -> datetime:
    return end if isinstance(end, datetime) else start_of_day(end)


_FROM, _TO = gettext_lazy("From day"), gettext_lazy("Up to day")


class SpanWidget(SuffixedMultiWidget):
    """`happened=this_month`, or `happened_after=…&happened_before=…`: a choice with two date pickers below it."""

    template_name = "parts/span.jinja"
    suffixes = ["", "after", "before"]

    def __init__(self, attrs: Any = None) -> None:
        choices = [("", gettext_lazy("Any")), *PERIODS, (BETWEEN, gettext_lazy("From … to …"))]
        ends = [forms.DateInput(attrs={"type": "date", "aria-label": label}) for label in (_FROM, _TO)]
        super().__init__([forms.Select(choices=choices), *ends], attrs)  # type: ignore[no-untyped-call]  # django-filter has no types

    def id_for_label(self, id_: str) -> str:
        """The choice."""
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Span | None) -> list[Any]:
        return [value.period, value.after, value.before] if value else ["", None, None]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Days without a word show as “from … to …”."""
        if isinstance(value, list) and not value[0] and any(value[1:]):
            value = [BETWEEN, *value[1:]]
        context: dict[str, Any] = super().get_context(name, value, attrs)  # type: ignore[no-untyped-call]  # as above
        return context


class DayField(forms.Field):
    """A day as people pick it, or a moment as programs send it (ISO 8601)."""

    def to_python(self, value: Any) -> date | datetime | None:
        """Raises ValidationError for what is neither."""
        if not value:
            return None
        text = str(value)
        if len(text) == len("2026-01-31"):
            day: date = forms.DateField(input_formats=["%Y-%m-%d"]).clean(text)
            return _within(day)
        moment: datetime = forms.DateTimeField().clean(text)
        _within(moment.date())
        return moment


def _within(day: date) -> date:
    """Half-open days and zones need some room at the ends of the calendar."""
    if not 1 < day.year < 9999:
        raise forms.ValidationError(_("Give a day of this or a neighbouring century."), code="invalid")
    return day


class SpanField(forms.MultiValueField):
    """A `Span`, or None."""

    widget = SpanWidget

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", ""), *PERIODS, (BETWEEN, "")]
        parts = (forms.ChoiceField(choices=choices, required=False), DayField(required=False), DayField(required=False))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[Any]) -> Span | None:
        """The word wins over the days that may have been left below it."""
        period, after, before = [*data_list, None, None, None][:3]
        if period and period != BETWEEN:
            return Span(period)
        return Span("", after, before) if after or before else None


@extend_schema_field(
    {"type": "string", "description": f"{', '.join(LABELS)}; or days and moments, ISO 8601, in …_after and …_before"}
)
class PeriodFilter(django_filters.RangeFilter):
    """A field of days or moments, by a period in words or by days."""

    field_class = SpanField  # type: ignore[assignment]  # RangeFilter tells the schema of the suffixes, no more

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types

    def filter(self, qs: QuerySet[Any], value: Span | None) -> QuerySet[Any]:
        """Narrow to the span."""
        if value is None:
            return qs
        moments = isinstance(qs.model._meta.get_field(self.field_name), DateTimeField)
        return qs.filter(**value.conditions(self.field_name, moments=moments))


MONTHS_OFFERED: Final = 12


def months_offered() -> list[tuple[str, Any]]:
    """The words, and the last twelve months by name."""
    now = Month.of(timezone.localdate())
    past = [now.shift(-back) for back in range(MONTHS_OFFERED)]
    return [("", "---"), *MONTHLY, *((str(month), date_format(month.first, "YEAR_MONTH_FORMAT")) for month in past)]


class MonthSelect(forms.Select):
    """The months offered, and whichever older one the address names."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """`2026-11-01` is November, too."""
        asked = [_MONTH_OF_DAY.sub(r"\1", text) for text in value]
        known = {code for code, _label in self.choices}
        self.choices = [*self.choices, *((text, text) for text in asked if text not in known)]
        return list(super().optgroups(name, asked, attrs))


_MONTH_OF_DAY: Final = re.compile(r"^(\d{4}-\d\d)-\d\d$")


class MonthField(forms.ChoiceField):
    """A `Span` of whole months by a word, by `2026-11` or by any day of the month."""

    widget = MonthSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=months_offered, **kwargs)

    def clean(self, value: Any) -> Span | None:
        """Raises ValidationError for what is no month."""
        text = _MONTH_OF_DAY.sub(r"\1", str(value or "").strip())
        if not text or text in dict(MONTHLY):
            return Span(text) if text else None
        try:
            month = parse_month(text)
        except CalendarError as error:
            raise forms.ValidationError(str(error), code="invalid") from error
        last = month.shift(1).first - timedelta(days=1)
        return Span("", month.first, last, date_format(month.first, "YEAR_MONTH_FORMAT"))


@extend_schema_field(
    {"type": "string", "description": f"A month such as 2026-11, or {', '.join(code for code, _label in MONTHLY)}"}
)
class MonthFilter(django_filters.Filter):
    """The months in which something counts: its field holds the first day of one."""

    field_class = MonthField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types

    def filter(self, qs: QuerySet[Any], value: Span | None) -> QuerySet[Any]:
        """Narrow to them."""
        return qs.filter(**value.conditions(self.field_name, moments=False)) if value else qs
