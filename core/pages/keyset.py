"""Keyset pages: every page costs the same, however deep, and a row that arrives meanwhile shifts nothing.

The order is one field and the primary key. Rows whose field is empty come last in both directions; they are a segment
of their own, so that each statement is a plain range over an index. So are the two halves of an order that begins with
a yes-or-no field (`-unread,-sent_at`).
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

# Up to where a list counts its rows by itself, and when asked to: ten thousand cost half a list.
COUNT_CAP, COUNT_MOST = 1_000, 10_000
SALT = "luodi.cursor"
M = TypeVar("M", bound=Model)
READERS: dict[str, Callable[[str], Any]] = {"t": dt.datetime.fromisoformat, "d": dt.date.fromisoformat, "n": Decimal}


@dataclass(frozen=True)
class Order:
    """`-amount` as a field path and a direction; `half` is the yes-or-no field whose rows with yes come first."""

    field: str
    descending: bool
    half: str = ""

    @classmethod
    def parse(cls, text: str) -> "Order":
        half, _comma, text = text.rpartition(",")
        return cls(text.removeprefix("-"), text.startswith("-"), half.removeprefix("-"))

    def value(self, row: Any) -> Any:
        return attrgetter(self.field.replace("__", "."))(row)

    def is_late(self, row: Any) -> bool:
        """In the second segment."""
        return not getattr(row, self.half) if self.half else self.value(row) is None

    def place(self, row: Any, *, back: bool, text: str) -> "Cursor":
        """Where the row stands."""
        return Cursor(text, self.value(row), row.pk, back, self.is_late(row))


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the last row seen, and the way we go from there."""

    order: str
    value: Any
    pk: Any
    back: bool
    late: bool

    def dump(self) -> str:
        return signing.dumps([self.order, pack(self.value), pack(self.pk), self.back, self.late], salt=SALT)


def load_cursor(text: str, order: str) -> Cursor | None:
    """The cursor, or None (the first page) for one that is forged, outdated or belongs to another order."""
    try:
        saved, value, pk, back, late = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Cursor(order, unpack(value), unpack(pk), back, late) if saved == order else None


