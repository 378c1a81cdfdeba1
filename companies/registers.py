"""Reading a register of companies: whatever its encoding, its columns recognised by the names that registers use."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from companies.models import Company, Industry
from core.errors import Refused
from core.searchkeys import normalise
from core.tables import TableError, read_lines

# What registers call each field, normalised; the first that a file has counts.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full_name", "company", "企业名称", "公司名称", "单位名称", "企业全称", "名称", "法人名称"),
    "credit_code": ("uscc", "credit_code", "统一社会信用代码", "信用代码", "社会信用代码", "注册号", "统一信用代码"),
    "province": ("province", "省份", "省", "所属省份", "reg_province"),
    "city": ("city", "城市", "市", "地市", "所属城市", "reg_city"),
    "address": ("address", "注册地址", "地址", "住所", "企业地址", "经营地址"),
    "registered_on": ("reg_date", "registered_on", "成立日期", "注册日期", "登记日期", "成立时间"),
    "capital_raw": ("reg_capital_raw", "capital", "注册资本", "注册资金"),
    "introduction": ("business_scope", "经营范围", "简介", "企业简介"),
    "former_names": ("former_names", "曾用名"),
    "short_names": ("short_names", "简称", "企业简称"),
    "foreign_name": ("foreign_name", "english_name", "英文名称", "外文名称"),
    "stock_code": ("stock_code", "股票代码", "证券代码"),
    "website": ("website", "网址", "官网"),
    "industry": ("industry", "行业", "行业代码", "所属行业", "国民经济行业"),
}
FIELD_OF = {heading: name for name, headings in HEADINGS.items() for heading in headings}
EMPTY = frozenset({"", "-", "—", "--", "n/a", "null", "none", "无"})
LONGEST_CELL = 20_000
LABELS = {field.name: field.verbose_name for field in Company._meta.local_fields}
LONGEST: dict[str, int] = {
    field.name: field.max_length for field in Company._meta.local_fields if isinstance(field.max_length, int)
}


@dataclass(frozen=True)
class Line:
    """One row of a register: its number in the file (the heading is 1) and its cells by field."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Reading:
    """A line as a company, with what was strange about it."""

    number: int
    company: Company
    given: frozenset[str]
    warnings: list[str] = field(default_factory=list)


def read_register(path: Path) -> Iterator[Line]:
    """The lines of a .csv (UTF-8 or GB18030) or .xlsx file, one at a time.

    Raises Refused for a file that is no table or has no column with the company's name.
    """
    try:
        yield from _lines(path)
    except TableError as error:
        raise Refused(str(error), field="file", code="bad_file") from error


def _lines(path: Path) -> Iterator[Line]:
    rows = read_lines(path)
    columns = recognise(next((cells for _number, cells in rows if any(cells)), []))
    if "name" not in columns:
        names = "、".join(HEADINGS["name"][3:6])
        problem = _("No column holds the company's name. It is recognised by headings such as %s.") % names
        raise Refused(problem, field="file", code="no_name")
    for number, cells in rows:
        taken = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
        if any(taken.values()):
            yield Line(number, taken)


def recognise(headings: Iterable[str]) -> dict[str, int]:
    """Field → place of its column."""
    columns: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = FIELD_OF.get(normalise(heading))
        if name is not None:
            columns.setdefault(name, place)
    return columns


def company_of(line: Line, industries: Mapping[str, Industry], source: str) -> Reading:
    """The line as an unsaved company of the registry. Raises Refused where there is no usable name."""
    cells = {name: "" if text.casefold() in EMPTY else text[:LONGEST_CELL] for name, text in line.cells.items()}
    warnings: list[str] = []
    facts: dict[str, Any] = {}
    for name, text in cells.items():
        value = _value(name, text, industries, warnings) if text else None
        if value is not None and value != []:
            facts[name] = value
    company = Company(**facts, source=source)
    _check_name(company)
    company.derive()
    return Reading(line.number, company, frozenset(facts), warnings)


def _check_name(company: Company) -> None:
    if not normalise(company.name):
        raise Refused(_("There is no company name."), field="name")
    if len(company.name) > 200:
        raise Refused(_("The company name is longer than 200 characters."), field="name")


def _value(name: str, text: str, industries: Mapping[str, Industry], warnings: list[str]) -> Any:
    match name:
        case "registered_on":
            return _day(text, warnings)
        case "industry":
            return _industry(text, industries)
        case "former_names" | "short_names":
            return [one.strip()[:60] for one in re.split(r"[,;，；、\n]", text) if one.strip()]
        case "introduction":
            return text
    return _cut(name, text, warnings)


def _cut(name: str, text: str, warnings: list[str]) -> str:
    """A text that fits its column; what does not fit is cut with a warning (a name is refused instead)."""
    longest = LONGEST.get(name)
    if name == "name" or longest is None or len(text) <= longest:
        return text
    warnings.append(_("“%(field)s” was cut to %(n)s characters.") % {"field": LABELS[name], "n": longest})
    return text[:longest]


def _day(text: str, warnings: list[str]) -> date | None:
    found = re.match(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})", text)
    if found:
        with suppress(ValueError):
            return date(int(found[1]), int(found[2]), int(found[3]))
    warnings.append(_("“%s” is not a date and was left out.") % text[:20])
    return None


def _industry(text: str, industries: Mapping[str, Industry]) -> Industry | None:
    """By its code (39, C39, C3914) or its name."""
    found = re.match(r"[A-T]?(\d{2})|([A-T])$", text.strip().upper())
    return industries.get((found[1] or found[2]) if found else normalise(text))
