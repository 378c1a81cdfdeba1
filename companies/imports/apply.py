"""Writing what was planned: each chunk is matched once more, then written in a handful of statements."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from companies.copying import copy_in
from companies.duplicates import propose_for
from companies.hooks import lead_taker
from companies.imports.facts import Draft, Reader, complete
from companies.imports.plan import (
    LONGEST_SAID,
    Decision,
    Outcome,
    Piece,
    Rules,
    arrays,
    compare,
    decide,
    keep_piece,
    read_piece,
)
from companies.models import Company, ImportBatch, ImportRow

if TYPE_CHECKING:
    from accounts.models import User

CHUNK: Final = 5000
# The first pieces are small: a list of some thousands, too, shows how far it got.
FIRST: Final = (1000, 2000)
LOCK: Final = 7301
FEW: Final = 100
# A lead is a dozen statements: a smaller piece keeps the lock short.
LEAD_CHUNK: Final = 100
State = ImportRow.State
# Facts that a stock code brings along; kept with the changes so that taking back finds them.
FOLLOWING: Final = ("exchange", "marks")
# What an update leaves as it is: the key itself, and who brought the row in.
KEPT: Final = frozenset({"id", "created_by", "created_at", "is_demo", "source", "merged_into"})


def lock_registry() -> None:
    """One import writes at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        # No SELECT: the history's context travels with other statements only, and COPY goes around it.
        cursor.execute("VALUES (pg_advisory_xact_lock(%s)::text)", [LOCK])


def pieces(most: int) -> Iterator[int]:
    """How many lines each piece takes."""
    yield from (min(size, most) for size in FIRST)
    yield from repeat(most)


def apply_chunk(batch: ImportBatch, reader: Reader, rules: Rules, after: int | None, size: int) -> int | None:
    """Write the next planned lines below line `after`; the last line's number, or None when there is none left."""
    lock_registry()
    rows = list(
        ImportRow.objects.select_for_update(of=("self",))
        .filter(park_id=batch.park_id, batch=batch, state=State.PLANNED, number__gt=after or 0)
        .filter(outcome__in=written_outcomes(batch))
        .exclude(outcome=Outcome.SAME, company_pk=None)  # repeats another line
        .order_by("number")[:size]
    )
    if not rows:
        return None
    drafts = read_piece([(row.number, row.cells) for row in rows], reader).drafts
    decisions = _written(drafts, rules, {row.number: row.chosen for row in rows})
    _keep(rows, decisions, _leads(batch, rows, decisions, reader, rules) if batch.as_leads else None)
    return rows[-1].number


def write_chunk(batch: ImportBatch, piece: Piece, rules: Rules) -> int:
    """Look at some lines that no dry run has seen, and write them; how many companies were made."""
    lock_registry()
    settled = keep_piece(batch, piece, rules, lambda drafts: _written(drafts, rules, {}))
    return sum(one.is_written and one.outcome == Outcome.CREATE for one in settled)


def written_outcomes(batch: ImportBatch) -> list[str]:
    """The lines that are written: where they become leads, those too whose company has nothing new."""
    return [Outcome.CREATE, Outcome.UPDATE, *([Outcome.SAME] if batch.as_leads else [])]


def _leads(
    batch: ImportBatch, rows: Sequence[ImportRow], decisions: Iterable[Decision], reader: Reader, rules: Rules
) -> dict[int, int | str]:
    """Line → its lead, or why it became none."""
    taker, cells = lead_taker(), {row.number: row.cells for row in rows}
    lines = [
        reader.lead(one.draft.number, cells[one.draft.number], company)
        for one in decisions
        if (company := _written_company(one)) is not None
    ]
    if taker is None or not lines:
        return {}
    return taker.take(by=rules.by, park_id=batch.park_id, source=batch.lead_source, lines=lines)


def _written_company(decision: Decision) -> Company | None:
    company = decision.company
    settled = decision.outcome in {Outcome.CREATE, Outcome.UPDATE, Outcome.SAME}
    return company if settled and company is not None and not company.is_merged else None


