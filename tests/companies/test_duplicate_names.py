"""The core of a company's name."""

import pytest

from companies.duplicates import normal_name
from companies.models import Company

SAME = [
    ("示例光电（上海）有限公司", "示例光电(上海)有限责任公司"),
    ("示例光电有限公司", "江苏省无锡市示例光电股份有限公司"),
    ("无锡示例光电有限公司", "无锡市 示例·光电 有限公司"),
    ("示例建工(集团)有限公司", "示例建工集团股份有限公司"),
    ("吉林省示例石油化工有限公司", "吉林市示例石油化工有限公司"),
    ("吉安县振兴示例检测有限公司", "吉安市振兴示例检测有限公司"),
    ("Example Optics Co., Ltd.", "EXAMPLE  OPTICS Inc"),
    ("示例ＡＢ科技有限公司", "示例ab科技"),
    ("新疆维吾尔自治区示例棉业有限公司", "新疆示例棉业有限公司"),
    ("延边朝鲜族自治州示例参茸有限公司", "延边示例参茸有限公司"),
]
DIFFERENT = [
    ("示例光电有限公司", "示例光学有限公司"),
    ("上海电气集团股份有限公司", "北京电气有限公司"),
    ("示例电信股份有限公司甘南分公司", "示例电信股份有限公司"),
    ("示例家乐超市连锁有限公司", "连锁有限公司"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_have_one_core(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other) != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_tell_companies_apart_keep_their_cores(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


@pytest.mark.parametrize("text", ["", " ", "(((", "。，", "（）有限公司", "有限公司", "\x00", "a" * 5000, "（" * 3000])
def test_no_text_is_too_strange(text: str) -> None:
    assert len(normal_name(text)) <= 200


def test_a_row_keeps_the_cores_of_all_its_names() -> None:
    company = Company(
        name="江苏示例光电有限公司",
        former_names=["示例显示有限公司"],
        short_names=["示例光电", "光"],
        foreign_name="Example Inc.",
    )
    company.derive()
    assert company.normal_key == "示例光电"
    assert company.alias_keys == ["示例显示", "example"]
