"""Marks, stock codes, provinces, capital, former names: what the registry keeps and the list narrows by."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from companies.actions import add_company, change_company
from companies.listing import read_listing
from companies.models import Company
from companies.queries import find_companies, neighbours_of
from companies.regions import short_province
from core.errors import Refused
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_lead

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("600519", ("600519", "SSE")),
        ("600519.SH", ("600519", "SSE")),
        ("sz000001", ("000001", "SZSE")),
        ("300750", ("300750", "SZSE")),
        ("920118", ("920118", "BSE")),
        ("830799.BJ", ("830799", "BSE")),
        ("00700.HK", ("00700", "HKEX")),
        ("2330.TW", ("2330", "TWSE")),
        ("aapl", ("AAPL", "")),
        ("BABA.N", ("BABA", "NYSE")),
        ("", ("", "")),
    ],
)
def test_a_stock_code_is_read_however_it_is_written(typed: str, read: tuple[str, str]) -> None:
    assert read_listing(typed) == read


@pytest.mark.parametrize("typed", ["山东", "山东省", " 山东 省", "37", "Shandong"])
def test_a_province_is_kept_by_its_short_name(typed: str) -> None:
    assert short_province(typed) == "山东"


def test_a_listed_company_is_marked_so_and_its_exchange_follows_from_the_code(cast: Cast) -> None:
    company = add_company(
        by=cast.officer, park_id=cast.zone.pk, name="上市光学有限公司", stock_code="600519.SH", marks=["champion"]
    )
    assert (company.stock_code, company.exchange, company.marks) == ("600519", "SSE", ["listed", "champion"])
    changed = change_company(by=cast.officer, company=company, version=1, stock_code="", marks=["champion"])
    assert (changed.exchange, changed.marks) == ("", ["champion"])


@pytest.mark.parametrize("typed", ["上市公司", "ABCDEF", "12", "6005199"])
def test_what_is_no_stock_code_is_refused_at_its_field(cast: Cast, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        add_company(by=cast.officer, park_id=cast.zone.pk, name="未上市有限公司", stock_code=typed)
    assert refused.value.field == "stock_code"


def test_a_strange_stock_code_of_a_list_does_not_stand_in_the_way_of_other_corrections(cast: Cast) -> None:
    company = make_company("代码有误有限公司", stock_code="ABCDEF", created_by=cast.officer)
    changed = change_company(by=cast.officer, company=company, version=1, stock_code="ABCDEF", city="青岛")
    assert (changed.city, changed.stock_code) == ("青岛", "ABCDEF")


def test_capital_that_cannot_be_read_stays_as_it_is_written(cast: Cast) -> None:
    company = add_company(by=cast.officer, park_id=cast.zone.pk, name="资本光学有限公司", capital_raw="详见章程")
    assert (company.capital, company.capital_raw) == (None, "详见章程")
    changed = change_company(by=cast.officer, company=company, version=1, capital_raw="500(万美元)")
    assert (changed.capital, changed.capital_currency) == (Decimal(5_000_000), "USD")


def test_the_list_narrows_by_mark_by_held_and_by_stock_code(client: Client, cast: Cast) -> None:
    marked = make_company("小巨人有限公司", marks=["little_giant"], stock_code="688001", exchange="SSE")
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.officer, company=cast.company)
        make_lead(cast.elsewhere, owner=cast.stranger, company=cast.settled)
    client.force_login(cast.officer)

    def found(query: str) -> set[int]:
        return {row.pk for row in client.get(f"/companies/?{query}").context["rows"]}

    assert found("mark=little_giant") == {marked.pk}
    assert found("stock_code=688001.SH") == {marked.pk}
    assert found("held=mine") == {cast.company.pk}
    assert found("held=free") == {marked.pk, cast.settled.pk}
    api = client.get("/api/v1/companies/?mark=little_giant").json()["results"]
    assert [(row["marks"], row["exchange"]) for row in api] == [(["little_giant"], "SSE")]


def test_the_form_writes_marks_and_former_names_that_find_the_company(client: Client, cast: Cast) -> None:
    client.force_login(cast.park_admin)
    url = f"/companies/{cast.company.pk}/edit/"
    assert client.get(url).status_code == 200
    written = {"name": cast.company.name, "credit_code": cast.company.credit_code, "version": 1}
    written |= {
        "marks": ["specialised", "foreign"],
        "former_names": "海右玻璃厂\n海右玻璃有限公司",
        "province": "山东省",
    }
    assert client.post(url, written).status_code == 302
    company = Company.objects.get(pk=cast.company.pk)
    assert (company.marks, company.province) == (["specialised", "foreign"], "山东")
    assert find_companies(cast.officer, "海右玻璃厂")[0] == company
    refused = client.post(url, written | {"version": 2, "marks": ["royal"]})
    assert refused.context["form"].errors["marks"]


def test_neighbours_are_of_the_same_industry_and_city(cast: Cast) -> None:
    from companies.actions import load_industries
    from companies.models import Industry

    load_industries()
    place = {"province": "山东", "city": "枣庄", "industry": Industry.objects.get(code="39")}
    here, other = make_company("甲光学有限公司", **place), make_company("乙光学有限公司", **place)
    make_company("丙光学有限公司", **(place | {"city": "济南"}))
    make_company("丁光学有限公司", **place, origin_park=cast.elsewhere)
    assert neighbours_of(cast.officer, here) == [other]


def test_a_short_name_as_a_whole_is_found_among_thousands_that_contain_it(cast: Cast) -> None:
    company = make_company("华东管道股份有限公司", short_names=["东管"])
    Company.objects.bulk_create(_derived(f"东管{number}号有限公司") for number in range(600))
    assert find_companies(cast.officer, "东管", 3)[0] == company


def _derived(name: str) -> Company:
    company = Company(name=name)
    company.derive()
    return company


def test_aliases_are_loaded_once(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("aliases") / "a.csv"
    path.write_text(
        "full_name,alias,alias_kind,stock_code\n"
        f"{cast.company.name},光电宝,short_name_2021,600001\n"
        f"{cast.company.name},海右玻璃厂,former_name,\n"
        "无此企业有限公司,无此,short,\n",
        encoding="utf-8",
    )
    for _again in range(2):
        call_command("load_aliases", str(path), by="park_admin")
    company = Company.objects.get(pk=cast.company.pk)
    assert (company.short_names, company.former_names) == (["光电宝"], ["海右玻璃厂"])
    assert (company.stock_code, company.exchange, company.marks, company.version) == ("600001", "SSE", ["listed"], 2)
