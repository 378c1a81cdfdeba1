"""Reading and showing amounts."""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError as ApiValidationError

from core.money import (
    AmountError,
    AmountSerializerField,
    MoneyField,
    editable,
    exact_money,
    parse_amount,
    parse_registered_capital,
    short_money,
)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("2.66亿", "266000000"),
        ("2660万", "26600000"),
        ("2,660万元", "26600000"),
        ("２，６６０万元", "26600000"),
        (" 8 000 元 ", "8000"),
        ("¥800", "800"),
        ("￥1,000.00", "1000"),
        ("人民币300万元", "3000000"),
        ("5千万", "50000000"),
        ("3百万元", "3000000"),
        ("1.2萬億", "1200000000000"),
        ("1.23456亿", "123456000"),
        (".5", "0.50"),
        ("0", "0"),
        ("999,999,999,999,999.99", "999999999999999.99"),
    ],
)
def test_amounts_as_people_type_them(text: str, yuan: str) -> None:
    parsed = parse_amount(text)
    assert parsed == Decimal(yuan)
    assert parsed.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("twelve", "format"),
        ("12abc", "format"),
        ("1e400", "format"),
        ("1E5", "format"),
        ("NaN", "format"),
        ("Infinity", "format"),
        ("-Infinity", "format"),
        ("-5", "negative"),
        ("－５", "negative"),
        ("−5万", "negative"),
        ("(500)", "negative"),
        ("1.234", "decimals"),
        ("0.0000001万", "decimals"),
        ("1,2", "commas"),
        ("1,2345", "commas"),
        ("1.2.3", "format"),
        ("5²", "format"),
        ("①", "format"),
        ("٣", "format"),
        ("万", "format"),
        ("12万亿亿", "format"),
        ("1_000", "format"),
        ("0x10", "format"),
        ("1000000000000000", "too_large"),
        ("1000万亿", "too_large"),
        ("9" * 5000, "too_large"),
        ("9" * 5000 + "x", "format"),
        ("100美元", "format"),
        ("=1+1", "format"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(AmountError) as raised:
        parse_amount(text)
    assert raised.value.code == code
    assert str(raised.value.message)


@given(st.decimals(0, Decimal("999999999999999.99"), places=2))
def test_what_is_shown_for_editing_reads_back_the_same(amount: Decimal) -> None:
    assert parse_amount(editable(amount)) == amount
    assert parse_amount(f"{amount:,}") == amount


@given(st.text(max_size=30))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    try:
        amount = parse_amount(text)
    except AmountError:
        return
    assert Decimal(0) <= amount < Decimal(10) ** 15


@pytest.mark.parametrize(
    ("raw", "amount", "currency"),
    [
        ("1,100(万)", "11000000", "CNY"),
        ("888万元人民币", "8880000", "CNY"),
        ("900(万元人民币)", "9000000", "CNY"),
        ("7.6000(万元人民币)", "76000", "CNY"),
        ("10万人民币", "100000", "CNY"),
        ("56(万人民币元)", "560000", "CNY"),
        ("1072（万元）", "10720000", "CNY"),
        ("500(万元(人民币))", "5000000", "CNY"),
        ("90(万人民币 )", "900000", "CNY"),
        ("300万人民币元", "3000000", "CNY"),
        ("266.4553(万)", "2664553", "CNY"),
        ("500万", "5000000", "CNY"),
        ("49,500(万美元)", "495000000", "USD"),
        ("16(万元美元)", "160000", "USD"),
        ("500(万元(美元))", "5000000", "USD"),
        ("USD 20万", "200000", "USD"),
        ("2,968(万港币)", "29680000", "HKD"),
        ("956(万香港元)", "9560000", "HKD"),
        ("0万港元", "0", "HKD"),
        ("50,000(万日元)", "500000000", "JPY"),
        ("200(万欧元)", "2000000", "EUR"),
        ("120(万新加坡元)", "1200000", "SGD"),
        ("3亿元", "300000000", "CNY"),
        ("300000元", "300000", "CNY"),
        ("人民币伍佰万元", "5000000", "CNY"),
        ("壹仟贰佰叁拾肆万伍仟陆佰元整", "12345600", "CNY"),
        ("叁亿零伍拾万圆整", "300500000", "CNY"),
        ("拾万元", "100000", "CNY"),
        ("伍佰万美元", "5000000", "USD"),
        ("五百万", "5000000", "CNY"),
        ("千万别填", None, ""),
        ("一家公司", None, ""),
        ("N/A", None, ""),
        ("", None, ""),
        ("-", None, ""),
        ("1e400", None, ""),
        ("12万金币", None, ""),
        ("9" * 60 + "万", None, ""),
    ],
)
def test_registered_capital_as_registries_print_it(raw: str, amount: str | None, currency: str) -> None:
    assert parse_registered_capital(raw) == (None if amount is None else Decimal(amount), currency)


@pytest.mark.realdata
@pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set")
def test_registered_capital_of_real_registries() -> None:
    spellings: list[str] = []
    for path in sorted(Path(os.environ["REAL_DATA_DIR"]).glob("companies_detail_*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            spellings += [row["reg_capital_raw"] for row in csv.DictReader(file) if row["reg_capital_raw"].strip()]
    unread = [raw for raw in spellings if parse_registered_capital(raw)[0] is None]
    assert len(spellings) > 5000
    assert len(unread) <= len(spellings) / 100, f"not read: {sorted(set(unread))}"


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        ("266000000", "2.66 亿元", "CNY 266 million"),
        ("26600000", "2,660 万元", "CNY 26.6 million"),
        ("8000", "8,000 元", "CNY 8,000"),
        ("0", "0 元", "CNY 0"),
        ("9999.99", "9,999.99 元", "CNY 9,999.99"),
        ("12345", "1.23 万元", "CNY 12,345"),
        ("300000000", "3 亿元", "CNY 300 million"),
        ("99999999", "1 亿元", "CNY 100 million"),
        ("999999999", "10 亿元", "CNY 1 billion"),
        ("123456789012", "1,234.57 亿元", "CNY 123 billion"),
        ("-26600000", "-2,660 万元", "CNY -26.6 million"),
    ],
)
def test_short_money_in_both_languages(amount: str, chinese: str, english: str) -> None:
    assert short_money(Decimal(amount), "zh-hans") == chinese
    assert short_money(Decimal(amount), "en") == english


def test_money_names_its_currency_and_follows_the_active_language() -> None:
    assert short_money(Decimal(49_500_000), "zh-hans", "USD") == "4,950 万美元"
    assert short_money(Decimal(500), "zh-hans", "XAU") == "500 XAU"
    with translation.override("en"):
        assert short_money(Decimal(49_500_000), currency="USD") == "USD 49.5 million"
        assert exact_money(Decimal("1234.5")) == "CNY 1,234.50"
    with translation.override("zh-hans"):
        assert exact_money(Decimal("266000000")) == "266,000,000.00 元"


class PaymentForm(forms.Form):
    amount = MoneyField(min_value=Decimal("0.01"))
    extra = MoneyField(required=False)


def test_the_form_field_reads_units() -> None:
    form = PaymentForm({"amount": "2,660万元", "extra": ""})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"amount": Decimal("26600000.00"), "extra": None}


