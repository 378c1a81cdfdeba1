"""The provinces and cities of GB/T 2260, by the short names that registers print.

The provinces stand here; their cities come from the table that python-stdnum keeps (`cn/loc`), with what was renamed
or dissolved meanwhile.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from stdnum import numdb

from core.money import is_chinese
from core.pinyin import readings

# Code, short name, what the full name adds, English.
PROVINCES: Final = (
    ("11", "北京", "市", "Beijing"),
    ("12", "天津", "市", "Tianjin"),
    ("13", "河北", "省", "Hebei"),
    ("14", "山西", "省", "Shanxi"),
    ("15", "内蒙古", "自治区", "Inner Mongolia"),
    ("21", "辽宁", "省", "Liaoning"),
    ("22", "吉林", "省", "Jilin"),
    ("23", "黑龙江", "省", "Heilongjiang"),
    ("31", "上海", "市", "Shanghai"),
    ("32", "江苏", "省", "Jiangsu"),
    ("33", "浙江", "省", "Zhejiang"),
    ("34", "安徽", "省", "Anhui"),
    ("35", "福建", "省", "Fujian"),
    ("36", "江西", "省", "Jiangxi"),
    ("37", "山东", "省", "Shandong"),
    ("41", "河南", "省", "Henan"),
    ("42", "湖北", "省", "Hubei"),
    ("43", "湖南", "省", "Hunan"),
    ("44", "广东", "省", "Guangdong"),
    ("45", "广西", "壮族自治区", "Guangxi"),
    ("46", "海南", "省", "Hainan"),
    ("50", "重庆", "市", "Chongqing"),
    ("51", "四川", "省", "Sichuan"),
    ("52", "贵州", "省", "Guizhou"),
    ("53", "云南", "省", "Yunnan"),
    ("54", "西藏", "自治区", "Tibet"),
    ("61", "陕西", "省", "Shaanxi"),
    ("62", "甘肃", "省", "Gansu"),
    ("63", "青海", "省", "Qinghai"),
    ("64", "宁夏", "回族自治区", "Ningxia"),
    ("65", "新疆", "维吾尔自治区", "Xinjiang"),
    ("71", "台湾", "省", "Taiwan"),
    ("81", "香港", "特别行政区", "Hong Kong"),
    ("82", "澳门", "特别行政区", "Macao"),
)
SHORT: Final = {name for _code, name, _rest, _english in PROVINCES}
SHORT_OF: Final = {
    written: name
    for code, name, rest, english in PROVINCES
    for written in (code, name, name + rest, english.casefold())
}


def short_province(text: str) -> str:
    """山东 for 山东省, Shandong and 37; what is no province stays as it is written."""
    written = "".join(text.split())
    return SHORT_OF.get(written) or SHORT_OF.get(text.strip().casefold()) or text.strip()


# 北京, 天津, 上海 and 重庆 have no cities below them: registers print their districts and counties instead.
MUNICIPALITIES: Final = {"11", "12", "31", "50"}
# Where the codes of the table lie: the last four figures.
DISTRICTS: Final = (*range(101, 160), *range(221, 245))
PREFECTURES: Final = (*range(100, 5500, 100), *range(9001, 9040))
CODE_OF: Final = {name: code for code, name, _rest, _english in PROVINCES}
_PEOPLES: Final = "朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜|黎"
_ENDING: Final = re.compile(f"(?:(?:{_PEOPLES})族?)*自治[州县]$|(?:新区|地区|林区|[市县区盟])$")
# Not places but heads of the table below which they stand.
_HEAD: Final = re.compile("市辖区|县|林区|.*直辖县级行政(?:单位|区划)")


def cities_of(province: str, *, former: bool = False) -> dict[str, str]:
    """Full name → short name of a province's prefectures (a municipality's districts), in the order of their codes.

    `former` takes those along that are none any more: old registers still print them.
    """
    code = CODE_OF.get(short_province(province))
    return _below(code, former=former) if code else {}


@cache
def _below(code: str, *, former: bool) -> dict[str, str]:
    numbers = DISTRICTS if code in MUNICIPALITIES else PREFECTURES
    return {full: short_city(full) for number in numbers for full in _names(f"{code}{number:04}", former=former)}


def _names(code: str, *, former: bool) -> Iterator[str]:
    found = [facts["county"] for _part, facts in numdb.get("cn/loc").info(code) if "county" in facts]
    for name in found[0].split(",") if found else ():
        # 莱芜市 was one from 1992 to 2019: “[1992-2019]莱芜市”; what is still one has no end.
        span, _bracket, bare = name.rpartition("]")
        if (former or not span or span.endswith("-")) and not _HEAD.fullmatch(bare):
            yield bare


@cache
def all_cities() -> dict[str, str]:
    """Full name → short name, of all provinces."""
    return {full: short for code, name, *_rest in PROVINCES for full, short in cities_of(name).items()}


def short_city(text: str) -> str:
    """济南 for 济南市, 恩施 for 恩施土家族苗族自治州."""
    short = _ENDING.sub("", text)
    return short if len(short) > 1 else text


def plain_city(text: str) -> str:
    """A city that is known by its short name; what is none stays as it is written."""
    written = "".join(text.split())
    return all_cities().get(written) or (written.endswith("市") and SHORT_OF.get(written)) or text.strip()


def strange_province(province: str, city: str) -> str:
    """The province, where it is known and has no such city; else nothing."""
    known, short, own = cities_of(province, former=True), plain_city(city), short_province(province)
    return own if known and short and short not in {own, *known.values()} else ""


class Cities:
    """Choices of one province, or of all; the value is the short Chinese name that the rows hold."""

    def __init__(self, province: str = "") -> None:
        self.province = province

    def __call__(self) -> list[tuple[str, str]]:
        """As forms ask for them: in Chinese the full name beside the short one, else its reading."""
        known = cities_of(self.province) if self.province else all_cities()
        chinese = is_chinese(None)
        return [
            (short, full if chinese else "".join(readings(short).syllables).capitalize())
            for full, short in known.items()
        ]


class Provinces:
    """Choices in the reader's language; the value is the short Chinese name that the rows hold."""

    def __call__(self) -> list[tuple[str, str]]:
        """As forms ask for them."""
        chinese = is_chinese(None)
        return [(name, name if chinese else english) for _code, name, _rest, english in PROVINCES]

    def __len__(self) -> int:
        return len(PROVINCES)
