"""Paging by key: every row once, whatever the order, whatever arrives meanwhile."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core.pages.keyset import paginate
from leads.models import Lead
from tests.core.kit import asked
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead


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
