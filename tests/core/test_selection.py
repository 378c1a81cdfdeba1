"""Selections, bulk edits with their undo, and exports: exactly the rows that were meant."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from core import jobs, tasks
from core.errors import Conflict, Refused
from core.isolation import user_scope
from core.lists.bulk import start_bulk_edit
from core.lists.exports import forget_old_files
from core.lists.reopening import list_page
from core.lists.selections import Selection, chosen
from core.models import BulkChange, Export, Job
from leads.actions import edit_lead
from leads.editing import LEADS
from leads.models import Lead
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(cast: Cast) -> list[Lead]:
    """Three of the officer's and one that only the colleague owns."""
    with cast.everywhere():
        return [
            make_lead(cast.zone, owner=owner, company=make_company(f"示例{n}号有限公司"), amount=1000 * n)
            for n, owner in enumerate([cast.officer, cast.officer, cast.officer, cast.colleague])
        ]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def whole(user: User, query: str = "view=all") -> str:
    with user_scope(user):
        return list_page(user, "leads:list", query).all_token


def picked(user: User, **data: Any) -> list[int]:
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    with user_scope(user):
        return chosen(user, query).ids


def run_jobs() -> None:
    """As the worker does, which opens its own scopes and has loaded the kinds."""
    assert tasks.run_jobs.name
    while jobs.run_next():
        pass


def bulk(user: User, ids: list[int], **changes: str) -> Job:
    with user_scope(user):
        job = start_bulk_edit(by=user, editor=LEADS, ids=ids, changes=changes)
    run_jobs()
    with user_scope(user):
        job.refresh_from_db()
    return job


def test_all_that_match_are_exactly_those_of_the_list(cast: Cast, leads: list[Lead]) -> None:
    assert picked(cast.officer, all=whole(cast.officer, "owner=me")) == [lead.pk for lead in leads[:3]]


def test_a_row_that_came_or_went_meanwhile_refuses_the_selection(cast: Cast, leads: list[Lead]) -> None:
    token = whole(cast.officer)
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.officer, company=make_company("示例新来有限公司"))
    with pytest.raises(Conflict, match="5"):
        picked(cast.officer, all=token)


def test_one_that_left_and_one_that_came_are_noticed_between_form_and_submit(cast: Cast, leads: list[Lead]) -> None:
    with user_scope(cast.officer):
        data = QueryDict(mutable=True)
        data["all"] = whole(cast.officer, "owner=me")
        found = chosen(cast.officer, data)
        assert found.whole is not None
        marked = found.whole.token()
    with cast.everywhere():
        Lead.objects.filter(pk=leads[0].pk).update(owner=cast.colleague)
        Lead.objects.filter(pk=leads[3].pk).update(owner=cast.officer)
    with pytest.raises(Conflict):
        picked(cast.officer, all=marked)


def test_a_selection_is_its_makers_and_cannot_be_forged(cast: Cast, leads: list[Lead]) -> None:
    with pytest.raises(Refused):
        picked(cast.colleague, all=whole(cast.officer))
    with pytest.raises(Refused):
        picked(cast.officer, all="eyJsaXN0Ijo:forged")
    with pytest.raises(Refused):
        picked(cast.officer, list="leads:list", ids=["x"])


def test_rows_that_one_does_not_see_are_not_selected(cast: Cast, leads: list[Lead]) -> None:
    with cast.everywhere():
        hidden = make_lead(cast.zone, owner=cast.colleague, company=make_company("示例密"), confidentiality="own")
    with pytest.raises(Conflict):
        picked(cast.officer, list="leads:list", ids=[str(leads[0].pk), str(hidden.pk)])


def test_a_bulk_edit_changes_what_was_set_and_says_who_was_left_out(cast: Cast, leads: list[Lead]) -> None:
    job = bulk(cast.officer, [lead.pk for lead in leads], confidentiality="department")
    assert (job.state, job.result["done"], job.result["refused"]) == ("done", 3, 1)
    assert job.result["reasons"][0]["pk"] == leads[3].pk
    with cast.everywhere():
        assert list(Lead.objects.order_by("pk").values_list("confidentiality", flat=True)) == ["department"] * 3 + [
            "park"
        ]
        assert BulkChange.objects.filter(batch=job.uuid).count() == 3


def test_a_manager_hands_many_leads_over_and_undoes_it(cast: Cast, leads: list[Lead]) -> None:
    ids = [lead.pk for lead in leads[:3]]
    job = bulk(cast.manager, ids, owner=str(cast.colleague.pk))
    with cast.everywhere():
        assert set(Lead.objects.filter(pk__in=ids).values_list("owner", flat=True)) == {cast.colleague.pk}
        edit_lead(by=cast.colleague, lead=Lead.objects.get(pk=ids[1]), title="别的")
        edit_lead(by=cast.colleague, lead=Lead.objects.get(pk=ids[2]), demands="厂房")
    with user_scope(cast.manager):
        Lead.objects.filter(pk=leads[0].pk).update(owner=cast.manager)
    assert signed_in(cast.manager).post(f"/jobs/{job.uuid}/undo/").status_code == 302
    run_jobs()
    with user_scope(cast.manager):
        undo = Job.objects.get(kind="bulk_undo")
        owners = dict(Lead.objects.filter(pk__in=ids).values_list("pk", "owner"))
    assert (undo.result["done"], undo.result["refused"]) == (2, 1)
    assert [owners[pk] for pk in ids] == [cast.manager.pk, cast.officer.pk, cast.officer.pk]
    assert undo.result["reasons"][0]["pk"] == ids[0]


