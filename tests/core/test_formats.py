"""How figures, times and private numbers read on a page, in both languages."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Engine
from django.utils import translation

from core.masking import mask_mail, mask_phone, mask_text

ENGINE = Engine(libraries={"formats": "core.templatetags.formats"}, builtins=["core.templatetags.formats"])
NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def shown(expression: str, value: object, language: str = "zh-hans") -> str:
    with translation.override(language), time_machine.travel(NOW, tick=False):
        return ENGINE.from_string(f"{{{{ value|{expression} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("expression", "value", "chinese", "english"),
    [
        ("money", Decimal(266_000_000), "2.66 亿元", "CNY 266 million"),
        ("money", None, "—", "—"),
        ("yuan", Decimal("1234.5"), "1,234.50 元", "CNY 1,234.50"),
        ("yuan", None, "—", "—"),
        ("count", 12_345, "1.2万", "12,345"),
        ("count", 9_999, "9,999", "9,999"),
        ("count", 20_000, "2万", "20,000"),
        ("percent", Decimal("0.853"), "85%", "85%"),
        ("percent", 0.125, "13%", "13%"),
        ("percent:1", 0.8535, "85.4%", "85.4%"),
        ("percent", 12, "1,200%", "1,200%"),
        ("percent", None, "—", "—"),
    ],
)
def test_figures(expression: str, value: object, chinese: str, english: str) -> None:
    assert shown(expression, value) == chinese
    assert shown(expression, value, "en") == english


def test_a_short_amount_carries_the_exact_one() -> None:
    assert 'title="266,000,000.00 元"' in shown("money_cell", Decimal(266_000_000))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW + dt.timedelta(hours=4, minutes=30), "today 14:30"),
        (NOW + dt.timedelta(days=1), "tomorrow 10:00"),
        (dt.date(2026, 11, 19), "yesterday"),
        (dt.date(2026, 12, 24), "December 24"),
        (dt.date(2027, 1, 2), "Jan. 2, 2027"),
    ],
)
def test_times_near_by_have_words_and_carry_the_exact_time(moment: dt.date | dt.datetime, text: str) -> None:
    html = shown("when", moment, "en")
    assert f">{text}</time>" in html
    assert f'datetime="{moment.isoformat()}"' in html
    assert f'title="{moment:%Y-%m-%d}' in html


def test_a_day_in_chinese() -> None:
    assert shown("day", dt.date(2026, 12, 24)) == "12月24日"


def test_the_day_turns_at_midnight_in_shanghai_not_in_london() -> None:
    assert shown("moment", dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC), "en") == "tomorrow 00:30"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("0536-8123456", "0536-****56"),
        ("010 12345678", "010-****78"),
        ("8123456", "****56"),
        ("12345", "****"),
        ("", ""),
        ("no digits", ""),
    ],
)
def test_telephone_numbers_are_masked(number: str, masked: str) -> None:
    assert mask_phone(number) == masked
    assert shown("mask_phone", number) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("zhang.san@example.com", "z***@example.com"),
        ("a@b.cn", "a***@b.cn"),
        ("broken", "b***"),
        ("@x", "@***"),
        ("", ""),
    ],
)
def test_mail_addresses_are_masked(address: str, masked: str) -> None:
    assert mask_mail(address) == masked


def test_handles_show_one_character() -> None:
    assert [mask_text(text) for text in ("wx_luodi", "a", " ", "张三")] == ["w***", "***", "", "张***"]
