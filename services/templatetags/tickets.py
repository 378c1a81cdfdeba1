"""Chips and words of requests: the working time that is left, a state, a span of working time."""

from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from services import clocks
from services.queries import Timer

register = template.Library()
TONES = {
    "new": "ld-tag-accent",
    "open": "",
    "waiting_enterprise": "ld-tag-amber",
    "waiting_third": "ld-tag-amber",
    "resolved": "ld-tag-green",
    "closed": "",
}
NOTHING = SafeString('<span class="ld-none">—</span>')


def spoken(days: int, hours: int, minutes: int) -> str:
    """“3 working days 2 h”, “2 h 10 m”, “10 m”."""
    if days:
        return _("%(d)s working d %(h)s h") % {"d": days, "h": hours} if hours else _("%(d)s working d") % {"d": days}
    if hours:
        return _("%(h)s h %(m)s m") % {"h": hours, "m": minutes} if minutes else _("%(h)s h") % {"h": hours}
    return _("%(m)s m") % {"m": minutes}


@register.filter
def timer(value: Timer) -> SafeString:
    """The chip: working time left, grey when paused, red with the overrun; the exact moment on hover."""
    if value.state == "done":
        return NOTHING
    span = spoken(*value.days_hours_minutes)
    words = {
        "late": _("%(span)s overdue"),
        "paused": _("Paused · %(span)s left"),
    }.get(value.state, _("%(span)s left")) % {"span": span}
    lead = _("Answer") if value.is_response else ""
    exact = timezone.localtime(value.due_at).strftime("%Y-%m-%d %H:%M")
    hint = _("Due %(moment)s, counted in working time") % {"moment": exact}
    if value.state == "paused":
        hint = _("The clock stands: %(reason)s") % {"reason": value.reason}
    return format_html(
        '<span class="ld-timer ld-timer-{}" title="{}">{}<span class="ld-timer-text">{}</span></span>',
        value.state,
        hint,
        format_html('<span class="ld-timer-lead">{}</span>', lead) if lead else "",
        words,
    )


@register.filter
def ticket_state(ticket: Any) -> SafeString:
    """The state as a tag."""
    return format_html('<span class="ld-tag {}">{}</span>', TONES.get(ticket.state, ""), ticket.get_state_display())


@register.simple_tag
def working_span(minutes: int | None, day: timedelta) -> str:
    """Minutes of working time in words."""
    return "—" if minutes is None else spoken(*clocks.in_days(timedelta(minutes=minutes), day))


@register.filter
def stars(rating: int | None) -> SafeString:
    """★★★★☆ with the figure for those who do not see it."""
    if not rating:
        return NOTHING
    said = _("%(n)s of 5") % {"n": rating}
    return format_html(
        '<span class="ld-stars" role="img" aria-label="{}">{}<span class="ld-stars-rest">{}</span></span>',
        said,
        "★" * rating,
        "★" * (5 - rating),
    )
