"""Taking a whole import back: what it made is removed where nothing refers to it, what it changed is set back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q

from companies.hooks import lead_taker
from companies.imports.apply import keep_rows, lock_registry, locked_companies, save_all, touched
from companies.imports.facts import Reader, identity
from companies.imports.plan import Outcome, Rules, plain
from companies.imports.reasons import Reason
from companies.models import Company, Duplicate, ImportBatch, ImportRow
from companies.sayings import import_taken_back
from core.merging import references

State = ImportRow.State


def revert_chunk(batch: ImportBatch, reader: Reader, rules: Rules, before: int | None, size: int) -> int | None:
    """Take back the last written lines above line `before`; the first line's number, or None when none is left."""
    lock_registry()
    rows = ImportRow.objects.select_for_update(of=("self",)).filter(park_id=batch.park_id, batch=batch)
    rows = rows.filter(state=State.DONE)
    found = list((rows.filter(number__lt=before) if before else rows).order_by("-number")[:size])
    if not found:
        return None
    given_up = _give_up_leads(batch, found, rules)
    companies = locked_companies({row.company_pk for row in found if row.company_pk})
    kept = _set_back([row for row in found if row.outcome == Outcome.UPDATE], companies, rules)
    kept |= _remove([row for row in found if row.outcome == Outcome.CREATE], companies, reader)
    kept |= {row.pk: _said_of_lead(row, given_up, kept.get(row.pk)) for row in found if row.lead_pk}
    keep_rows([_undone(row, kept.get(row.pk)) for row in found])
    return found[-1].number


def _undone(row: ImportRow, why_not: Reason | None) -> dict[str, Any]:
    return {"id": row.pk, "state": State.KEPT if why_not else State.UNDONE, "reason": why_not or []}


def _give_up_leads(batch: ImportBatch, rows: Sequence[ImportRow], rules: Rules) -> set[int]:
    """The leads of these lines that nobody has worked on are given up."""
    taker, leads = lead_taker(), [row.lead_pk for row in rows if row.lead_pk]
    if taker is None or not leads:
        return set()
    reason = import_taken_back(name=batch.name)
    return taker.give_up(by=rules.by, park_id=batch.park_id, leads=leads, reason=reason)


def _said_of_lead(row: ImportRow, given_up: set[int], said: Reason | None) -> Reason:
    if row.lead_pk not in given_up:
        return ["lead_touched"]
    return ["lead_given_up"] if said == ["in_use"] else said or []


def _set_back(rows: Sequence[ImportRow], companies: dict[int, Company], rules: Rules) -> dict[int, Reason]:
    kept: dict[int, Reason] = {}
    restored = []
    for row in rows:
        company = companies.get(row.company_pk or 0)
        problem = _problem(row, company, rules)
        if problem or company is None:
            kept[row.pk] = problem
            continue
        for name, (before, _after) in row.changes.items():
            field: Any = Company._meta.get_field(name)
            setattr(
                company,
                field.attname,
                field.target_field.to_python(before) if field.is_relation else _read(field, before),
            )
        restored.append(touched(company, row.changes))
    save_all(restored)
    return kept


def _read(field: Any, value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(field, models.DateField) and value else value


def _problem(row: ImportRow, company: Company | None, rules: Rules) -> Reason:
    """Why an update stays: the company is gone, somebody changed the same facts since, or it is not ours to change."""
    if company is None:
        return ["gone"]
    if company.is_merged:
        return ["merged"]
    since = [
        name
        for name, (_before, after) in row.changes.items()
        if plain(getattr(company, Company._meta.get_field(name).attname)) != after  # type: ignore[union-attr]
    ]
    if since:
        return ["changed", ",".join(since)]
    return [] if rules.may_write(company) else ["not_allowed"]


def _remove(rows: Sequence[ImportRow], companies: dict[int, Company], reader: Reader) -> dict[int, Reason]:
    kept: dict[int, Reason] = {}
    free = []
    for row in rows:
        company = companies.get(row.company_pk or 0)
        if company is None or company.is_merged:
            kept[row.pk] = ["merged" if company else "gone"]
        elif since := _changed_since(row, company, reader):
            kept[row.pk] = ["changed", ",".join(since)]
        else:
            free.append(row)
    used = in_use([row.company_pk for row in free if row.company_pk])
    kept |= {row.pk: ["in_use"] for row in free if row.company_pk in used}
    return kept | _delete([row for row in free if row.pk not in kept])


def _changed_since(row: ImportRow, company: Company, reader: Reader) -> list[str]:
    """Facts of a company that are no longer those of its line; a later version with the same facts is not changed."""
    if company.version == 1:
        return []
    draft = reader.draft(row.number, row.cells)
    names = [name for name in draft.given if _value(company, name) != _value(draft.company, name)]
    return names or (["name"] if identity(company) != draft.key else [])


def _value(company: Company, name: str) -> Any:
    return getattr(company, Company._meta.get_field(name).attname)  # type: ignore[union-attr]  # no relation to many


def _delete(rows: Sequence[ImportRow]) -> dict[int, Reason]:
    """Delete the companies; where a park that we do not see refers to one, halve until it is found, and keep that."""
    if not rows:
        return {}
    try:
        with transaction.atomic():
            _delete_now([row.company_pk for row in rows if row.company_pk])
    except IntegrityError:
        if len(rows) == 1:
            return {rows[0].pk: ["in_use"]}
        half = len(rows) // 2
        return _delete(rows[:half]) | _delete(rows[half:])
    return {}


def _delete_now(keys: Sequence[int]) -> None:
    # A suspicion that nobody has looked at goes with its company.
    suspected = Duplicate.objects.filter(Q(left__in=keys) | Q(right__in=keys), state=Duplicate.State.OPEN)
    suspected.filter(decided_at=None, merges=None).delete()
    with connection.cursor() as cursor:
        # The keys of other tables are checked now and not at commit, so that the refusal is heard here.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM companies_company WHERE id = ANY(%s)", [list(keys)])


def in_use(keys: Sequence[int]) -> set[int]:
    """Which of these companies something refers to, as far as this park sees; the lists that named them are no use."""
    used: set[int] = set()
    # One array: thousands of keys one by one take five times as long, in each of two dozen tables.
    asked = "{" + ",".join(map(str, keys)) + "}"
    with connection.cursor() as cursor:
        for reference in references():
            if reference.model is not ImportRow:
                table, column = reference.model._meta.db_table, reference.field.column
                sql = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" = ANY(%s::bigint[])'  # noqa: S608 - our own
                cursor.execute(sql, [asked])
                used |= {row[0] for row in cursor.fetchall()}
    return used
