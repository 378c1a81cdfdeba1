"""Readings of Chinese names: one plain syllable per character, place names read as their people read them.

The readings come from pypinyin's tables. Its own converter takes some 150 µs a name and this one 10 µs, because it
looks only at the phrases that change a reading; and it says where a name is read either way.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from operator import add
from typing import NamedTuple

# Where the table's first reading is not the one that names use.
COMMON_READING = {
    "长": "chang", "都": "du", "佛": "fo", "什": "shi", "勒": "le", "卜": "bu", "仔": "zai", "曾": "zeng",
    "晟": "sheng", "茄": "qie", "隽": "jun", "行": "hang", "核": "he", "弹": "tan", "纶": "lun", "薄": "bo",
    "泊": "bo", "嗨": "hai",
}  # fmt: skip

# Read either way in names; where no phrase decides, a name is found by both readings.
AMBIGUOUS = {
    "长": "zhang", "行": "xing", "乐": "yue", "单": "shan", "朝": "zhao", "重": "chong", "厦": "xia", "藏": "zang",
    "晟": "cheng", "曾": "ceng", "解": "xie", "盖": "ge", "阿": "e", "柏": "bo", "尉": "yu", "拓": "ta",
    "校": "jiao", "调": "tiao", "角": "jue", "堡": "bu", "埔": "bu", "六": "lu", "陂": "pi", "浒": "xu",
    "莘": "shen", "茜": "xi", "翟": "di", "覃": "qin", "召": "shao", "秘": "bi", "薄": "bao", "露": "lou",
    "率": "shuai", "参": "shen", "泊": "po", "宿": "xiu", "铅": "yan", "圩": "xu", "还": "hai", "查": "zha",
    "番": "pan", "涌": "chong", "弹": "dan", "蔚": "yu", "乾": "gan", "伽": "qie", "隽": "juan",
}  # fmt: skip

# Places, and words of company names, whose reading differs from that of their characters elsewhere.
PLACES_TEXT = """
    单县 shan xian | 单父 shan fu | 番禺 pan yu | 六安 lu an | 六合 lu he | 乐亭 lao ting | 乐陵 lao ling
    乐清 yue qing | 乐山 le shan | 乐平 le ping | 乐昌 le chang | 乐东 le dong | 乐都 le du | 乐至 le zhi
    乐业 le ye | 乐安 le an | 长乐 chang le | 昌乐 chang le | 平乐 ping le | 民乐 min le | 康乐 kang le
    朝阳 chao yang | 朝天 chao tian | 长子县 zhang zi xian | 长沙 chang sha | 长春 chang chun | 长治 chang zhi
    长安 chang an | 长兴 chang xing | 重庆 chong qing | 重固 chong gu | 厦门 xia men | 蚌埠 beng bu | 东阿 dong e
    阿城 a cheng | 蔚县 yu xian | 涡阳 guo yang | 浚县 xun xian | 铅山 yan shan | 枞阳 zong yang | 尉犁 yu li
    尉氏 wei shi | 洪洞 hong tong | 繁峙 fan shi | 莘县 shen xian | 莘庄 xin zhuang | 莘松 xin song
    大城县 dai cheng xian | 大城 da cheng | 什邡 shi fang | 犍为 qian wei | 荥阳 xing yang | 荥经 ying jing
    中牟 zhong mu | 牟平 mu ping | 牟定 mou ding | 吴堡 wu bu | 柴沟堡 chai gou bu | 瓦窑堡 wa yao bu
    十里堡 shi li pu | 冠县 guan xian | 盱眙 xu yi | 浒墅关 xu shu guan | 浒关 xu guan | 浒湾 xu wan | 甪直 lu zhi
    宕昌 tan chang | 泌阳 bi yang | 渑池 mian chi | 筠连 jun lian | 珲春 hun chun | 桦甸 hua dian | 句容 ju rong
    六枝 liu zhi | 陆丰 lu feng | 大埔 da bu | 黄埔 huang pu | 黄陂 huang pi | 石拐 shi guai | 栎阳 yue yang
    栎社 li she | 会稽 kuai ji | 会理 hui li | 会泽 hui ze | 会宁 hui ning | 会昌 hui chang | 会同 hui tong
    西藏 xi zang | 藏族 zang zu | 昌都 chang du | 成都 cheng du | 丰都 feng du | 都江堰 du jiang yan | 都匀 du yun
    佛山 fo shan | 仙居 xian ju | 天台 tian tai | 台州 tai zhou | 丽水 li shui | 华阴 hua yin | 解州 hai zhou
    解放 jie fang | 召陵 shao ling | 曲阜 qu fu | 任丘 ren qiu | 莒县 ju xian | 龟兹 qiu ci | 吐蕃 tu bo
    监利 jian li | 南漳 nan zhang | 阿坝 a ba | 阿克苏 a ke su | 阿拉善 a la shan | 阿勒泰 a le tai | 阿里 a li
    阿图什 a tu shi | 东莞 dong guan | 崆峒 kong tong | 峒山 dong shan | 歙县 she xian | 柏乡 bai xiang
    大柴旦 da chai dan | 通什 tong za | 圩田 wei tian | 宿州 su zhou | 宿迁 su qian | 宿松 su song | 宿豫 su yu
    宿城 su cheng | 番茄 fan qie | 泊头 bo tou | 罗泊 luo po | 梁山泊 liang shan po | 尺八 chi ba
    葛洲坝 ge zhou ba | 车厢 che xiang | 邗江 han jiang | 大姚 da yao | 行唐 xing tang | 太行 tai hang
    行政 xing zheng | 覃塘 qin tang | 华侨 hua qiao | 秘鲁 bi lu | 浦东 pu dong | 塔里木 ta li mu | 塔城 ta cheng
    重汽 zhong qi | 重工 zhong gong | 重型 zhong xing | 重机 zhong ji | 参茸 shen rong | 海参 hai shen
    银行 yin hang | 分行 fen hang | 支行 zhi hang | 商行 shang hang | 车行 che hang | 旅行 lv xing
    长城 chang cheng | 长江 chang jiang | 增长 zeng zhang | 成长 cheng zhang | 大会 da hui | 广大 guang da
    传媒 chuan mei | 传动 chuan dong | 传感 chuan gan | 传播 chuan bo | 种植 zhong zhi | 种业 zhong ye
    种子 zhong zi | 汽车 qi che | 车辆 che liang | 机车 ji che | 地产 di chan | 工地 gong di | 基地 ji di
    大厦 da sha
