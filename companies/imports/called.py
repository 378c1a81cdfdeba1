"""What lists call marks and stock exchanges, besides their names in either language."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from django.utils.translation import override

from companies.listing import MARKETS
from companies.models import Company
from core.searchkeys import normalise

MARKS: Final = {
    "global_500": ("世界500强", "全球500强", "财富500强", "fortune500", "fortuneglobal500"),
    "national_500": ("中国500强", "国内500强", "全国500强"),
    "private_500": ("民营500强", "中国民营企业500强", "民企500强"),
    "listed": ("上市", "上市公司", "上市企业", "主板上市"),
    "high_tech": ("高新技术企业", "高新企业", "高企", "国家高新技术企业", "hightech"),
    "specialised": ("专精特新", "专精特新企业", "专精特新中小企业", "省级专精特新"),
    "little_giant": ("小巨人", "专精特新小巨人", "专精特新“小巨人”企业", "国家级专精特新小巨人", "国家级专精特新"),
    "champion": ("单项冠军", "制造业单项冠军", "制造业单项冠军企业"),
    "unicorn": ("独角兽", "独角兽企业"),
    "foreign": ("外资", "外资企业", "外商投资", "外商投资企业", "外商独资", "中外合资"),
    "state_owned": ("国企", "央企", "国有", "国有企业", "中央企业"),
}
EXCHANGES: Final = {
    "SSE": ("上交所", "上海证券交易所", "沪市", "科创板", "上证"),
    "SZSE": ("深交所", "深圳证券交易所", "深市", "创业板", "深证"),
    "BSE": ("北交所", "北京证券交易所"),
    "NEEQ": ("新三板", "全国股转", "全国中小企业股份转让系统", "股转系统"),
    "HKEX": ("港交所", "香港联交所", "香港交易所", "香港联合交易所", "港股"),
    "TWSE": ("台交所", "台湾证券交易所", "台股"),
    "NASDAQ": ("纳斯达克",),
    "NYSE": ("纽交所", "纽约证券交易所"),
}


def mark_of(text: str) -> str:
    """The mark that a list calls so, or nothing."""
    return _marks().get(_bare(text), "")


def exchange_called(text: str) -> str:
    """The exchange that a list calls so, or nothing."""
    return _exchanges().get(_bare(text), "") or MARKETS.get(_bare(text), "")


def _bare(text: str) -> str:
    """500 强 and 500强企业 are one; quotation marks say nothing."""
    return normalise(text).strip("“”\"'").replace("“", "").replace("”", "")


@cache
def _marks() -> dict[str, str]:
    return _known(MARKS, Company.Mark.choices)


@cache
def _exchanges() -> dict[str, str]:
    return _known(EXCHANGES, Company.Exchange.choices)


def _known(called: dict[str, tuple[str, ...]], choices: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Every way to say it → code: the code itself, its names in both languages, and what lists write."""
    found = {_bare(word): code for code, words in called.items() for word in (code, *words)}
    for language in ("zh-hans", "en"):
        with override(language):
            found |= {_bare(str(label)): code for code, label in choices}
    return found
