"""Cities of GB/T 2260: offered by province, read in either spelling, never forced upon anybody."""

import pytest
from django.test import Client

from companies.duplicates.places import PREFECTURES
from companies.models import Company
from companies.regions import all_cities, cities_of, plain_city, strange_province
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company

pytestmark = pytest.mark.django_db


def test_every_prefecture_that_begins_names_is_a_city_of_its_province() -> None:
    assert set(PREFECTURES) <= set(all_cities().values())
    assert list(cities_of("山东省").values())[:2] == ["济南", "青岛"]
    assert "莱芜" not in cities_of("山东").values()
    assert "浦东" in cities_of("上海").values()
    assert cities_of("火星") == {}


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("济南市", "济南"),
        (" 恩施土家族苗族自治州", "恩施"),
        ("西双版纳傣族自治州", "西双版纳"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("北京市", "北京"),
        ("两江新区", "两江"),
        ("省直辖县", "省直辖县"),
        ("37", "37"),
    ],
)
def test_a_city_is_kept_by_its_short_name_and_what_is_none_as_it_is(written: str, short: str) -> None:
    assert plain_city(written) == short


@pytest.mark.parametrize(
    ("province", "city", "strange"),
    [
        ("山东省", "苏州市", "山东"),
        ("山东", "莱芜", ""),
        ("江苏", "苏州", ""),
        ("上海", "上海市", ""),
        ("火星", "苏州", ""),
    ],
)
def test_a_city_of_another_province_is_strange(province: str, city: str, strange: str) -> None:
    assert strange_province(province, city) == strange


def test_the_form_offers_the_cities_warns_and_keeps_what_was_typed(client: Client, cast: Cast) -> None:
    company = make_company("示例地名有限公司", origin_park=cast.zone, province="山东")
    client.force_login(cast.officer)
    edit = f"/companies/{company.pk}/edit/"
    page = client.get(edit).content.decode()
    assert '<option value="济南" label="济南市">' in page
    assert '<option value="苏州"' not in page
    part = client.get("/companies/cities/", {"province": "江苏", "city": "济南"}).content.decode()
    assert '<option value="苏州"' in part
    assert "江苏没有这个城市" in part
    for typed, kept in (("青岛市", "青岛"), ("某新城", "某新城")):
        company.refresh_from_db()
        data = {"name": company.name, "province": "山东", "city": typed, "version": company.version}
        assert client.post(edit, data).status_code == 302
        assert Company.objects.get(pk=company.pk).city == kept
    assert "山东没有这个城市" in client.get(edit).content.decode()


def test_the_list_finds_a_city_in_either_spelling(client: Client, cast: Cast) -> None:
    make_company("示例海滨有限公司", city="青岛")
    client.force_login(cast.officer)
    for written in ("青岛", "青岛市"):
        assert "示例海滨有限公司" in client.get("/companies/", {"city": written}).content.decode()
