"""What pages, the API and files say of an import and its lines."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from companies.hooks import lead_taker
from companies.imports.reasons import label_of, say, say_all
from companies.imports.revert import in_use
from companies.models import Company, ImportBatch, ImportRow, Industry
from core.sheets import Sheet, defused, write_xlsx

if TYPE_CHECKING:
    from accounts.models import User

# Above so many lines the preview of a taking back does not ask which companies are in use.
MOST_PREVIEWED = 20_000
CHUNK = 2000
Outcome, State = ImportRow.Outcome, ImportRow.State


@dataclass(frozen=True)
class Change:
    """One fact before and after, as people read it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """A line of an import as the page shows it."""

    row: ImportRow
    changes: list[Change]
    reason: str
    warnings: list[str]
    company: Company | None
    lead_url: str = ""

    @property
    def pk(self) -> int:
        """The line's own, by which a list knows it."""
        return int(self.row.pk)

    @property
    def is_doubtful(self) -> bool:
        """Waits for a decision, or was decided by a person."""
        return bool(self.row.chosen) or self.row.outcome == Outcome.DUPLICATE


def shown(rows: Sequence[ImportRow], user: "User") -> list[Shown]:
    """A page of lines, with the companies they mean as far as the reader sees them."""
    keys = {row.company_pk for row in rows if row.company_pk}
    companies = Company.objects.visible_to(user).slim().in_bulk(keys) if keys else {}
    industries, taker = _industries(rows), lead_taker()
    return [
        Shown(
            row,
            [_change(name, both, industries) for name, both in row.changes.items()],
            say(row.reason),
            say_all(row.warnings),
            companies.get(row.company_pk),
            taker.address(row.lead_pk) if taker and row.lead_pk else "",
        )
        for row in rows
    ]


def _industries(rows: Iterable[ImportRow]) -> dict[int, str]:
    keys = {pk for row in rows for pk in row.changes.get("industry", []) if pk}
    return {pk: str(one) for pk, one in Industry.objects.in_bulk(keys).items()} if keys else {}


def _change(name: str, both: Sequence[Any], industries: dict[int, str]) -> Change:
    before, after = (_words(name, value, industries) for value in both)
    return Change(label_of(name), before, after)


def _words(name: str, value: Any, industries: dict[int, str]) -> str:
    if name == "industry":
        return industries.get(value, "")
    if name == "origin_park":
        return _("My park") if value else _("Registry")
    if name == "marks":
        return "、".join(str(Company.Mark(code).label) for code in value or [])
    if name == "exchange":
        return str(Company.Exchange(value).label) if value else ""
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def lines_of(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The lines of an import, along its index."""
    return ImportRow.objects.filter(park_id=batch.park_id, batch=batch)


def not_taken(batch: ImportBatch) -> QuerySet[ImportRow]:
    """What did not get in: failed lines, and possible duplicates that nobody decided."""
    return lines_of(batch).filter(outcome__in=[Outcome.FAILED, Outcome.DUPLICATE]).order_by("number")


def _failed_rows(batch: ImportBatch) -> Iterator[list[str]]:
    for row in not_taken(batch).iterator(chunk_size=CHUNK):
        said = say(row.reason)
        yield [str(row.number), str(row.get_outcome_display()), said, *map(str, row.cells)]


def _failed_head(batch: ImportBatch) -> list[str]:
    return [pgettext("import", "Line"), _("Outcome"), _("Reason"), *batch.headers]


def write_failed_xlsx(batch: ImportBatch, target: IO[bytes]) -> None:
    """The lines that did not get in as a workbook: their cells as they came, and why."""
    write_xlsx(target, [Sheet(_("Not imported"), _failed_head(batch), _failed_rows(batch))])


def write_failed_csv(batch: ImportBatch, target: IO[bytes]) -> None:
    """The same as CSV in UTF-8 with a mark that Excel understands; no cell is taken for a formula."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for cells in (_failed_head(batch), *_failed_rows(batch)):
        writer.writerow([defused(cell) for cell in cells])
    text.detach()


@dataclass(frozen=True)
class Preview:
    """What taking an import back would do; `in_use` is None where there are too many companies to ask for each."""

    created: int
    updated: int
    in_use: int | None
    leads: int = 0


def preview(batch: ImportBatch) -> Preview:
    """Counted before somebody confirms."""
    written = lines_of(batch).filter(state=State.DONE)
    created, updated = (written.filter(outcome=one).count() for one in (Outcome.CREATE, Outcome.UPDATE))
    if created > MOST_PREVIEWED:
        return Preview(created, updated, None)
    leads = written.filter(lead_pk__isnull=False).count() if batch.as_leads else 0
    keys = list(written.filter(outcome=Outcome.CREATE).values_list("company_pk", flat=True))
    return Preview(created, updated, len(in_use([key for key in keys if key])), leads)