@pytest.mark.parametrize("typed", ["1e400", "12abc", "-5", "0"])
def test_a_refused_amount_keeps_what_was_typed(typed: str) -> None:
    form = PaymentForm({"amount": typed})
    assert not form.is_valid()
    html = str(form["amount"])
    assert f'value="{typed}"' in html
    assert 'inputmode="decimal"' in html


def test_an_amount_on_file_is_shown_ready_to_edit_and_counts_as_unchanged() -> None:
    form = PaymentForm({"amount": "2660万", "extra": "x"}, initial={"amount": Decimal("26600000.00")})
    assert form.changed_data == ["extra"]
    assert 'value="26600000"' in str(PaymentForm(initial={"amount": Decimal("26600000.00")})["amount"])


def test_the_api_field_speaks_decimal_strings_in_yuan() -> None:
    field = AmountSerializerField()
    assert field.to_representation(Decimal("26600000")) == "26600000.00"
    assert field.run_validation("26600000.00") == Decimal(26_600_000)
    assert field.run_validation(5) == Decimal(5)


@pytest.mark.parametrize("data", [1.5, True, [], {}, "1e400", "NaN", "-1", "abc"])
def test_the_api_field_refuses_what_is_not_exact(data: object) -> None:
    with pytest.raises(ApiValidationError):
        AmountSerializerField().run_validation(data)
