"""Taking former and short names of companies from a list of aliases."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import pghistory
from django.db import transaction
from django.utils import timezone

from companies.actions.registry import set_listing
from companies.models import DERIVED, Company
from core.access import require
from core.searchkeys import normalise

if TYPE_CHECKING:
    from accounts.models import User

BATCH: Final = 1000
LONGEST: Final = {"short_names": 60, "former_names": 200}
WRITTEN: Final = ("short_names", "former_names", "stock_code", "exchange", "marks", "updated_at", "version", *DERIVED)


@dataclass(frozen=True)
class Alias:
    """One line: the company's full name, what it is or was called too, and its stock code if it has one."""

    full_name: str
    alias: str
    former: bool = False
    stock_code: str = ""


@dataclass
class AliasOutcome:
    """Counts of aliases: new to a company of the registry, known already, or of a company that is not there."""

    added: int = 0
    known: int = 0
    unknown: int = 0


def load_aliases(*, by: "User", aliases: Iterable[Alias]) -> AliasOutcome:
    """Add names to the registry's companies of exactly that full name; the same list again changes nothing."""
    require(by, "companies.steward")
    outcome, iterator = AliasOutcome(), iter(aliases)
    with pghistory.context(user=by.pk, command="load_aliases"):
        while batch := list(islice(iterator, BATCH)):
            _load(batch, outcome)
    return outcome


@transaction.atomic
def _load(batch: list[Alias], outcome: AliasOutcome) -> None:
    wanted: dict[str, list[Alias]] = {}
    for alias in batch:
        wanted.setdefault(normalise(alias.full_name)[:200], []).append(alias)
    rows = Company.objects.filter(origin_park=None, name_key__in=wanted).select_for_update(of=("self",)).order_by("pk")
    found = {row.name_key for row in rows}
    outcome.unknown += sum(len(of_name) for key, of_name in wanted.items() if key not in found)
    changed = list(_changed(rows, wanted, outcome))
    Company.objects.bulk_update(changed, [*WRITTEN], batch_size=200)


def _changed(rows: Iterable[Company], wanted: Mapping[str, list[Alias]], outcome: AliasOutcome) -> Iterator[Company]:
    for company in rows:
        added = sum(_take(company, alias) for alias in wanted[company.name_key])
        outcome.added += added
        outcome.known += len(wanted[company.name_key]) - added
        if added:
            company.derive()
            company.version = company.version + 1
            company.updated_at = timezone.now()
            yield company


def _take(company: Company, alias: Alias) -> bool:
    """Put one alias into the row; whether it said anything new."""
    field = "former_names" if alias.former else "short_names"
    names: list[str] = getattr(company, field)
    text = alias.alias.strip()[: LONGEST[field]]
    new_code = bool(alias.stock_code and not company.stock_code)
    if new_code:
        company.stock_code = alias.stock_code
        set_listing(company)
    if not text or normalise(text) in {normalise(name) for name in (company.name, *names)}:
        return new_code
    setattr(company, field, [*names, text])
    return True
