"""A list of prospects becomes companies and leads at once; who holds one already is told, and it can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.actions.imports import map_import, revert_import
from companies.models import Company, ImportBatch, ImportRow
from core.errors import Refused
from core.isolation import user_scope
from leads.actions import plan_step
from leads.models import Claim, Lead
from notices.models import Notice
from tests.companies.importing import CODE, checked, imported, table, upload, worked
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_lead

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "统一社会信用代码", "招商负责人", "下一步", "下一步日期", "备注")
AS_LEADS: dict[str, Any] = {"as_leads": True, "lead_source": "association"}


def prospects(cast: Cast, **owners: str) -> bytes:
    """A new company, one that the registry has, the new one again, and one without a name."""
    day = f"{timezone.localdate() + timedelta(days=9):%Y/%m/%d}"
    return table(
        HEAD,
        ("青岛甲光学有限公司", CODE, owners.get("first", ""), "送园区资料", day, "商会推荐"),
        ("示例光电有限公司", cast.company.credit_code, "", "", "", ""),
        ("青岛甲光学有限公司", CODE, "", "", "", ""),
        ("", "", "", "", "", ""),
    )


def lines(user: Any, batch: ImportBatch) -> dict[int, ImportRow]:
    with user_scope(user):
        return {row.number: row for row in ImportRow.objects.filter(batch=batch)}


def leads(cast: Cast) -> dict[str, Lead]:
    with cast.everywhere():
        return {lead.company.name: lead for lead in Lead.objects.select_related("company", "owner")}


def taken_back(user: Any, batch: ImportBatch) -> dict[int, tuple[str, list[Any]]]:
    with user_scope(user):
        revert_import(by=user, batch=batch)
    worked(user, batch)
    return {number: (row.state, row.reason) for number, row in lines(user, batch).items()}


def test_each_company_becomes_a_lead_new_or_known_and_a_second_time_none(cast: Cast) -> None:
    batch = imported(cast.officer, prospects(cast), **AS_LEADS)
    made = leads(cast)
    assert set(made) == {"青岛甲光学有限公司", "示例光电有限公司"}
    first = made["青岛甲光学有限公司"]
    assert (first.owner, first.source, first.source_note) == (cast.officer, "association", "商会推荐")
    assert (first.next_step, first.next_date) == ("送园区资料", timezone.localdate() + timedelta(days=9))
    rows = lines(cast.officer, batch)
    assert (rows[2].lead_pk, rows[4].lead_pk, rows[4].reason[0]) == (first.pk, None, "repeated")
    assert batch.counts["leads"] == 2
    again = imported(cast.officer, prospects(cast), **AS_LEADS)
    assert len(leads(cast)) == 2
    assert str(cast.officer) in lines(cast.officer, again)[2].lead_said


def test_the_dry_run_says_already_who_holds_a_company(cast: Cast) -> None:
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.colleague, company=cast.company)
    batch = checked(cast.officer, prospects(cast), **AS_LEADS)
    assert str(cast.colleague) in lines(cast.officer, batch)[3].lead_said
    client = Client()
    client.force_login(cast.officer)
    page = client.get(batch.get_absolute_url() + "?lead=refused").content.decode()
    assert str(cast.colleague) in page
    assert "青岛甲光学有限公司" not in page


def test_a_manager_gives_lines_to_others_by_name_and_they_are_told(cast: Cast) -> None:
    imported(cast.manager, prospects(cast, first=cast.officer.username), **AS_LEADS)
    made = leads(cast)
    assert (made["青岛甲光学有限公司"].owner, made["示例光电有限公司"].owner) == (cast.officer, cast.manager)
    with cast.everywhere():
        assert Notice.objects.filter(recipient=cast.officer, kind="lead_assigned").exists()


@pytest.mark.parametrize("owner", ["没有这个人", "manager"])
def test_an_unknown_owner_or_a_colleague_of_an_officer_makes_no_lead_and_the_line_says_so(
    cast: Cast, owner: str
) -> None:
    batch = imported(cast.officer, prospects(cast, first=owner), **AS_LEADS)
    assert owner in lines(cast.officer, batch)[2].lead_said
    assert set(leads(cast)) == {"示例光电有限公司"}
    assert Company.objects.filter(credit_code=CODE).exists()


def test_taking_back_gives_up_what_nobody_worked_on(cast: Cast) -> None:
    batch = imported(cast.officer, prospects(cast), **AS_LEADS)
    touched = leads(cast)["示例光电有限公司"]
    with user_scope(cast.officer):
        plan_step(by=cast.officer, lead=touched, next_step="回访", next_date=timezone.localdate() + timedelta(days=3))
    said = taken_back(cast.officer, batch)
    assert (said[2], said[3]) == (("kept", ["lead_given_up"]), ("kept", ["lead_touched"]))
    after = leads(cast)
    assert (after["青岛甲光学有限公司"].stage, after["示例光电有限公司"].stage) == ("dropped", "planning")
    with cast.everywhere():
        assert Claim.objects.filter(lead=after["青岛甲光学有限公司"], ended_at=None).count() == 0


def test_who_may_not_claim_and_lists_that_are_too_long_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = upload(cast.officer, prospects(cast))
    values = {"mapping": batch.mapping, "match_keys": batch.match_keys, "as_leads": True}
    monkeypatch.setattr("companies.actions.imports.MOST_LEADS", 1)
    for source, field in (("", "lead_source"), ("own", "as_leads")):
        with user_scope(cast.officer), pytest.raises(Refused) as refused:
            map_import(by=cast.officer, batch=batch, lead_source=source, **values)
        assert refused.value.field == field
    with user_scope(cast.park_admin), pytest.raises(PermissionDenied):
        map_import(by=cast.park_admin, batch=batch, lead_source="own", **values)


def test_the_page_offers_it_and_the_api_takes_it(cast: Cast) -> None:
    batch = upload(cast.officer, prospects(cast))
    client = Client()
    client.force_login(cast.officer)
    address = reverse("companies:import_columns", args=[batch.pk])
    assert "as_leads" in client.get(address).content.decode()
    columns = {f"column_{place}": name for place, name in enumerate(batch.mapping)}
    sent = {**columns, "match_keys": ["credit_code"], "version": batch.version, "as_leads": "on", "lead_source": "fund"}
    assert client.post(address, sent).status_code == 302
    shown = client.get(f"/api/v1/imports/{batch.pk}/").json()
    assert (shown["as_leads"], shown["lead_source"]) == (True, "fund")
    batch = worked(cast.officer, batch)
    rows = client.get(f"/api/v1/imports/{batch.pk}/rows/").json()["results"]
    assert {"lead", "lead_said"} <= rows[0].keys()
