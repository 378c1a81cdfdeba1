"""The 34 provinces of GB/T 2260, by the short names that registers print."""

from typing import Final

from core.money import is_chinese

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


class Provinces:
    """Choices in the reader's language; the value is the short Chinese name that the rows hold."""

    def __call__(self) -> list[tuple[str, str]]:
        """As forms ask for them."""
        chinese = is_chinese(None)
        return [(name, name if chinese else english) for _code, name, _rest, english in PROVINCES]

    def __len__(self) -> int:
        return len(PROVINCES)
