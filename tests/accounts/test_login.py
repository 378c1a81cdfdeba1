"""Getting in and out: the login page, sessions, passwords, tokens."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Role, Token, User
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-password"


@pytest.fixture(autouse=True)
def _light_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's own hasher with a thousandth of its work, which is what it is slow by: some eighty hashes here."""
    monkeypatch.setattr("django.contrib.auth.hashers.ScryptPasswordHasher.work_factor", 2**4)


def test_a_password_is_kept_as_a_costly_hash(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    monkeypatch.undo()
    cast.officer.set_password(PASSWORD)
    kind, work, *_rest = cast.officer.password.split("$")
    assert (kind, int(work) >= 2**14) == ("scrypt", True)
    assert cast.officer.check_password(PASSWORD)


@pytest.fixture
def officer(cast: Cast) -> User:
    user = cast.officer
    user.set_password(PASSWORD)
    user.save()
    return user


def test_an_officer_logs_in_and_lands_on_today(officer: User, client: Client) -> None:
    response = client.post("/login/", {"username": "officer", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_an_enterprises_user_lands_in_the_portal(cast: Cast, client: Client) -> None:
    cast.enterprise.set_password(PASSWORD)
    cast.enterprise.save()
    response = client.post("/login/", {"username": "enterprise", "password": PASSWORD})
    assert response["Location"] == "/portal/"


def test_a_wrong_password_is_explained_in_chinese_and_keeps_the_name(officer: User, client: Client) -> None:
    response = client.post("/login/", {"username": "officer", "password": "wrong"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "用户名或密码不正确" in page
    assert 'value="officer"' in page


def test_the_session_key_changes_at_login(officer: User, client: Client) -> None:
    client.get("/login/")
    before = client.session.session_key
    client.post("/login/", {"username": "officer", "password": PASSWORD})
    assert client.session.session_key != before


def test_after_ten_wrong_passwords_the_right_one_does_not_help_and_others_still_get_in(
    officer: User, cast: Cast
) -> None:
    cast.colleague.set_password(PASSWORD)
    cast.colleague.save()
    for _attempt in range(10):
        last = Client().post("/login/", {"username": "officer", "password": "wrong"})
    assert last.status_code == 429
    assert Client().post("/login/", {"username": "officer", "password": PASSWORD}).status_code == 429
    assert Client().post("/login/", {"username": "colleague", "password": PASSWORD}).status_code == 302


def test_a_forged_forwarded_address_does_not_lift_the_lockout(officer: User) -> None:
    for attempt in range(11):
        address = f"10.0.0.{attempt}"
        last = Client().post(
            "/login/", {"username": "officer", "password": "wrong"}, headers={"x-forwarded-for": address}
        )
    assert last.status_code == 429


def test_wrong_passwords_for_tokens_count_too(officer: User) -> None:
    answers = [
        APIClient().post("/api/v1/auth/token/", {"username": "officer", "password": "wrong"}).status_code
        for _attempt in range(11)
    ]
    assert (answers[0], answers[-1]) == (400, 429)


def test_a_token_opens_the_api_until_it_expires(officer: User) -> None:
    issued = APIClient().post("/api/v1/auth/token/", {"username": "officer", "password": PASSWORD})
    api = APIClient(headers={"authorization": f"Token {issued.json()['token']}"})
    assert api.get("/api/v1/parks/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        answer = api.get("/api/v1/parks/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_only_the_digest_of_a_token_is_stored(officer: User) -> None:
    text = APIClient().post("/api/v1/auth/token/", {"username": "officer", "password": PASSWORD}).json()["token"]
    assert text not in Token.objects.get().digest


def test_the_api_asks_a_stranger_to_log_in(cast: Cast) -> None:
    answer = APIClient().get("/api/v1/companies/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")


def test_switching_a_person_off_ends_the_session_and_the_tokens(cast: Cast, officer: User) -> None:
    theirs = Client()
    theirs.force_login(officer)
    token = APIClient().post("/api/v1/auth/token/", {"username": "officer", "password": PASSWORD}).json()["token"]
    administrator = Client()
    administrator.force_login(cast.park_admin)
    answer = administrator.post(f"/people/{officer.pk}/switch/", {"active": "0"})
    assert answer.status_code == 302
    assert theirs.get("/").status_code == 302
    assert APIClient(headers={"authorization": f"Token {token}"}).get("/api/v1/parks/").status_code == 401


def test_a_session_ends_after_half_an_hour_without_a_request(officer: User, client: Client) -> None:
    client.force_login(officer)
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        assert client.get("/account/password/").status_code == 200
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        assert client.get("/account/password/")["Location"].startswith("/login/")


def test_changing_the_password_keeps_this_session_and_ends_the_others(officer: User, client: Client) -> None:
    other = Client()
    other.force_login(officer)
    client.force_login(officer)
    new = "another-long-word"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", data).status_code == 302
    assert client.get("/account/password/done/").status_code == 200
    assert other.get("/account/password/").status_code == 302


def test_the_language_switch_is_remembered_for_the_person(officer: User, client: Client) -> None:
    client.force_login(officer)
    client.post("/account/language/", {"language": "en", "next": "/account/password/"})
    assert 'lang="en"' in client.get("/account/password/").content.decode()


def test_the_language_switch_does_not_lead_elsewhere(client: Client) -> None:
    answer = client.post("/account/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_the_first_administrator_is_made_once() -> None:
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", StringIO("a-good-password-1\n"))
        call_command("create_admin", username="root", password_stdin=True, stdout=out)
        patch.setattr("sys.stdin", StringIO("a-good-password-1\n"))
        with pytest.raises(CommandError, match="root"):
            call_command("create_admin", username="root", password_stdin=True)
    assert User.objects.get(username="root").access.can("accounts.manage")


def test_a_park_administrator_adds_an_officer_but_no_platform_administrator(cast: Cast, client: Client) -> None:
    client.force_login(cast.park_admin)
    roles = {role.code: role.pk for role in Role.objects.all()}
    data = {
        "username": "new-officer",
        "display_name": "新专员",
        "park": cast.zone.pk,
        "role": roles["officer"],
        "department": cast.promotion.pk,
        "password": PASSWORD,
    }
    assert client.post("/people/add/", data).status_code == 302
    assert User.objects.get(username="new-officer").access.can("leads.claim", cast.zone.pk)
    refused = client.post("/people/add/", data | {"username": "new-root", "role": roles["platform_admin"]})
    assert refused.status_code == 422
    elsewhere = client.post("/people/add/", data | {"username": "spy", "park": cast.elsewhere.pk})
    assert elsewhere.status_code == 422
