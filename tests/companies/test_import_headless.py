"""Files without headings: the first row is a company like all others, and nothing of it is lost."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from companies.actions.imports import map_import, retitle_import
from companies.models import Company, ImportBatch, ImportMapping, ImportRow
from core import jobs
from core.errors import Conflict
from core.isolation import user_scope
from tests.companies.importing import CODE, OTHER, book, imported, table, upload
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
ROWS = (
    ("青岛甲光学有限公司", CODE, "2019-03-05", "山东", "青岛", ""),
    ("无锡乙设备有限公司", OTHER, "2020-01-02", "江苏", "无锡", "新吴区一号"),
)


@pytest.mark.parametrize("content", [table(*ROWS), book(*ROWS)], ids=["csv", "xlsx"])
def test_a_first_row_that_is_a_company_is_taken_for_one_and_comes_in_whole(cast: Cast, content: bytes) -> None:
    batch = imported(cast.park_admin, content, "名单.xlsx" if content[:2] == b"PK" else "名单.csv")
    assert (batch.has_headings, batch.header_row, batch.rows) == (False, 0, 2)
    # The first row ends in an empty cell: the next ones tell how many columns there are.
    assert batch.headers == ["列1", "列2", "列3", "列4", "列5", "列6"]
    assert batch.mapping == ["name", "credit_code", "registered_on", "province", "city", ""]
    with user_scope(cast.park_admin):
        assert list(ImportRow.objects.order_by("number").values_list("number", "state")) == [(1, "done"), (2, "done")]
    first = Company.objects.get(name="青岛甲光学有限公司")
    assert (first.credit_code, str(first.registered_on), first.city) == (CODE, "2019-03-05", "青岛")


def test_one_row_alone_is_a_list_and_a_heading_alone_is_none(cast: Cast) -> None:
    assert upload(cast.officer, table(ROWS[0])).rows == 1
    headed = upload(cast.officer, table(["客户", "何地"], ["青岛甲光学有限公司", "青岛"]))
    assert (headed.has_headings, headed.header_row, headed.headers) == (True, 1, ["客户", "何地"])


def test_a_person_says_it_on_the_page_and_takes_it_back(client: Client, cast: Cast) -> None:
    batch = upload(cast.officer, table(["华为", "深圳"], ["中兴", "深圳"]))
    client.force_login(cast.officer)
    columns, headings = f"/companies/imports/{batch.pk}/columns/", f"/companies/imports/{batch.pk}/headings/"
    assert "第一行就是数据" in client.get(columns).content.decode()
    assert client.post(headings, {"has_headings": "0", "version": batch.version + 5}).status_code == 302
    assert client.post(headings, {"has_headings": "0", "version": batch.version}).headers["Location"] == columns
    page = client.get(columns).content.decode()
    for shown in ("列1", "列2", "华为", "没有表头，从第 1 行开始", "第一行是表头"):
        assert shown in page
    with user_scope(cast.officer):
        again = ImportBatch.objects.get()
        assert (again.header_row, again.rows, again.mapping) == (0, 2, ["", "city"])
        back = retitle_import(by=cast.officer, batch=again, has_headings=True)
        assert (back.header_row, back.rows, back.headers, back.samples) == (1, 1, ["华为", "深圳"], [["中兴", "深圳"]])


def test_what_was_said_is_remembered_with_the_shape(cast: Cast) -> None:
    batch = upload(cast.officer, table(*ROWS))
    with user_scope(cast.officer):
        fields = ["name", "credit_code", "registered_on", "province", "city", "address"]
        job = map_import(by=cast.officer, batch=batch, mapping=fields, match_keys=["credit_code"]).job
        assert ImportMapping.objects.count() == 1
    assert job
    jobs.run(job)
    other = table(("威海丙重工有限公司", "91370125MA3ABC4508", "2001-01-02", "山东", "威海", "海滨路一号"))
    assert upload(cast.officer, other).mapping == fields
    # Said to be headings after all: those very words are headings from then on.
    with user_scope(cast.officer):
        headed = retitle_import(by=cast.officer, batch=upload(cast.officer, table(*ROWS, *ROWS)), has_headings=True)
        map_import(by=cast.officer, batch=headed, mapping=["name", *[""] * 5], match_keys=["name"])
    assert upload(cast.officer, table(*ROWS, *ROWS)).has_headings


def test_an_import_that_has_begun_keeps_its_columns(cast: Cast) -> None:
    batch = imported(cast.officer, table(*ROWS))
    with user_scope(cast.officer), pytest.raises(Conflict):
        retitle_import(by=cast.officer, batch=batch, has_headings=True)


def test_the_api_and_the_command_say_it_too(cast: Cast, tmp_path: Path) -> None:
    batch = upload(cast.officer, table(["华为技术", "深圳"], ["中兴通讯", "深圳"]))
    client = APIClient()
    client.force_login(cast.officer)
    path = f"/api/v1/imports/{batch.pk}/"
    wrong = client.patch(path, {"has_headings": False}, format="json", headers={"If-Match": f'"{batch.version}"'})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "column_0")
    body = {"has_headings": False, "mapping": ["name", "city"], "match_keys": ["name"]}
    said = client.patch(path, body, format="json", headers={"If-Match": f'"{batch.version}"'})
    assert (said.status_code, said.json()["headers"], said.json()["has_headings"]) == (200, ["列1", "列2"], False)
    file, out = tmp_path / "a.csv", io.StringIO()
    file.write_bytes(table(["青岛甲光学有限公司"], ["青岛乙光学有限公司"]))
    call_command("import_companies", str(file), "--by", cast.park_admin.username, stdout=out)
    assert "created 2" in out.getvalue()
    file.write_bytes(table(["青岛丙光学有限公司"], ["青岛丁光学有限公司"]))
    with pytest.raises(CommandError):
        call_command("import_companies", str(file), "--by", cast.park_admin.username, "--headings", stdout=out)
