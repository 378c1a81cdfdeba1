"""Form pages and buttons: once, refused at the field, for browsers and scripts."""

import uuid

import pytest
from django import forms

from companies.models import Company
from core.errors import Refused, Stale
from core.models import RequestKey
from core.pages import (
    ActionPage,
    FormNeeded,
    FormPage,
)
from tests.core.kit import answer, asked
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company


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
