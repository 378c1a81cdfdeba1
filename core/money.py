"""Amounts of money: reading what people type, reading what registries print, and showing both.

An amount is a Decimal in plain units of its currency (yuan by default), never in 万 or 亿.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.fields import Field as ApiField

LIMIT = Decimal(10) ** 15
LONGEST_INPUT = 40
WAN, YI = Decimal(10_000), Decimal(100_000_000)
CENT = Decimal("0.01")
# Wide enough that no product of an accepted number and a unit is ever rounded.
EXACT = Context(prec=60)

# Only the full-width forms are folded: NFKC would also turn “5²” into 52 and “①” into 1.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x3002: ".", 0xFFE5: "¥"}
UNITS = {"": Decimal(1), "百": Decimal(100), "千": Decimal(1000), "万": WAN, "亿": YI}
UNITS |= {small + big: UNITS[small] * UNITS[big] for small in "百千" for big in "万亿"} | {"万亿": WAN * YI}
UNIT_PATTERN = "万亿|[百千]?[万亿]|[百千]"
TRADITIONAL = str.maketrans({"萬": "万", "億": "亿", "圓": "元", "圆": "元", "仟": "千", "佰": "百", "幣": "币"})


class AmountError(ValueError):
    """Text that is not an amount. `message` is translated and says what to type; `code` is stable."""

    def __init__(self, message: str | Promise, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


MESSAGES: dict[str, Promise] = {
    "empty": _("Enter an amount, for example 2660万 or 26,600,000."),
    "format": _("This is not an amount. Write digits with 万 or 亿 if you like, for example 2660万 or 2.66亿."),
    "commas": _("The commas are not where thousands end. Write 1,234,567.89 or leave the commas out."),
    "negative": _("An amount cannot be negative."),
    "decimals": _("An amount has at most two decimals (fen)."),
    "too_large": _("This amount is too large. Check the unit: amounts are below 1,000,000,000,000,000 yuan."),
}


def _refusal(code: str) -> AmountError:
    return AmountError(MESSAGES[code], code)


def parse_amount(text: str) -> Decimal:
    """Yuan from what a person types: 1234.5, "1,234.50", "2.66亿", "2,660万元", "5千万", "¥800", full-width digits.

    Raises AmountError for anything else, for negative amounts, more than two decimals and 10^15 yuan or more.
    """
    cleaned = re.sub(r"\s+", "", text.translate(HALF_WIDTH).translate(TRADITIONAL))
    if not cleaned:
        raise _refusal("empty")
    if len(cleaned) > LONGEST_INPUT:
        raise _refusal("too_large" if re.fullmatch(r"[0-9,.]+", cleaned) else "format")
    if re.match(r"[-−–—](?=[0-9.¥])|\([0-9.,]+\)$", cleaned):
        raise _refusal("negative")
    match = re.fullmatch(
        rf"(?:¥|人民币)?([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)({UNIT_PATTERN})?(?:元|元人民币|人民币)?", cleaned
    )
    if not match:
        raise _refusal("format")
    return _checked(EXACT.multiply(_number(match[1]), UNITS[match[2] or ""]))


def _number(digits: str) -> Decimal:
    """A Decimal of digits whose commas, if any, stand where thousands end."""
    if "," in digits and not re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", digits):
        raise _refusal("commas")
    return Decimal(digits.replace(",", ""))


def _checked(amount: Decimal) -> Decimal:
    if amount >= LIMIT:
        raise _refusal("too_large")
    in_fen = amount.quantize(CENT, context=EXACT)
    if in_fen != amount:
        raise _refusal("decimals")
    return in_fen


# Longer names first where one contains another.
CURRENCIES = {
    "人民币": "CNY", "香港元": "HKD", "港": "HKD", "新台币": "TWD", "台币": "TWD", "澳门": "MOP", "葡币": "MOP",
    "美元": "USD", "美金": "USD", "日元": "JPY", "日币": "JPY", "欧元": "EUR", "英镑": "GBP",
    "新加坡": "SGD", "新西兰": "NZD", "澳大利亚": "AUD", "澳元": "AUD", "加拿大": "CAD", "加元": "CAD",
    "瑞士法郎": "CHF", "韩": "KRW", "马克": "DEM", "法国法郎": "FRF", "瑞典克朗": "SEK", "丹麦克朗": "DKK",
    "挪威克朗": "NOK", "卢布": "RUB", "泰": "THB", "林吉特": "MYR", "印度": "INR",
}  # fmt: skip
CODE_ALIASES = {"RMB": "CNY", "US$": "USD", "HK$": "HKD"}
ISO_CODES = {*CURRENCIES.values()}


# As licences write amounts in words: 壹仟伍佰万元整. The small characters and the official ones mean the same.
DIGITS = {
    character: value
    for value, both in enumerate(("零〇", "壹一", "贰二", "叁三", "肆四", "伍五", "陆六", "柒七", "捌八", "玖九"))
    for character in both
}
DIGITS |= {"两": 2}
STEPS = {"拾": 10, "十": 10, "百": 100, "千": 1000}
IN_WORDS = re.compile(
    f"[{''.join(DIGITS)}][{''.join([*DIGITS, *STEPS])}万亿]*|[拾十][{''.join([*DIGITS, *STEPS])}万亿]*"
)


def _in_digits(text: str) -> str:
    """伍佰万元整 as 5000000元, so that it is read like any other amount; a text without such words as it is."""
    found = None if re.search("[0-9]", text) else IN_WORDS.search(text)
    if found is None:
        return text
    return f"{text[: found.start()]}{_counted(found[0])}{text[found.end() :].rstrip('整正')}"


def _counted(words: str) -> int:
    """The number that Chinese numerals write: each 亿 and 万 multiplies what stands before it."""
    for unit, value in (("亿", 10**8), ("万", 10**4)):
        before, there, after = words.rpartition(unit)
        if there:
            return _counted(before) * value + _counted(after)
    total, digit = 0, 0
    for character in words:
        if character in STEPS:
            total, digit = total + (digit or 1) * STEPS[character], 0
        else:
            digit = DIGITS[character]
    return total + digit


def parse_registered_capital(raw: str) -> tuple[Decimal | None, str]:
    """Registered capital as registries print it: (amount in plain units of the currency, ISO 4217 code).

    "1,100(万)" → 11000000 CNY; "500(万美元)" → 5000000 USD; "伍佰万元整" → 5000000 CNY. No currency named means
    CNY. (None, "") when there is no readable amount; the caller keeps the raw text anyway.
    """
    cleaned = re.sub(r"\s+", "", raw.translate(HALF_WIDTH).translate(TRADITIONAL)).upper()
    cleaned = _in_digits(cleaned[:LONGEST_INPUT])
    prefix = r"(?P<before>[A-Z$¥]{0,4}|[^0-9()]{0,6})"
    match = re.fullmatch(rf"{prefix}(?P<digits>[0-9][0-9,]*(?:\.[0-9]+)?)(?P<rest>[^0-9]*)", cleaned)
    if not match:
        return None, ""
    words = re.sub(r"[()]", "", match["rest"])
    unit = re.match(UNIT_PATTERN, words)
    try:
        number = Decimal(match["digits"].replace(",", ""))
    except InvalidOperation:
        return None, ""
    amount = EXACT.multiply(number, UNITS[unit[0] if unit else ""])
    currency = _currency(match["before"] + words[unit.end() if unit else 0 :])
    return (amount, currency) if amount < LIMIT * 1000 and currency else (None, "")


def _currency(words: str) -> str:
    """The currency that words such as 元人民币 or 香港元 name; "" for one that is unknown."""
    code = CODE_ALIASES.get(words, words)
    if words in {"", "元", "¥"}:
        return "CNY"
    if code in ISO_CODES:
        return code
    return next((iso for name, iso in CURRENCIES.items() if name in words), "")


CHINESE_NAMES = {
    "CNY": "元", "USD": "美元", "HKD": "港元", "TWD": "新台币元", "MOP": "澳门元", "JPY": "日元", "EUR": "欧元",
    "GBP": "英镑", "SGD": "新加坡元", "NZD": "新西兰元", "AUD": "澳元", "CAD": "加元", "CHF": "瑞士法郎", "KRW": "韩元",
}  # fmt: skip


def _plain(number: Decimal, places: int) -> str:
    """Grouped digits with at most so many decimals, rounded half up, without trailing zeros."""
    text = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_chinese(lang: str | None) -> bool:
    """Whether a language code, by default the active one, is Chinese."""
    return (lang or get_language() or "zh-hans").startswith("zh")


def short_money(amount: Decimal, lang: str | None = None, currency: str = "CNY") -> str:
    """An amount as people say it: "2.66 亿元", "2,660 万元", "8,000 元"; "CNY 266 million", "CNY 26.6 million"."""
    size = abs(amount)
    if not is_chinese(lang):
        return f"{currency} {_short_english(amount)}"
    name = CHINESE_NAMES.get(currency, f" {currency}")
    # From 99,995,000 on it would read 10,000 万元.
    if size >= YI - WAN / 2:
        return f"{_plain(amount / YI, 2)} 亿{name}"
    if size >= WAN:
        return f"{_plain(amount / WAN, 0 if size >= 1000 * WAN else 2)} 万{name}"
    return f"{_plain(amount, 2)} {name.strip()}"


def _short_english(amount: Decimal) -> str:
    size = abs(amount)
    for unit, word in ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million")):
        if size >= unit * Decimal("0.9995"):
            scaled = amount / unit
            return f"{_plain(scaled, 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2)} {word}"
    return _plain(amount, 2)


def exact_money(amount: Decimal, lang: str | None = None, currency: str = "CNY") -> str:
    """An amount to the fen: "266,000,000.00 元" or "CNY 266,000,000.00"."""
    digits = f"{amount.quantize(CENT, ROUND_HALF_UP, EXACT):,f}"
    return f"{digits} {CHINESE_NAMES.get(currency, currency)}" if is_chinese(lang) else f"{currency} {digits}"


def editable(amount: Decimal) -> str:
    """The text that parse_amount reads back, for an input that holds an amount already: "26600000" or "1234.5"."""
    return _plain(amount, 2).replace(",", "")


class MoneyField(forms.Field):
    """A form field for yuan. What was typed stays in the input when it is refused."""

    widget = forms.TextInput

    def __init__(self, *, min_value: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_value = min_value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": LONGEST_INPUT}

    def prepare_value(self, value: Any) -> Any:
        return editable(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or not str(value).strip():
            return None
        try:
            return parse_amount(str(value))
        except AmountError as error:
            raise forms.ValidationError(str(error.message), code=error.code) from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.min_value is not None and value < self.min_value:
            least = exact_money(self.min_value)
            raise forms.ValidationError(_("Enter at least %(least)s."), code="min_value", params={"least": least})

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True


@extend_schema_field({"type": "string", "format": "decimal", "example": "26600000.00"})
class AmountSerializerField(ApiField[Decimal, Any, str, Any]):
    """Yuan in the API: a decimal string with two places out, the same (or what people type) in."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "type": _('Write the amount as a decimal string in yuan, for example "26600000.00".')
    }

    def to_internal_value(self, data: Any) -> Decimal:
        # A JSON float has lost the decimals that were written; only text and whole numbers are exact.
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("type")
        try:
            return parse_amount(str(data))
        except AmountError as error:
            raise ApiValidationError(str(error.message), code=error.code) from error

    def to_representation(self, value: Any) -> str:
        return f"{Decimal(value).quantize(CENT, ROUND_HALF_UP, EXACT):f}"
