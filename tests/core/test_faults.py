"""What people see when something is refused or broken: in their language and theme, also without the database."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from companies.views.registry import SimilarCompanies
from leads.models import Activity
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def broken(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> tuple[int, str]:
    """The answer of a page that raises."""

    def fail(*args: object, **kwargs: object) -> None:
        raise fault

    monkeypatch.setattr(SimilarCompanies, "get", fail)
    client.force_login(cast.officer)
    client.raise_request_exception = False
    answer = client.get(reverse("companies:similar"))
    return answer.status_code, answer.content.decode()


def test_a_fault_is_told_in_the_language_and_theme_of_the_cookies_without_a_query(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, page = broken(client, cast, monkeypatch, RuntimeError("x"))
    assert (status, "<h1>系统出错了</h1>" in page, 'data-theme-choice="auto"' in page) == (500, True, True)
    client.cookies["django_language"], client.cookies["theme"] = "en", "dark"
    status, page = broken(client, cast, monkeypatch, RuntimeError("x"))
    assert (status, "<h1>Something went wrong on our side</h1>" in page) == (500, True)
    assert 'data-bs-theme="dark"' in page


def test_a_database_that_is_gone_is_another_answer_that_offers_to_try_again(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, page = broken(client, cast, monkeypatch, OperationalError("gone"))
    assert status == 503
    assert "<h1>系统暂时不可用</h1>" in page
    assert '<a class="btn btn-primary" href="">' in page


def test_a_form_of_an_earlier_login_is_refused_in_the_house_style(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer)
    answer = client.post(reverse("companies:add"), {"name": "示例过期有限公司", "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert "此表单已失效" in answer.content.decode()
    assert 'class="ld-side' in answer.content.decode()


def test_a_program_of_a_strange_site_does_nothing_with_the_session_of_the_browser(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer)
    url, visit = "/api/v1/activities/", {
        "kind": "note", "summary": "伪造", "company": cast.company.pk, "happened_at": "2026-11-01T10:00:00+08:00",
    }  # fmt: skip
    refused = client.post(url, visit, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    token = client.get("/offline/me/").json()["csrf"]
    answer = client.post(url, visit, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 201
    with cast.everywhere():
        assert Activity.objects.count() == 1


def test_strangers_and_officers_are_told_that_there_is_no_such_page(client: Client, cast: Cast) -> None:
    assert client.get("/nope/").status_code == 404
    client.force_login(cast.officer)
    answer = client.get("/nope/")
    assert (answer.status_code, "没有这个页面" in answer.content.decode()) == (404, True)


def test_a_program_is_told_in_words_with_a_stable_code(client: Client) -> None:
    answer = client.get("/api/v1/nope/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert (answer.json()["code"], answer.json()["detail"]) == ("not_found", "没有这个地址")
