"""Dividing: percentages that sum to exactly 100, and amounts of which not a cent is lost. Pure arithmetic.

What cannot be divided evenly goes, a hundredth each, to the largest remainders; among equal ones to the larger share,
then to the first named. The reports do the same in SQL (`reports.indicators`).
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Final

WHOLE: Final = Decimal(100)
CENT: Final = Decimal("0.01")


def parts_of(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`total` divided by weight to the cent; the parts sum to exactly `total`. Weights sum to more than nothing."""
    whole = sum(weights, Decimal(0))
    exact = [total * weight / whole for weight in weights]
    parts = [part.quantize(CENT, ROUND_DOWN) for part in exact]
    left = int((total - sum(parts, Decimal(0))) / CENT)
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], -weights[at], at))
    for at in order[:left]:
        parts[at] += CENT
    return parts


def evenly(count: int) -> list[Decimal]:
    """100 % for so many people: 33.34, 33.33, 33.33."""
    return parts_of(WHOLE, [Decimal(1)] * count) if count else []


def partner_part(total: Decimal, own_percent: Decimal) -> Decimal:
    """What of a result counts in the other park: its percentage, less what is below a cent."""
    return (total * (WHOLE - own_percent) / WHOLE).quantize(CENT, ROUND_DOWN)


def by_role(roles: Sequence[str], *, first: Decimal, assist: Decimal) -> list[Decimal]:
    """A park's default: so much for the first contact and for each assist, the owner has what is left.

    However many assist, none of them gets more than the owner keeps. Exactly one role is `owner`.
    """
    for_first = first if "first" in roles else Decimal(0)
    assists = roles.count("assist")
    at_most = ((WHOLE - for_first) / (assists + 1)).quantize(CENT, ROUND_DOWN)
    each = min(assist, at_most)
    held = {"first": for_first, "assist": each, "owner": WHOLE - for_first - assists * each}
    return [held[role] for role in roles]
