"""The registry's pages over HTTP."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from companies.actions import load_industries
from companies.models import Company, Contact, ContactReveal
from companies.views.registry import CompanyList
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_contact

pytestmark = pytest.mark.django_db
CODE = "91370200163562681G"
SHEET = {"HX-Request": "true", "HX-Target": "sheet-body"}
FILTERS = (
    "q=gd&industry=C&province=山东&city=青&code=true&origin=registry"
    "&registered_after=2000-01-01&sort=-registered&size=25"
)


@pytest.fixture
def contact(cast: Cast) -> Contact:
    """The zone's card of somebody at the cast's company."""
    with cast.everywhere():
        return make_contact(cast.zone, company=cast.company, wechat="wang-zong")


def speak(user: User, language: str) -> None:
    """Change the reader's language."""
    User.objects.filter(pk=user.pk).update(language=language)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/companies/",
        f"/companies/?{FILTERS}",
        "/companies/?q=公司",
        "/companies/?industry=39&sort=name",
        "/companies/add/",
        "/companies/similar/?name=示例",
        "/companies/{company}/contacts/add/",
        "/contacts/{contact}/edit/",
    ],
)
def test_an_officer_opens_every_page(client: Client, cast: Cast, contact: Contact, path: str, language: str) -> None:
    speak(cast.officer, language)
    client.force_login(cast.officer)
    url = path.format(company=cast.company.pk, contact=contact.pk)
    assert client.get(url).status_code == 200
    assert client.get(url, headers=SHEET).status_code == 200


