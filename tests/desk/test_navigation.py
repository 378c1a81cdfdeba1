"""The lists of a section: a few heads, and under each what belongs together, for whoever may open it."""

import pytest
from django.test import Client

from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def lists_on(client: Client, url: str) -> tuple[list[str], list[str], list[str]]:
    """The heads, the lists under the current one, and the current ones of both."""
    shell = client.get(url).context["shell"]
    current = [link.url for link in (*shell.section, *shell.subsection) if link.current]
    return [link.url for link in shell.section], [link.url for link in shell.subsection], current


def test_an_officer_reaches_the_own_cases_and_a_ruler_all_of_them(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    heads, lists, current = lists_on(client, "/conflict-sides/")
    assert len(heads) <= 7
    assert lists == ["/leads/pool/", "/conflict-sides/", "/leads/handovers/", "/leads/offers/"]
    assert current == ["/leads/pool/", "/conflict-sides/"]
    client.force_login(cast.manager)
    assert "/conflicts/" in lists_on(client, "/leads/pool/")[1]
    assert lists_on(client, "/leads/board/")[2] == ["/leads/"]


def test_who_sees_no_leads_finds_the_lists_that_are_left(client: Client, cast: Cast) -> None:
    client.force_login(cast.window)
    heads, lists, _current = lists_on(client, "/activities/")
    assert heads[0] == "/activities/"
    assert not {"/leads/", "/leads/pool/"} & set(heads)
    assert lists == ["/activities/", "/promises/"]


def test_choosing_a_park_keeps_the_filters_and_forgets_the_place_in_the_list(client: Client, cast: Cast) -> None:
    client.force_login(cast.leader)
    page = client.get("/leads/?stage=visiting&sort=-amount&size=25&park=inner").content.decode()
    kept = "/leads/?stage=visiting&amp;sort=-amount&amp;size=25"
    assert f'href="{kept}" data-park=""' in page
    assert f'href="{kept}&amp;park={cast.zone.code}" data-park="{cast.zone.code}"' in page
    assert client.get("/views/?list=leads:list").status_code == 200
    assert (
        f'href="/views/?list=leads%3Alist&amp;park={cast.zone.code}"'
        in client.get("/views/?list=leads:list").content.decode()
    )