"""

VOWELS = frozenset("aeiouv")
U_WITH_DOTS = str.maketrans("üǖǘǚǜ", "vvvvv")


class Readings(NamedTuple):
    """`syllables` has one reading per character ("" for a mark); `others` are second readings by position."""

    syllables: list[str]
    others: dict[int, str]


class _Tables(NamedTuple):
    characters: dict[int, str]
    phrases: dict[str, list[list[str]]]


@cache
def _tables() -> _Tables:
    """pypinyin's, read when the first name is: a sixth of the start of every program, and most never spell one."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    return _Tables(PINYIN_DICT, PHRASES_DICT)


class _Syllables(dict[str, str]):
    """Plain readings of single characters, filled as they are met; letters and digits stand for themselves."""

    def __missing__(self, character: str) -> str:
        readings = _tables().characters.get(ord(character))
        if character in COMMON_READING:
            found = COMMON_READING[character]
        elif readings:
            spoken = [plain(one) for one in readings.split(",")]
            # 噷 is hm before it is xin; nobody types a syllable without a vowel.
            found = next((one for one in spoken if set(one) & VOWELS), spoken[0])
        else:
            found = character if character.isalnum() else ""
        self[character] = found
        return found


SYLLABLES = _Syllables()


def plain(reading: str) -> str:
    """A reading without its tone, ü as v: "lǜ" → "lv"; lüe and nüe as lue and nue, as input methods have them."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", reading).translate(U_WITH_DOTS))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare[0] + "ue" if bare in {"lve", "nve"} else bare


@cache
def places() -> dict[str, list[str]]:
    """The syllables of the places in the table above."""
    entries = (entry.split() for entry in re.split(r"[|\n]", PLACES_TEXT))
    return {entry[0]: entry[1:] for entry in entries if entry}


@cache
def _phrases() -> dict[str, list[tuple[str, list[str]]]]:
    """Phrases that decide a reading, by their first two characters, longest first."""
    telling: dict[str, list[str]] = {}
    for phrase, readings in _tables().phrases.items():
        if not 2 <= len(phrase) <= 6:
            continue
        syllables = [plain(one[0]) for one in readings]
        if len(syllables) == len(phrase) and _tells(phrase, syllables):
            telling[phrase] = syllables
    telling |= places()
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for phrase in sorted(telling, key=len, reverse=True):
        found.setdefault(phrase[:2], []).append((phrase, telling[phrase]))
    return found


def _tells(phrase: str, syllables: list[str]) -> bool:
    return any(
        character in AMBIGUOUS or SYLLABLES[character] != syllable
        for character, syllable in zip(phrase, syllables, strict=True)
    )


@cache
def known_syllables() -> frozenset[str]:
    """The syllables that characters in use are read with."""
    common = (chr(code) for code in range(0x4E00, 0x9FA6))
    found = {SYLLABLES[character] for character in common} | set(AMBIGUOUS.values())
    return frozenset(one for one in found if one.isascii() and one.isalpha() and set(one) & VOWELS)


def readings(text: str) -> Readings:
    """How a normalised name is read, character by character. The first time takes half a second."""
    phrases = _phrases()
    syllables = [SYLLABLES[character] for character in text]
    pairs = list(map(add, text, text[1:]))
    decided: set[int] = set()
    if not phrases.keys().isdisjoint(pairs):
        for start, pair in enumerate(pairs):
            if pair in phrases and start not in decided:
                decided.update(_decide(text, start, phrases[pair], syllables))
    if AMBIGUOUS.keys().isdisjoint(text):
        return Readings(syllables, {})
    doubtful = (at for at, character in enumerate(text) if character in AMBIGUOUS and at not in decided)
    return Readings(syllables, {at: AMBIGUOUS[text[at]] for at in doubtful})


def _decide(text: str, start: int, phrases: Iterable[tuple[str, list[str]]], syllables: list[str]) -> range:
    """Read the longest phrase that stands here as its people do; the places that it settles."""
    for phrase, sounds in phrases:
        if text.startswith(phrase, start):
            settled = range(start, start + len(phrase))
            syllables[start : settled.stop] = sounds
            return settled
    return range(0)
