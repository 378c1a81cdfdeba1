"""Taking a file of companies in: upload, columns, dry run, writing, taking back. The work itself is a job."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.core.files import File
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.hooks import lead_taker
from companies.imports import mapping as columns
from companies.imports.facts import Reader
from companies.imports.guessing import guess_by_cells, shape_of_cells
from companies.imports.plan import Rules, decide
from companies.imports.reading import SAMPLES, inspect, titles
from companies.models import ImportBatch, ImportMapping, ImportRow
from core.access import require
from core.errors import Conflict, Refused, Stale
from core.jobs import cancel_job, start_job
from core.locking import locked
from core.models import Job
from core.uploads import safe_name

if TYPE_CHECKING:
    from accounts.models import User

MOST_LEADS: Final = 5000
MAX_BYTES: Final = 200 * 1024 * 1024
CHECK, RUN, REVERT = "companies.import_check", "companies.import_run", "companies.import_revert"
OPEN_JOBS: Final = {Job.State.WAITING, Job.State.RUNNING}
State = ImportBatch.State
Outcome = ImportRow.Outcome


@transaction.atomic
def upload_import(*, by: "User", park_id: int, file: File[bytes]) -> ImportBatch:
    """Keep a file for import, with its columns as they were matched the last time or as their headings say.

    Raises Refused at `file` for anything that is not a readable table of 1 to 500,000 rows.
    """
    require(by, "imports.run", park_id)
    if (file.size or 0) > MAX_BYTES:
        raise Refused(_("The file is larger than %s MB. Split it.") % (MAX_BYTES >> 20), field="file", code="large")
    with _on_disk(file) as path:
        shape = inspect(path)
        batch = ImportBatch(park_id=park_id, uuid=uuid4(), created_by=by, size=path.stat().st_size)
        batch.sha256 = _digest(path)
        batch.name = safe_name(file.name or "", "xlsx" if _is_archive(path) else "csv")
        batch.header_row, batch.heading, batch.rows = shape.header_row, shape.heading, shape.rows
        batch.headers, batch.samples = titles(shape.heading, has_headings=True), shape.samples
        if not shape.has_headings and not _remembered(batch):
            _retitle(batch, has_headings=False)
        _propose(batch, by)
        with path.open("rb") as kept:
            batch.file.save(batch.uuid.hex, File(kept), save=False)
    batch.save()
    return batch


@contextmanager
def _on_disk(file: File[bytes]) -> Iterator[Path]:
    """The upload as a file with a path; small ones arrive in memory."""
    with tempfile.NamedTemporaryFile(prefix="luodi-import-") as copy:
        for piece in file.chunks(1024 * 1024):
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _retitle(batch: ImportBatch, *, has_headings: bool) -> None:
    """The first line that counts becomes the first row, or the heading again: nothing of it is lost either way."""
    if batch.has_headings == has_headings:
        return
    step, first = (-1, 1) if has_headings else (1, 0)
    batch.has_headings, batch.header_row, batch.rows = has_headings, batch.header_row - step, batch.rows + step
    row = [cell[:60] for cell in batch.heading]
    batch.samples = batch.samples[first:] if has_headings else [row, *batch.samples][:SAMPLES]
    batch.headers = titles(batch.heading, has_headings=has_headings)


def _remembered(batch: ImportBatch) -> ImportMapping | None:
    """How this park read a file of this shape the last time."""
    if batch.has_headings:
        batch.shape = columns.shape_of(batch.headers)
    else:
        batch.shape = shape_of_cells(guess_by_cells(batch.samples, len(batch.headers)))
    found: ImportMapping | None = ImportMapping.objects.filter(park_id=batch.park_id, shape=batch.shape).first()
    return found if found is not None and len(found.mapping) == len(batch.headers) else None


def _propose(batch: ImportBatch, by: "User") -> None:
    """As this park read a file of this shape the last time, else as the headings say, or the cells without them."""
    if (known := _remembered(batch)) is not None:
        batch.mapping, batch.match_keys = known.mapping, known.match_keys
    else:
        titled = columns.guess(batch.headers) if batch.has_headings else []
        batch.mapping = titled or guess_by_cells(batch.samples, len(batch.headers))
        batch.match_keys = columns.default_keys(batch.mapping)
    batch.into_registry = by.access.can("companies.steward", batch.park_id)


@transaction.atomic
def retitle_import(*, by: "User", batch: ImportBatch, has_headings: bool, version: int | None = None) -> ImportBatch:
    """Say whether the first line names the columns or is the first row; the columns are proposed anew."""
    batch = _locked(by, batch, version)
    _refuse_begun(batch)
    if has_headings and batch.rows < 2 and not batch.has_headings:
        raise Refused(_("There is no row below the heading (line %s).") % (batch.header_row + 1), code="no_rows")
    if batch.has_headings == has_headings:
        return batch
    _retitle(batch, has_headings=has_headings)
    _propose(batch, by)
    ImportRow.objects.filter(park_id=batch.park_id, batch=batch).delete()
    return _saved(batch, state=State.UPLOADED, counts={})


def _refuse_begun(batch: ImportBatch) -> None:
    if batch.is_busy or batch.state in {State.DONE, State.REVERTED} or _any_written(batch):
        raise Conflict(_("This import has begun; its columns can no longer be changed."))


@transaction.atomic
def map_import(
    *,
    by: "User",
    batch: ImportBatch,
    mapping: Sequence[str],
    match_keys: Sequence[str],
    into_registry: bool = False,
    as_leads: bool = False,
    lead_source: str = "",
    version: int | None = None,
    here: bool = False,
    at_once: bool = False,
) -> ImportBatch:
    """Say which column is which fact and what makes two rows the same company; the dry run begins (`here`: by hand).

    `at_once` leaves the dry run out: each line is written as soon as it was looked at.

    Raises Refused at `column_N` for a field taken twice or a missing name, Conflict once something was written.
    """
    batch = _locked(by, batch, version)
    _refuse_begun(batch)
    columns.check(mapping, batch.headers, match_keys)
    if into_registry:
        require(by, "companies.steward", batch.park_id)
    batch.mapping, batch.match_keys, batch.into_registry = list(mapping), list(match_keys), into_registry
    batch.at_once, batch.ran_at = at_once, timezone.now() if at_once else None
    batch.as_leads, batch.lead_source = as_leads, lead_source if as_leads else ""
    _check_leads(by, batch)
    values = {"mapping": batch.mapping, "match_keys": batch.match_keys}
    ImportMapping.objects.update_or_create(park_id=batch.park_id, shape=batch.shape, defaults=values)
    ImportRow.objects.filter(park_id=batch.park_id, batch=batch).delete()
    return _begin(by, batch, RUN if at_once else CHECK, here=here)


def _check_leads(by: "User", batch: ImportBatch) -> None:
    """Raises Refused for a list that is too long, PermissionDenied for those who may not claim."""
    taker = lead_taker()
    if not batch.as_leads or taker is None:
        return
    taker.check(by=by, park_id=batch.park_id, source=batch.lead_source)
    if batch.rows > MOST_LEADS:
        said = _("At most %s lines can become leads at once. Take the companies in first, or split the list.")
        raise Refused(said % f"{MOST_LEADS:,}", field="as_leads", code="too_many_leads")


@transaction.atomic
def run_import(*, by: "User", batch: ImportBatch, version: int | None = None, here: bool = False) -> ImportBatch:
    """Write what the dry run found. Once: a second click, or a second person, is a Conflict."""
    batch = _locked(by, batch, version)
    if batch.state != State.CHECKED:
        raise Conflict(_("This import cannot be run now (%s).") % batch.get_state_display())
    batch.ran_at = timezone.now()
    return _begin(by, batch, RUN, here=here)


@transaction.atomic
def resume_import(*, by: "User", batch: ImportBatch, version: int | None = None) -> ImportBatch:
    """Go on where a stopped import stopped."""
    batch = _locked(by, batch, version)
    if batch.state != State.STOPPED or batch.job is None:
        raise Conflict(_("This import is not stopped."))
    return _begin(by, batch, batch.job.kind)


@transaction.atomic
def revert_import(*, by: "User", batch: ImportBatch, version: int | None = None) -> ImportBatch:
    """Take it all back: what it made is removed, what it changed is set back, unless changed or used since."""
    batch = _locked(by, batch, version)
    if batch.is_busy or not _any_written(batch):
        raise Conflict(_("There is nothing to take back."))
    return _begin(by, batch, REVERT)


@transaction.atomic
def stop_import(*, by: "User", batch: ImportBatch) -> ImportBatch:
    """Stop after the rows that are being written; it can go on later, or be taken back. Only who began it."""
    batch = _locked(by, batch, None)
    if not batch.is_busy or batch.job is None:
        raise Conflict(_("This import is not running."))
    cancel_job(by=by, job=batch.job)
    # The piece being written is finished, since its worker holds the lock of the batch: the counts are true.
    return _saved(batch, state=State.STOPPED, counts=count(batch))


@transaction.atomic
def settle_duplicate(*, by: "User", batch: ImportBatch, line: ImportRow, chosen: str) -> ImportRow:
    """Of a possible duplicate: it is the one found (update), a company of its own (create), or it is left out ("")."""
    batch = _locked(by, batch, None)
    if batch.state != State.CHECKED:
        raise Conflict(_("This import cannot be changed now (%s).") % batch.get_state_display())
    if chosen not in {"", Outcome.CREATE, Outcome.UPDATE} or not (line.chosen or line.outcome == Outcome.DUPLICATE):
        raise Refused(_("There is nothing to decide about this line."), code="not_a_duplicate")
    line.chosen, line.outcome = chosen, chosen or Outcome.DUPLICATE
    _look_again(by, batch, line)
    line.save(update_fields=["chosen", "outcome", "changes", "reason"])
    _saved(batch, counts=count(batch))
    return line


def _look_again(by: "User", batch: ImportBatch, line: ImportRow) -> None:
    """What the line will do now that it is decided; the dry run could not say."""
    draft, rules = Reader.of(batch).draft(line.number, line.cells), Rules.of(batch, by)
    [doubt], [found] = decide([draft], rules), decide([draft], rules, {line.number: line.chosen})
    line.changes = found.changes if line.chosen == Outcome.UPDATE else {}
    line.reason = found.reason or doubt.reason or line.reason


def count(batch: ImportBatch) -> dict[str, int]:
    """Rows by outcome and by what became of them, and how many had something strange; one pass over the index."""
    rows = ImportRow.objects.filter(park_id=batch.park_id, batch=batch).order_by()
    found: dict[str, int] = {}
    parts = rows.values_list("outcome", "state").annotate(
        n=Count("pk"), strange=Count("pk", filter=~Q(warnings=[])), leads=Count("lead_pk")
    )
    for outcome, state, number, strange, leads in parts:
        named = {outcome: number, f"{outcome}:{state}": number, "warnings": strange, "all": number, "leads": leads}
        for name, part in named.items():
            found[name] = found.get(name, 0) + part
    return found


def ended(*, batch: ImportBatch, state: str, **values: Any) -> ImportBatch:
    """A job's last word: the state reached, and the counts."""
    return _saved(batch, state=state, counts=count(batch), error="", **values)


