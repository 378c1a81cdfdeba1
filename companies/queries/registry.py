"""Finding companies, and telling which may be changed and which look alike."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from companies.duplicates import candidates
from companies.models import Company, Duplicate
from companies.querysets import heavy

if TYPE_CHECKING:
    from accounts.models import User

FEW = 3
# So many found companies are compared with each other; of more, only those whose name begins with the text come first.
MOST = 500


def find_companies(user: "User", text: str, limit: int = 8) -> list[Company]:
    """The best few for what was typed: strictly first, then with other characters in between, for short names."""
    rows = Company.objects.visible_to(user).slim()
    strict = rows.search(text).candidates(text, MOST)
    found = _best(rows, strict, text, limit)
    if len(found) < FEW and len(text) > 1 and not text.isascii():
        loose = set(rows.search(text, loose=True).candidates(text, MOST)) - set(strict)
        found += _best(rows, loose, text, limit - len(found))
    return found


def _best(rows: Any, ids: Collection[int], text: str, limit: int) -> list[Company]:
    return list(rows.filter(pk__in=ids).ranked(text)[:limit]) if ids else []


def may_change(user: "User", company: Company) -> bool:
    """Whether this person may correct the company (the rule of `companies.actions.require_change`)."""
    if company.origin_park_id is not None:
        return bool(user.access.can("companies.change", company.origin_park_id))
    owned = company.created_by_id == user.pk and user.access.can("companies.change")
    return bool(owned or user.access.can("companies.steward"))


def similar_to(user: "User", company: Company, limit: int = 5) -> list[Company]:
    """Other visible companies that may be the same: the pairs that wait for a decision, and all of exactly this name.

    A company that stands in a pair carries it as `pair`.
    """
    pairs = (
        Duplicate.objects.visible_to(user).of(company).filter(state__in=[Duplicate.State.OPEN, Duplicate.State.LATER])
    )
    found: dict[int, Company] = {}
    for pair in pairs.select_related("left", "right").defer(*heavy("left"), *heavy("right")).order_by("-score")[:limit]:
        other: Any = pair.other(company)
        other.pair = pair
        found[other.pk] = other
    named: Any = Company.objects.visible_to(user).live().slim().filter(name_key=company.name_key).exclude(pk=company.pk)
    for other in named.order_by("pk")[:limit]:
        found.setdefault(other.pk, other)
    return list(found.values())[:limit]


def similar_by_name(user: "User", name: str, limit: int = 3) -> list[Company]:
    """What is there already while a name is typed in: what contains it, then what the search for duplicates finds."""
    typed = Company(name=name[:200], origin_park_id=user.access.home_park_id)
    typed.derive()
    likely = [other for other, _how in candidates([typed]).get(0, ())]
    seen = set(Company.objects.visible_to(user).filter(pk__in=[one.pk for one in likely]).values_list("pk", flat=True))
    both = [*(one for one in likely if one.pk in seen), *find_companies(user, name, limit)]
    return list({one.pk: one for one in both}.values())[:limit]
