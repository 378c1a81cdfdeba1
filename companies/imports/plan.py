"""What each line would do: matched in sets by code, stock code and name, compared field by field, kept as rows."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from companies.copying import array
from companies.hooks import lead_taker
from companies.imports.facts import Draft, Reader, UnusableError, identity
from companies.imports.reading import Line
from companies.imports.reasons import Reason
from companies.models import DERIVED, Company, ImportBatch, ImportRow

if TYPE_CHECKING:
    from accounts.models import User

Outcome, State = ImportRow.Outcome, ImportRow.State
LONGEST_SAID: Final = 240
# Compared without the columns that follow from the names; those that are written are read again, whole and locked.
UNREAD: Final = tuple(name for name in DERIVED if name not in {"name_key", "normal_key"})
COLUMNS: Final = {
    "number": "int", "cells": "jsonb", "name": "text", "key": "text", "outcome": "text", "state": "text",
    "company_pk": "bigint", "changes": "jsonb", "reason": "jsonb", "warnings": "jsonb", "lead_said": "text",
}  # fmt: skip
AS_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode


@dataclass
class Decision:
    """What a line would do to which company."""

    draft: Draft
    outcome: str
    company: Company | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    reason: Reason = field(default_factory=list)
    is_written: bool = False


@dataclass(frozen=True)
class Rules:
    """Where an import may look and write: the registry alone, or the registry beside a park's own companies."""

    by: "User"
    park_id: int
    into_registry: bool
    match_keys: frozenset[str]
    # Companies made since are no doubt: the import's own, which the dry run could not see yet. By key they still count.
    until: datetime | None = None

    @classmethod
    def of(cls, batch: ImportBatch, by: "User") -> "Rules":
        """Those of one import."""
        return cls(by, batch.park_id, batch.into_registry, frozenset(batch.match_keys), batch.ran_at)

    def scope(self) -> Q:
        """The companies that a line can mean."""
        registry = Q(origin_park=None)
        return registry if self.into_registry else registry | Q(origin_park=self.park_id)

    def may_write(self, company: Company) -> bool:
        """The rule of `require_change`, without asking the database."""
        access = self.by.access
        if company.origin_park_id is not None:
            return bool(company.origin_park_id == self.park_id and access.can("companies.add", self.park_id))
        return bool(company.created_by_id == self.by.pk or access.can("companies.steward"))


class Candidates:
    """The companies that a chunk of lines could mean, read in one query."""

    def __init__(self, drafts: Iterable[Draft], rules: Rules) -> None:
        # The registry's row wins over a park's own of the same key, a living one over one that was merged away.
        wanted = _wanted([draft.company for draft in drafts], rules)
        rows = Company.objects.filter(rules.scope(), pk__in=wanted).defer(*UNREAD)
        self.by_key: dict[str, Company] = {}
        self.found: dict[tuple[str, str], list[Company]] = defaultdict(list)
        first = (F("merged_into_id").asc(nulls_first=True), F("origin_park_id").asc(nulls_first=True))
        for company in rows.order_by(*first, "id"):
            self.by_key.setdefault(identity(company), company)
            if not company.is_merged:
                self._note(company, rules)

    def _note(self, company: Company, rules: Rules) -> None:
        made_since = rules.until is not None and company.created_at >= rules.until
        for key, text in _traits(company):
            if (company.origin_park_id is not None) if key == "own_code" else not made_since:
                self.found[key, text].append(company)

    def possible(self, draft: Draft) -> Iterable[tuple[str, list[Company]]]:
        """What a line could mean by each of its traits, the surest first."""
        for key, text in _traits(draft.company):
            yield key, self.found.get((key, text), [])


def _wanted(companies: Sequence[Company], rules: Rules) -> RawSQL:
    """Ids of what these lines could mean. Each way on its own, with the condition of the index that serves it.

    Two valid codes are two companies: only for the few without one does a similar name ask for all the others. Old and
    wrong numbers are no keys in the registry, but a park keeps each of its own only once.
    """
    coded = [company.credit_code for company in companies if company.code_kind == "valid"]
    bare = [company for company in companies if company.code_kind != "valid"]
    ways = {
        "code_kind = 'valid' AND origin_park_id IS NULL AND merged_into_id IS NULL AND credit_code": coded,
        "code_kind = 'valid' AND merged_into_id IS NOT NULL AND credit_code": coded,
        "name_key": [company.name_key for company in companies],
        "normal_key": [company.normal_key for company in bare],
        "NOT code_kind = 'valid' AND normal_key": [company.normal_key for company in companies],
        f"origin_park_id = {int(rules.park_id)} AND merged_into_id IS NULL AND NOT credit_code = '' AND credit_code": [
            company.credit_code for company in companies if company.credit_code
        ],
        "NOT stock_code = '' AND stock_code": [company.stock_code for company in companies if company.stock_code],
    }
    asked = {condition: array(values) for condition, values in ways.items() if values}
    parts = [f"SELECT id FROM companies_company WHERE {one} = ANY(%s::text[])" for one in asked]  # noqa: S608 - our own
    return RawSQL(" UNION ".join(parts), list(asked.values()))  # noqa: S611 - our own


