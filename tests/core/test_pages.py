"""The pages that every app builds on: keyset paging, filters in the address, forms that happen once."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation
from django_filters.filters import BooleanFilter, CharFilter, ChoiceFilter, MultipleChoiceFilter, NumberFilter
from django_filters.filterset import FilterSet

from accounts.models import User
from companies.models import Company
from core.access import person
from core.errors import Refused, Stale
from core.isolation import user_scope
from core.models import RequestKey
from core.navigation import Entry, visible
from core.pages import (
    LOGGED_IN,
    PUBLIC,
    ActionPage,
    BoardPage,
    Button,
    Chart,
    Column,
    FormNeeded,
    FormPage,
    ListPage,
    Page,
    Quick,
    Series,
    steps,
)
from core.pages.keyset import paginate
from leads.models import Lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead

AMOUNTS = [300, None, 100, 100, None, 500, 200, None, 100, 400]


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


class NameForm(forms.Form):
    name = forms.CharField()


class Rename(FormPage):
    permission = "companies.view"
    title = "Rename"
    form_class = NameForm
    success_url = "/jobs/"

    def perform(self, form: NameForm) -> Company:
        name = form.cleaned_data["name"]
        if name == "taken":
            raise Refused("That name is taken.", field="name")
        if name == "late":
            raise Stale("Somebody was quicker.")
        return make_company(name)


class Press(ActionPage):
    permission = "companies.view"
    success_url = "/jobs/"

    def perform(self) -> Company:
        if "form" in self.request.POST:
            raise FormNeeded("/jobs/?why")
        if "refuse" in self.request.POST:
            raise Refused("Not now.", code="not_now")
        return make_company("示例按钮有限公司")


@pytest.fixture
def leads(cast: Cast) -> list[Lead]:
    """Ten leads of the zone with amounts that repeat and are missing."""
    now = timezone.now()
    with cast.everywhere():
        return [
            make_lead(
                cast.zone,
                owner=cast.officer,
                company=make_company(f"示例{number}号有限公司"),
                amount=amount,
                stage="visiting" if number % 2 else "planning",
                stage_since=now - timedelta(days=number),
            )
            for number, amount in enumerate(AMOUNTS)
        ]


@contextmanager
def asked(user: User, url: str = "/", *, data: dict[str, Any] | None = None, **headers: str) -> Iterator[Any]:
    """A request of this person inside their scope, as the middleware hands it to a page."""
    factory = RequestFactory(headers=headers)
    request = factory.get(url) if data is None else factory.post(url, data)
    request.user = user
    request.session = {}  # type: ignore[assignment]  # messages need no more
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    with user_scope(user), translation.override("en"):
        yield request


def prepared(view: type[Any], request: Any, **kwargs: Any) -> Any:
    """The view as it stands before it answers."""
    page = view()
    page.setup(request, **kwargs)
    return page


def answer(view: type[Page], request: Any) -> Any:
    """The view's answer, not yet rendered where it is a template."""
    return view.as_view()(request)


def walk(user: User, sort: str, size: int) -> list[Any]:
    """The ids of a list, page after page to its end, and the same way back."""
    with asked(user) as request:
        queryset = Lead.objects.visible_to(request.user)
        forward, cursor, page = [], "", None
        while page is None or page.next:
            page = paginate(queryset, sort, size, cursor)
            forward += [row.pk for row in page.rows]
            cursor = page.next
        back = [row.pk for row in page.rows]
        while page.previous:
            page = paginate(queryset, sort, size, page.previous)
            back = [row.pk for row in page.rows] + back
    assert back == forward
    return forward


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


@pytest.mark.parametrize("sort", ["amount", "-amount", "pk", "-pk", "stage_since", "-stage_since", "company__name"])
@pytest.mark.parametrize("size", [1, 3, 4, 10, 50])
def test_pages_show_every_row_once_in_both_directions(cast: Cast, leads: list[Lead], sort: str, size: int) -> None:
    assert sorted(walk(cast.officer, sort, size)) == sorted(lead.pk for lead in leads)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("amount", [100, 100, 100, 200, 300, 400, 500]), ("-amount", [500, 400, 300, 200, 100, 100, 100])],
)
def test_empty_values_come_last_in_both_orders(cast: Cast, leads: list[Lead], sort: str, expected: list[int]) -> None:
    amounts = {lead.pk: lead.amount for lead in leads}
    assert [amounts[pk] for pk in walk(cast.officer, sort, 3)] == [*expected, None, None, None]


def test_a_row_that_arrives_meanwhile_shifts_nothing(cast: Cast, leads: list[Lead]) -> None:
    with asked(cast.officer) as request:
        queryset = Lead.objects.visible_to(request.user)
        first = paginate(queryset, "-pk", 4)
        make_lead(cast.zone, owner=cast.officer)
        second = paginate(queryset, "-pk", 4, first.next)
    assert [row.pk for row in first.rows + second.rows] == sorted((lead.pk for lead in leads), reverse=True)[:8]


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "W10:1:2", "é"])
def test_a_damaged_place_is_the_first_page(cast: Cast, leads: list[Lead], cursor: str) -> None:
    with asked(cast.officer) as request:
        page = paginate(Lead.objects.visible_to(request.user), "-pk", 4, cursor)
    assert page.rows[0].pk == max(lead.pk for lead in leads)
    assert page.previous == ""


