"""A form whose record moved: different fields are merged, the same field is asked about, nothing typed is lost."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.pages.merging import compared
from leads.actions import edit_lead
from leads.models import Lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """The officer's; the manager edits it too."""
    with cast.everywhere():
        company = make_company("示例激光有限公司")
        return make_lead(
            cast.zone, owner=cast.officer, company=company, amount=1000, title="基地", demands="厂房\n两千平方米"
        )


def opened(client: Client, lead: Lead) -> dict[str, str]:
    """The values of the form as a browser would send them back."""
    page = client.get(f"/leads/{lead.pk}/edit/")
    form = page.context["form"]
    values = {bound.name: bound.value() for bound in form}
    sent = {name: "" if value is None else str(value) for name, value in values.items()}
    sent["demands"] = sent["demands"].replace("\n", "\r\n")
    found = re.search(r'name="original" value="([^"]+)"', page.content.decode())
    assert found is not None
    return sent | {"original": found[1]}


def signed_in(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.officer)
    return client


def meanwhile(cast: Cast, lead: Lead, **values: Any) -> None:
    with cast.everywhere():
        edit_lead(by=cast.manager, lead=Lead.objects.get(pk=lead.pk), **values)


def reread(cast: Cast, lead: Lead) -> Lead:
    with cast.everywhere():
        return Lead.objects.get(pk=lead.pk)


def test_different_fields_of_two_people_are_both_kept(cast: Cast, lead: Lead) -> None:
    client = signed_in(cast)
    form = opened(client, lead)
    meanwhile(cast, lead, amount=Decimal(5000))
    answer = client.post(f"/leads/{lead.pk}/edit/", form | {"title": "新基地"})
    assert answer.status_code == 302
    saved = reread(cast, lead)
    assert (saved.title, saved.demands.replace("\r", "")) == ("新基地", "厂房\n两千平方米")
    assert saved.amount == 5000


def test_the_same_field_is_asked_about_with_all_three_values(cast: Cast, lead: Lead) -> None:
    client = signed_in(cast)
    form = opened(client, lead)
    meanwhile(cast, lead, title="他的标题", amount=Decimal(5000))
    answer = client.post(f"/leads/{lead.pk}/edit/", form | {"title": "我的标题", "demands": "我写了很多"})
    page = answer.content.decode()
    assert answer.status_code == 412
    assert [text in page for text in ("我的标题", "他的标题", "基地", "我写了很多")] == [True] * 4
    shown = answer.context["form"]
    assert shown["amount"].value() != form["amount"]
    assert set(shown.conflicts) == {"title"}
    assert reread(cast, lead).title == "他的标题"


def test_saving_again_after_the_question_takes_what_stands_in_the_field(cast: Cast, lead: Lead) -> None:
    client = signed_in(cast)
    form = opened(client, lead)
    meanwhile(cast, lead, title="他的标题")
    asked = client.post(f"/leads/{lead.pk}/edit/", form | {"title": "我的标题"})
    found = re.search(r'name="original" value="([^"]+)"', asked.content.decode())
    assert found is not None
    again = {bound.name: "" if bound.value() is None else str(bound.value()) for bound in asked.context["form"]}
    assert client.post(f"/leads/{lead.pk}/edit/", again | {"original": found[1]}).status_code == 302
    assert reread(cast, lead).title == "我的标题"


def test_without_the_sealed_state_the_form_is_refused_as_before(cast: Cast, lead: Lead) -> None:
    client = signed_in(cast)
    form = opened(client, lead) | {"original": "forged", "title": "我的标题"}
    meanwhile(cast, lead, amount=Decimal(5000))
    answer = client.post(f"/leads/{lead.pk}/edit/", form)
    assert answer.status_code == 412
    assert "我的标题" in answer.content.decode()
    assert reread(cast, lead).title == "基地"


def test_an_act_that_depends_on_the_state_is_not_merged(cast: Cast, lead: Lead) -> None:
    meanwhile(cast, lead, amount=Decimal(5000))
    client = Client()
    client.force_login(cast.manager)
    answer = client.post(f"/leads/{lead.pk}/hand-over/", {"to": cast.colleague.pk, "version": 1})
    assert answer.status_code == 412
    assert reread(cast, lead).owner == cast.officer


def test_who_typed_the_same_has_no_quarrel() -> None:
    original, theirs, mine = {"a": ["1"], "b": ["1"]}, {"a": ["2"], "b": ["2"]}, {"a": ["2"], "b": ["1"]}
    merge = compared(original, theirs, mine)
    assert (merge.taken, merge.both) == ({"b": ["2"]}, [])
