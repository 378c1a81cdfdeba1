"""Lines and ranks, from figures: pure, no queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from reports.formulas import ZERO
from reports.scoring import Figure, Item, Scored, points_of

OFFICER, DEPARTMENT = "officer", "department"


class Cell(NamedTuple):
    """The figure of one person in one department."""

    indicator: str
    user_id: int | None
    department_id: int | None
    n: int
    total: Decimal


class Subject(NamedTuple):
    """Who is ranked: a person with the department of that time, or a department with its number of people."""

    subject: str
    id: int
    name: str
    department_id: int | None = None
    heads: int = 1


@dataclass
class Line:
    """One ranked line."""

    subject: Subject
    figures: dict[str, Figure]
    points: dict[str, Decimal] = field(default_factory=dict)
    score: Decimal = ZERO
    rank: int = 0
    previous_rank: int | None = None


def totals_of(cells: Iterable[Cell]) -> dict[str, Figure]:
    """The park's own figures."""
    totals: dict[str, Figure] = defaultdict(Figure)
    for cell in cells:
        totals[cell.indicator] += Figure(cell.n, cell.total)
    return dict(totals)


def lines_of(
    cells: Sequence[Cell],
    subjects: Sequence[Subject],
    items: Sequence[Item],
    previous: Mapping[tuple[str, int], int] | None = None,
) -> list[Line]:
    """Scored and ranked lines of one kind of subject; `previous` gives last month's rank by (subject, id)."""
    by_subject = _grouped(cells, subjects)
    lines = [Line(subject, by_subject[subject.id]) for subject in subjects]
    scored = [Scored(line.figures, line.subject.heads) for line in lines]
    for line, own in zip(lines, scored, strict=True):
        line.points = points_of(items, own, scored)
        line.score = sum(line.points.values(), ZERO)
        line.previous_rank = (previous or {}).get((line.subject.subject, line.subject.id))
    return ranked(lines)


def _grouped(cells: Iterable[Cell], subjects: Sequence[Subject]) -> dict[int, dict[str, Figure]]:
    officers = bool(subjects) and subjects[0].subject == OFFICER
    figures: dict[int, dict[str, Figure]] = {subject.id: {} for subject in subjects}
    for cell in cells:
        owner = cell.user_id if officers else cell.department_id
        if owner in figures:
            held = figures[owner]
            held[cell.indicator] = held.get(cell.indicator, Figure()) + Figure(cell.n, cell.total)
    return figures


def ranked(lines: Iterable[Line]) -> list[Line]:
    """The highest score first; equal scores share a rank and stand by name, the next rank is counted on (1, 1, 3)."""
    ordered = sorted(lines, key=lambda line: (-line.score, line.subject.name, line.subject.id))
    for place, line in enumerate(ordered, start=1):
        above = ordered[place - 2] if place > 1 else None
        line.rank = above.rank if above and above.score == line.score else place
    return ordered
