"""The three long works of an import. Each goes on from the rows that are there: a lost worker's is begun again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pghistory
from django.db.models import Max
from django.utils.translation import gettext as _

from companies.actions.imports import State, count, ended
from companies.actions.registry import load_industries
from companies.imports.apply import CHUNK, LEAD_CHUNK, apply_chunk, brought_by, written_outcomes
from companies.imports.facts import Reader
from companies.imports.plan import Rules, plan_chunk
from companies.imports.reading import Line, rows_below
from companies.imports.revert import revert_chunk
from companies.models import ImportBatch, ImportRow
from core.access import require
from core.errors import Refused
from core.tables import TableError

if TYPE_CHECKING:
    from accounts.models import User


class Steps(Protocol):
    """What carries the work out: `core.jobs.Progress`, or a command."""

    def chunk(self) -> AbstractContextManager[None]:
        """One transaction in the import's park."""

    def report(self, done: int, total: int | None = None) -> None:
        """How far it got; raises when it shall not go on."""


def check(steps: Steps, by: "User", pk: int) -> None:
    """The dry run: a row for every line of the file, in chunks, from the last line that has one."""
    with steps.chunk():
        batch = _held(pk, State.CHECKING, by)
        load_industries()
        reader, rules = Reader.of(batch), Rules.of(batch, by)
        last = _last_line(batch)
        done = ImportRow.objects.filter(park_id=batch.park_id, batch=batch).count()
        path = Path(batch.file.path)
    lines = rows_below(path, batch.header_row, len(batch.headers), after=last)
    for chunk in _chunks(lines):
        with steps.chunk():
            batch = _held(pk, State.CHECKING, by)
            if _last_line(batch) == last:  # else another worker was faster: its rows are there
                plan_chunk(batch, chunk, reader, rules)
        last, done = chunk[-1][0], done + len(chunk)
        steps.report(done, max(batch.rows, done))
    with steps.chunk():
        ended(batch=_held(pk, State.CHECKING, by), state=State.CHECKED, rows=done)


def run(steps: Steps, by: "User", pk: int) -> None:
    """Write the planned rows, in chunks, from the first that is still planned."""
    with steps.chunk():
        batch = _held(pk, State.RUNNING, by)
        reader, rules = Reader.of(batch), Rules.of(batch, by)

    def step(at: int | None) -> int | None:
        return apply_chunk(_held(pk, State.RUNNING, by), reader, rules, at or 0)

    _walk(steps, by, batch, step)
    with steps.chunk():
        ended(batch=_held(pk, State.RUNNING, by), state=State.DONE)


def revert(steps: Steps, by: "User", pk: int) -> None:
    """Take the written rows back, in chunks, from the last to the first."""
    with steps.chunk():
        batch = _held(pk, State.REVERTING, by)
        reader, rules = Reader.of(batch), Rules.of(batch, by)

    def step(at: int | None) -> int | None:
        return revert_chunk(_held(pk, State.REVERTING, by), reader, rules, at)

    _walk(steps, by, batch, step)
    with steps.chunk():
        ended(batch=_held(pk, State.REVERTING, by), state=State.REVERTED)


def _walk(steps: Steps, by: "User", batch: ImportBatch, step: Callable[[int | None], int | None]) -> None:
    """Chunk after chunk, each from the line where the one before ended."""
    with steps.chunk():
        counts = count(batch)
    total = sum(counts.get(outcome, 0) for outcome in written_outcomes(batch))
    done, at = 0, None
    while True:
        with steps.chunk(), pghistory.context(**brought_by(by)):
            at = step(at)
        if at is None:
            return
        done = min(done + (LEAD_CHUNK if batch.as_leads else CHUNK), total)
        steps.report(done, total)


def _held(pk: int, state: str, by: "User") -> ImportBatch:
    """The import, locked for this chunk, if it is still in this state and the person may still do it."""
    batch: ImportBatch | None = ImportBatch.objects.select_for_update().filter(pk=pk, state=state).first()
    if batch is None:
        raise Refused(_("The import was stopped or changed."), code="stopped")
    require(by, "imports.run", batch.park_id)
    return batch


def _last_line(batch: ImportBatch) -> int:
    rows = ImportRow.objects.filter(park_id=batch.park_id, batch=batch)
    return int(rows.aggregate(last=Max("number"))["last"] or 0)


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Pieces of the file; a file that turns out to be broken further down is refused with the row."""
    iterator = iter(lines)
    try:
        while chunk := list(islice(iterator, CHUNK)):
            yield chunk
    except TableError as error:
        raise Refused(str(error), field="file", code="bad_file") from error
