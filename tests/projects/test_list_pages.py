"""The lists of projects and payments: who sees them, filters, order, statements."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.fixtures.cast import Cast
from tests.projects.conftest import Site
from tests.projects.test_payments import claim

Slip = Callable[[], SimpleUploadedFile]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


LISTS = ("/projects/", "/projects/board/", "/payments/")


@pytest.mark.parametrize("url", LISTS)
def test_lists_are_empty_for_strangers_and_closed_to_enterprises(cast: Cast, site: Site, slip: Slip, url: str) -> None:
    project = site.project(name="机密甲项目")
    claim(cast, project, files=[slip()])
    assert "机密甲项目" in signed_in(cast.manager).get(url).text
    for name in ("stranger", "sibling_manager", "operator_manager"):
        page = signed_in(cast.people[name]).get(url)
        assert page.status_code == 200
        assert "机密甲项目" not in page.text
    assert signed_in(cast.enterprise).get(url).status_code == 403


@pytest.mark.parametrize("url", LISTS)
def test_lists_need_at_most_eight_statements_however_many_rows(cast: Cast, site: Site, slip: Slip, url: str) -> None:
    """Statements that read tables, login and access included; what opens and closes the scope is not counted."""
    counts = []
    for _ in range(2):
        for _ in range(3):
            claim(cast, site.project(responsible_leader=cast.leader), files=[slip()])
        client = signed_in(cast.manager)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(
            sum(" FROM " in query["sql"] or query["sql"].startswith("EXECUTE ") for query in captured.captured_queries)
        )
    assert counts[0] == counts[1]
    assert counts[1] <= 8


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"light": "green"}, True),
        ({"light": "red"}, False),
        ({"state": "signed"}, True),
        ({"state": ["registered", "production"]}, False),
        ({"officer": "me"}, False),
        ({"leader": "me"}, True),
        ({"q": "光电一"}, True),
        ({"q": "zone-2026-001"}, True),
        ({"q": "没有的"}, False),
        ({"signed_on_after": "2026-08-04"}, False),
        ({"park": "zone"}, True),
        ({"park": "inner"}, False),
    ],
)
def test_filters_narrow(cast: Cast, site: Site, query: dict[str, str], found: bool) -> None:  # noqa: FBT001 - a column of the table
    site.project(responsible_leader=cast.manager)
    page = signed_in(cast.manager).get("/projects/", query)
    assert ("ZONE-2026-001" in page.text.split("<tbody", 1)[-1] and "<tbody" in page.text) == found


@pytest.mark.parametrize("sort", ["agreed", "-agreed", "signed_on", "-signed_on", "nonsense"])
def test_the_list_sorts_and_pages_by_its_address(cast: Cast, site: Site, sort: str) -> None:
    site.project()
    assert signed_in(cast.manager).get("/projects/", {"sort": sort, "size": "25"}).status_code == 200


@pytest.mark.parametrize(
    "query", [{"light": "<script>"}, {"officer": "0 or 1"}, {"signed_on_after": "gestern"}, {"company": "x"}]
)
def test_senseless_filters_are_said_and_left_out(cast: Cast, site: Site, query: dict[str, str]) -> None:
    site.project()
    page = signed_in(cast.manager).get("/projects/", query)
    assert page.status_code == 200
    assert "<script>" not in page.text.split("<main", 1)[1].replace('<script type="module"', "")
