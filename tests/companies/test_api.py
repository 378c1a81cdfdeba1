"""`/api/v1/companies/` and `/api/v1/contacts/`."""

import pytest
from rest_framework.test import APIClient

from companies.actions import load_industries
from companies.models import Company, Contact, ContactReveal
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_contact

pytestmark = pytest.mark.django_db
CODE = "91370200163562681G"


@pytest.fixture
def api(cast: Cast) -> APIClient:
    """As the officer."""
    client = APIClient()
    client.force_login(cast.officer)
    return client


@pytest.fixture
def contact(cast: Cast) -> Contact:
    """The zone's card of somebody at the cast's company."""
    with cast.everywhere():
        return make_contact(cast.zone, company=cast.company)


def test_a_search_answers_the_best_first_in_pages(api: APIClient) -> None:
    make_company("北方示例光电科技有限公司")
    make_company("示例光电")
    first = api.get("/api/v1/companies/", {"search": "示例光电", "page_size": "2"}).json()
    assert [row["name"] for row in first["results"]] == ["示例光电", "示例光电有限公司"]
    assert [row["name"] for row in api.get(first["next"]).json()["results"]] == ["北方示例光电科技有限公司"]


def test_an_asked_ordering_beats_the_rank(api: APIClient) -> None:
    names = [
        row["name"] for row in api.get("/api/v1/companies/", {"search": "sl", "ordering": "-id"}).json()["results"]
    ]
    assert names == ["示例碳材有限公司", "示例光电有限公司"]


def test_companies_are_narrowed_like_on_the_page(api: APIClient, cast: Cast) -> None:
    load_industries()
    facts = {"industry": "39", "province": "山东省", "registered_on": "2010-01-01"}
    api.post("/api/v1/companies/", {"name": "甲光学有限公司", "credit_code": CODE} | facts)
    for params in (
        {"industry": "C"},
        {"industry": "39"},
        {"province": "山东"},
        {"code": "true"},
        {"credit_code": CODE.lower()},
        {"registered_after": "2010-01-01", "registered_before": "2010-01-01"},
    ):
        found = {row["name"] for row in api.get("/api/v1/companies/", params).json()["results"]}
        assert found - {cast.company.name, cast.settled.name} == {"甲光学有限公司"}, params


def test_a_company_is_made_and_changed_on_its_version(api: APIClient, cast: Cast) -> None:
    made = api.post("/api/v1/companies/", {"name": "甲光学有限公司", "capital_raw": "500(万美元)"})
    assert made.status_code == 201
    row = made.json()
    assert (row["park"], row["code_kind"], row["capital"], row["capital_currency"]) == ("zone", "", "5000000.00", "USD")
    url = f"/api/v1/companies/{row['id']}/"
    assert api.patch(url, {"city": "枣庄"}).status_code == 428
    assert api.patch(url, {"city": "枣庄"}, headers={"If-Match": made["ETag"]}).json()["version"] == 2
    assert api.patch(url, {"city": "济南"}, headers={"If-Match": made["ETag"]}).status_code == 412


def test_a_wrong_code_and_a_known_one_are_problems_that_name_the_field(api: APIClient, cast: Cast) -> None:
    make_company("在册光学有限公司", credit_code=CODE)
    wrong = api.post("/api/v1/companies/", {"name": "甲", "credit_code": CODE[:-1] + "H"})
    known = api.post("/api/v1/companies/", {"name": "甲", "credit_code": CODE})
    assert (wrong.status_code, known.status_code) == (400, 409)
    assert known["Content-Type"] == "application/problem+json"
    assert [answer.json()["errors"][0]["field"] for answer in (wrong, known)] == ["credit_code", "credit_code"]
    assert Company.objects.filter(credit_code__startswith=CODE[:-1]).count() == 1


def test_the_same_request_twice_makes_one_company(api: APIClient) -> None:
    key = {"Idempotency-Key": "5a3a41f4-4d5e-4f6b-9c0d-0a1b2c3d4e5f"}
    answers = [api.post("/api/v1/companies/", {"name": "两次光学有限公司"}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]


def test_another_parks_own_company_is_not_there(api: APIClient, cast: Cast) -> None:
    hidden = make_company("外地自录有限公司", origin_park=cast.elsewhere)
    assert api.get(f"/api/v1/companies/{hidden.pk}/").status_code == 404
    assert api.get("/api/v1/companies/", {"search": "自录"}).json()["results"] == []
    answer = api.post("/api/v1/contacts/", {"company": hidden.pk, "name": "某"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "company")


def test_contacts_are_masked_and_a_reveal_is_written_down(api: APIClient, cast: Cast, contact: Contact) -> None:
    [row] = api.get("/api/v1/contacts/", {"company": cast.company.pk}).json()["results"]
    assert (row["phone"], row["email"], row["park"]) == ("138****1111", "w***@example.com", "zone")
    assert api.get(f"/api/v1/contacts/{contact.pk}/").json()["phone"] == "138****1111"
    assert api.post(f"/api/v1/contacts/{contact.pk}/reveal/").json()["phone"] == contact.phone
    with cast.everywhere():
        assert ContactReveal.objects.get().by == cast.officer


def test_an_auditor_reads_masked_cards_and_reveals_none(cast: Cast, contact: Contact) -> None:
    api = APIClient()
    api.force_login(cast.auditor)
    assert api.get(f"/api/v1/contacts/{contact.pk}/").json()["phone"] == "138****1111"
    assert api.post(f"/api/v1/contacts/{contact.pk}/reveal/").status_code == 403


def test_a_contact_is_made_and_changed_in_the_own_park(api: APIClient, cast: Cast) -> None:
    made = api.post("/api/v1/contacts/", {"company": cast.company.pk, "name": "联系人甲", "phone": "13900001111"})
    assert (made.status_code, made.json()["park"]) == (201, "zone")
    url = f"/api/v1/contacts/{made.json()['id']}/"
    assert api.patch(url, {"title": "厂长"}, headers={"If-Match": made["ETag"]}).json()["title"] == "厂长"


def test_an_enterprise_sees_its_own_company_only(cast: Cast) -> None:
    api = APIClient()
    api.force_login(cast.enterprise)
    assert api.get("/api/v1/companies/").status_code == 403
    assert api.get("/api/v1/contacts/").status_code == 403
