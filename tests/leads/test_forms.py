"""What people send by the forms of leads: once, twice, wrong, hostile, and rows of others."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from companies.models import Company
from core.models import Attachment
from leads.models import Activity, Admission, Lead, Submission
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_lead, make_submission
from tests.leads.conftest import jpeg, tomorrow, visit

pytestmark = pytest.mark.django_db
NOWHERE = 999_999_999
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """The test client as this person, in English."""

    def as_person(user: User) -> Client:
        user.language = "en"
        user.save()
        client.force_login(user)
        return client

    return as_person


def errors(response: Any) -> dict[str, list[str]]:
    """The fields that were refused."""
    assert response.status_code in {409, 412, 422}, (response.status_code, response.headers)
    return dict(response.context["form"].errors)


def shown(response: Any, pk: int) -> str:
    """A page without its address and its CSRF tokens."""
    return re.sub(r"[A-Za-z0-9]{64}", "", response.content.decode()).replace(f"/leads/{pk}/", "#")


def logged(**values: object) -> dict[str, object]:
    return {"kind": "outbound_visit", "summary": "看了厂房", "request_key": str(uuid.uuid4())} | values


def test_a_visit_is_logged_in_one_text_and_leads_back_to_the_lead(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    response = signed_in(cast.officer).post(f"/leads/{lead.pk}/log/", logged())
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    with cast.everywhere():
        activity = Activity.objects.get()
    assert (activity.lead_id, activity.kind, activity.by_id) == (lead.pk, "outbound_visit", cast.officer.pk)
    assert timezone.now() - activity.happened_at < timedelta(minutes=1)


def test_a_visit_to_a_company_found_by_search_belongs_to_its_open_lead(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(cast.colleague)
    assert client.post("/log/", logged(company=lead.company_id)).status_code == 302
    assert client.post("/log/", logged(company=cast.settled.pk)).status_code == 302
    with cast.everywhere():
        assert set(Activity.objects.values_list("company_id", "lead_id")) == {
            (lead.company_id, lead.pk),
            (cast.settled.pk, None),
        }


def test_every_form_sent_twice_makes_one_record(cast: Cast, lead: Lead, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(cast.officer)
    company = Company.objects.create(name="示例激光有限公司", name_text="示例激光有限公司")
    forms: dict[str, dict[str, object]] = {
        f"/leads/{lead.pk}/log/": logged(),
        "/leads/add/": {"company": company.pk, "source": "own", "confidentiality": "park"},
        "/submissions/add/": {"title": "线索", "content": "正在看地"},
        f"/leads/{lead.pk}/step/": {"next_step": "送方案", "next_date": tomorrow(), "version": ""},
    }
    for url, data in forms.items():
        data = data | {"request_key": str(uuid.uuid4())}
        first, second = client.post(url, data), client.post(url, data)
        assert (first.status_code, second.status_code) == (302, 302), url
        assert first["Location"] == second["Location"]
    with cast.everywhere():
        assert (Activity.objects.count(), Submission.objects.count()) == (1, 1)
        assert Lead.objects.filter(company=company).count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"happened_at": "2999-01-01T10:00"}, "happened_at"),
        ({"happened_at": "0001-01-01T00:00"}, "happened_at"),
        ({"happened_at": "9999-12-31T23:59"}, "happened_at"),
        ({"happened_at": "soon"}, "happened_at"),
        ({"summary": ""}, "summary"),
        ({"summary": "a\x00b"}, "summary"),
        ({"kind": "party"}, "kind"),
        ({"next_step": "送方案", "next_date": "2020-01-01"}, "next_date"),
        ({"next_step": "", "next_date": "9999-12-31"}, "next_step"),
        ({"met": "x" * 300}, "met"),
    ],
)
def test_bad_input_stands_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client], values: dict[str, object], field: str
) -> None:
    response = signed_in(cast.officer).post(f"/leads/{lead.pk}/log/", logged(place="苏州") | values)
    assert set(errors(response)) == {field}
    assert 'value="苏州"' in response.content.decode()
    with cast.everywhere():
        assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("photo.jpg", b"", "image/jpeg"),
        ("photo.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg"),
        ("photo.jpg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/jpeg"),
        ("photo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        ("photo.jpg", PDF, "image/jpeg"),
        ("run.exe", b"MZ" + b"\x00" * 200, "application/pdf"),
        ("big.jpg", jpeg() + b"\x00" * (21 * 1024 * 1024), "image/jpeg"),
    ],
    ids=["empty", "html", "svg as jpeg", "svg", "pdf as jpeg", "program", "huge"],
)
def test_hostile_files_are_refused_at_the_field_and_the_rest_is_kept(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client], name: str, content: bytes, kind: str
) -> None:
    data = logged(place="苏州", files=[SimpleUploadedFile(name, content, kind)])
    response = signed_in(cast.officer).post(f"/leads/{lead.pk}/log/", data)
    assert set(errors(response)) == {"files"}
    page = response.content.decode()
    assert 'value="苏州"' in page
    assert "看了厂房" in page
    with cast.everywhere():
        assert not Activity.objects.exists()
        assert not Attachment.objects.exists()


def test_photos_and_documents_are_kept_and_one_bad_file_refuses_all(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    client, url = signed_in(cast.officer), f"/leads/{lead.pk}/log/"
    good = [
        SimpleUploadedFile("现场.jpg", jpeg(), "image/jpeg"),
        SimpleUploadedFile("方案.pdf", PDF, "application/pdf"),
    ]
    bad = SimpleUploadedFile("x.jpg", b"<html>", "image/jpeg")
    assert "files" in errors(client.post(url, logged(files=[*good, bad])))
    good = [
        SimpleUploadedFile("现场.jpg", jpeg(), "image/jpeg"),
        SimpleUploadedFile("方案.pdf", PDF, "application/pdf"),
    ]
    assert client.post(url, logged(files=good)).status_code == 302
    with cast.everywhere():
        assert sorted(Activity.objects.get().files.values_list("attachment__name", flat=True)) == [
            "方案.pdf",
            "现场.jpg",
        ]
        photo = Attachment.objects.get(name="现场.jpg")
    page = client.get(f"/leads/{lead.pk}/").content.decode()
    assert f"/files/{photo.uuid}/" in page
    sent = client.get(f"/files/{photo.uuid}/")
    assert sent["Content-Type"] == "image/jpeg"
    sent.close()


@pytest.mark.parametrize("amount", ["viel", "1e400", "-5", "NaN", "Infinity", "1,2,3", "9" * 60])
def test_amounts_that_are_none_are_refused_at_the_field(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client], amount: str
) -> None:
    client = signed_in(cast.officer)
    company = Company.objects.create(name="示例激光有限公司", name_text="示例激光有限公司")
    claim = {"company": company.pk, "source": "own", "confidentiality": "park", "amount": amount}
    assert set(errors(client.post("/leads/add/", claim))) == {"amount"}
    edit = {"source": "own", "confidentiality": "park", "amount": amount, "version": 1}
    response = client.post(f"/leads/{lead.pk}/edit/", edit)
    assert set(errors(response)) == {"amount"}
    assert amount in response.content.decode()


def test_a_company_is_claimed_by_its_page_by_search_or_added_by_its_name(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(cast.officer)
    rest: dict[str, object] = {"source": "own", "confidentiality": "park"}
    assert client.post(f"/companies/{cast.settled.pk}/claim/", rest).status_code == 302
    assert client.post("/leads/add/", rest | {"company_text": cast.company.name}).status_code == 302
    assert client.post("/leads/add/", rest | {"company_text": "示例新星科技", "company": "new"}).status_code == 302
    assert set(errors(client.post("/leads/add/", rest | {"company_text": "示例"}))) == {"company_text"}
    with cast.everywhere():
        assert set(Lead.objects.values_list("company__name", flat=True)) == {
            cast.settled.name,
            cast.company.name,
            "示例新星科技",
        }
        assert Company.objects.get(name="示例新星科技").origin_park_id == cast.zone.pk


def test_a_second_claim_says_in_the_form_who_holds_the_company(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    rest = {"source": "own", "confidentiality": "park", "title": "我的项目", "company": lead.company_id}
    response = signed_in(cast.colleague).post("/leads/add/", rest)
    assert response.status_code == 409
    assert "officer" in str(errors(response)["company_text"])
    assert "我的项目" in response.content.decode()


def test_the_company_box_offers_what_fits_and_says_what_is_held(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    company = Company(name="示例光纤有限公司")
    company.derive()
    company.save()
    cast.company.derive()
    cast.company.save()
    page = signed_in(cast.colleague).get("/leads/companies/?company_text=示例光&for=claim").content.decode()
    assert "示例光纤有限公司" in page
    assert "officer has held it since" in page
    url = "/leads/companies/?company_text=某某科技公司&company=new"
    page = signed_in(cast.colleague).get(url).content.decode()
    assert "No company fits." in page
    assert 'value="new" checked' in page
    assert 'value="new"' not in signed_in(cast.window).get(url).content.decode()


@pytest.mark.parametrize("company", [NOWHERE, "x", "-1", "9" * 40])
def test_a_company_that_does_not_exist_is_refused_like_one_of_another_park(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client], company: object
) -> None:
    theirs = Company.objects.create(name="外地自有企业", name_text="外地自有企业", origin_park=cast.elsewhere)
    client = signed_in(cast.officer)
    answers = []
    for pk in (company, theirs.pk):
        rest = {"source": "own", "confidentiality": "park", "company": pk}
        answers.append(errors(client.post("/leads/add/", rest)))
        answers.append(errors(client.post("/log/", logged(company=pk))))
        answers.append(errors(client.post("/submissions/add/", {"title": "a", "content": "b", "company": pk})))
    assert all(set(answer) == {"company_text"} for answer in answers)
    assert answers[:3] == answers[3:]


def test_the_lead_of_another_park_is_refused_like_one_that_does_not_exist(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.officer, company=cast.settled)
        theirs = make_lead(cast.elsewhere, owner=cast.stranger, company=cast.company)
    client = signed_in(cast.officer)
    foreign, missing = (errors(client.post("/log/", logged(lead=pk))) for pk in (theirs.pk, NOWHERE))
    assert set(foreign) == set(missing) == {"lead"}
    assert str(foreign).replace(str(theirs.pk), "#") == str(missing).replace(str(NOWHERE), "#")


def test_a_stale_form_is_refused_and_keeps_what_was_typed(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    visit(cast.officer, lead, next_step="送方案", next_date=tomorrow())
    edit = {"source": "own", "confidentiality": "park", "title": "我写的标题", "version": 1}
    response = signed_in(cast.officer).post(f"/leads/{lead.pk}/edit/", edit)
    assert response.status_code == 412
    assert "我写的标题" in response.content.decode()


def test_the_board_moves_a_card_or_names_the_form_that_is_needed(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    client, url = signed_in(cast.officer), f"/leads/{lead.pk}/move/"
    script = {"Accept": "application/json"}
    moved = client.post(url, {"from_stage": "planning", "to_stage": "contacting", "version": 1}, headers=script)
    assert (moved.status_code, moved.json()["version"]) == (200, 2)
    needed = client.post(url, {"from_stage": "contacting", "to_stage": "visiting", "version": 2}, headers=script)
    assert needed.json()["form"].startswith(f"/leads/{lead.pk}/move/visiting/")
    back = {"to_stage": "contacting", "version": 1}
    assert client.post(url, {"from_stage": "planning"} | back, headers=script).status_code == 412
    dropped = client.post(url, {"from_stage": "contacting", "to_stage": "dropped", "version": 2}, headers=script)
    assert dropped.json()["form"].startswith(f"/leads/{lead.pk}/drop/")
    nowhere = client.post(url, {"from_stage": "contacting", "to_stage": "nowhere", "version": 2}, headers=script)
    assert nowhere.status_code == 422
    form = client.post(f"/leads/{lead.pk}/move/visiting/", {"next_step": "拜访", "next_date": tomorrow(), "version": 2})
    assert form.status_code == 302
    with cast.everywhere():
        lead.refresh_from_db()
    assert lead.stage == "visiting"


def test_a_lead_is_decided_on_dropped_and_reopened_by_the_forms(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client], to_screening: Callable[[Lead], Lead]
) -> None:
    lead = to_screening(lead)
    manager = signed_in(cast.manager)
    decision = {"decision": "admitted", "reason": "符合定位", "version": lead.version}
    assert manager.post(f"/leads/{lead.pk}/admission/", decision)["Location"] == f"/leads/{lead.pk}/"
    assert "符合定位" in manager.get(f"/leads/{lead.pk}/?tab=admission").content.decode()
    assert f"/leads/{lead.pk}/sign/" in manager.get(f"/leads/{lead.pk}/").content.decode()
    script = {"Accept": "application/json"}
    onward = manager.post(f"/leads/{lead.pk}/move/", {"to_stage": "signed"}, headers=script)
    assert onward.json()["form"].startswith(f"/leads/{lead.pk}/sign/")
    assert manager.post(f"/leads/{lead.pk}/hand-over/", {"to": cast.colleague.pk}).status_code == 302
    assert set(errors(manager.post(f"/leads/{lead.pk}/hand-over/", {"to": cast.stranger.pk}))) == {"to"}
    assert set(errors(manager.post(f"/leads/{lead.pk}/drop/", {"why": "other"}))) == {"reason"}
    assert set(errors(manager.post(f"/leads/{lead.pk}/drop/", {"why": "ruled"}))) == {"why"}
    assert manager.post(f"/leads/{lead.pk}/drop/", {"why": "other", "reason": "对方取消"}).status_code == 302
    assert manager.post(f"/leads/{lead.pk}/reopen/").status_code == 302
    with cast.everywhere():
        lead.refresh_from_db()
        assert (lead.stage, lead.owner_id, Admission.objects.count()) == ("screening", cast.colleague.pk, 1)


def test_information_is_judged_and_becomes_a_lead_in_one_click(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    with cast.everywhere():
        named = make_submission(cast.zone, by=cast.officer, company=cast.company)
        unnamed = make_submission(cast.zone, by=cast.officer, company_name="某企业")
    manager = signed_in(cast.manager)
    for row in (named, unnamed):
        assert set(errors(manager.post(f"/submissions/{row.pk}/judge/", {"valid": "no"}))) == {"reason"}
        assert manager.post(f"/submissions/{row.pk}/judge/", {"valid": "yes", "version": 1}).status_code == 302
    # Whoever assigns leads says first who follows it up; an officer takes it on with one click.
    assert manager.post(f"/submissions/{named.pk}/claim/")["Location"] == f"/submissions/{named.pk}/company/"
    officer = signed_in(cast.officer)
    lead_page = officer.post(f"/submissions/{named.pk}/claim/")
    asks = officer.post(f"/submissions/{unnamed.pk}/claim/")
    assert asks["Location"] == f"/submissions/{unnamed.pk}/company/"
    assert officer.post(asks["Location"], {"company": cast.settled.pk}).status_code == 302
    with cast.everywhere():
        named.refresh_from_db()
        assert lead_page["Location"] == f"/leads/{named.lead_id}/"
        assert Lead.objects.filter(source="submission").count() == 2


CHANGING = ["edit/", "step/", "move/contacting/", "drop/", "hand-over/", "admission/"]


@pytest.mark.parametrize("path", ["", *CHANGING, "log/", "move/", "step/done/", "reopen/"])
def test_another_parks_lead_is_404_like_one_that_does_not_exist(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client], path: str
) -> None:
    for person in (cast.stranger, cast.operator_manager, cast.sibling_manager):
        client = signed_in(person)
        send = client.post if path in {"move/", "step/done/", "reopen/"} else client.get
        foreign, missing = send(f"/leads/{lead.pk}/{path}"), send(f"/leads/{NOWHERE}/{path}")
        if foreign.status_code != 403:  # 403: the person may do this nowhere
            assert (foreign.status_code, missing.status_code) == (404, 404)
            assert shown(foreign, lead.pk) == shown(missing, NOWHERE)
        else:
            assert missing.status_code == 403
    with cast.everywhere():
        lead.refresh_from_db()
        assert lead.version == 1


@pytest.mark.parametrize("path", CHANGING)
def test_a_colleague_reads_a_lead_but_does_not_change_it(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client], path: str
) -> None:
    client = signed_in(cast.colleague)
    page = client.get(f"/leads/{lead.pk}/")
    assert page.status_code == 200
    assert f"/leads/{lead.pk}/edit/" not in page.content.decode()
    assert client.get(f"/leads/{lead.pk}/{path}").status_code == 403
    assert client.post(f"/leads/{lead.pk}/{path}", {"reason": "x", "to": cast.colleague.pk}).status_code == 403


def test_an_overseer_reads_the_inner_park_but_changes_nothing_there(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    with cast.everywhere():
        inner = make_lead(cast.inner, owner=cast.operator_officer, company=cast.company)
    client = signed_in(cast.manager)
    assert client.get(f"/leads/{inner.pk}/").status_code == 200
    for path in ("edit/", "drop/", "admission/", "hand-over/"):
        assert client.get(f"/leads/{inner.pk}/{path}").status_code == 403
    assert client.post(f"/leads/{inner.pk}/log/", logged()).status_code == 403


def test_a_confidential_lead_is_404_for_colleagues_and_absent_from_list_and_board(
    cast: Cast, lead: Lead, signed_in: Callable[[User], Client]
) -> None:
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(confidentiality="own")
    for person, seen in ((cast.officer, True), (cast.manager, True), (cast.colleague, False), (cast.window, False)):
        client = signed_in(person)
        assert (client.get(f"/leads/{lead.pk}/").status_code == 200) is seen
        for path in ("/leads/", "/leads/board/", "/leads/?q=示例"):
            assert (f"/leads/{lead.pk}/" in client.get(path).content.decode()) is seen, (person, path)
