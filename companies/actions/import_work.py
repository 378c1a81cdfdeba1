"""The three long works of an import. Each goes on from the rows that are there: a lost worker's is begun again."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
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
from companies.imports.apply import CHUNK, LEAD_CHUNK, apply_chunk, brought_by, write_chunk, written_outcomes
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


def check(steps: Steps, by: "User", pk: int) -> None:
    """The dry run: a row for every line of the file, in chunks, from the last line that has one."""
    done = _through_file(steps, by, pk, State.CHECKING, plan_chunk)
    with steps.chunk():
        ended(batch=_held(pk, State.CHECKING, by), state=State.CHECKED, rows=done)


def run(steps: Steps, by: "User", pk: int) -> None:
    """Write the planned rows, in chunks, from the first that is still planned; at once, where none was planned."""
    with steps.chunk():
        batch = _held(pk, State.RUNNING, by)
        reader, rules = Reader.of(batch), Rules.of(batch, by)

    def step(at: int | None) -> int | None:
        return apply_chunk(_held(pk, State.RUNNING, by), reader, rules, at or 0)

    rows = {}
    if batch.at_once:
        rows["rows"] = _through_file(steps, by, pk, State.RUNNING, write_chunk)
    else:
        _walk(steps, by, batch, step)
    with steps.chunk():
        ended(batch=_held(pk, State.RUNNING, by), state=State.DONE, **rows)


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
    reading = Reading(reader, mostly_new=state == State.RUNNING)
    for piece in _ahead(_chunks(lines), reading):
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
    """How the lines ahead are read: where most make a company, their search keys are worked out, too."""

    reader: Reader
    mostly_new: bool

    def piece(self, chunk: list[Line]) -> Piece:
        """One chunk."""
        return read_piece(chunk, self.reader, for_search=self.mostly_new)


def _ahead(chunks: Iterable[list[Line]], reading: Reading) -> Iterator[Piece]:
    """Each chunk is read while the one before it is written: what waits for the database leaves Python free."""
    with ThreadPoolExecutor(1, "import") as pool:
        first: Future[Piece] | None = None
        for chunk in chunks:
            second = pool.submit(reading.piece, chunk)
            if first is not None:
                yield first.result()
            first = second
        if first is not None:
            yield first.result()


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
        at = _in_chunk(steps, by, partial(step, at))
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