def _written(drafts: Sequence[Draft], rules: Rules, chosen: Mapping[int, str]) -> list[Decision]:
    """Match and write. When somebody was faster with one of these codes, halve until it is found, looking again."""
    for _attempt in range(2 if len(drafts) == 1 else 1):
        try:
            with transaction.atomic():
                return _write(drafts, rules, chosen)
        except IntegrityError:
            continue
    if len(drafts) == 1:
        return [Decision(drafts[0], Outcome.FAILED, reason=["somebody_else"])]
    half = len(drafts) // 2
    return [*_written(drafts[:half], rules, chosen), *_written(drafts[half:], rules, chosen)]


def _write(drafts: Sequence[Draft], rules: Rules, chosen: Mapping[int, str]) -> list[Decision]:
    found = decide(drafts, rules, chosen)
    decisions = _settled(found, rules)
    if any(
        was.outcome == Outcome.UPDATE and one.reason == ["merged"] for was, one in zip(found, decisions, strict=True)
    ):
        # Merged since it was found: the company that it became may have its key by now.
        decisions = _settled(decide(drafts, rules, chosen), rules)
    new = [one for one in decisions if one.outcome == Outcome.CREATE]
    for decision, pk in zip(new, _new_keys(len(new)), strict=True):
        decision.company = _prepared(decision.draft.company, pk, rules)
    _indexed_at_once(copy_in, [one.draft.company for one in new])
    changed = [one for one in decisions if one.outcome == Outcome.UPDATE]
    _indexed_at_once(save_all, [taken_over(one) for one in changed])
    _propose([one.draft.company for one in new])
    for decision in (*new, *changed):
        decision.is_written = True
    return decisions


def _indexed_at_once(write: Callable[[Sequence[Company]], None], companies: Sequence[Company]) -> None:
    """Write them; the entries of the search's index are put in order once, at the last row.

    New entries wait in a list that every search reads through, so it is kept short everywhere else (`ops/roles.sql`):
    a few hundred companies. Put in order at once they cost a third less, and afterwards the list is empty.
    """
    with connection.cursor() as cursor:
        for part, longest in ((companies[:-1], "64MB"), (companies[-1:], "64kB")):
            cursor.execute(f"SET LOCAL gin_pending_list_limit = '{longest}'")
            write(part)
        cursor.execute("SET LOCAL gin_pending_list_limit TO DEFAULT")


def _propose(companies: Sequence[Company]) -> None:
    """Put what new companies may be the same as on the review list.

    Only those without a valid code: of two with one, the codes say that they are two, and what has none itself was
    met by the dry run, line by line. Names that merely sound or look alike are looked for where there are few.
    """
    doubtful = [company for company in companies if company.code_kind != "valid"]
    if doubtful:
        propose_for(doubtful, deep=len(doubtful) <= FEW)


def _settled(decisions: Sequence[Decision], rules: Rules) -> list[Decision]:
    """Updates compared again with the whole, locked row: it may have been merged or changed since it was found."""
    keys = {one.company.pk for one in decisions if one.company and one.outcome == Outcome.UPDATE}
    locked = locked_companies(keys)
    return [_looked_at_again(one, locked, rules) if one.outcome == Outcome.UPDATE else one for one in decisions]


def _looked_at_again(decision: Decision, locked: Mapping[int, Company], rules: Rules) -> Decision:
    company = locked.get(decision.company.pk) if decision.company else None
    if company is None:
        return Decision(decision.draft, Outcome.FAILED, reason=["gone"])
    return compare(decision.draft, company, rules)


def locked_companies(keys: Iterable[int]) -> dict[int, Company]:
    """Whole rows, locked in the order of their keys so that two writers cannot wait for each other."""
    rows = Company.objects.filter(pk__in=list(keys)).select_for_update(of=("self",)).order_by("pk") if keys else []
    return {company.pk: company for company in rows}


