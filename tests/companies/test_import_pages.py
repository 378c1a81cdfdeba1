"""The way of a list through the pages and through the API."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from companies.models import Company, ImportBatch, ImportRow
from core import jobs
from core.isolation import user_scope
from core.models import Job
from tests.companies.importing import CODE, checked, imported, table, upload
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "统一社会信用代码", "城市")
LIST = table(HEAD, ("青岛甲光学有限公司", CODE, "青岛"), ("示例光电有限公司", "", "青岛"), ("", "", "=1+1"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def file(content: bytes = LIST, name: str = "名单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def newest(user: User) -> ImportBatch:
    with user_scope(user):
        found: ImportBatch = ImportBatch.objects.order_by("-pk")[0]
        return found


def test_from_the_file_to_the_companies_and_back(cast: Cast) -> None:
    client = signed_in(cast.officer)
    assert client.get(reverse("companies:import_upload")).status_code == 200
    sent = client.post(reverse("companies:import_upload"), {"file": file()})
    batch = newest(cast.officer)
    columns = reverse("companies:import_columns", args=[batch.pk])
    assert sent["Location"] == columns
    page = client.get(columns).content.decode()
    assert "青岛甲光学有限公司" in page
    values = {"column_0": "name", "column_1": "credit_code", "column_2": "city", "match_keys": ["credit_code"]}
    assert client.post(columns, values | {"version": batch.version})["Location"] == batch.get_absolute_url()
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "import-progress" in page
    assert jobs.run_next()
    page = client.get(batch.get_absolute_url()).content.decode()
    assert reverse("companies:import_run", args=[batch.pk]) in page
    client.post(reverse("companies:import_run", args=[batch.pk]), {"version": newest(cast.officer).version})
    assert jobs.run_next()
    assert Company.objects.filter(credit_code=CODE).exists()
    revert = reverse("companies:import_revert", args=[batch.pk])
    assert client.get(revert).status_code == 200
    client.post(revert, {"version": newest(cast.officer).version})
    assert jobs.run_next()
    assert not Company.objects.filter(credit_code=CODE).exists()
    assert newest(cast.officer).state == "reverted"
    assert client.get(reverse("companies:imports")).status_code == 200


def test_a_stopped_import_says_how_much_is_written_and_no_longer_offers_other_columns(cast: Cast) -> None:
    batch = imported(cast.officer, table(HEAD, *[(f"青岛{n}号有限公司", "", "") for n in range(3)]))
    with user_scope(cast.officer):
        ImportRow.objects.filter(batch=batch, number=4).update(state="planned")
        # As a worker leaves it that was lost for good: the job failed, and the batch does not know.
        ImportBatch.objects.filter(pk=batch.pk).update(state="running", counts={"create": 3})
        assert batch.job is not None
        Job.objects.filter(pk=batch.job.pk).update(state=Job.State.FAILED)
    page = signed_in(cast.officer).get(batch.get_absolute_url())
    assert [tile["value"] for tile in page.context["tiles"]] == ["2", "0", "1", "0", "0"]
    assert reverse("companies:import_resume", args=[batch.pk]) in page.content.decode()
    assert reverse("companies:import_columns", args=[batch.pk]) not in page.content.decode()


def test_a_broken_file_is_refused_at_the_field(cast: Cast) -> None:
    answer = signed_in(cast.officer).post(reverse("companies:import_upload"), {"file": file(b"<html></html>")})
    assert answer.status_code == 422
    assert 'id="id_file_error"' in answer.content.decode()


def test_a_field_taken_twice_is_refused_at_its_column_and_nothing_is_lost(cast: Cast) -> None:
    batch = upload(cast.officer, LIST)
    values = {"column_0": "name", "column_1": "name", "column_2": "address", "version": batch.version}
    answer = signed_in(cast.officer).post(reverse("companies:import_columns", args=[batch.pk]), values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_column_1_error"' in page
    assert '<option value="address" selected>' in page


def test_lines_are_filtered_by_outcome_and_paged(cast: Cast) -> None:
    lines = [(f"青岛{n}号有限公司", "", "") for n in range(60)]
    batch = checked(cast.officer, table(HEAD, *lines, ("", "", "x")))
    client, address = signed_in(cast.officer), batch.get_absolute_url()
    first = client.get(address)
    assert first.context["next_url"]
    second = client.get(address + first.context["next_url"])
    assert [line.row.number for line in second.context["rows"]] == list(range(52, 63))
    failed = client.get(address, {"outcome": "failed"})
    assert [line.row.number for line in failed.context["rows"]] == [62]


def test_a_page_of_lines_takes_few_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    batch = imported(cast.officer, table(HEAD, *[(f"青岛{n}号有限公司", "", "") for n in range(60)]))
    client = signed_in(cast.officer)
    client.get(batch.get_absolute_url())
    with django_assert_max_num_queries(16):  # begin, scope, session, person and access among them
        client.get(batch.get_absolute_url())


def test_what_did_not_get_in_is_a_file_with_reasons_and_without_formulas(cast: Cast) -> None:
    batch = checked(cast.officer, LIST)
    client = signed_in(cast.officer)
    text = client.get(reverse("companies:import_failed_csv", args=[batch.pk])).content
    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == ["3", "4"]
    assert "缺少企业名称" in lines[2][2]
    assert lines[2][5] == "'=1+1"
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("companies:import_failed_xlsx", args=[batch.pk])).content)
    )
    assert [cell.value for cell in book.worksheets[0]["F"]] == ["城市", "青岛", "'=1+1"]
    cast.officer.language = "en"
    cast.officer.save()
    text = client.get(reverse("companies:import_failed_csv", args=[batch.pk])).content
    assert "There is no company name." in text.decode()


def test_a_duplicate_is_decided_on_the_page(cast: Cast) -> None:
    batch = checked(cast.officer, LIST)
    with user_scope(cast.officer):
        line = batch.lines.get(number=3)
    address = reverse("companies:import_settle", args=[batch.pk, line.pk])
    client, place = signed_in(cast.officer), f"{batch.get_absolute_url()}?outcome=duplicate"
    assert f'name="next" value="{place}"' in client.get(place).content.decode()
    assert client.post(address, {"chosen": "create", "next": place})["Location"] == place
    assert newest(cast.officer).counts["create"] == 2


def test_another_park_does_not_know_it_and_the_auditor_only_looks(cast: Cast) -> None:
    batch = checked(cast.officer, LIST)
    for name in ("import", "import_failed_csv", "import_columns"):
        address = reverse(f"companies:{name}", args=[batch.pk])
        assert signed_in(cast.stranger).get(address).status_code == 404
    auditor = signed_in(cast.auditor)
    assert auditor.get(batch.get_absolute_url()).status_code == 200
    assert auditor.post(reverse("companies:import_run", args=[batch.pk])).status_code == 403
    assert newest(cast.officer).state == "checked"


def test_the_same_through_the_api(cast: Cast) -> None:
    client = signed_in(cast.officer)
    answer = client.post("/api/v1/imports/", {"file": file()})
    assert answer.status_code == 201, answer.content
    one, address = answer.json(), f"/api/v1/imports/{answer.json()['id']}/"
    assert one["mapping"] == ["name", "credit_code", "city"]
    body = {"mapping": one["mapping"], "match_keys": ["credit_code"]}
    assert client.patch(address, body, content_type="application/json").status_code == 428
    twice = {"mapping": ["name", "name", ""]}
    refused = client.patch(address, twice, content_type="application/json", headers={"If-Match": answer["ETag"]})
    assert refused.json()["errors"][0]["field"] == "column_1"
    agreed = client.patch(address, body, content_type="application/json", headers={"If-Match": answer["ETag"]})
    assert agreed.json()["state"] == "checking"
    assert jobs.run_next()
    seen = client.get(address)
    assert (seen.json()["counts"]["create"], seen.json()["progress"]["state"]) == (1, "done")
    lines = client.get(f"{address}rows/", {"outcome": "duplicate"}).json()["results"]
    assert [line["reason_code"] for line in lines] == ["same_name"]
    settled = client.post(f"{address}rows/{lines[0]['id']}/", {"chosen": "create"}, content_type="application/json")
    assert settled.json()["outcome"] == "create"
    stale = client.post(f"{address}run/", headers={"If-Match": seen["ETag"]})
    assert stale.status_code == 412
    assert client.post(f"{address}run/", headers={"If-Match": client.get(address)["ETag"]}).status_code == 202
    assert jobs.run_next()
    assert client.get(address).json()["counts"]["create:done"] == 2
    assert client.get(f"{address}failed-csv/").status_code == 200
    assert client.post(f"{address}revert/", headers={"If-Match": client.get(address)["ETag"]}).status_code == 202
    assert jobs.run_next()
    assert client.get(address).json()["state"] == "reverted"
    bad = client.post("/api/v1/imports/", {"file": file(b"")})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "file")


def test_the_api_of_another_park_is_not_there(cast: Cast) -> None:
    batch = checked(cast.officer, LIST)
    client = signed_in(cast.stranger)
    for path in ("", "rows/", "failed-csv/"):
        assert client.get(f"/api/v1/imports/{batch.pk}/{path}").status_code == 404
