"""Taking a register into the registry: streamed, matched by code, without effect the second time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.actions.registry import load_industries, set_capital
from companies.copying import copy_in
from companies.models import DERIVED, Company, Industry
from companies.registers import Line, Reading, company_of
from core.access import require
from core.errors import Refused
from core.searchkeys import normalise

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 2000
LOCK = 7301
# What an update writes; the key itself and who brought the row in stay.
WRITTEN = (
    "name", "former_names", "short_names", "foreign_name", "credit_code", "code_kind", "industry", "province", "city",
    "address", "registered_on", "capital_raw", "capital", "capital_currency", "stock_code", "website", "introduction",
    "updated_at", "version", *DERIVED,
)  # fmt: skip


@dataclass
class Outcome:
    """What an import did: counts of rows, and the rows that failed or were strange, with their line numbers."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    warnings: list[tuple[int, str]] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Rows dealt with."""
        return self.created + self.updated + self.unchanged + len(self.failed)


def import_companies(
    *, by: "User", lines: Iterable[Line], source: str, report: Callable[[Outcome], None] = lambda outcome: None
) -> Outcome:
    """Write a register's companies into the registry, two thousand at a time, each batch in a transaction of its own.

    A valid code identifies a company; a row with an old or wrong one (kept, with a warning) or with none is the company
    of the same name with the same code text. An empty cell says nothing. Of rows for one company the first counts.
    """
    require(by, "companies.steward")
    load_industries()
    outcome, seen, industries = Outcome(), dict[str, int](), _industries()
    with pghistory.context(user=by.pk, command="import_companies"):
        for batch in _batches(lines):
            readings = list(_readings(batch, industries, source[:120], seen, outcome))
            _write(by, readings, outcome)
            report(outcome)
    return outcome


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    iterator = iter(lines)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _industries() -> dict[str, Industry]:
    rows = list(Industry.objects.all())
    return {normalise(row.name): row for row in rows} | {row.code: row for row in rows}


def _readings(
    lines: Iterable[Line], industries: Mapping[str, Industry], source: str, seen: dict[str, int], outcome: Outcome
) -> Iterator[Reading]:
    """The usable lines; the others are counted and named."""
    for line in lines:
        try:
            reading = company_of(line, industries, source)
        except Refused as refusal:
            outcome.failed.append((line.number, str(refusal)))
            continue
        set_capital(reading.company)
        outcome.warnings += [(line.number, warning) for warning in _warnings(reading)]
        first = seen.setdefault(_key(reading.company), line.number)
        if first == line.number:
            yield reading
        else:
            outcome.unchanged += 1
            outcome.warnings.append((line.number, _("The same company as on line %s, which counts.") % first))


def _warnings(reading: Reading) -> list[str]:
    kind = reading.company.code_kind
    if kind in {"", "valid"}:
        return reading.warnings
    label = reading.company.get_code_kind_display()
    return [*reading.warnings, _("%(code)s: %(problem)s.") % {"code": reading.company.credit_code, "problem": label}]


def _key(company: Company) -> str:
    """What identifies a company in a register."""
    if company.code_kind == "valid":
        return company.credit_code
    return f"{company.name_key}|{company.credit_code}"


def _write(by: "User", readings: list[Reading], outcome: Outcome) -> None:
    try:
        created, updated = _write_batch(by, readings)
    except IntegrityError:
        # Somebody typed one of these codes in at the same moment: now it is there to be found.
        created, updated = _write_batch(by, readings)
    outcome.created += created
    outcome.updated += updated
    outcome.unchanged += len(readings) - created - updated


@transaction.atomic
def _write_batch(by: "User", readings: list[Reading]) -> tuple[int, int]:
    """How many were created and updated. One import writes at a time."""
    with connection.cursor() as cursor:
        # No SELECT: the history's context travels with other statements only, and COPY goes around it.
        cursor.execute("VALUES (pg_advisory_xact_lock(%s)::text)", [LOCK])
    there = {_key(company): company for company in _existing(readings)}
    new = [reading.company for reading in readings if _key(reading.company) not in there]
    for company in new:
        company.created_by = by
    changed = [there[key] for r in readings if (key := _key(r.company)) in there and _taken_over(there[key], r)]
    copy_in(new)
    # An upsert by primary key: a bulk UPDATE of so many columns would be a CASE per column and row.
    Company.objects.bulk_create(
        changed, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    return len(new), len(changed)


def _existing(readings: Iterable[Reading]) -> Iterable[Company]:
    """The registry's rows that these lines speak of, locked."""
    codes = [r.company.credit_code for r in readings if r.company.code_kind == "valid"]
    names = [r.company.name_key for r in readings if r.company.code_kind != "valid"]
    registry = Company.objects.filter(origin_park=None).select_for_update(of=("self",))
    return registry.filter(Q(code_kind="valid", credit_code__in=codes) | Q(~Q(code_kind="valid"), name_key__in=names))


def _taken_over(company: Company, reading: Reading) -> bool:
    """Put the line's facts into the row; whether anything is new."""
    new: dict[str, Any] = {name: getattr(reading.company, name) for name in reading.given if name != "credit_code"}
    if all(getattr(company, name) == value for name, value in new.items()):
        return False
    for name, value in new.items():
        setattr(company, name, value)
    set_capital(company)
    company.derive()
    company.version += 1
    company.updated_at = timezone.now()
    return True