def _new_keys(count: int) -> list[int]:
    """Primary keys from the sequence, so that COPY need not be asked which it gave."""
    with connection.cursor() as cursor:
        sql = "SELECT nextval(pg_get_serial_sequence('companies_company', 'id')) FROM generate_series(1, %s)"
        cursor.execute(sql, [count])
        return [int(row[0]) for row in cursor.fetchall()]


def _prepared(company: Company, pk: int, rules: Rules) -> Company:
    """With a valid code it joins the registry of all parks; else it stays with the park, unless stewards import."""
    company.id, company.created_by_id, company.is_demo = pk, rules.by.pk, rules.by.is_demo
    if not company.search_keys:
        company.derive_search()
    if not rules.into_registry and company.code_kind != "valid":
        company.origin_park_id = rules.park_id
    return company


def taken_over(decision: Decision) -> Company:
    """The company with the line's new facts in it."""
    company = decision.company
    assert company is not None  # noqa: S101 - an update has one
    before = {name: getattr(company, name) for name in FOLLOWING}
    for name in decision.changes:
        setattr(company, name, _new_value(decision, name))
    touched(company, decision.changes)
    followed = {name: [before[name], getattr(company, name)] for name in FOLLOWING}
    decision.changes |= {name: both for name, both in followed.items() if both[0] != both[1]}
    return company


def _new_value(decision: Decision, name: str) -> Any:
    """Of the draft; marks are those of both, as they were compared."""
    if name == "origin_park":
        return None
    return decision.changes["marks"][1] if name == "marks" else getattr(decision.draft.company, name)


def touched(company: Company, names: Collection[str]) -> Company:
    """What follows from the changed facts computed anew, and the next version."""
    complete(company, names)
    company.derive()
    company.version += 1
    company.updated_at = timezone.now()
    return company


def save_all(companies: Sequence[Company]) -> None:
    """An upsert by primary key: a bulk UPDATE of so many columns would be a CASE per column and row."""
    fields = [field.name for field in Company._meta.local_concrete_fields if field.name not in KEPT]
    Company.objects.bulk_create(
        companies, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


COLUMNS: Final = {
    "id": "bigint", "outcome": "text", "state": "text", "company_pk": "bigint", "changes": "jsonb", "reason": "jsonb",
    "lead_pk": "bigint", "lead_said": "text",
}  # fmt: skip


def _keep(rows: Sequence[ImportRow], decisions: Iterable[Decision], leads: Mapping[int, int | str] | None) -> None:
    """What became of each line. One that somebody else's write has settled meanwhile is left with its reason."""
    by_number = {one.draft.number: one for one in decisions}
    pairs = [(row, by_number[row.number]) for row in rows if row.number in by_number]
    kept = [_kept(row, decision) for row, decision in pairs]
    if leads is not None:
        kept = [one | _lead_kept(leads.get(row.number)) for one, (row, _one) in zip(kept, pairs, strict=True)]
    keep_rows(kept)


def _lead_kept(lead: int | str | None) -> dict[str, Any]:
    made = isinstance(lead, int)
    said = "" if made else str(lead or "")[:LONGEST_SAID]
    return {"state": State.DONE, "lead_pk": lead if made else None, "lead_said": said}


def _kept(row: ImportRow, decision: Decision) -> dict[str, Any]:
    return {
        "id": row.pk,
        "outcome": decision.outcome,
        "state": State.DONE if decision.is_written else State.PLANNED,
        "company_pk": decision.company.pk if decision.company else None,
        "changes": decision.changes,
        "reason": decision.reason,
    }


def keep_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write these columns of import rows in one statement."""
    if not rows:
        return
    columns = {name: kind for name, kind in COLUMNS.items() if name in rows[0]}
    sets = ", ".join(f"{name} = new.{name}" for name in columns if name != "id")
    kinds = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    sql = (
        f"UPDATE companies_importrow AS row SET {sets}"  # noqa: S608 - names of our own columns
        f" FROM unnest({kinds}) AS new({', '.join(columns)}) WHERE row.id = new.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, arrays(rows, columns))


def brought_by(by: "User") -> dict[str, Any]:
    """What the history says of a write by an import."""
    return {"user": by.pk, "command": "import_companies"}
