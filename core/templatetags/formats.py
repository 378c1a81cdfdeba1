"""How figures and times read: 2.66 亿元, 1.2万, 今天 14:30; available everywhere without {% load %}."""

import datetime as dt
import functools
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.masking import mask_mail, mask_phone, mask_text
from core.money import exact_money, is_chinese, short_money
from core.worktime import SHANGHAI, today

register = template.Library()
WAN = 10_000
NOTHING = SafeString('<span class="ld-none">—</span>')


@register.filter
def money(amount: Decimal | None) -> str:
    """`{{ lead.amount|money }}`: 2.66 亿元; an empty amount is a dash."""
    return "—" if amount is None else short_money(Decimal(amount))


@register.filter
def money_exact(amount: Decimal | None) -> str:
    """The amount to the fen, for the title of a short one."""
    return "" if amount is None else exact_money(Decimal(amount))


@register.filter
def money_cell(amount: Decimal | None, language: str = "") -> SafeString:
    """The short amount with the exact one on hover."""
    return NOTHING if amount is None else money_of(Decimal(amount), language or get_language() or "")


@functools.lru_cache(maxsize=4096)
def money_of(amount: Decimal, language: str) -> SafeString:
    """One amount in one language; lists show the same round sums again and again."""
    return format_html(
        '<span class="ld-money" title="{}">{}</span>', exact_money(amount, language), short_money(amount, language)
    )


@register.filter
def number(value: Any) -> str:
    """Grouped digits; over ten thousand in Chinese as 1.2万."""
    if value is None:
        return "—"
    if is_chinese(None) and abs(value) >= WAN:
        return f"{value / WAN:.1f}".removesuffix(".0") + "万"
    return f"{value:,}"


@functools.lru_cache(maxsize=4096)
def day_words(date: dt.date, now: dt.date, _language: str) -> str:
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((date - now).days)
    if near or is_chinese(None):
        # Django's own Chinese format writes 09月; nobody does.
        return near or f"{'' if date.year == now.year else f'{date.year}年'}{date.month}月{date.day}日"
    return date_format(date, "MONTH_DAY_FORMAT" if date.year == now.year else "DATE_FORMAT")


@register.filter
def day(value: dt.date | dt.datetime | None, language: str = "") -> str:
    """今天, 明天, 昨天, 11月21日, or the whole date of another year."""
    if value is None:
        return "—"
    date = value.astimezone(SHANGHAI).date() if isinstance(value, dt.datetime) else value
    return day_words(date, today(), language or get_language() or "")


@register.filter
def moment(value: dt.datetime | None) -> str:
    """The day with the clock: 今天 14:30."""
    return "—" if value is None else f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}"


@register.filter
def when(value: dt.date | dt.datetime | None, language: str = "") -> SafeString:
    """`{{ lead.next_date|when }}`: the day (and clock), the exact time on hover."""
    if value is None:
        return NOTHING
    # Digits and translated words only: nothing here needs escaping, and lists have a hundred of them.
    if isinstance(value, dt.datetime):
        local = value.astimezone(SHANGHAI)
        exact, clock = local.isoformat(" ", "minutes")[:16], f"{local:%H:%M}"
        words = f"{day(local.date(), language)} {clock}"
        return SafeString(f'<time datetime="{local.isoformat()}" title="{exact}">{words}</time>')
    return SafeString(f'<time datetime="{value}" title="{value}">{day(value, language)}</time>')


@register.filter
def iso(value: dt.date | dt.datetime | None) -> str:
    """2026-11-21, of a moment the day where the reader is: for lists, where Django's `date` costs too much."""
    if value is None:
        return ""
    return (value.astimezone(SHANGHAI) if isinstance(value, dt.datetime) else value).isoformat()[:10]


@register.filter
def stamp(value: dt.datetime) -> str:
    """2026-11-21 14:30 where the reader is, for the title of a day in words."""
    return value.astimezone(SHANGHAI).isoformat(" ", "minutes")[:16]


@register.filter
def yuan(amount: Decimal | None) -> str:
    """The amount to the fen, or a dash."""
    return "—" if amount is None else exact_money(Decimal(amount))


@register.filter
def percent(share: Decimal | float | None, places: int = 0) -> str:
    """A share of one as a percentage: 0.853 → 85%; `percent:1` → 85.3%. Without a value, a dash."""
    if share is None:
        return "—"
    scaled = (Decimal(str(share)) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{scaled:,}%"


@register.filter
def worded(row: Any, field: str, language: str = "") -> str:
    """`{{ lead|worded:"stage" }}`: what `get_stage_display` says, without hashing all choices for every row."""
    code = getattr(row, field)
    model: Any = type(row)
    return choice_words(model, field, language or get_language() or "").get(code, str(code))


@functools.cache
def choice_words(model: Any, field: str, _language: str) -> dict[Any, str]:
    return {code: str(label) for code, label in model._meta.get_field(field).flatchoices}


register.filter("count", number)
register.filter("mask_phone", mask_phone)
register.filter("mask_mail", mask_mail)
register.filter("mask_text", mask_text)
