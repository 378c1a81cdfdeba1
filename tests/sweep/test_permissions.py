"""Every address × every role × own, sibling, foreign and nonexistent row; and a refusal changes nothing."""

import hashlib
import re
from importlib import import_module
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from parks.models import Park
from tests.fixtures.cast import Cast
from tests.sweep.addresses import MAKERS, PUBLIC, Address, addresses, fill, row_kind

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

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
# A form's token, an identifier, the content policy's word of the day; numbers go last. One after the other: as one
# expression they take five times as long, a tenth of the whole sweep.
VARIES = (re.compile(rb"\b[A-Za-z0-9]{64}\b"), re.compile(rb"\b[0-9a-f]{8}-[0-9a-f-]{27}"), re.compile(rb"nonce=\S+"))
SESSIONS = import_module(settings.SESSION_ENGINE).SessionStore


def label(address: Address) -> str:
    return address.name


UNWATCHED = frozenset({"django_session", "core_requestkey", "pghistory_context"})


class Watch:
    """Every table's rows, bookkeeping of sessions aside: has a refused request changed one of them?

    What the transaction has written so far is asked first; only where that moved (a write that was rolled back counts,
    too) are the rows themselves hashed.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rows, self.written = self._hashed(), self._counted()

    def has_changed(self) -> bool:
        """Since the last time it was asked."""
        written = self._counted()
        if written == self.written:
            return False
        rows, self.written = self._hashed(), written
        changed, self.rows = rows != self.rows, rows
        return changed

    def _counted(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables ORDER BY 1")
            return [row for row in cursor.fetchall() if _is_watched(row[0])]

    def _hashed(self) -> str:
        with self.cast.everywhere(), connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            union = " UNION ALL ".join(
                f"SELECT '{name}' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM \"{name}\" t"
                for (name,) in cursor.fetchall()
                if _is_watched(name)
            )
            cursor.execute(union)
            return hashlib.sha256("".join(row[0] for row in cursor.fetchall()).encode()).hexdigest()


def _is_watched(table: str) -> bool:
    return table not in UNWATCHED and not table.startswith("axes_")


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
    """What was answered, without its own address and what else differs at every request; worked out once."""
    if hasattr(response, "compared"):
        return bytes(response.compared)
    content = b"(file)" if response.streaming else response.content
    path = response.wsgi_request.path
    for written in (path, quote(path, safe=""), quote(path)):
        content = content.replace(written.encode(), b"")
    for varying in VARIES:
        content = varying.sub(b"", content)
    response.compared = content.translate(None, b"0123456789")
    return bytes(response.compared)


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
        client = signed_in(cast, role)[role]
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
    watch = Watch(cast)
    for role, client in clients.items():
        codes = {name: client.post(fill(address, row), {}).status_code for name, row in rows.items()}
        assert all(code < 500 for code in codes.values()), (role, codes)
        for name in unseen_parks(cast, role, rows) if "missing" in rows else ():
            assert codes[name] >= 400 or codes[name] == codes["missing"], (role, name, codes)
        changed = watch.has_changed()
        assert not changed or any(code < 400 for code in codes.values()), (role, codes)


def signed_in(cast: Cast, *roles: str) -> dict[str, Client]:
    """A browser for each, with nothing but the session that signing in would leave (`force_login` writes the time, too,
    in five statements; five thousand of them are a tenth of the sweep)."""
    return {role: _browser(cast.people[role]) for role in roles}


def _browser(user: User) -> Client:
    session, client = SESSIONS(), Client()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.mark.parametrize("address", API, ids=label)
def test_an_api_route_answers_a_strangers_row_as_one_that_does_not_exist_and_refusals_change_nothing(
    address: Address, cast: Cast
) -> None:
    rows = rows_for(address, cast)
    methods = [method for method in METHODS if method in getattr(address.callback, "actions", {"get": "list"})]
    clients = signed_in(cast, "officer", "manager", "window", "auditor", "operator_manager", "enterprise", "stranger")
    watch = Watch(cast)
    for role, client in clients.items():
        refused = True
        for method in methods:
            body_of = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
            answers = {name: getattr(client, method)(fill(address, row), **body_of) for name, row in rows.items()}
            assert all(answer.status_code < 500 for answer in answers.values()), (role, method)
            refused = refused and all(answer.status_code >= 400 or method == "get" for answer in answers.values())
            for name in unseen_parks(cast, role, rows) if "missing" in rows else ():
                assert same(answers[name], answers["missing"]), (role, method, name)
        changed = watch.has_changed()
        assert not changed or not refused, role


def test_the_watch_sees_what_was_written_and_not_what_was_taken_back(cast: Cast) -> None:
    watch = Watch(cast)
    with cast.everywhere(), transaction.atomic():
        Park.objects.filter(pk=cast.zone.pk).update(name="别名")
        transaction.set_rollback(True)
    assert not watch.has_changed()
    with cast.everywhere():
        Park.objects.filter(pk=cast.zone.pk).update(name="别名")
    assert watch.has_changed()
    assert not watch.has_changed()
