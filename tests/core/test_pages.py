"""The pages that every app builds on: keyset paging, filters in the address, forms that happen once."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django_filters.filters import BooleanFilter, CharFilter, ChoiceFilter, MultipleChoiceFilter, NumberFilter
from django_filters.filterset import FilterSet

from core.access import person
from core.navigation import Entry, visible
from core.pages import (
    LOGGED_IN,
    PUBLIC,
    BoardPage,
    Button,
    Chart,
    Column,
    ListPage,
    Page,
    Quick,
    Series,
    steps,
)
from leads.models import Lead
from tests.core.kit import answer, asked, prepared
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_lead


class LeadFilter(FilterSet):
    q = CharFilter(field_name="company__name", lookup_expr="icontains")
    stage = MultipleChoiceFilter(choices=[("planning", "Planning"), ("visiting", "Visiting")], label="Stage")
    amount = NumberFilter(label="Amount")


class Leads(ListPage):
    permission = "leads.view"
    title = "Leads"
    filterset_class = LeadFilter
    rows_template = "pages/record_tab.html"
    default_size = 25
    columns = (
        Column("company", "Company", sort="company__name"),
        Column("amount", "Amount", sort="amount", numeric=True),
    )
    quick = (Quick("Visiting", "stage", "visiting"),)
    buttons = (Button("New", "core:jobs", permission="leads.claim"), Button("Never", "core:jobs", permission="no.such"))

    def get_queryset(self) -> Any:
        return Lead.objects.visible_to(person(self.request)).select_related("company")


class Front(Page):
    permission = PUBLIC


class Inside(Page):
    permission = LOGGED_IN


class Board(BoardPage):
    permission = "leads.view"
    stages = (("planning", "Planning"), ("visiting", "Visiting"), ("signed", "Signed"))
    sum_field = "amount"
    column_size = 2
    cards_template = "pages/record_tab.html"

    def get_queryset(self) -> Any:
        return Lead.objects.visible_to(person(self.request))


def test_a_page_without_a_permission_cannot_be_imported() -> None:
    with pytest.raises(ImproperlyConfigured, match="must declare its permission"):
        type("Open", (Page,), {})


def test_only_a_public_page_skips_the_login() -> None:
    public_view = Front.as_view()
    private_view = Inside.as_view()
    assert getattr(public_view, "login_required", True) is False
    assert getattr(private_view, "login_required", True) is True


def test_a_person_without_the_permission_is_refused(cast: Cast) -> None:
    with asked(cast.enterprise) as request, pytest.raises(PermissionDenied):
        answer(Leads, request)


def test_parts_and_pages_are_told_apart_by_caches(cast: Cast) -> None:
    with asked(cast.officer) as request:
        assert "HX-Request" in answer(Leads, request)["Vary"]


def test_a_header_click_orders_up_then_down_then_not(cast: Cast) -> None:
    links = []
    for sort in ("", "?sort=amount", "?sort=-amount"):
        with asked(cast.officer, f"/{sort}") as request:
            links += [h.url for h in prepared(Leads, request).headings() if h.column.key == "amount"]
    assert links == ["?sort=amount", "?sort=-amount", "?"]


def test_an_unknown_order_or_size_falls_back(cast: Cast) -> None:
    with asked(cast.officer, "/?sort=password&size=7") as request:
        page = prepared(Leads, request)
        assert (page.order, page.size) == ("-pk", 25)


def test_filters_are_chips_and_each_can_be_taken_away(cast: Cast, leads: list[Lead]) -> None:
    with asked(cast.officer, "/?stage=planning&stage=visiting&amount=100&sort=amount&cursor=x") as request:
        page = prepared(Leads, request)
        chips = {chip.name: (chip.value, chip.url) for chip in page.chips}
        assert page.count == 3
    assert chips["stage"] == ("Planning、Visiting", "?amount=100&sort=amount")
    assert chips["amount"][1] == "?stage=planning&stage=visiting&sort=amount"


def test_a_quick_filter_toggles_and_needs_no_chip(cast: Cast, leads: list[Lead]) -> None:
    with asked(cast.officer, "/?stage=visiting") as request:
        page = prepared(Leads, request)
        assert page.quick_links() == [("Visiting", "?", True)]
        assert page.chips_shown == []
        assert page.count == 5


def test_a_filter_that_is_not_understood_is_said(cast: Cast) -> None:
    with asked(cast.officer, "/?amount=much") as request:
        assert prepared(Leads, request).refused == ["Amount"]


def test_the_park_in_the_address_narrows_the_list(cast: Cast, leads: list[Lead]) -> None:
    with cast.everywhere():
        inner = make_lead(cast.inner, owner=cast.operator_manager)
    with asked(cast.manager, "/?park=inner") as request:
        assert prepared(Leads, request).slice.rows == [inner]
    with asked(cast.manager, "/?park=elsewhere") as request:
        assert prepared(Leads, request).count == 11


def test_the_count_stops_at_the_cap(cast: Cast, leads: list[Lead], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pages.lists.COUNT_CAP", 5)
    with asked(cast.officer, "/?size=25") as request:
        page = prepared(Leads, request)
        page.size = 4
        assert (page.count, page.capped) == (6, True)


def test_the_panel_comes_when_it_is_opened_and_the_form_keeps_its_filters_until_then(cast: Cast) -> None:
    with asked(cast.officer, "/?stage=planning&amount=1&sort=-amount&cursor=x") as request:
        page = prepared(Leads, request)
        assert ("stage", "planning") in page.kept
        assert ("sort", "-amount") in page.kept
        assert "cursor" not in dict(page.kept)
        assert sorted(page.filterset.filters) == ["amount", "stage"]
        assert len(page.panel) == 2
    client = Client()
    client.force_login(cast.officer)
    whole = client.get("/leads/?stage=visiting").content.decode()
    assert 'name="stage" value="visiting"' in whole
    assert "checkbox" not in whole.split('id="list-form"')[1].split("</form>")[0]
    fields = client.get("/leads/?stage=visiting&panel=1", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fields
    assert fields.count('type="checkbox" name="stage"') > 4
    assert re.search(r'value="visiting"[^>]*checked', fields)


def test_the_rest_is_counted_when_asked_for(cast: Cast, leads: list[Lead], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pages.lists.COUNT_CAP", 5)
    monkeypatch.setattr("core.pages.lists.ListPage.default_size", 4)
    client = Client()
    client.force_login(cast.officer)
    assert re.search(r'hx-get="/leads/\?[^"]*count=1"[^>]*>5\+</button>', client.get("/leads/").content.decode())
    counted = client.get("/leads/?count=1", headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'id="list-count" hx-swap-oob="true">\d+</span>', counted)


def test_all_that_match_can_be_selected_of_more_than_are_counted(
    cast: Cast, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.pages.lists.COUNT_CAP", 5)
    monkeypatch.setattr("core.pages.lists.ListPage.default_size", 4)
    client = Client()
    client.force_login(cast.manager)
    page = client.get("/leads/").content.decode()
    assert re.search(r'data-bulk-more hx-get="/leads/\?[^"]*count=1"', page)
    assert "data-bulk-all" not in page
    counted = client.get("/leads/?count=1", headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'name="all" value="[^"]+" data-bulk-all', counted)
    monkeypatch.setattr("core.pages.lists.COUNT_MOST", 6)
    many = client.get("/leads/?count=1", headers={"HX-Request": "true"}).content.decode()
    assert "data-bulk-all" not in many
    assert "请缩小范围后再全选" in many


def test_buttons_that_a_person_may_not_press_are_not_shown(cast: Cast) -> None:
    with asked(cast.officer) as request:
        assert [button.label for button in prepared(Leads, request).get_context_data()["buttons"]] == ["New"]


def test_a_list_asks_three_questions(cast: Cast, leads: list[Lead], django_assert_num_queries: Any) -> None:
    with asked(cast.officer, "/?sort=-amount") as request:
        page = prepared(Leads, request)
        page.size = 4
        assert request.user.access.can("leads.view")
        with django_assert_num_queries(2):
            page.get_context_data()
            assert page.count == 10


def test_a_board_shows_counts_sums_and_the_first_cards(
    cast: Cast, leads: list[Lead], django_assert_num_queries: Any
) -> None:
    with asked(cast.officer) as request:
        board = prepared(Board, request)
        assert request.user.access.can("leads.view")
        with django_assert_num_queries(2):
            planning, visiting, signed = board.columns()
    assert (planning.count, planning.total, len(planning.cards)) == (5, Decimal(700), 2)
    assert (visiting.count, visiting.total, len(visiting.cards)) == (5, Decimal(1000), 2)
    assert (signed.count, signed.total, signed.cards, signed.more_url) == (0, None, [], "")


def test_more_cards_go_on_where_the_first_ended(cast: Cast, leads: list[Lead]) -> None:
    with asked(cast.officer) as request:
        column = prepared(Board, request).columns()[0]
        seen = [card.pk for card in column.cards]
        url = column.more_url
    while url:
        with asked(cast.officer, f"/{url}") as request:
            column = prepared(Board, request).one_column("planning")
            seen += [card.pk for card in column.cards]
            url = column.more_url
    assert seen == sorted((lead.pk for lead in leads if lead.stage == "planning"), reverse=True)


def test_navigation_shows_what_the_role_may_open(cast: Cast) -> None:
    entries = (
        Entry("core:jobs", "Jobs", "list", "jobs.view"),
        Entry("core:jobs", "No", "list", "no.such"),
        Entry("no:where", "Gone", "list"),
    )
    links = visible(entries, cast.officer.access, "/jobs/")
    assert [(link.label, link.current) for link in links] == [("Jobs", True)]


def test_the_stage_bar_knows_what_is_behind_and_ahead() -> None:
    assert [step.state for step in steps((("a", "A"), ("b", "B"), ("c", "C")), "b")] == ["done", "current", "ahead"]


def test_a_chart_has_its_table() -> None:
    chart = Chart("c", "Up", "bar", ["9月", "10月"], (Series("亿元", [Decimal("1.5"), None]),), first_head="月")
    assert chart.heads == ["月", "亿元"]
    assert chart.rows == [["9月", "1.5"], ["10月", "—"]]
    assert chart.data["series"][0]["data"] == [1.5, None]


def test_pages_carry_nothing_inline(client: Any, cast: Cast) -> None:
    response: HttpResponse = client.get("/login/")
    html = response.content.decode()
    assert not re.search(r"<[^>]+\sstyle=|<[^>]+\son[a-z]+=|hx-on", html)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)


def test_a_filter_that_is_not_set_reads_any(cast: Cast) -> None:
    view = type(
        "Chosen",
        (Leads,),
        {
            "filterset_class": type(
                "F", (FilterSet,), {"own": ChoiceFilter(choices=[("a", "A")]), "open": BooleanFilter()}
            )
        },
    )
    with asked(cast.officer) as request:
        html = "".join(str(field) for field in prepared(view, request).panel)
    assert html.count(">Any</option>") == 2
    assert "---" not in html
