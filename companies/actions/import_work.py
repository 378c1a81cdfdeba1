"""The three long works of an import. Each goes on from the rows that are there: a lost worker's is begun again."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import pghistory
from django.db import OperationalError
from django.db.models import Max
from django.utils.translation import gettext as _
from psycopg2.errors import DeadlockDetected

from companies.actions.imports import State, count, ended
from companies.actions.registry import load_industries
from companies.imports.apply import CHUNK, LEAD_CHUNK, apply_chunk, brought_by, pieces, write_chunk, written_outcomes
from companies.imports.facts import Reader
from companies.imports.plan import Piece, Rules, plan_chunk, read_piece
from companies.imports.reading import Line, rows_below
from companies.imports.revert import revert_chunk
from companies.models import ImportBatch, ImportRow
from core.access import require
from core.errors import Refused
from core.tables import TableError

if TYPE_CHECKING:
    from accounts.models import User


TRIES: Final = 3


class Steps(Protocol):
    """What carries the work out: `core.jobs.Progress`, or a command."""

    def chunk(self) -> AbstractContextManager[None]:
        """One transaction in the import's park."""

    def report(self, done: int, total: int | None = None) -> None:
        """How far it got; raises when it shall not go on."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Half a million rows leave no cycles: looking for them again and again would be a fifth of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


@_uncollected()
def check(steps: Steps, by: "User", pk: int) -> None:
    """The dry run: a row for every line of the file, in chunks, from the last line that has one."""
    rows = _through_file(steps, by, pk, State.CHECKING, plan_chunk)
    with steps.chunk():
        ended(batch=_held(pk, State.CHECKING, by), state=State.CHECKED, rows=rows)


@_uncollected()
def run(steps: Steps, by: "User", pk: int) -> None:
    """Write the planned rows, in chunks, from the first that is still planned; at once, where none was planned."""
    with steps.chunk():
        batch = _held(pk, State.RUNNING, by)
    if batch.at_once:
        rows = _through_file(steps, by, pk, State.RUNNING, write_chunk)
    else:
        rows = batch.rows
        _through_rows(steps, by, batch, State.RUNNING, apply_chunk)
    with steps.chunk():
        ended(batch=_held(pk, State.RUNNING, by), state=State.DONE, rows=rows)


@_uncollected()
def revert(steps: Steps, by: "User", pk: int) -> None:
    """Take the written rows back, in chunks, from the last to the first."""
    with steps.chunk():
        batch = _held(pk, State.REVERTING, by)
    _through_rows(steps, by, batch, State.REVERTING, revert_chunk)
    with steps.chunk():
        ended(batch=_held(pk, State.REVERTING, by), state=State.REVERTED)


def _through_file(
    steps: Steps, by: "User", pk: int, state: str, work: Callable[[ImportBatch, Piece, Rules], int]
) -> int:
    """Give every line of the file that has no row yet its row; how many there are then.

    `work` answers how many companies it made.
    """
    with steps.chunk():
        batch = _held(pk, state, by)
        load_industries()
        reader, rules = Reader.of(batch), Rules.of(batch, by)
        last = _last_line(batch)
        done = ImportRow.objects.filter(park_id=batch.park_id, batch=batch).count()
        path = Path(batch.file.path)
    lines = rows_below(path, batch.header_row, len(batch.headers), after=last)
    reading = Reading(lines, reader, pieces(CHUNK), mostly_new=state == State.RUNNING)
    for piece in _ahead(reading):
        made = _in_chunk(steps, by, partial(_line_by_line, pk, state, by, last, piece, rules, work))
        reading.mostly_new = made * 2 > len(piece.lines)
        last, done = piece.lines[-1][0], done + len(piece.lines)
        steps.report(done, max(batch.rows, done))
    return done


def _line_by_line(
    pk: int,
    state: str,
    by: "User",
    last: int,
    piece: Piece,
    rules: Rules,
    work: Callable[[ImportBatch, Piece, Rules], int],
) -> int:
    batch = _held(pk, state, by)
    # Else another worker was faster: its rows are there.
    return work(batch, piece, rules) if _last_line(batch) == last else 0


@dataclass
class Reading:
    """What is left of a file. Where most lines make a company, their search keys are worked out with them."""

    lines: Iterator[Line]
    reader: Reader
    sizes: Iterator[int]
    mostly_new: bool

    def next(self) -> Piece:
        """Some lines more; none at the end."""
        return read_piece(list(islice(self.lines, next(self.sizes))), self.reader, for_search=self.mostly_new)


def _ahead(reading: Reading) -> Iterator[Piece]:
    """Each piece is read while the one before it is written: what waits for the database leaves Python free.

    A file that turns out to be broken further down is refused with the row.
    """
    with ThreadPoolExecutor(1, "import") as pool:
        coming = pool.submit(reading.next)
        try:
            while (piece := coming.result()).lines:
                coming = pool.submit(reading.next)
                yield piece
        except TableError as error:
            raise Refused(str(error), field="file", code="bad_file") from error


T = TypeVar("T")


def _in_chunk(steps: Steps, by: "User", step: Callable[[], T]) -> T:
    """One transaction; begun again where it and another one (a merge) waited for each other and this one lost."""
    for attempt in range(TRIES):
        try:
            with steps.chunk(), pghistory.context(**brought_by(by)):
                return step()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or attempt == TRIES - 1:
                raise
    raise AssertionError


def _through_rows(
    steps: Steps,
    by: "User",
    batch: ImportBatch,
    state: str,
    work: Callable[[ImportBatch, Reader, Rules, int | None, int], int | None],
) -> None:
    """Chunk after chunk of the rows that are there, each from the line where the one before ended."""
    with steps.chunk():
        counts = count(batch)
        reader, rules = Reader.of(batch), Rules.of(batch, by)
    total = sum(counts.get(outcome, 0) for outcome in written_outcomes(batch))
    done, at = 0, None

    def step(at: int | None, size: int) -> int | None:
        return work(_held(batch.pk, state, by), reader, rules, at, size)

    for size in pieces(LEAD_CHUNK if batch.as_leads else CHUNK):
        if (at := _in_chunk(steps, by, partial(step, at, size))) is None:
            break
        done = min(done + size, total)
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