def test_a_batch_is_undone_by_its_owner_alone_and_once(cast: Cast, leads: list[Lead]) -> None:
    job = bulk(cast.officer, [leads[0].pk], confidentiality="department")
    assert signed_in(cast.colleague).post(f"/jobs/{job.uuid}/undo/").status_code == 404
    for expected in (302, 422):
        answer = signed_in(cast.officer).post(f"/jobs/{job.uuid}/undo/", headers={"Accept": "application/json"})
        assert answer.status_code == (200 if expected == 302 else 409)
        run_jobs()


def test_a_job_that_begins_again_changes_no_row_twice(cast: Cast, leads: list[Lead]) -> None:
    job = bulk(cast.officer, [leads[0].pk], confidentiality="department")
    with cast.everywhere():
        Job.objects.filter(pk=job.pk).update(state="waiting")
        version = Lead.objects.get(pk=leads[0].pk).version
    run_jobs()
    with cast.everywhere():
        assert Lead.objects.get(pk=leads[0].pk).version == version


def test_the_form_asks_for_a_field_and_its_value(cast: Cast, leads: list[Lead]) -> None:
    client = signed_in(cast.officer)
    query = {"list": "leads:list", "ids": [str(leads[0].pk)]}
    page = client.get("/bulk/", query)
    assert page.status_code == 200
    assert "owner" not in page.context["form"].fields
    assert client.post("/bulk/", query).status_code == 422
    assert client.post("/bulk/", query | {"do_next_date": "set", "next_date": "morgen"}).status_code == 422
    done = client.post(
        "/bulk/", query | {"do_confidentiality": "set", "confidentiality": "department", "do_next_date": "leave"}
    )
    assert done.headers["Location"].startswith("/jobs/")
    with user_scope(cast.officer):
        assert Job.objects.get().input["changes"] == {"confidentiality": "department"}
    assert client.get("/bulk/", {"list": "leads:list"}, headers={"HX-Request": "true"}).status_code == 400


def test_officers_do_not_export_and_the_record_says_who_did(cast: Cast, leads: list[Lead]) -> None:
    assert signed_in(cast.officer).get("/export/", {"list": "leads:list"}).status_code == 403
    client = signed_in(cast.manager)
    query = {"list": "leads:list", "query": "sort=-amount&owner=" + str(cast.officer.pk)}
    assert client.get("/export/", query).status_code == 200
    done = client.post("/export/", query | {"extension": "xlsx", "columns": ["company", "amount", "owner"]})
    assert client.get(done.headers["Location"]).status_code == 200
    file = client.get(done.headers["Location"] + "file/")
    rows = list(openpyxl.load_workbook(io.BytesIO(file.content)).active.values)  # type: ignore[union-attr]
    assert [row[0] for row in rows[1:]] == ["示例2号有限公司", "示例1号有限公司", "示例0号有限公司"]
    assert rows[1][1:] == ("officer", 2000) or rows[1][1:] == (2000, "officer")
    with user_scope(cast.manager):
        export = Export.objects.get()
        assert (export.owner, export.rows, export.list_name) == (cast.manager, 3, "leads:list")
    assert signed_in(cast.leader).get(f"/exports/{export.uuid}/file/").status_code == 404


def test_a_csv_holds_no_formula_and_a_long_list_becomes_a_job(
    cast: Cast, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.lists.exports.AT_ONCE", 2)
    with cast.everywhere():
        Lead.objects.filter(pk=leads[0].pk).update(title="=HYPERLINK(1)")
    client = signed_in(cast.manager)
    ids = {"list": "leads:list", "ids": [str(lead.pk) for lead in leads]}
    done = client.post("/export/", ids | {"extension": "csv", "columns": ["company", "title", "source"]})
    assert done.headers["Location"].startswith("/jobs/")
    run_jobs()
    with user_scope(cast.manager):
        uuid = Job.objects.get().result["export"]
    assert f"/exports/{uuid}/file/" in client.get(done.headers["Location"]).content.decode()
    lines = list(csv.reader(io.StringIO(client.get(f"/exports/{uuid}/file/").content.decode("utf-8-sig"))))
    assert len(lines) == 5
    assert next(line for line in lines if "0号" in line[0])[:2] == ["示例0号有限公司", "'=HYPERLINK(1)"]
    with cast.everywhere():
        Export.objects.update(expires_at="2020-01-01T00:00Z")
        assert forget_old_files() == 1
    assert client.get(f"/exports/{uuid}/file/").status_code == 404


def test_the_signed_selection_keeps_list_query_and_count(cast: Cast, leads: list[Lead]) -> None:
    selection = Selection.load(whole(cast.officer, "owner=me&sort=-amount"), cast.officer)
    assert (selection.list, selection.count) == ("leads:list", 3)
    assert "owner=me" in selection.query
