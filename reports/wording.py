"""Figures, rules and findings in words, in the language that is active."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import short_money
from reports.formulas import HUNDRED, ZERO
from reports.indicators import BY_CODE, Indicator
from reports.scoring import NOTHING, Figure, Item

DASH = "—"


def plain(number: Decimal | str | int) -> str:
    """Without needless zeros: 15, 1.5."""
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal | None) -> str:
    """A share as 96 %; a dash of nothing."""
    return DASH if share is None else f"{plain(round(share * HUNDRED))}%"


def figure_text(indicator: Indicator, figure: Figure) -> str:
    """As the table shows it."""
    if indicator.kind == "ratio":
        return percent(figure.value(indicator.code))
    if indicator.kind == "amount" and figure.n:
        return short_money(figure.total)
    return f"{figure.total.normalize() + 0:,f}"


def figure_title(indicator: Indicator, figure: Figure) -> str:
    """What the figure is made of, exactly."""
    if indicator.kind == "ratio":
        return _("%(done)s of %(all)s") % {"done": plain(figure.total), "all": figure.n}
    if indicator.kind == "amount":
        return _("%(amount)s yuan") % {"amount": f"{figure.total:,.2f}"}
    names = {"n": figure.n, "total": plain(figure.total)}
    if figure.total != figure.n:
        return ngettext("%(total)s of %(n)d record", "%(total)s in %(n)d parts", figure.n) % names
    return ngettext("%(n)d record", "%(n)d records", figure.n) % names


def value_text(indicator: Indicator, value: Decimal) -> str:
    """One record's part of the figure."""
    if indicator.kind == "amount":
        return short_money(value)
    if indicator.kind == "ratio":
        return _("in time") if value else _("late")
    return plain(value)


def _per_unit(item: Item, names: dict[str, str]) -> str:
    if not Decimal(names["points"]):
        return _("shown, no points")
    unit = Decimal(str(item.get("unit", "1")))
    if BY_CODE[item["indicator"]].kind == "amount":
        text = _("%(points)s per %(unit)s, at most %(cap)s") if "cap" in names else _("%(points)s per %(unit)s")
        return text % (names | {"unit": short_money(unit)})
    text = _("%(points)s each, at most %(cap)s") if "cap" in names else _("%(points)s each")
    return text % (names | {"points": plain(Decimal(names["points"]) / unit)})


def rule_of(item: Item) -> str:
    """How an item scores, short enough for a column header."""
    names = {name: plain(item[name]) for name in ("points", "cap", "start", "floor") if name in item}
    match item["formula"]:
        case "points_per_unit":
            return _per_unit(item, names)
        case "ratio_to_target":
            return _("share × %(points)s") % names
        case "min_max":
            base, span = Decimal(str(item.get("base", "60"))), Decimal(str(item.get("span", "40")))
            return _("within the group, %(base)s to %(top)s") % {"base": plain(base), "top": plain(base + span)}
        case "deduction":
            return _("%(start)s less deductions") % names
        case "weighted_mean_of_ratios" | "all_or_deduct":
            return _("up to %(points)s") % names
        case "tiers":
            return _("in steps")
        case unknown:
            raise ValueError(f"unknown formula {unknown!r}")


def rules_by_indicator(items: Sequence[Item]) -> dict[str, str]:
    """The rule of each column."""
    return {item["indicator"]: rule_of(item) for item in items}


def change(now: Decimal, before: Decimal | None) -> str:
    """+18%, −3%, or nothing where there is nothing to compare with."""
    if not before:
        return ""
    moved = round((now - before) / before * HUNDRED)
    return f"{'+' if moved >= 0 else '−'}{abs(moved)}%"


def stored_totals(totals: Mapping[str, Any]) -> dict[str, Figure]:
    """Of a report's `totals`."""
    return {code: Figure.read(stored) for code, stored in totals.items()}


def finding(totals: Mapping[str, Figure], before: Mapping[str, Figure] | None) -> str:
    """The sentence above the table: what the month brought, and the movement against the month before."""
    signed, agreed = totals.get("signings", NOTHING), totals.get("amount_agreed", NOTHING)
    funds = totals.get("funds_recognised", NOTHING).total
    out, came = totals.get("outbound_visits", NOTHING).n, totals.get("inbound_visits", NOTHING).n
    earlier = before.get("amount_agreed", NOTHING).total if before else ZERO
    moved = change(agreed.total, earlier)
    parts = [
        ngettext(
            "%(n)s signing, %(amount)s agreed%(change)s",
            "%(n)s signings, %(amount)s agreed%(change)s",
            1 if signed.total == 1 else 2,
        )
        % {
            "n": plain(signed.total),
            "amount": short_money(agreed.total),
            "change": _(" (%(change)s on the month before)") % {"change": moved} if moved else "",
        },
        _("%(amount)s of funds recognised") % {"amount": short_money(funds)},
        _("%(out)d visits out, %(came)d in") % {"out": out, "came": came},
    ]
    return _("; ").join(parts) + _(".")