def _traits(company: Company) -> Iterable[tuple[str, str]]:
    """By what a company can be recognised without its key, the surest first."""
    if company.credit_code and company.code_kind != "valid":
        yield "own_code", company.credit_code
    if company.stock_code:
        yield "stock_code", company.stock_code
    yield "name", company.name_key
    yield "similar", company.normal_key


def decide(drafts: Sequence[Draft], rules: Rules, chosen: Mapping[int, str] | None = None) -> list[Decision]:
    """Match every draft and say what it would do. `chosen`: line → what a person said of a possible duplicate."""
    if not drafts:
        return []
    candidates, said = Candidates(drafts, rules), chosen or {}
    return [_decide(draft, candidates, rules, said.get(draft.number, "")) for draft in drafts]


def _decide(draft: Draft, candidates: Candidates, rules: Rules, chosen: str) -> Decision:
    company = candidates.by_key.get(draft.key)
    if company is None and chosen != Outcome.CREATE:
        keys = [*rules.match_keys, *((*_DOUBTS, "several") if chosen == Outcome.UPDATE else ())]
        company, doubt = _probable(draft, candidates, keys)
        if doubt:
            return Decision(draft, Outcome.DUPLICATE, company, reason=doubt)
    if company is None:
        return Decision(draft, Outcome.CREATE)
    return compare(draft, company, rules)


def _probable(draft: Draft, candidates: Candidates, keys: Collection[str]) -> tuple[Company | None, Reason]:
    """The company that a line without its key means, or the doubt that a person has to settle."""
    for key, found in candidates.possible(draft) if candidates.found else ():
        possible = [one for one in found if not _differ(one, draft.company)]
        if key == "similar":
            possible = [one for one in possible if not _elsewhere(one, draft.company)]
        if key == "stock_code" and found and not possible:
            return found[0], ["same_stock", found[0].name]
        if len(possible) > 1 and "several" not in keys:
            return possible[0], ["several", len(possible), possible[0].name]
        if possible:
            return possible[0], [] if key in keys else [_DOUBTS[key], possible[0].name]
    return None, []


def _elsewhere(one: Company, other: Company) -> bool:
    """In two provinces: a similar name alone makes no suspicion."""
    return bool(one.province and other.province and one.province != other.province)


_DOUBTS: Final = {"own_code": "same_code", "stock_code": "same_stock", "name": "same_name", "similar": "similar"}


def _differ(one: Company, other: Company) -> bool:
    """Two valid codes are two companies, whatever their names say."""
    return one.code_kind == other.code_kind == "valid" and one.credit_code != other.credit_code


def compare(draft: Draft, company: Company, rules: Rules) -> Decision:
    """What of a line's facts is new to the company, and whether this person may write it there."""
    if company.is_merged:
        return Decision(draft, Outcome.SAME, company, reason=["merged"])
    changes = dict(_changes(draft, company))
    if not changes:
        return Decision(draft, Outcome.SAME, company)
    if not rules.may_write(company):
        return Decision(draft, Outcome.SAME, company, reason=["stewards"])
    return Decision(draft, Outcome.UPDATE, company, changes)


def _changes(draft: Draft, company: Company) -> Iterable[tuple[str, list[Any]]]:
    for name in draft.given:
        before, after = getattr(company, _column(name)), getattr(draft.company, _column(name))
        if name == "credit_code":
            # A wrong or missing code gives way to a valid one; a valid one stays.
            if draft.company.code_kind != "valid" or company.code_kind == "valid":
                continue
        elif name == "name" and company.name_key == draft.company.name_key:
            continue
        elif name == "marks":
            # A list that names one mark does not say that there are no others.
            after = [code for code in Company.Mark.values if code in {*before, *after}]
        if before != after:
            yield name, [plain(before), plain(after)]
    if draft.company.code_kind == "valid" and company.origin_park_id is not None:
        yield "origin_park", [company.origin_park_id, None]


def _column(name: str) -> str:
    return Company._meta.get_field(name).attname  # type: ignore[union-attr]  # none of them is a relation to many


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class Piece:
    """Some lines of a file: the usable ones as drafts, and why the others are not."""

    lines: Sequence[Line]
    drafts: list[Draft]
    failed: dict[int, Reason]


