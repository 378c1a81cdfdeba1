"""The canary crawl: words of one park are looked for in everything that people of other parks can be shown."""

import io
import re
import zipfile
from collections import Counter
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User
from notices.models import Notice
from parks.models import Park
from reports.actions import close_month, publish_report
from tests.fixtures.cast import Cast
from tests.sweep.addresses import PUBLIC, addresses, fill, row_kind
from tests.sweep.canaries import FRAGMENT, Canaries, owned_models, private, token

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

LINK = re.compile(r"""(?:href|hx-get|data-suggest|data-url|src|data-options)="([^"#]+)""")
# One of each way of seeing: all parks, a zone with what it oversees, one inner park, one company, a park elsewhere.
ROLES = ("admin", "leader", "officer", "window", "operator_manager", "enterprise", "stranger")
OF_PARK = {
    "zone": ("officer", "manager"),
    "inner": ("operator_manager",),
    "sibling": ("sibling_manager",),
    "elsewhere": ("stranger",),
}
# A page of a kind differs from the next in its row; this many are opened of each.
OF_EACH = 2
MOST = 400


def parks_of(cast: Cast) -> dict[str, Park]:
    return {"zone": cast.zone, "inner": cast.inner, "sibling": cast.sibling, "elsewhere": cast.elsewhere}


@pytest.fixture
def canaries(cast: Cast) -> dict[str, Canaries]:
    """Every table of every park with a marked row."""
    with cast.everywhere():
        made = {
            name: Canaries(park, [cast.people[person] for person in OF_PARK[name]])
            for name, park in parks_of(cast).items()
        }
        for one in made.values():
            one.fill()
    return made


def forbidden(cast: Cast, user: User) -> list[bytes]:
    """The marks that this person must never meet."""
    parks = [park for park in parks_of(cast).values() if park.pk not in user.access.read_parks]
    marks = [token(park) for park in parks]
    if user.access.is_portal:
        marks.append(private(cast.inner))
    return [mark.encode() for mark in marks]


def content_of(response: Any) -> bytes:
    """What was answered; of a workbook or document, what is in it."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] != b"PK":
        return content + str(sorted(response.headers.items())).encode()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


class Crawl:
    """One person opening everything that is linked, listed or guessed."""

    def __init__(self, user: User, marks: list[bytes]) -> None:
        self.client, self.marks = Client(), marks
        self.client.force_login(user)
        self.seen: set[str] = set()
        self.of_kind: Counter[str] = Counter()
        self.leaks: list[str] = []
        self.found: list[bytes] = []

    def run(self, starts: list[str]) -> None:
        """Breadth first, a few of each kind of page."""
        waiting = list(starts)
        while waiting and len(self.seen) < MOST:
            path = waiting.pop(0)
            if self.wanted(path):
                waiting += self.open(path)

    def wanted(self, path: str) -> bool:
        """Not seen yet, not the way out, and not the hundredth of its kind."""
        if path in self.seen or "logout" in path:
            return False
        try:
            kind = resolve(urlsplit(path).path).view_name + ("?" if "?" in path else "")
        except Resolver404:
            return False
        self.of_kind[kind] += 1
        return self.of_kind[kind] <= OF_EACH or path.count("?") == 0

    def open(self, path: str) -> list[str]:
        """Look, and say where it leads."""
        self.seen.add(path)
        response = self.client.get(path)
        assert response.status_code < 500, path
        content = content_of(response)
        self.found.append(content)
        self.leaks += [f"{path} shows {mark.decode()}" for mark in self.marks if mark in content]
        if "html" not in response.headers.get("Content-Type", ""):
            return []
        links = (urljoin(path, unescape(link)) for link in LINK.findall(content.decode()))
        return [link for link in links if link.startswith("/") and not link.startswith("/static/")]


def starts(cast: Cast, canaries: dict[str, Canaries]) -> list[str]:
    """Every address: the lists, searched for the common part of all marks, and each park's marked rows."""
    paths = []
    for address in addresses():
        if address.name in PUBLIC:
            continue
        if not address.parameters:
            path = fill(address, None)
            paths += [path, f"{path}?q={FRAGMENT}", f"{path}?search={FRAGMENT}"]
            continue
        for one in canaries.values():
            paths += [
                fill(address, row) for row in one.made.values() if type(row).__name__.lower() == row_kind(address)
            ]
    return paths


@pytest.mark.parametrize("role", ROLES)
def test_nobody_meets_another_parks_words(role: str, cast: Cast, canaries: dict[str, Canaries]) -> None:
    user = cast.people[role]
    crawl = Crawl(user, forbidden(cast, user))
    crawl.run(["/", *starts(cast, canaries)])
    assert crawl.leaks == []
    assert len(crawl.seen) > 60, "the crawl went nowhere"
    if role in {"officer", "leader", "operator_manager", "stranger"}:
        own = cast.people[role].access.home_park_id
        mark = f"{FRAGMENT}{own}q".encode()
        assert sum(mark in content for content in crawl.found) > 15, "not even one's own words were found"


def test_mail_and_notices_carry_words_of_the_readers_parks_only(cast: Cast, canaries: dict[str, Canaries]) -> None:
    with cast.everywhere():
        for park in (cast.zone, cast.sibling):
            publish_report(report=close_month(park_id=park.pk, month=date(2026, 10, 1)))
        for notice in Notice.objects.select_related("recipient"):
            words = f"{notice.subject} {notice.body} {notice.wordings} {notice.url}".encode()
            assert not [mark for mark in forbidden(cast, notice.recipient) if mark in words], notice


def test_every_table_has_a_marked_row(canaries: dict[str, Canaries]) -> None:
    for one in canaries.values():
        assert set(owned_models()) <= set(one.made)