def _locked(by: "User", batch: ImportBatch, version: int | None) -> ImportBatch:
    require(by, "imports.run", batch.park_id)
    held: ImportBatch = locked(ImportBatch.objects.select_related("job"), pk=batch.pk)
    if version is not None and held.version != version:
        raise Stale(_("This import went on meanwhile. Reload it and look again."))
    if has_stopped(held):
        held.state = State.STOPPED
    return held


def has_stopped(batch: ImportBatch) -> bool:
    """Whether its job ended without saying so: a fault, a lost worker, a cancelled job."""
    return batch.is_busy and (batch.job is None or batch.job.state not in OPEN_JOBS)


def _any_written(batch: ImportBatch) -> bool:
    written = ImportRow.objects.filter(park_id=batch.park_id, batch=batch, state=ImportRow.State.DONE)
    return bool(written.filter(Q(outcome__in=[Outcome.CREATE, Outcome.UPDATE]) | Q(lead_pk__isnull=False)).exists())


def _begin(by: "User", batch: ImportBatch, kind: str, *, here: bool = False) -> ImportBatch:
    state = {CHECK: State.CHECKING, RUN: State.RUNNING, REVERT: State.REVERTING}[kind]
    work = {"import": batch.pk}
    job = start_job(by=by, park_id=batch.park_id, kind=kind, input=work, total=batch.rows, here=here)
    return _saved(batch, job=job, state=state, error="")


def _saved(batch: ImportBatch, **values: Any) -> ImportBatch:
    for name, value in values.items():
        setattr(batch, name, value)
    batch.version += 1
    batch.save()
    return batch