def read_piece(lines: Sequence[Line], reader: Reader, *, for_search: bool = False) -> Piece:
    """Without asking the database; `for_search` works out what only new companies need, too."""
    drafts, failed = [], {}
    for number, cells in lines:
        try:
            drafts.append(reader.draft(number, cells))
        except UnusableError as error:
            failed[number] = error.reason
    if for_search:
        for draft in drafts:
            draft.company.derive_search()
    return Piece(lines, drafts, failed)


def plan_chunk(batch: ImportBatch, piece: Piece, rules: Rules) -> int:
    """Look at some lines and keep a row for each. Makes no company: 0."""
    keep_piece(batch, piece, rules, lambda drafts: decide(drafts, rules))
    return 0


def keep_piece(
    batch: ImportBatch, piece: Piece, rules: Rules, settle: Callable[[Sequence[Draft]], Sequence[Decision]]
) -> Sequence[Decision]:
    """A row for each of some new lines: `settle` says what becomes of those that are the first of their company."""
    first = _first_lines(batch, piece.drafts)
    settled = settle([draft for draft in piece.drafts if first[draft.key] == draft.number])
    repeated = {d.number: Decision(d, Outcome.SAME, reason=["repeated", first[d.key]]) for d in piece.drafts}
    known = repeated | {one.draft.number: one for one in settled}
    said = held_leads(batch, settled, rules) if batch.as_leads else {}
    rows = [_row(number, cells, known.get(number), piece.failed.get(number, [])) for number, cells in piece.lines]
    _keep(batch, [row | {"lead_said": said.get(row["number"], "")} for row in rows] if said else rows)
    return settled


def held_leads(batch: ImportBatch, decisions: Iterable[Decision], rules: Rules) -> dict[int, str]:
    """Line → why its company cannot become a lead of the park, as it stands now."""
    lines = {one.draft.number: one.company.pk for one in decisions if one.company}
    taker = lead_taker()
    held = taker.held(by=rules.by, park_id=batch.park_id, companies=list(lines.values())) if taker and lines else {}
    return {number: held[pk][:LONGEST_SAID] for number, pk in lines.items() if pk in held}


def _first_lines(batch: ImportBatch, drafts: Sequence[Draft]) -> dict[str, int]:
    """Key → the first line of the file that has it."""
    sql = "SELECT key, number FROM companies_importrow WHERE park_id = %s AND batch_id = %s AND key = ANY(%s::text[])"
    with connection.cursor() as cursor:
        cursor.execute(sql, [batch.park_id, batch.pk, array([draft.key for draft in drafts])])
        first: dict[str, int] = {}
        for key, number in cursor.fetchall():
            first[key] = min(number, first.get(key, number))
    for draft in drafts:
        first.setdefault(draft.key, draft.number)
    return first


def _row(number: int, cells: Sequence[str], decision: Decision | None, failed: Reason) -> dict[str, Any]:
    if decision is None:
        return {**EMPTY, "number": number, "cells": cells, "outcome": Outcome.FAILED, "reason": failed}
    return {
        "number": number,
        "cells": cells,
        "name": decision.draft.company.name,
        "key": decision.draft.key,
        "outcome": decision.outcome,
        "state": State.DONE if decision.is_written else State.PLANNED,
        "company_pk": decision.company.pk if decision.company else None,
        "changes": decision.changes,
        "reason": decision.reason,
        "warnings": decision.draft.warnings,
        "lead_said": "",
    }


EMPTY: Final[dict[str, Any]] = {
    "name": "", "key": "", "state": State.PLANNED, "company_pk": None, "changes": {}, "reason": [], "warnings": [],
    "lead_said": "",
}  # fmt: skip


def _keep(batch: ImportBatch, rows: Sequence[Mapping[str, Any]]) -> None:
    """One statement for the chunk. (COPY is closed to tables behind row security.)"""
    names, kinds = ", ".join(COLUMNS), ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
    sql = (
        f"INSERT INTO companies_importrow (park_id, batch_id, chosen, {names})"  # noqa: S608 - names of our own columns
        f" SELECT %s, %s, '', * FROM unnest({kinds})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [batch.park_id, batch.pk, *arrays(rows, COLUMNS)])


def arrays(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> list[str]:
    """Each column of the rows as the text of an array: psycopg2's own would be an expression of thousands of parts."""
    return [_array([row[name] for row in rows], kind) for name, kind in columns.items()]


def _array(values: Sequence[Any], kind: str) -> str:
    if kind == "jsonb":
        return array([AS_JSON(value) if value else ("{}" if value == {} else "[]") for value in values])
    if kind == "text":
        return array(values)
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
