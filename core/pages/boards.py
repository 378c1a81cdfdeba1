"""The board: a column for each stage, its cards loaded twenty at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.pages.base import Page
from core.pages.keyset import edge, either, paginate
from core.pages.lists import Button, Empty, View, allowed_buttons
from core.pages.viewing import Viewed

# From here on sorting a whole column costs more than asking each park for its first cards.
LONG = 2_000


@dataclass
class BoardColumn:
    """A stage with its head count, its sum in yuan and the first cards."""

    code: str
    label: str | Promise
    count: int = 0
    total: Decimal | None = None
    cards: Sequence[Any] = field(default_factory=list)
    more_url: str = ""


class BoardPage(Viewed, Page, abstract=True):
    """A board over one stage field: declare `permission`, `title`, `stages`, `cards_template`, `get_queryset()`.

    `cards_template` is one partial that loops over `column.cards` and prints an `<article class="ld-card" …>` for each.
    Counts and sums come from one grouped statement, the first cards of all columns from another.
    """

    template_name = "pages/board.html"
    cards_part_template: ClassVar[str] = "pages/board_cards.html"
    heads_part_template: ClassVar[str] = "pages/board_heads.html"
    cards_template: ClassVar[str] = ""
    stages: ClassVar[Sequence[tuple[str, str | Promise]]] = ()
    stage_field: ClassVar[str] = "stage"
    sum_field: ClassVar[str] = ""
    card_order: ClassVar[str] = "-pk"
    column_size: ClassVar[int] = 20
    buttons: ClassVar[tuple[Button, ...]] = ()
    views: ClassVar[tuple[View, ...]] = ()
    empty: ClassVar[Empty] = Empty(_("Nothing here yet"))

    def get_stages(self) -> Sequence[tuple[str, str | Promise]]:
        return self.stages

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.asks_panel:
            return super().get(request, *args, **kwargs)
        if self.is_part and request.GET.get("column"):
            return self.part(self.cards_part_template, column=self.one_column(request.GET["column"]))
        if self.is_part and request.GET.get("card", "").isdecimal():
            return self.part(self.cards_part_template, column=self.one_card(int(request.GET["card"])))
        if self.is_part and self.target == "board-heads":
            return self.part(self.heads_part_template, columns=self.heads())
        return self.render_to_response(self.get_context_data(columns=self.columns()))

    @cached_property
    def totals(self) -> dict[str, tuple[int, Decimal | None]]:
        """Cards and yuan of each stage, in one statement."""
        measures: dict[str, Any] = {"n": Count("pk")} | ({"total": Sum(self.sum_field)} if self.sum_field else {})
        rows = self.filtered.order_by().values(self.stage_field).annotate(**measures)
        return {row[self.stage_field]: (row["n"], row.get("total")) for row in rows}

    def heads(self) -> list[BoardColumn]:
        return [BoardColumn(code, label, *self.totals.get(code, (0, None))) for code, label in self.get_stages()]

    def columns(self) -> list[BoardColumn]:
        columns = {column.code: column for column in self.heads()}
        for card in self.first_cards([column for column in columns.values() if column.count]):
            column = columns[getattr(card, self.stage_field)]
            if len(column.cards) < self.column_size:
                column.cards = [*column.cards, card]
        for column in columns.values():
            if column.count > len(column.cards) and column.cards:
                column.more_url = self.more_url(column)
        return [*columns.values()]

    def first_cards(self, columns: Sequence[BoardColumn]) -> list[Any]:
        """The first cards of all columns in one statement; only their keys are looked for column by column."""
        if not columns:
            return []
        keys = either([head for column in columns for head in self.first_keys(column)])
        return list(self.filtered.filter(pk__in=keys).order_by(*self.ordering))

    def first_keys(self, column: BoardColumn) -> list[QuerySet[Any, Any]]:
        """The keys of a column's first cards; a long one is read park by park, along the index."""
        keys = self.cards_of(column.code).order_by(*self.ordering).values("pk")
        if column.count < LONG or not self.parks:
            return [keys[: self.column_size]]
        return [keys.filter(park_id=park)[: self.column_size] for park in self.parks]

    @property
    def ordering(self) -> tuple[str, str]:
        return self.card_order, "-pk" if self.card_order.startswith("-") else "pk"

    def cards_of(self, code: str) -> QuerySet[Any]:
        return self.filtered.filter(**{self.stage_field: code})

    def one_column(self, code: str) -> BoardColumn:
        """The next cards of one column."""
        cursor = self.request.GET.get("cursor", "")
        page = paginate(self.cards_of(code), self.card_order, self.column_size, cursor, self.parks)
        label = dict(self.get_stages()).get(code, code)
        more = self.url_with(column=code, cursor=page.next) if page.next else ""
        return BoardColumn(code, label, cards=page.rows, more_url=more)

    def one_card(self, pk: int) -> BoardColumn:
        """A card as it is after its move: age, light and what it warns of are other ones."""
        return BoardColumn("", "", cards=list(self.filtered.filter(pk=pk)))

    def more_url(self, column: BoardColumn) -> str:
        return self.url_with(column=column.code, cursor=edge(column.cards, self.card_order, back=False))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"buttons": allowed_buttons(self.buttons, self.access)} | kwargs))
