"""The rules: what two companies have in common, and how much that says. They propose; a person merges.

- Two different valid credit codes are two companies, whatever they are called, unless the organisation code inside both
  or the stock code is the same; even then a person decides.
- The valid credit code and the stock code are keys. Names only propose.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from companies.duplicates.names import normal_name
from companies.duplicates.places import bare_place, places_in
from core.pinyin import readings
from core.searchkeys import normalise

if TYPE_CHECKING:
    from companies.models import Company

CODE, STOCK, ORGANISATION = "code", "stock", "organisation"
NAME, CORE, ALIAS, SOUND, SIMILAR = "name", "core", "alias", "sound", "similar"
SCORES: Final = {CODE: 100, STOCK: 95, NAME: 85, CORE: 75, ALIAS: 78, SOUND: 62, ORGANISATION: 60}
SAME_PLACE, OTHER_PLACE = 8, -35
# Below this nobody wants to be asked.
LEAST_SCORE: Final = 45
LEAST_LIKENESS: Final = 0.8
RELATED: Final = 0.5
SHORTEST_SIMILAR: Final = 4


@dataclass(frozen=True)
class Likeness:
    """What two companies have in common: the strongest evidence, and 0–100."""

    evidence: str
    score: int


def compare(one: "Company", other: "Company") -> Likeness | None:
    """What speaks for these two being one; None when nothing does, or when their codes say that they are two."""
    kind = _by_keys(one, other)
    if kind is None and one.code_kind == other.code_kind == "valid":
        return None
    score = SCORES[kind] if kind else 0
    if kind is None:
        kind, score = _by_names(one, other)
    if kind in {CODE, STOCK, ORGANISATION}:
        # The same key under names that have nothing in common may be an error of the source.
        related = names_related(one.name, other.name)
        return Likeness(kind, score if related or kind == STOCK else score - 20)
    score = min(99, score + _place_score(one, other)) if kind else 0
    return Likeness(kind, score) if score >= LEAST_SCORE else None


def names_related(one: str, other: str) -> bool:
    """Whether two names may be of one company that was renamed: half of their cores is the same."""
    return _ratio(normal_name(one), normal_name(other)) >= RELATED


def _by_keys(one: "Company", other: "Company") -> str | None:
    both = one.code_kind == other.code_kind == "valid"
    if both and one.credit_code == other.credit_code:
        return CODE
    if one.stock_code and one.stock_code == other.stock_code and _one_exchange(one, other):
        return STOCK
    return ORGANISATION if both and one.credit_code[8:17] == other.credit_code[8:17] else None


def _one_exchange(one: "Company", other: "Company") -> bool:
    return not (one.exchange and other.exchange) or one.exchange == other.exchange


def _by_names(one: "Company", other: "Company") -> tuple[str, int]:
    if normalise(one.name) == normalise(other.name):
        return NAME, SCORES[NAME]
    if one.normal_key and one.normal_key == other.normal_key:
        return CORE, SCORES[CORE]
    if _common(one, other):
        return ALIAS, SCORES[ALIAS]
    if min(len(one.normal_key), len(other.normal_key)) < SHORTEST_SIMILAR:
        return "", 0
    if sound_of(one.normal_key) == sound_of(other.normal_key):
        return SOUND, SCORES[SOUND]
    ratio = _ratio(one.normal_key, other.normal_key)
    return (SIMILAR, round(ratio * 70)) if ratio >= LEAST_LIKENESS else ("", 0)


def _common(one: "Company", other: "Company") -> bool:
    mine, theirs = {one.normal_key, *one.alias_keys}, {other.normal_key, *other.alias_keys}
    return bool((mine & theirs) - {""})


def sound_of(core: str) -> tuple[str, ...]:
    """The core's syllables."""
    return tuple(readings(core).syllables)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _place_score(one: "Company", other: "Company") -> int:
    """The same place makes it likelier, another one less so; what is not known says nothing."""
    known = [(a, b) for a, b in zip(_places(one), _places(other), strict=True) if a and b]
    if any(a != b for a, b in known):
        return OTHER_PLACE
    return SAME_PLACE if known else 0


def _places(company: "Company") -> tuple[str, str]:
    province, city = places_in(normalise(company.name))
    return bare_place(company.province) or province, bare_place(company.city) or city


def best(found: "Iterable[tuple[Company, Likeness]]", most: int) -> "list[tuple[Company, Likeness]]":
    """The likeliest, at most so many: a core that dozens share tells nothing apart."""
    return sorted(found, key=lambda pair: (-pair[1].score, pair[0].pk))[:most]
