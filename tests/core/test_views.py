"""Saved views: what the address says overrides them, shared ones belong to managers, a deleted one comes back."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from core.lists.reopening import list_page
from core.lists.saved import (
    Definition,
    change_view,
    delete_view,
    redefine_view,
    restore_view,
    save_view,
    views_of,
)
from core.models import SavedView
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead
from tests.sweep.addresses import MAKERS

pytestmark = pytest.mark.django_db
LEADS = "leads:list"
MINE = Definition({"owner": ["me"], "stage": ["planning", "visiting"]}, "-amount", ["company", "amount", "owner"])


@pytest.fixture
def leads(cast: Cast) -> None:
    """Two of the officer's, one of the colleague's."""
    with cast.everywhere():
        for number, (owner, stage) in enumerate(
            [(cast.officer, "planning"), (cast.officer, "visiting"), (cast.colleague, "planning")]
        ):
            company = make_company(f"示例{number}号有限公司")
            make_lead(cast.zone, owner=owner, company=company, stage=stage, amount=1000 * (number + 1))


def saved(user: User, park_id: int, name: str = "我的重点", **values: object) -> SavedView:
    with user_scope(user):
        definition = values.pop("definition", MINE)
        assert isinstance(definition, Definition)
        return save_view(by=user, park_id=park_id, list_name=LEADS, name=name, definition=definition, **values)  # type: ignore[arg-type]


def names(user: User, query: str) -> list[str]:
    with user_scope(user):
        return [lead.company.name for lead in list_page(user, LEADS, query).slice.rows]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.usefixtures("leads")
def test_a_view_sets_filters_order_and_columns(cast: Cast) -> None:
    view = saved(cast.officer, cast.zone.pk)
    with user_scope(cast.officer):
        page = list_page(cast.officer, LEADS, f"view={view.pk}")
        assert [lead.company.name for lead in page.slice.rows] == ["示例1号有限公司", "示例0号有限公司"]
        assert [column.key for column in page.shown_columns] == ["company", "amount", "owner"]
        assert not page.is_modified


@pytest.mark.usefixtures("leads")
def test_me_is_whoever_looks(cast: Cast) -> None:
    view = saved(cast.manager, cast.zone.pk, visibility="park")
    assert names(cast.colleague, f"view={view.pk}") == ["示例2号有限公司"]


@pytest.mark.usefixtures("leads")
def test_the_address_overrides_the_view_and_an_empty_value_takes_a_filter_away(cast: Cast) -> None:
    view = saved(cast.officer, cast.zone.pk)
    assert names(cast.officer, f"view={view.pk}&stage=visiting") == ["示例1号有限公司"]
    assert len(names(cast.officer, f"view={view.pk}&owner=")) == 3
    with user_scope(cast.officer):
        page = list_page(cast.officer, LEADS, f"view={view.pk}&stage=visiting")
        assert page.is_modified
        assert page.url_with(stage=None) == f"?view={view.pk}&stage="


def test_saving_over_keeps_what_the_list_shows_and_refuses_an_old_version(cast: Cast) -> None:
    view = saved(cast.officer, cast.zone.pk)
    with user_scope(cast.officer):
        again = redefine_view(by=cast.officer, view=view, definition=Definition({"due": ["overdue"]}), version=1)
        assert (again.filters, again.sort, again.columns) == ({"due": ["overdue"]}, "", [])
        with pytest.raises(Stale):
            redefine_view(by=cast.officer, view=view, definition=MINE, version=1)


@pytest.mark.usefixtures("leads")
def test_the_default_opens_the_plain_list_and_all_is_one_click_away(cast: Cast) -> None:
    view = saved(cast.officer, cast.zone.pk, is_default=True)
    assert len(names(cast.officer, "")) == 2
    assert len(names(cast.officer, "view=all")) == 3
    assert len(names(cast.officer, "stage=planning")) == 2
    other = saved(cast.officer, cast.zone.pk, "另一个", is_default=True)
    with user_scope(cast.officer):
        view.refresh_from_db()
        assert (view.is_default, other.is_default) == (False, True)


def test_nothing_unknown_is_kept() -> None:
    read = Definition.read(
        "owner=me&password=x&sort=password&cols=amount,secret,amount&view=3&stage=" + "y" * 900,
        filters=["owner", "stage"],
        sorts=["amount"],
        columns=["company", "amount"],
    )
    assert read == Definition({"owner": ["me"], "stage": ["y" * 200]}, "", ["amount"])


@pytest.mark.usefixtures("leads")
def test_widths_are_kept_with_the_view_and_only_those_that_can_be_drawn(cast: Cast) -> None:
    asked = "cols=company,amount&widths=company:240,amount:9000,password:100,stage:x,owner:-70,open:"
    officer = signed_in(cast.officer)
    name = {"name": "宽列", "visibility": "own"}
    answer = officer.post(f"/views/add/?{urlencode({'list': LEADS, 'query': asked})}", name)
    assert answer.status_code == 302
    with user_scope(cast.officer):
        view = SavedView.objects.get()
        assert view.widths == {"company": 240}
        assert not list_page(cast.officer, LEADS, f"view={view.pk}").is_modified
    html = officer.get(f"/leads/?view={view.pk}").content.decode()
    assert f'data-view="{view.pk}" data-widths="company:240"' in html
    # Saved over without a script: what the view held is still there.
    query = re.search(r'name="query" value="([^"]*)"', html)
    assert query
    officer.post(f"/views/{view.pk}/save/", {"query": unescape(query[1]), "version": "1"})
    with user_scope(cast.officer):
        view.refresh_from_db()
    assert (view.widths, view.columns, view.version) == ({"company": 240}, ["company", "amount"], 2)


def test_only_managers_share_and_change_what_is_shared(cast: Cast) -> None:
    with pytest.raises(Refused):
        saved(cast.officer, cast.zone.pk, visibility="park")
    shared = saved(cast.manager, cast.zone.pk, visibility="park")
    with user_scope(cast.officer):
        assert shared in views_of(cast.officer, LEADS)
        with pytest.raises(Refused):
            change_view(by=cast.officer, view=shared, name="改名")
    with user_scope(cast.leader):
        assert change_view(by=cast.leader, view=shared, name="全区重点").name == "全区重点"


def test_a_department_view_stays_in_the_department(cast: Cast) -> None:
    shared = saved(cast.manager, cast.zone.pk, visibility="department")
    with user_scope(cast.colleague):
        assert shared in views_of(cast.colleague, LEADS)
    with user_scope(cast.window):
        assert shared not in views_of(cast.window, LEADS)


def test_a_private_view_and_another_parks_views_do_not_exist_for_others(cast: Cast) -> None:
    own = saved(cast.officer, cast.zone.pk)
    inner = saved(cast.operator_manager, cast.inner.pk, visibility="park")
    for user, view in ((cast.colleague, own), (cast.leader, own), (cast.stranger, inner), (cast.leader, inner)):
        assert signed_in(user).get(reverse("core:view_edit", args=[view.pk])).status_code == 404


def test_a_deleted_view_comes_back_unless_its_name_is_taken(cast: Cast) -> None:
    view = saved(cast.officer, cast.zone.pk)
    with user_scope(cast.officer):
        delete_view(by=cast.officer, view=view)
        assert views_of(cast.officer, LEADS) == []
    again = saved(cast.officer, cast.zone.pk)
    with user_scope(cast.officer):
        with pytest.raises(Conflict):
            restore_view(by=cast.officer, view=view)
        delete_view(by=cast.officer, view=again)
        assert restore_view(by=cast.officer, view=view).deleted_at is None


def test_a_name_is_used_once_and_is_needed(cast: Cast) -> None:
    saved(cast.officer, cast.zone.pk)
    with pytest.raises(Conflict):
        saved(cast.officer, cast.zone.pk, " 我的重点 ")
    with pytest.raises(Refused):
        saved(cast.officer, cast.zone.pk, "  ")


@pytest.mark.usefixtures("leads")
def test_views_are_saved_ordered_deleted_and_restored_over_http(cast: Cast) -> None:
    client = signed_in(cast.officer)
    address = reverse("core:view_add") + "?list=leads:list&query=owner%3Dme%26sort%3D-amount"
    assert client.get(address).status_code == 200
    answer = client.post(address, {"name": "我的", "visibility": "own"})
    with user_scope(cast.officer):
        view = SavedView.objects.get()
    assert answer.headers["Location"] == f"/leads/?view={view.pk}"
    assert (view.filters, view.sort) == ({"owner": ["me"]}, "-amount")
    page = client.get(f"/leads/?view={view.pk}").content.decode()
    assert "示例1号有限公司" in page
    assert "示例2号有限公司" not in page
    assert client.post(reverse("core:view_delete", args=[view.pk])).status_code == 302
    assert "我的" in client.get("/views/?list=leads:list").content.decode()
    assert client.post(reverse("core:view_restore", args=[view.pk])).status_code == 302
    assert (
        client.post(reverse("core:view_add") + "?list=leads:list", {"name": "", "visibility": "own"}).status_code == 422
    )


@pytest.mark.parametrize("name", ["", "core:jobs", "nonsense", "leads:record"])
def test_a_list_that_is_none_has_no_views(cast: Cast, name: str) -> None:
    assert signed_in(cast.officer).get("/views/", {"list": name}).status_code == 404


@pytest.mark.usefixtures("leads")
def test_the_api_takes_a_view_and_overrides_it(cast: Cast) -> None:
    view = saved(cast.officer, cast.zone.pk)
    client = signed_in(cast.officer)
    found = client.get(f"/api/v1/leads/?view={view.pk}").json()["results"]
    assert {row["company_name"] for row in found} == {"示例0号有限公司", "示例1号有限公司"}
    assert len(client.get(f"/api/v1/leads/?view={view.pk}&stage=visiting").json()["results"]) == 1
    assert client.get("/api/v1/leads/", {"view": 999_999}).status_code == 404
    assert [row["name"] for row in client.get("/api/v1/views/").json()["results"]] == ["我的重点"]
    assert signed_in(cast.colleague).get("/api/v1/leads/", {"view": view.pk}).status_code == 404


@pytest.mark.usefixtures("leads")
def test_columns_are_chosen_and_ordered_and_the_first_stays(cast: Cast) -> None:
    client = signed_in(cast.officer)
    page = client.get("/leads/?cols=source,amount").content.decode()
    with user_scope(cast.officer):
        headings = list_page(cast.officer, LEADS, "cols=source,amount").headings()
        assert [heading.column.key for heading in headings] == ["company", "source", "amount"]
    row = page[page.index("<tbody") : page.index("</tbody")].split("</tr>")[0]
    assert row.count("<td") == 3
    assert signed_in(cast.officer).get("/leads/?cols=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("leads:list", "lead"),
        ("companies:list", "company"),
        ("projects:list", "project"),
        ("services:queue", "ticket"),
        ("leads:submissions", "submission"),
    ],
)
def test_every_rows_template_has_a_cell_for_each_column(cast: Cast, name: str, maker: str) -> None:
    with cast.everywhere():
        MAKERS[maker](cast, cast.zone)
    client = signed_in(cast.leader)
    with user_scope(cast.leader):
        keys = list_page(cast.leader, name).column_keys
    page = client.get(reverse(name), {"cols": ",".join(keys)}).content.decode()
    row = page[page.index("<tbody") : page.index("</tbody")].split("</tr>")[0]
    assert "data-id=" in row
    assert row.count("<td") == len(keys) == page[page.index("<thead") : page.index("</thead")].count("<th ")


def test_views_are_kept_changed_and_put_away_through_the_api(cast: Cast) -> None:
    client = signed_in(cast.officer)
    kept = {"filters": {"owner": ["me"], "stage": ["visiting"]}, "sort": "-amount", "columns": ["company", "amount"]}
    made = client.post("/api/v1/views/", {"list": LEADS, "name": "我的", **kept}, content_type="application/json")
    assert (made.status_code, made.json()["filters"], made.json()["owner"]) == (201, kept["filters"], cast.officer.pk)
    address = f"/api/v1/views/{made.json()['id']}/"
    body = {"name": "改名", "filters": {"owner": ["me"]}}
    assert client.patch(address, body, content_type="application/json").status_code == 428
    tag = {"If-Match": made.headers["ETag"]}
    changed = client.patch(address, body, content_type="application/json", headers=tag)
    assert (changed.status_code, changed.json()["name"], changed.json()["sort"]) == (200, "改名", "-amount")
    assert client.patch(address, body, content_type="application/json", headers=tag).status_code == 412
    assert client.delete(address, headers=tag).status_code == 412
    assert client.delete(address, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert client.get(address).status_code == 404
    assert client.post(f"{address}restore/").json()["name"] == "改名"


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("list", {"list": "core:jobs"}),
        ("list", {"list": "nonsense"}),
        ("filters", {"filters": {"password": ["x"]}}),
        ("filters", {"filters": {"owner": "me"}}),
        ("sort", {"sort": "password"}),
        ("columns", {"columns": ["secret"]}),
        ("visibility", {"visibility": "park"}),
        ("name", {"name": "  "}),
    ],
)
def test_the_api_says_what_is_wrong_with_a_view(cast: Cast, field: str, body: dict[str, object]) -> None:
    wanted = {"list": LEADS, "name": "我的", **body}
    answer = signed_in(cast.officer).post("/api/v1/views/", wanted, content_type="application/json")
    assert answer.status_code in {400, 403, 422}
    assert answer.json()["errors"][0]["field"].startswith(field)


def test_a_shared_view_is_changed_through_the_api_by_managers_only(cast: Cast) -> None:
    view = saved(cast.manager, cast.zone.pk, visibility="park")
    for user, status in ((cast.colleague, 400), (cast.stranger, 404), (cast.manager, 200)):
        answer = signed_in(user).patch(
            f"/api/v1/views/{view.pk}/", {"name": "新名"}, content_type="application/json", headers={"If-Match": "*"}
        )
        assert answer.status_code == status