def pack(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def unpack(value: Any) -> Any:
    return READERS[value[0]](value[1]) if isinstance(value, list) else value


@dataclass(frozen=True)
class Slice:
    """One page of rows with the cursors to its neighbours (empty at the ends)."""

    rows: list[Any]
    previous: str
    next: str


def paginate(queryset: QuerySet[M], order: str, size: int, cursor_text: str = "", parks: Collection[int] = ()) -> Slice:
    """One page of the queryset, ordered by `order` and the primary key.

    An index that begins with the park orders the rows of one park only: each of the `parks` is read along its index,
    and the heads are merged.
    """
    cursor = load_cursor(cursor_text, order) if cursor_text else None
    back = bool(cursor and cursor.back)
    rows = read(queryset, Order.parse(order), cursor, size + 1, parks)
    more = len(rows) > size
    rows = rows[:size][::-1] if back else rows[:size]
    return Slice(
        rows,
        previous=edge(rows, order, back=True) if (more if back else cursor is not None) else "",
        next=edge(rows, order, back=False) if (more or back) else "",
    )


def paginate_found(
    found: Sequence[tuple[int, int]], size: int, cursor_text: str, read: Callable[[Sequence[int]], list[Any]]
) -> Slice:
    """One page of a search whose ranks and keys are known, the best first; `read` brings the rows of some keys."""
    cursor = load_cursor(cursor_text, "rank") if cursor_text else None
    if cursor is None:
        first = 0
    elif cursor.back:
        first = max(0, bisect_left(found, (cursor.value, cursor.pk)) - size)
    else:
        first = bisect_right(found, (cursor.value, cursor.pk))
    page = found[first : first + size]
    return Slice(
        read([pk for _rank, pk in page]),
        previous=Cursor("rank", *page[0], back=True, late=False).dump() if page and first else "",
        next=Cursor("rank", *page[-1], back=False, late=False).dump() if first + size < len(found) else "",
    )


def edge(rows: Sequence[Any], order: str, *, back: bool) -> str:
    if not rows:
        return ""
    row = rows[0] if back else rows[-1]
    return Order.parse(order).place(row, back=back, text=order).dump()


def neighbours(queryset: QuerySet[M], order: str, row: M, parks: Collection[int] = ()) -> tuple[M | None, M | None]:
    """The rows before and after this one in the order of its list."""
    parsed = Order.parse(order)
    places = (parsed.place(row, back=back, text=order) for back in (True, False))
    before, after = (next(iter(read(queryset, parsed, place, 1, parks)), None) for place in places)
    return before, after


def read(queryset: QuerySet[M], order: Order, cursor: Cursor | None, limit: int, parks: Collection[int]) -> list[M]:
    """Up to `limit` rows from the cursor on, going through the two segments in turn."""
    back = bool(cursor and cursor.back)
    rows: list[M] = []
    for late in segments(queryset, order, cursor):
        place = cursor if cursor and cursor.late == late else None
        half = queryset.filter(**{order.half: not late}) if order.half else queryset
        part = segment(half, order, place, empty=late and not order.half, back=back)
        rows += merged(part, parks, limit - len(rows)) if parks else part[: limit - len(rows)]
        if len(rows) >= limit:
            break
    return rows


def merged(queryset: QuerySet[M], parks: Collection[int], limit: int) -> list[M]:
    """The first rows of one or several parks, in one statement: the best of each park's first ones.

    Only keys are looked for park by park; joins and annotations are worked out for the few rows that are shown. (Row
    security hides from the planner how many rows there are, and it would rather sort them all.)
    """
    keys = queryset.values("pk")
    return list(queryset.filter(pk__in=either([keys.filter(park_id=park)[:limit] for park in parks]))[:limit])


def either(heads: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """The rows of all these querysets; at least one is given."""
    return heads[0].union(*heads[1:], all=True) if len(heads) > 1 else heads[0]


def segments(queryset: QuerySet[M], order: Order, cursor: Cursor | None) -> list[bool]:
    """The segments still ahead: False the rows with a value (or with yes), True those without."""
    if not order.half and not nullable(queryset, order.field):
        return [False]
    ahead = [True, False] if cursor and cursor.back else [False, True]
    return ahead if cursor is None or cursor.late == ahead[0] else ahead[1:]


def nullable(queryset: QuerySet[M], path: str) -> bool:
    """May the field, or a row on the way to it, be empty? An annotation counts as one that may."""
    if path == "pk" or path in queryset.query.annotations:
        return path != "pk"
    model: Any = queryset.model
    for name in path.split("__"):
        field = model._meta.get_field(name)
        if field.null:
            return True
        model = field.related_model
    return False


def segment(queryset: QuerySet[M], order: Order, place: Cursor | None, *, empty: bool, back: bool) -> QuerySet[M]:
    descending = order.descending != back
    direction = "-" if descending else ""
    if empty:
        queryset = queryset.filter(**{f"{order.field}__isnull": True})
        bound = after("pk", place.pk, descending) if place else Q()
        return queryset.filter(bound).order_by(f"{direction}pk")
    bound = Q()
    if place:
        bound = beyond(order.field, place, descending)
    elif nullable(queryset, order.field):
        bound = Q(**{f"{order.field}__isnull": False})
    return queryset.filter(bound).order_by(f"{direction}{order.field}", f"{direction}pk")


def beyond(field: str, place: Cursor, descending: bool) -> Q:  # noqa: FBT001 - a direction, not a mode
    # Not "after it, or level with a later key": the planner takes an OR for so few rows that it sorts them all. (Below
    # row security a numeric column cannot bound an index at all: its comparisons are not leakproof. Deep pages ordered
    # by an amount walk the index from its beginning; dates, numbers of type integer and keys do not.)
    side = "lte" if descending else "gte"
    passed = {field: place.value, f"pk__{'gte' if descending else 'lte'}": place.pk}
    return Q(**{f"{field}__{side}": place.value}) & ~Q(**passed)


def after(field: str, value: Any, descending: bool) -> Q:  # noqa: FBT001 - a direction, not a mode
    return Q(**{f"{field}__{'lt' if descending else 'gt'}": value})


def capped_count(queryset: QuerySet[M], cap: int) -> int:
    """How many rows there are, counting at most one more than the cap."""
    return queryset.order_by().values("pk")[: cap + 1].count()
