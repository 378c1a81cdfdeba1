"""One field changed where it stands: nothing else is touched, errors stay in the cell, the former value comes back."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from leads.models import Lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead

pytestmark = pytest.mark.django_db
CELL = {"HX-Request": "true", "HX-Target": "cell"}


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """The officer's."""
    with cast.everywhere():
        company = make_company("示例激光有限公司")
        return make_lead(cast.zone, owner=cast.officer, company=company, amount=1000, title="基地", demands="厂房")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def posted(user: User, lead: Lead, field: str, **data: Any) -> Any:
    return signed_in(user).post(f"/edit/leads/{lead.pk}/{field}/", data, headers=CELL)


def reread(cast: Cast, lead: Lead) -> Lead:
    with cast.everywhere():
        return Lead.objects.get(pk=lead.pk)


def test_exactly_one_field_is_saved_and_the_row_is_printed_anew(cast: Cast, lead: Lead) -> None:
    answer = posted(cast.officer, lead, "amount", amount="2660万", version=1, title="weg", list="leads:list", query="")
    saved = reread(cast, lead)
    assert (saved.title, saved.demands, saved.version) == ("基地", "厂房", 2)
    assert saved.amount == 26_600_000
    data = answer.json()
    assert data["version"] == 2
    assert data["row"].count("<tr") == 1
    assert "2,660" in data["row"]


def test_undo_is_the_former_value_on_the_new_version(cast: Cast, lead: Lead) -> None:
    undo = posted(cast.officer, lead, "amount", amount="5", version=1).json()["undo"]
    assert posted(cast.officer, lead, "amount", amount=undo["value"], version=undo["version"]).status_code == 200
    assert reread(cast, lead).amount == 1000


def test_a_mistake_stays_in_the_cell_with_what_was_typed(cast: Cast, lead: Lead) -> None:
    answer = posted(cast.officer, lead, "amount", amount="viel", version=1)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="viel"' in page
    assert "ld-error" in page
    assert posted(cast.officer, lead, "next_date", next_date="2030-01-01", version=1).content.decode().count("ld-error")
    assert reread(cast, lead).version == 1


def test_the_cell_opens_with_its_value_and_a_page_works_without_script(cast: Cast, lead: Lead) -> None:
    client = signed_in(cast.officer)
    cell = client.get(f"/edit/leads/{lead.pk}/title/", headers=CELL).content.decode()
    assert 'value="基地"' in cell
    assert "<html" not in cell
    assert "<html" in client.get(f"/edit/leads/{lead.pk}/title/").content.decode()
    plain = client.post(f"/edit/leads/{lead.pk}/title/", {"title": "新基地", "version": 1})
    assert plain.headers["Location"] == f"/leads/{lead.pk}/"


def test_whoever_may_not_change_the_row_or_the_field_cannot(cast: Cast, lead: Lead) -> None:
    assert posted(cast.colleague, lead, "title", title="x").status_code == 403
    assert posted(cast.stranger, lead, "title", title="x").status_code == 404
    assert posted(cast.officer, lead, "stage", stage="signed").status_code == 404
    assert posted(cast.officer, lead, "owner", owner=cast.colleague.pk).status_code == 404
    assert posted(cast.manager, lead, "owner", owner=cast.colleague.pk, version=1).status_code == 200
    assert reread(cast, lead).owner == cast.colleague


def test_only_cells_that_one_may_edit_say_so(cast: Cast, lead: Lead) -> None:
    with cast.everywhere():
        other = make_lead(cast.zone, owner=cast.colleague, company=make_company("示例别家有限公司"))
    page = signed_in(cast.officer).get("/leads/").content.decode()
    assert f"/edit/leads/{lead.pk}/amount/" in page
    assert f"/edit/leads/{lead.pk}/owner/" not in page
    assert f"/edit/leads/{other.pk}/" not in page
    assert f"/edit/leads/{lead.pk}/title/" in signed_in(cast.officer).get(f"/leads/{lead.pk}/").content.decode()