def test_a_place_of_another_order_is_the_first_page(cast: Cast, leads: list[Lead]) -> None:
    with asked(cast.officer) as request:
        queryset = Lead.objects.visible_to(request.user)
        place = paginate(queryset, "amount", 4).next
        assert paginate(queryset, "-pk", 4, place).previous == ""


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
    monkeypatch.setattr("core.pages.keyset.COUNT_CAP", 5)
    monkeypatch.setattr("core.pages.lists.COUNT_CAP", 5)
    with asked(cast.officer, "/?size=25") as request:
        page = prepared(Leads, request)
        page.size = 4
        assert (page.count, page.capped) == (6, True)


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


@pytest.mark.parametrize("sort", ["amount", "-amount", "-pk", "stage_since", "-company__name"])
@pytest.mark.parametrize("size", [3, 7, 50])
def test_several_parks_are_one_list(cast: Cast, leads: list[Lead], sort: str, size: int) -> None:
    now = timezone.now()
    with cast.everywhere():
        for number, park in enumerate([cast.inner, cast.sibling, cast.inner, cast.sibling]):
            amount = None if number == 1 else number * 120
            make_lead(park, owner=cast.officer, amount=amount, company=make_company(f"示例{number}区"), stage_since=now)
    forward: list[int] = []
    back: list[int] = []
    cursor, page = "", None
    with asked(cast.leader) as request:
        queryset = Lead.objects.visible_to(request.user)
        parks = request.user.access.read_parks
        assert len(parks) == 3
        alone = [row.pk for row in paginate(queryset, sort, 100).rows]
        while page is None or page.next:
            page = paginate(queryset, sort, size, cursor, parks)
            forward += [row.pk for row in page.rows]
            cursor = page.next
        while page.previous:
            page = paginate(queryset, sort, size, page.previous, parks)
            back = [row.pk for row in page.rows] + back
    assert forward == alone
    assert forward[: len(back)] == back
    assert len(forward) == 14


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


def test_a_form_sent_twice_happens_once(cast: Cast) -> None:
    key = str(uuid.uuid4())
    answers = []
    for _time in range(2):
        with asked(cast.officer, data={"name": "示例新名有限公司", "request_key": key}) as request:
            answers.append(answer(Rename, request))
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/jobs/")] * 2
    assert Company.objects.filter(name="示例新名有限公司").count() == 1


def test_a_refused_form_may_be_sent_again(cast: Cast) -> None:
    key = str(uuid.uuid4())
    with asked(cast.officer, data={"name": "taken", "request_key": key}) as request:
        refused = answer(Rename, request).render()
    assert refused.status_code == 422
    assert "That name is taken." in refused.content.decode()
    assert key in refused.content.decode()
    assert not RequestKey.objects.exists()
    with asked(cast.officer, data={"name": "示例改名有限公司", "request_key": key}) as request:
        assert answer(Rename, request).status_code == 302


def test_a_stale_form_keeps_what_was_typed(cast: Cast) -> None:
    with asked(cast.officer, data={"name": "late"}) as request:
        got = answer(Rename, request).render()
    assert got.status_code == 412
    assert 'value="late"' in got.content.decode()
    assert "Somebody was quicker." in got.content.decode()


def test_the_sheet_gets_a_part_and_a_redirect_by_header(cast: Cast) -> None:
    part = {"hx-request": "true", "hx-target": "sheet-form"}
    with asked(cast.officer, data={"name": ""}, **part) as request:
        again = answer(Rename, request).render()
    with asked(cast.officer, data={"name": "示例侧栏有限公司"}, **part) as request:
        done = answer(Rename, request)
    assert again.status_code == 200
    assert 'id="sheet-form"' in again.content.decode()
    assert "<html" not in again.content.decode()
    assert (done.status_code, done["HX-Redirect"]) == (204, "/jobs/")


@pytest.mark.parametrize(
    ("address", "expected"),
    [("/leads/?q=1", "/leads/?q=1"), ("https://evil.example/", "/jobs/"), ("//evil.example", "/jobs/")],
)
def test_a_form_goes_on_only_to_own_addresses(cast: Cast, address: str, expected: str) -> None:
    with asked(cast.officer, data={"name": "示例去向有限公司", "next": address}) as request:
        assert answer(Rename, request)["Location"] == expected


def test_a_button_answers_browser_and_script(cast: Cast) -> None:
    with asked(cast.officer, data={}) as request:
        assert answer(Press, request)["Location"] == "/jobs/"
    with asked(cast.officer, data={}, accept="application/json") as request:
        assert b'"url": "/jobs/"' in answer(Press, request).content
    with asked(cast.officer, data={"form": ""}, accept="application/json") as request:
        assert b'{"form": "/jobs/?why"}' in answer(Press, request).content
    with asked(cast.officer, data={"refuse": ""}, accept="application/json") as request:
        got = answer(Press, request)
    assert (got.status_code, got.content) == (422, b'{"detail": "Not now.", "code": "not_now"}')


def test_a_button_is_not_pressed_by_a_link(cast: Cast) -> None:
    with asked(cast.officer) as request:
        assert answer(Press, request).status_code == 405


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
