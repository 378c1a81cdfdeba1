"""Finding companies, and telling which may be changed and which look alike."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from companies.models import Company

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
    """Other visible companies of exactly the same normalised name: perhaps the same one."""
    rows: Any = Company.objects.visible_to(user).slim().filter(name_key=company.name_key).exclude(pk=company.pk)
    return list(rows.order_by("pk")[:limit])


def neighbours_of(user: "User", company: Company, limit: int = 5) -> list[Company]:
    """Companies of the same industry in the same city, the newest first: whom else to ask there."""
    if not (company.industry_id and company.province and company.city):
        return []
    rows: Any = Company.objects.visible_to(user).slim().exclude(pk=company.pk)
    same = rows.filter(province=company.province, city=company.city, industry_id=company.industry_id)
    return list(same.order_by("province", "city", "-pk")[:limit])
