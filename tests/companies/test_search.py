"""Finding companies the way people type."""

import pytest
from django.db import connection
from django.test import Client

from companies.models import Company
from companies.queries import find_companies
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def names(text: str, *, loose: bool = False) -> list[str]:
    """The names found, best first."""
    return [company.name for company in Company.objects.search(text, loose=loose)]


@pytest.fixture
def registry(cast: Cast) -> list[Company]:
    """Some names that are easily confused."""
    rows = [
        "山东示例光电科技有限公司",
        "示例光电",
        "青岛蓝海激光股份有限公司",
        "单县示例食品有限公司",
        "长春一汽示例零部件有限公司",
    ]
    return [Company.objects.create(name=name) for name in rows]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("激光", "青岛蓝海激光股份有限公司"),
        ("lanhai", "青岛蓝海激光股份有限公司"),
        ("qdlhjg", "青岛蓝海激光股份有限公司"),
        ("shanxian", "单县示例食品有限公司"),
        ("changchun", "长春一汽示例零部件有限公司"),
        ("蓝海 激光", "青岛蓝海激光股份有限公司"),
        ("青", "青岛蓝海激光股份有限公司"),
        ("q", "青岛蓝海激光股份有限公司"),
    ],
)
def test_a_company_is_found_by_characters_pinyin_and_initials(registry: list[Company], typed: str, name: str) -> None:
    assert names(typed)[0] == name


def test_a_company_is_found_by_its_code_and_by_a_part_of_it(cast: Cast) -> None:
    assert names(cast.company.credit_code) == [cast.company.name]
    assert cast.company.name in names(cast.company.credit_code[4:12])
    assert cast.company.name in names(cast.company.credit_code.lower())


def test_the_exact_name_comes_first_then_the_beginning_then_the_shorter(registry: list[Company]) -> None:
    assert names("示例光电") == ["示例光电", "示例光电有限公司", "山东示例光电科技有限公司"]


def test_a_former_and_a_short_name_find_the_company(cast: Cast) -> None:
    cast.company.former_names = ["海右玻璃厂"]
    cast.company.short_names = ["光电宝"]
    cast.company.save()
    assert names("海右") == [cast.company.name]
    assert names("光电宝") == [cast.company.name]
    assert names("hybl") == [cast.company.name]


def test_a_partial_save_of_the_name_changes_what_finds_it(cast: Cast) -> None:
    cast.company.name = "北方云母有限公司"
    cast.company.save(update_fields=["name"])
    assert names("云母") == ["北方云母有限公司"]
    assert names("光电") == []


def test_a_query_without_letters_finds_nothing(registry: list[Company]) -> None:
    assert names("％_ ") == []
    assert names("") == []


def test_a_query_that_fits_everything_answers_in_the_order_of_entry(registry: list[Company]) -> None:
    assert names("公司")[:2] == ["示例光电有限公司", "示例碳材有限公司"]


def test_the_few_best_hold_strict_ones_before_loose_ones(registry: list[Company], cast: Cast) -> None:
    Company.objects.create(name="青蓝激动有限公司")
    found = [company.name for company in find_companies(cast.officer, "青蓝")]
    assert found == ["青蓝激动有限公司", "青岛蓝海激光股份有限公司"]


def test_loose_search_allows_characters_in_between(registry: list[Company]) -> None:
    assert names("青激") == []
    assert names("青激", loose=True) == ["青岛蓝海激光股份有限公司"]


def test_the_search_uses_the_key_index_as_the_application_role(cast: Cast) -> None:
    Company.objects.bulk_create(derived(f"批量{number}号实业有限公司") for number in range(3000))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Company.objects.search("光电").slim().explain()
    assert "company_search" in plan


def derived(name: str) -> Company:
    """A company ready for a bulk insert."""
    company = Company(name=name)
    company.derive()
    return company


def test_a_parks_own_name_of_a_merged_company_finds_what_it_became_for_that_park_alone(cast: Cast) -> None:
    own = Company.objects.create(name="青岛海右玻璃厂", origin_park=cast.zone)
    Company.objects.filter(pk=own.pk).update(merged_into=cast.company)
    for user, found in ((cast.officer, [cast.company.pk]), (cast.stranger, [])):
        client = Client()
        client.force_login(user)
        page = client.get("/companies/?q=海右").content.decode()
        assert (cast.company.get_absolute_url() in page) is bool(found)
        answer = client.get("/api/v1/companies/?q=海右").json()
        assert [row["id"] for row in answer["results"]] == found


def test_of_very_many_that_fit_the_last_ones_are_compared_and_those_so_called(
    registry: list[Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Company.objects.matching("示例").candidates("示例", 10)
    last_two = sorted(pk for pk in Company.objects.matching("示例").values_list("pk", flat=True))[-2:]
    monkeypatch.setattr("companies.querysets.MANY", 0)
    assert Company.objects.matching("示例").candidates("示例", 10) == usual
    found = [pk for _rank, pk in Company.objects.matching("示例").candidates("示例", 1)]
    so_called = Company.objects.filter(name__startswith="示例").values_list("pk", flat=True)
    assert set(found) <= {*last_two, *so_called}
    [best, *_others] = Company.objects.matching("示例光电").candidates("示例光电", 1)
    assert best[1] == registry[1].pk