def test_the_list_takes_at_most_eight_queries_however_many_companies_there_are(client: Client, cast: Cast) -> None:
    load_industries()
    client.force_login(cast.officer)
    client.get("/companies/")
    for count in (0, 60):
        for number in range(count):
            make_company(f"示例{number}号光电有限公司", province="山东", origin_park=cast.zone if number % 2 else None)
        for path in ("/companies/", "/companies/?q=光电", "/companies/?industry=C"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(path, headers={"HX-Request": "true", "HX-Target": "list"}).status_code == 200
            assert len(read(queries)) <= 8, path


def read(queries: CaptureQueriesContext) -> list[str]:
    """The statements without those that open and close a transaction."""
    return [q["sql"] for q in queries.captured_queries if "SAVEPOINT" not in q["sql"]]


def test_while_searching_the_best_comes_first(client: Client, cast: Cast) -> None:
    make_company("北方示例光电科技有限公司")
    make_company("示例光电")
    client.force_login(cast.officer)
    rows = client.get("/companies/?q=示例光电").context["rows"]
    assert [row.name for row in rows] == ["示例光电", "示例光电有限公司", "北方示例光电科技有限公司"]


def test_of_many_that_fit_those_whose_name_begins_so_are_first_and_the_count_says_that_there_are_more(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companies.views.registry.MOST", 30)
    for number in range(40):
        make_company(f"东山{number}号湖海有限公司")
    last = make_company("湖海有限公司")
    client.force_login(cast.officer)
    context = client.get("/companies/?q=湖海").context
    assert context["rows"][0] == last
    assert context["page"].count_words == "30+"
    everything = client.get("/companies/?q=湖海&sort=name").context
    assert len(everything["rows"]) == 41


def test_pages_of_a_search_follow_each_other_without_loss(client: Client, cast: Cast) -> None:
    names = {make_company(f"湖海{number}号有限公司").name for number in range(60)}
    client.force_login(cast.officer)
    seen: list[str] = []
    url = "/companies/?q=湖海&size=25"
    while url:
        context = client.get(url).context
        seen += [row.name for row in context["rows"]]
        url = f"/companies/{context['next_url']}" if context["next_url"] else ""
    assert sorted(seen) == sorted(names)


def test_a_company_that_another_park_typed_in_is_nowhere(client: Client, cast: Cast) -> None:
    hidden = make_company("外地自录有限公司", origin_park=cast.elsewhere)
    client.force_login(cast.officer)
    assert "外地自录" not in client.get("/companies/?q=外地自录").content.decode().replace('value="外地自录"', "")
    assert client.get(f"/companies/{hidden.pk}/edit/").status_code == 404
    assert client.get(f"/companies/{hidden.pk}/contacts/add/").status_code == 404
    assert "外地自录" not in client.get("/companies/similar/?name=外地自录").content.decode()


def test_a_zone_sees_what_its_inner_park_typed_in_but_the_sibling_does_not(client: Client, cast: Cast) -> None:
    make_company("内园自录有限公司", origin_park=cast.inner)
    for user, seen in ((cast.manager, True), (cast.operator_officer, True), (cast.sibling_manager, False)):
        client.force_login(user)
        assert ("内园自录" in client.get("/companies/?q=自录").content.decode()) is seen, user.username


def test_an_officer_adds_a_company_and_lands_on_its_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    answer = client.post("/companies/add/", {"name": "新来光学有限公司", "credit_code": CODE})
    company = Company.objects.get(credit_code=CODE)
    assert answer.headers["Location"] == f"/companies/{company.pk}/"


def test_the_same_form_twice_adds_one_company(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    form = {"name": "两次光学有限公司", "request_key": "5a3a41f4-4d5e-4f6b-9c0d-0a1b2c3d4e5f"}
    answers = [client.post("/companies/add/", form) for _ in range(2)]
    assert Company.objects.filter(name="两次光学有限公司").count() == 1
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_a_wrong_check_character_stands_at_its_field_and_what_was_typed_is_kept(client: Client, cast: Cast) -> None:
    speak(cast.officer, "en")
    client.force_login(cast.officer)
    answer = client.post("/companies/add/", {"name": "错码光学有限公司", "credit_code": CODE[:-1] + "H"}, headers=SHEET)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The check character should be G, not H" in page
    assert "错码光学有限公司" in page
    assert not Company.objects.filter(name="错码光学有限公司").exists()


def test_a_code_that_is_there_offers_to_open_that_company(client: Client, cast: Cast) -> None:
    there = make_company("在册光学有限公司", credit_code=CODE)
    client.force_login(cast.officer)
    answer = client.post("/companies/add/", {"name": "在册光学", "credit_code": CODE})
    assert answer.status_code == 409
    assert f'<a href="/companies/{there.pk}/">' in answer.content.decode()


def test_a_hostile_name_is_shown_as_text(client: Client, cast: Cast) -> None:
    make_company('"><script>alert(1)</script>', origin_park=cast.zone)
    client.force_login(cast.officer)
    answer = client.post("/companies/add/", {"name": '"><script>alert(1)</script>'})
    assert answer.status_code == 409
    for page in (answer, client.get("/companies/")):
        assert "<script>alert" not in page.content.decode()


def test_two_people_who_correct_one_company_do_not_overwrite_each_other(client: Client, cast: Cast) -> None:
    company = make_company("自录光学有限公司", origin_park=cast.zone)
    client.force_login(cast.officer)
    form = {"name": company.name, "city": "枣庄", "version": 1}
    assert client.post(f"/companies/{company.pk}/edit/", form).status_code == 302
    client.force_login(cast.colleague)
    assert client.post(f"/companies/{company.pk}/edit/", form | {"city": "济南"}).status_code == 412
    company.refresh_from_db()
    assert (company.city, company.version) == ("枣庄", 2)


def test_the_registry_is_not_an_officers_to_correct(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert client.get(f"/companies/{cast.company.pk}/edit/").status_code == 403
    client.force_login(cast.park_admin)
    assert client.get(f"/companies/{cast.company.pk}/edit/").status_code == 200


def test_opening_a_card_shows_it_and_is_written_down(client: Client, cast: Cast, contact: Contact) -> None:
    client.force_login(cast.officer)
    answer = client.post(f"/contacts/{contact.pk}/reveal/", headers={"HX-Request": "true"})
    assert contact.phone in answer.content.decode()
    with cast.everywhere():
        assert [(row.contact_id, row.by) for row in ContactReveal.objects.all()] == [(contact.pk, cast.officer)]


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("auditor", 403), ("window", 403), ("operator_officer", 404)]
)
def test_others_do_not_open_the_card(client: Client, cast: Cast, contact: Contact, who: str, status: int) -> None:
    client.force_login(getattr(cast, who))
    answer = client.post(f"/contacts/{contact.pk}/reveal/")
    assert answer.status_code == status
    assert contact.phone not in answer.content.decode()


def test_who_may_not_see_a_telephone_number_may_change_the_rest_of_the_card(
    client: Client, cast: Cast, contact: Contact
) -> None:
    client.force_login(cast.window)
    url = f"/contacts/{contact.pk}/edit/"
    assert contact.phone not in client.get(url).content.decode()
    form = {"name": "王总", "title": "总经理", "basis": "consent", "version": 1, "phone": "1"}
    assert client.post(url, form).status_code == 302
    with cast.everywhere():
        contact.refresh_from_db()
    assert (contact.title, contact.phone) == ("总经理", "13800001111")


def test_a_contact_is_added_to_the_officers_park(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    answer = client.post(
        f"/companies/{cast.company.pk}/contacts/add/", {"name": "联系人甲", "phone": "13900001111", "basis": "public"}
    )
    assert answer.headers["Location"] == f"/companies/{cast.company.pk}/"
    with cast.everywhere():
        assert Contact.objects.get(name="联系人甲").park == cast.zone


def test_the_note_after_saving_leads_to_the_company(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    page = client.post(reverse("companies:add"), {"name": "示例提示有限公司"}, follow=True).content.decode()
    assert '">示例提示有限公司</a></div>' in page
    assert "&lt;a href" not in page


def test_an_export_says_where_a_company_comes_from_as_the_list_does(cast: Cast) -> None:
    rows = [make_company("示例登记有限公司"), make_company("示例自录有限公司", origin_park=cast.zone)]
    origin = next(column for column in CompanyList.columns if column.key == "origin")
    assert callable(origin.export)
    with translation.override("zh-hans"):
        assert [origin.export(row) for row in rows] == ["企业库", str(cast.zone)]
