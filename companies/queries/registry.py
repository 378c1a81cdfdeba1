"""Finding companies, and telling which may be changed and which look alike."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from companies.duplicates import candidates
from companies.models import Company
from core.prepared import Prepared

if TYPE_CHECKING:
    from accounts.models import User

FEW = 3
# So many found companies are compared with each other; of more, only those whose name begins with the text come first.
MOST = 500


def find_companies(user: "User", text: str, limit: int = 8) -> list[Company]:
    """The best few for what was typed: strictly first, then with other characters in between, for short names."""
    rows = Company.objects.visible_to(user).slim()
    strict = rows.matching(text).candidates(text, MOST)
    found = in_order(rows, [pk for _rank, pk in strict][:limit])
    if len(found) < FEW and len(text) > 1 and not text.isascii():
        known = {company.pk for company in found}
        loose = [pk for _rank, pk in rows.matching(text, loose=True).candidates(text, MOST) if pk not in known]
        found += in_order(rows, loose[: limit - len(found)])
    return found


def others_found(user: "User", text: str, but: int | None, limit: int = 6) -> list[Company]:
    """The same without one company: nothing is offered to itself."""
    return [company for company in find_companies(user, text, limit + (but is not None)) if company.pk != but][:limit]


def in_order(rows: Any, ids: Sequence[int]) -> list[Any]:
    """The rows of these ids in their order, without those that are no longer there."""
    found = rows.in_bulk(ids) if ids else {}
    return [found[pk] for pk in ids if pk in found]


def may_change(user: "User", company: Company) -> bool:
    """Whether this person may correct the company (the rule of `companies.actions.require_change`)."""
    if company.origin_park_id is not None:
        return bool(user.access.can("companies.change", company.origin_park_id))
    owned = company.created_by_id == user.pk and user.access.can("companies.change")
    return bool(owned or user.access.can("companies.steward"))


# Of exactly this name; in a pair that waits for a decision; and the merges that made the company, marked by -1.
NEAR = Prepared(
    "near_company",
    """
(SELECT id, 0::bigint FROM companies_company WHERE name_key = %(name)s AND id <> %(company)s
   AND merged_into_id IS NULL AND (origin_park_id IS NULL OR origin_park_id = ANY(%(parks)s)) LIMIT %(most)s)
UNION ALL SELECT CASE left_id WHEN %(company)s THEN right_id ELSE left_id END, id FROM companies_duplicate
   WHERE (left_id = %(company)s OR right_id = %(company)s) AND state IN ('open', 'later')
   AND (park_id IS NULL OR park_id = ANY(%(parks)s))
UNION ALL SELECT id, -1 FROM companies_merge
   WHERE survivor_id = %(company)s AND (park_id IS NULL OR park_id = ANY(%(parks)s))
""",
)


def near(user: "User", company: Company, limit: int = 5) -> tuple[list[Company], list[int]]:
    """Other visible companies that may be the same, and the ids of the merges that made this one.

    Alike are the pairs that wait for a decision, and all of exactly this name; a company that stands in a pair carries
    that pair's id as `pair_id`, else 0. One statement where there is neither. A portal session sees none.
    """
    if user.access.is_portal:
        return [], []
    found: dict[int, int] = {}
    made: list[int] = []
    parks = list(user.access.read_parks)
    for pk, pair in NEAR.rows(company=company.pk, name=company.name_key, parks=parks, most=limit):
        if pair < 0:
            made.append(pk)
        else:
            found[pk] = max(pair, found.get(pk, 0))
    rows: Any = Company.objects.visible_to(user).live().only("name", "credit_code", "origin_park")
    similar = list(rows.filter(pk__in=list(found)[: 2 * limit])) if found else []
    for one in similar:
        one.pair_id = found[one.pk]
    return sorted(similar, key=lambda one: (not one.pair_id, one.pk))[:limit], made


def similar_by_name(user: "User", name: str, limit: int = 3) -> list[Company]:
    """What is there already while a name is typed in: what contains it, then what the search for duplicates finds."""
    typed = Company(name=name[:200], origin_park_id=user.access.home_park_id)
    typed.derive()
    likely = [other for other, _how in candidates([typed]).get(0, ())]
    seen = set(Company.objects.visible_to(user).filter(pk__in=[one.pk for one in likely]).values_list("pk", flat=True))
    both = [*(one for one in likely if one.pk in seen), *find_companies(user, name, limit)]
    return list({one.pk: one for one in both}.values())[:limit]


def neighbours_of(user: "User", company: Company, limit: int = 5) -> list[Company]:
    """Companies of the same industry in the same city, the newest first: whom else to ask there."""
    if not (company.industry_id and company.province and company.city):
        return []
    rows: Any = Company.objects.visible_to(user).live().slim().exclude(pk=company.pk)
    same = rows.filter(province=company.province, city=company.city, industry_id=company.industry_id)
    return list(same.order_by("province", "city", "-pk")[:limit])
