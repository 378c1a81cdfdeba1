"""Every address × every role × own, sibling, foreign and nonexistent row; and a refusal changes nothing."""

import hashlib
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from parks.models import Park
from tests.fixtures.cast import Cast
from tests.sweep.addresses import MAKERS, PUBLIC, Address, addresses, fill, row_kind

pytestmark = pytest.mark.django_db

ALL = addresses()
PAGES = [address for address in ALL if not address.is_api and address.name not in PUBLIC]
API = [address for address in ALL if address.is_api and address.name not in PUBLIC]
ROLES = (
    "admin", "park_admin", "leader", "manager", "officer", "window", "auditor",
    "operator_manager", "enterprise", "stranger",
)  # fmt: skip
# Pages that say in `check_permission` who else may open them.
SEVERAL_DOORS = frozenset({"leads:submissions", "leads:submission"})
METHODS = ("get", "post", "put", "patch", "delete")
VARIES = re.compile(rb"\b[A-Za-z0-9]{64}\b|[0-9a-f]{8}-[0-9a-f-]{27}|nonce=\S+|\d+")


def label(address: Address) -> str:
    return address.name


def fingerprint() -> str:
    """A hash of every table's rows, taken in the scope of all parks; bookkeeping of sessions aside."""
    skipped = {"django_session", "core_requestkey", "pghistory_context"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [row[0] for row in cursor.fetchall() if row[0] not in skipped and not row[0].startswith("axes_")]
        union = " UNION ALL ".join(
            f"SELECT '{name}' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM \"{name}\" t"
            for name in tables
        )
        cursor.execute(union)
        return hashlib.sha256("".join(row[0] for row in cursor.fetchall()).encode()).hexdigest()


def rows_for(address: Address, cast: Cast) -> dict[str, Any]:
    """The row of the address in each park, and none."""
    if not address.parameters:
        return {"own": None}
    kind = row_kind(address)
    parks: dict[str, Park] = {
        "own": cast.zone,
        "inner": cast.inner,
        "sibling": cast.sibling,
        "elsewhere": cast.elsewhere,
    }
    with cast.everywhere():
        made = {name: MAKERS[kind](cast, park) for name, park in parks.items()}
    return made | {"missing": None}


def body(response: Any) -> bytes:
    """What was answered, without its own address and what else differs at every request."""
    content = b"(file)" if response.streaming else response.content
    path = response.wsgi_request.path
    for written in (path, quote(path, safe=""), quote(path)):
        content = content.replace(written.encode(), b"")
    return VARIES.sub(b"", content)


def same(left: Any, right: Any) -> bool:
    """The answers to two requests cannot be told apart."""
    return left.status_code == right.status_code and body(left) == body(right)


@pytest.mark.parametrize("address", ALL, ids=label)
def test_every_address_is_open_to_strangers_by_name_or_asks_for_a_login(address: Address, cast: Cast) -> None:
    response = Client().get(fill(address, None))
    if address.name in PUBLIC:
        assert response.status_code not in {401, 403}
    elif address.is_api:
        assert response.status_code == 401
    else:
        assert (response.status_code, response.headers.get("Location", "")[:7]) == (302, "/login/")


@pytest.mark.parametrize("address", PAGES, ids=label)
def test_every_page_declares_its_permission(address: Address) -> None:
    declared = address.permission is not None
    assert declared or address.name.startswith("accounts:password")


@pytest.mark.parametrize("address", PAGES, ids=label)
def test_a_page_is_shown_to_those_who_may_and_a_strangers_row_is_as_one_that_does_not_exist(
    address: Address, cast: Cast
) -> None:
    rows = rows_for(address, cast)
    for role in ROLES:
        user = cast.people[role]
        client = Client()
        client.force_login(user)
        allowed = address.permission in {None, "*logged-in*"} or user.access.can(str(address.permission))
        answers = {name: client.get(fill(address, row)) for name, row in rows.items()}
        assert all(answer.status_code < 500 for answer in answers.values()), (role, address.name)
        if not allowed and address.name not in SEVERAL_DOORS:
            assert all(answer.status_code in {302, 403, 404} for answer in answers.values()), (role, address.name)
        if "missing" in rows:
            unseen = unseen_parks(cast, role, rows)
            for name in unseen:
                assert body(answers[name]) == body(answers["missing"]), (role, name)
                assert answers[name].status_code == answers["missing"].status_code, (role, name)


def unseen_parks(cast: Cast, role: str, rows: dict[str, Any]) -> list[str]:
    """The parks of the rows that the role's memberships and oversight do not reach."""
    read = cast.people[role].access.read_parks
    parks = {"own": cast.zone, "inner": cast.inner, "sibling": cast.sibling, "elsewhere": cast.elsewhere}
    return [name for name in rows if name in parks and parks[name].pk not in read and not isinstance(rows[name], Park)]


@pytest.mark.parametrize("address", PAGES, ids=label)
def test_a_refused_post_changes_nothing(address: Address, cast: Cast) -> None:
    rows = rows_for(address, cast)
    clients = signed_in(cast, "officer", "window", "auditor", "operator_manager", "enterprise", "stranger")
    before = state_of(cast)
    for role, client in clients.items():
        codes = {name: client.post(fill(address, row), {}).status_code for name, row in rows.items()}
        assert all(code < 500 for code in codes.values()), (role, codes)
        for name in unseen_parks(cast, role, rows) if "missing" in rows else ():
            assert codes[name] >= 400 or codes[name] == codes["missing"], (role, name, codes)
        if all(code >= 400 for code in codes.values()):
            assert state_of(cast) == before, (role, codes)
        else:
            before = state_of(cast)


def signed_in(cast: Cast, *roles: str) -> dict[str, Client]:
    """A browser for each; signing in writes the time, so it comes before any state is looked at."""
    clients = {role: Client() for role in roles}
    for role, client in clients.items():
        client.force_login(cast.people[role])
    return clients


def state_of(cast: Cast) -> str:
    """All rows of all parks as one hash."""
    with cast.everywhere():
        return fingerprint()


@pytest.mark.parametrize("address", API, ids=label)
def test_an_api_route_answers_a_strangers_row_as_one_that_does_not_exist_and_refusals_change_nothing(
    address: Address, cast: Cast
) -> None:
    rows = rows_for(address, cast)
    methods = [method for method in METHODS if method in getattr(address.callback, "actions", {"get": "list"})]
    clients = signed_in(cast, "officer", "manager", "window", "auditor", "operator_manager", "enterprise", "stranger")
    before = state_of(cast)
    for role, client in clients.items():
        refused = True
        for method in methods:
            body_of = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
            answers = {name: getattr(client, method)(fill(address, row), **body_of) for name, row in rows.items()}
            assert all(answer.status_code < 500 for answer in answers.values()), (role, method)
            refused = refused and all(answer.status_code >= 400 or method == "get" for answer in answers.values())
            for name in unseen_parks(cast, role, rows) if "missing" in rows else ():
                assert same(answers[name], answers["missing"]), (role, method, name)
        after = state_of(cast)
        assert after == before or not refused, role
        before = after
