"""Which column of a file is which fact of a company: guessed from the heading, corrected by a person, remembered."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.imports.reasons import label_of
from core.errors import Refused
from core.money import parse_registered_capital
from core.searchkeys import normalise

# What registers call each field, normalised; the first column that a file has counts.
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "name", "full_name", "company", "company_name", "companyname", "enterprise", "企业名称", "公司名称", "单位名称",
        "企业全称", "公司全称", "名称", "法人名称", "企业", "公司",
    ),
    "credit_code": (
        "uscc", "credit_code", "creditcode", "unifiedsocialcreditcode", "统一社会信用代码", "信用代码", "社会信用代码",
        "注册号", "统一信用代码", "统一代码", "统一社会信用代码/注册号",
    ),
    "industry": (
        "industry", "行业", "行业代码", "所属行业", "国民经济行业", "行业分类", "行业门类", "行业类别", "所属产业",
    ),
    "province": ("province", "省份", "省", "所属省份", "reg_province", "所在省份"),
    "city": ("city", "城市", "市", "地市", "所属城市", "reg_city", "所在城市"),
    "address": ("address", "注册地址", "地址", "住所", "企业地址", "经营地址", "公司地址", "详细地址", "通讯地址"),
    "registered_on": (
        "reg_date", "registered_on", "registrationdate", "founded", "成立日期", "注册日期", "登记日期", "成立时间",
        "注册时间",
    ),
    "capital_raw": ("reg_capital_raw", "capital", "registeredcapital", "注册资本", "注册资金", "注册资本金"),
    "stock_code": ("stock_code", "stockcode", "股票代码", "证券代码", "上市代码"),
    "exchange": ("exchange", "stock_exchange", "上市交易所", "交易所", "上市地", "上市地点", "证券交易所", "上市板块"),
    "marks": (
        "marks", "tags", "labels", "标签", "企业标签", "资质", "企业资质", "荣誉", "荣誉资质", "企业荣誉", "资质荣誉",
        "企业类型标签", "称号",
    ),
    "website": ("website", "web", "url", "网址", "官网", "网站", "公司网址", "企业网址"),
    "short_names": ("short_names", "shortname", "简称", "企业简称", "公司简称"),
    "former_names": ("former_names", "formername", "曾用名"),
    "foreign_name": ("foreign_name", "english_name", "englishname", "英文名称", "外文名称", "英文名"),
    "introduction": ("business_scope", "introduction", "description", "经营范围", "简介", "企业简介", "公司简介"),
    "lead_owner": (
        "owner", "负责人", "招商负责人", "招商专员", "跟进人", "责任人", "对接人", "项目负责人", "招商责任人",
    ),
    "lead_next_step": ("next_step", "nextstep", "下一步", "下步计划", "下一步计划", "工作计划", "跟进计划"),
    "lead_next_date": ("next_date", "nextdate", "下一步日期", "下次跟进日期", "计划日期", "跟进日期"),
    "lead_note": ("source_note", "来源说明", "线索来源", "信息来源", "备注", "note", "notes"),
}  # fmt: skip
# What a line says of the lead that it also becomes; no facts of the company.
LEAD_FIELDS: Final = ("lead_owner", "lead_next_step", "lead_next_date", "lead_note")
# 注册资本(万元), 注册资本[单位:万美元], 注册资本/亿元: the unit of a column whose cells are bare figures.
UNIT: Final = re.compile(r"(?P<fact>[^(\[/:]+)[(\[/:](?:单位[:是为]?)?(?P<unit>[^0-9()\[\]/:]{1,8})[)\]]?")
FIELD_OF: Final = {normalise(heading): name for name, headings in HEADINGS.items() for heading in headings}
MATCH_KEYS: Final[dict[str, str | Promise]] = {
    "credit_code": gettext_lazy("Unified social credit code"),
    "stock_code": gettext_lazy("Stock code"),
    "name": gettext_lazy("Same name"),
}


def choices() -> list[tuple[str, str]]:
    """The fields a column can be, in the reader's language."""
    return [(name, label_of(name)) for name in HEADINGS]


def field_of(heading: str) -> str:
    """The field that a heading names, or nothing."""
    plain = normalise(heading).strip("*:")
    return FIELD_OF.get(plain) or ("capital_raw" if _split_capital(plain) else "")


def capital_unit(heading: str) -> str:
    """What the heading says that its figures are counted in: 万元, 万美元, or nothing."""
    return _split_capital(normalise(heading).strip("*:"))


def _split_capital(plain: str) -> str:
    found = UNIT.fullmatch(plain)
    if not found or FIELD_OF.get(found["fact"]) != "capital_raw":
        return ""
    return found["unit"] if parse_registered_capital(f"1{found['unit']}")[0] else ""


def guess(headers: Iterable[str]) -> list[str]:
    """One field code per column; a field is given to its first column only."""
    taken: set[str] = set()
    fields = []
    for heading in headers:
        name = field_of(heading)
        fields.append("" if name in taken else name)
        taken.add(name)
    return fields


def shape_of(headers: Sequence[str]) -> str:
    """The same for files with the same headings in the same order."""
    return hashlib.sha256("\x1f".join(normalise(heading) for heading in headers).encode()).hexdigest()


def default_keys(mapping: Sequence[str]) -> list[str]:
    """The code, the stock code where there is one; names alone where there is no code to go by."""
    keys = [name for name in ("credit_code", "stock_code") if name in mapping]
    return keys if "credit_code" in keys else [*keys, "name"]


def check(mapping: Sequence[str], headers: Sequence[str], keys: Sequence[str]) -> None:
    """Raises Refused at `column_N` or `match_keys` for a mapping that cannot be read."""
    if len(mapping) != len(headers):
        raise Refused(_("The file has %s columns.") % len(headers), field="mapping", code="columns")
    seen: dict[str, int] = {}
    for place, name in enumerate(mapping):
        if not name:
            continue
        if name not in HEADINGS:
            raise Refused(_("There is no field “%s”.") % name, field=f"column_{place}", code="unknown_field")
        if name in seen:
            said = _("“%(field)s” is already taken from the column “%(column)s”.")
            problem = said % {"field": label_of(name), "column": headers[seen[name]]}
            raise Refused(problem, field=f"column_{place}", code="field_twice")
        seen[name] = place
    if "name" not in seen:
        said = _("Say which column holds the company's name.")
        raise Refused(said, field=f"column_{_likely_name(headers, mapping)}", code="no_name")
    if unknown := set(keys) - set(MATCH_KEYS):
        raise Refused(_("There is no match key “%s”.") % min(unknown), field="match_keys", code="unknown_key")


def _likely_name(headers: Sequence[str], mapping: Sequence[str]) -> int:
    """Where the error is shown: the column whose heading sounds like it, else the first that is free."""
    guessed = guess(headers)
    free = [place for place, name in enumerate(mapping) if not name]
    return guessed.index("name") if "name" in guessed else next(iter(free), 0)
