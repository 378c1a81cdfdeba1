"""Search keys: what is found by what, and what it costs."""

import csv
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pinyin import plain, readings
from core.searchkeys import LEGAL_FORM, SearchIndex, normalise, query_keys, search_index, search_keys

PIPES = "华东管道（集团）有限公司"
CODE = "91110000600037341L"
NAMES = [
    PIPES,
    "华润东方广告设计有限责任公司",
    "TCL科技集团股份有限公司",
    "亳州市谯城区金马(古池)酒业有限责任公司",
    "长沙绿地360智能制造有限公司",
    "西安古城工业有限公司上海分公司",
    "中国石油化工股份有限公司",
    "Müller & Café (China) Co., Ltd.",
]


def found(query: str, *, loose: bool = False) -> list[str]:
    asked = query_keys(query, loose=loose)
    return [name for name in NAMES if asked and asked.meets(search_index(name))]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("华东", PIPES),
        ("管", PIPES),
        ("管道集团", PIPES),
        ("管道(集团)", PIPES),
        ("集团 华东", PIPES),
        ("管道集团有限", PIPES),
        ("管道（集团）有限公司", PIPES),
        ("hdgd", PIPES),
        ("HDGD", PIPES),
        ("hdgdjt", PIPES),
        ("huadong", PIPES),
        ("huad", PIPES),
        ("huadongguandao", PIPES),
        ("huá dōng", PIPES),
        ("huadonggu", PIPES),
        ("guandaojituanyouxiangongsi", PIPES),
        ("hdgdjtyxgs", PIPES),
        ("华东gd", PIPES),
        ("ｈｄｇｄ", PIPES),
        ("h", PIPES),
        ("T", "TCL科技集团股份有限公司"),
        ("tcl", "TCL科技集团股份有限公司"),
        ("Tcl科技", "TCL科技集团股份有限公司"),
        ("tclkj", "TCL科技集团股份有限公司"),
        ("金马古池", "亳州市谯城区金马(古池)酒业有限责任公司"),
        ("bozhou", "亳州市谯城区金马(古池)酒业有限责任公司"),
        ("360", "长沙绿地360智能制造有限公司"),
        ("lvdi", "长沙绿地360智能制造有限公司"),
        ("lǜdì", "长沙绿地360智能制造有限公司"),
        ("changsha", "长沙绿地360智能制造有限公司"),
        ("xian", "西安古城工业有限公司上海分公司"),
        ("xi'an", "西安古城工业有限公司上海分公司"),
        ("司上海", "西安古城工业有限公司上海分公司"),
        ("muller", "Müller & Café (China) Co., Ltd."),
        ("Café", "Müller & Café (China) Co., Ltd."),
        ("china co", "Müller & Café (China) Co., Ltd."),
    ],
)
def test_a_company_is_found_by(query: str, first: str) -> None:
    assert first in found(query)


@pytest.mark.parametrize(
    ("query", "not_this"),
    [
        ("东华", PIPES),
        ("d", PIPES),
        ("hdgx", PIPES),
        ("huadongx", PIPES),
        ("华东 上海", PIPES),
        ("%", PIPES),
        ("_", PIPES),
        ("华%道", PIPES),
        ("", PIPES),
        ("  （）", PIPES),
        ("'; drop table", PIPES),
        ("中国石化", "中国石油化工股份有限公司"),
    ],
)
def test_a_company_is_not_found_by(query: str, not_this: str) -> None:
    assert not_this not in found(query)


def test_the_legal_form_alone_tells_nothing_apart_but_finds_everybody() -> None:
    assert query_keys("有限公司").is_broad
    assert not query_keys("华东有限公司").is_broad
    assert len(found("有限公司")) == 5
    assert found("司") == ["西安古城工业有限公司上海分公司"], "one character is looked for outside the legal form"


def test_a_loose_query_allows_characters_between() -> None:
    assert found("中国石化", loose=True) == ["中国石油化工股份有限公司"]
    assert found("化石中国", loose=True) == []


def test_former_and_short_names_are_found_too() -> None:
    index = search_index("甲乙丙有限公司", "丁戊己有限公司", "ABC")
    for query in ("甲乙丙", "丁戊", "dwj", "abc", "dingwuji"):
        assert query_keys(query).meets(index), query
    assert not query_keys("丙丁").meets(index), "names do not run into each other"


@pytest.mark.parametrize("length", [5, 6, 7, 11, 17, 18])
def test_any_part_of_five_or_more_characters_of_the_code_finds_it(length: int) -> None:
    index = search_index(PIPES, code=CODE)
    for start in range(len(CODE) - length + 1):
        part = CODE[start : start + length]
        assert query_keys(part.lower()).meets(index, CODE), part
        wrong = part[:-1] + ("0" if part[-1] != "0" else "9")
        assert wrong in CODE or not query_keys(wrong).meets(index, CODE), wrong


HAN = st.sampled_from("华东管道集团工业科技石油化学长沙重庆厦门乐山单县西安绿色能源安昂阿恩二五有限公司股份责任")
STEMS = st.text(HAN, min_size=2, max_size=10)


@given(STEMS, st.sampled_from(["有限公司", "股份有限公司", "有限责任公司南京分公司", ""]), st.data())
def test_every_part_of_a_name_finds_it(stem: str, form: str, data: st.DataObject) -> None:
    name = stem + form
    start = data.draw(st.integers(0, len(stem) - 1))
    end = data.draw(st.integers(start + 2, len(name)) if start + 2 <= len(name) else st.just(len(name)))
    index = search_index(name)
    assert query_keys(name[start:end]).meets(index)
    sounds = readings(normalise(name)).syllables
    # What lies inside the legal form tells nothing apart and is not found by its sound; a name of nothing else is.
    legal = any(one.start() <= start and end <= one.end() and one[0] != name for one in LEGAL_FORM.finditer(name))
    if end - start > 1 and not legal:
        assert query_keys("".join(one[0] for one in sounds[start:end])).meets(index)
        assert query_keys("".join(sounds[start:end])).meets(index)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("股份有限公司", ["gf", "股份", "gufen", "fenyou"]),
        ("份有限公司", ["fyx", "fyxg", "fenyou", "fenyouxian"]),
        ("股有限公司", ["guyou", "gyx"]),
        ("1有限公司", ["1有", "1有限"]),
        ("华东责任有限公司", ["ryx", "zeren", "renyouxian"]),
    ],
)
def test_names_that_end_like_a_legal_form_are_found_by_every_part(name: str, parts: list[str]) -> None:
    assert [part for part in parts if not query_keys(part).meets(search_index(name))] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("華東管道", PIPES),
        ("华东管道", "華東管道(集團)有限公司"),
        ("臺灣", "台湾积体电路有限公司"),
        ("hdgd", "華東管道(集團)有限公司"),
        ("chongqing", "重慶鋼鐵股份有限公司"),
        ("乾坤", "乾坤光电有限公司"),
        ("qiankun", "乾坤光电有限公司"),
    ],
)
def test_traditional_characters_and_simplified_ones_find_each_other(query: str, name: str) -> None:
    assert query_keys(query).meets(search_index(name))


@given(st.text("华东管道集团科技石油长沙厦门西安绿昂恩二五", min_size=1, max_size=9), st.data())
def test_every_run_of_syllables_finds_a_name_even_with_the_last_unfinished(stem: str, data: st.DataObject) -> None:
    index = search_index(stem + "有限公司")
    sounds = readings(stem).syllables
    start = data.draw(st.integers(0, len(sounds) - 1))
    end = data.draw(st.integers(start + 1, len(sounds)))
    letters = "".join(sounds[start:end])
    if len(letters) > 1:
        assert query_keys(letters).meets(index), letters
    if end - start > 1:
        assert query_keys(letters[: -len(sounds[end - 1]) or None] + sounds[end - 1][0]).meets(index)


@pytest.mark.parametrize(
    ("place", "spelled"),
    [
        ("单县", "shanxian"), ("朝阳", "chaoyang"), ("重庆", "chongqing"), ("长沙", "changsha"), ("番禺", "panyu"),
        ("六安", "luan"), ("六合", "luhe"), ("蚌埠", "bengbu"), ("厦门", "xiamen"), ("乐亭", "laoting"),
        ("乐清", "yueqing"), ("乐山", "leshan"), ("乐陵", "laoling"), ("铅山", "yanshan"), ("涡阳", "guoyang"),
        ("亳州", "bozhou"), ("东莞", "dongguan"), ("成都", "chengdu"), ("佛山", "foshan"), ("什邡", "shifang"),
        ("东阿", "donge"), ("大埔", "dabu"), ("黄埔", "huangpu"), ("黄陂", "huangpi"), ("盱眙", "xuyi"),
        ("甪直", "luzhi"), ("洪洞", "hongtong"), ("长治", "changzhi"), ("长子县", "zhangzixian"), ("蔚县", "yuxian"),
        ("尉犁", "yuli"), ("枞阳", "zongyang"), ("歙县", "shexian"), ("黟县", "yixian"), ("郫都", "pidu"),
        ("西藏", "xizang"), ("昌都", "changdu"), ("会稽", "kuaiji"), ("荥阳", "xingyang"), ("荥经", "yingjing"),
        ("莘县", "shenxian"), ("莘庄", "xinzhuang"), ("台州", "taizhou"), ("丽水", "lishui"), ("嵊州", "shengzhou"),
        ("儋州", "danzhou"), ("郴州", "chenzhou"), ("耒阳", "leiyang"), ("汨罗", "miluo"), ("秭归", "zigui"),
        ("珲春", "hunchun"), ("渑池", "mianchi"), ("柘城", "zhecheng"), ("中牟", "zhongmu"), ("浚县", "xunxian"),
        ("鄄城", "juancheng"), ("莒县", "juxian"), ("阿坝", "aba"), ("喀什", "kashi"), ("阿勒泰", "aletai"),
        ("库尔勒", "kuerle"), ("闵行", "minhang"), ("浒墅关", "xushuguan"), ("略阳", "lueyang"), ("洛阳", "luoyang"),
        ("曲阜", "qufu"), ("任丘", "renqiu"), ("泊头", "botou"), ("天长", "tianchang"), ("昌乐", "changle"),
        ("吕梁", "lvliang"), ("仙居", "xianju"), ("监利", "jianli"), ("犍为", "qianwei"), ("綦江", "qijiang"),
        ("涪陵", "fuling"), ("北碚", "beibei"), ("邛崃", "qionglai"), ("隰县", "xixian"), ("迤那", "yina"),
    ],
)  # fmt: skip
def test_places_are_read_as_their_people_read_them(place: str, spelled: str) -> None:
    assert "".join(readings(place).syllables) == spelled
    assert query_keys(spelled).meets(search_index(f"{place}宏远实业有限公司"))


@pytest.mark.parametrize("spelled", ["长兴 changxing", "晟泰 shengtai", "晟泰 chengtai", "乐凯 lekai", "乐凯 yuekai"])
def test_a_doubtful_character_is_found_by_both_readings(spelled: str) -> None:
    name, letters = spelled.split()
    assert query_keys(letters).meets(search_index(f"{name}有限公司"))


def test_tones_and_dots_are_dropped() -> None:
    assert [plain(one) for one in ("lǜ", "lüè", "nǚ", "hóng", "ê")] == ["lv", "lue", "nv", "hong", "e"]


def test_normalising_joins_widths_cases_and_spaces() -> None:
    assert normalise("ＴＣＬ　科技（集团） 有限公司") == "tcl科技(集团)有限公司"


def test_keys_are_sorted_unique_and_stable() -> None:
    keys = search_keys(PIPES, PIPES, code=CODE)
    assert keys == sorted(set(keys))
    assert keys == search_index(PIPES, code=CODE).keys


def test_huge_and_odd_input_is_bounded() -> None:
    keys = search_keys(*("甲" * 5000 + str(n) for n in range(50)), code="9" * 900)
    assert len(keys) < 200
    assert max(map(len, search_keys("x" * 900, "ABC Ltd", code="9A" * 450) + search_keys(PIPES, code=CODE))) <= 20
    for query in (
        "华" * 5000,
        "an" * 3000,
        "xian" * 500,
        "a" * 4000,
        "\x00",
        "\U0001f600",
        "9" * 3000,
        "ㄅㄆ",
        "\ud800",
    ):
        began = time.process_time()
        query_keys(query).meets(search_index(PIPES))
        assert time.process_time() - began < 1, query[:10]


def _registry() -> Iterator[tuple[str, str]]:
    with (Path(os.environ["REAL_DATA_DIR"]) / "companies_registry_01.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        for row in csv.DictReader(file):
            yield row["name"], row["uscc"]


@pytest.fixture(scope="module")
def registry() -> list[tuple[str, str, SearchIndex]]:
    search_keys("warm up the tables")
    return [(name, code, search_index(name, code=code)) for name, code in _registry()]


@pytest.mark.realdata
@pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set")
class TestRealRegistry:
    def test_it_is_keyed_quickly_and_with_few_keys(self) -> None:
        rows = list(_registry())
        search_keys("warm up the tables")
        began = time.process_time()
        counts = sorted(len(search_keys(name, code=code)) for name, code in rows)
        assert time.process_time() - began < 15
        assert len(counts) > 33_000
        assert sum(counts) / len(counts) < 60
        assert counts[-1] <= 200

    def test_every_hundredth_company_is_found_by_characters_initials_pinyin_and_code(
        self, registry: list[tuple[str, str, SearchIndex]]
    ) -> None:
        missed = []
        for name, code, index in registry[::100]:
            text = index.name_text.split("\n")[1]
            initials, spelled = index.initials_text.split("\n")[1], index.pinyin_text.split("\n")[1]
            parts = [text[:2], text[1:4], text[2], initials[:4], initials, spelled[:17], spelled, code, code[3:9], name]
            missed += [(name, part) for part in parts if not query_keys(part).meets(index, code)]
        assert missed == []

    def test_two_characters_and_initials_find_exactly_what_a_scan_finds(
        self, registry: list[tuple[str, str, SearchIndex]]
    ) -> None:
        for query, column in (("华东", "name_text"), ("hdgc", "initials_text"), ("管道", "name_text")):
            asked = query_keys(query)
            by_keys = [name for name, code, index in registry if asked.meets(index, code)]
            by_scan = [name for name, _, index in registry if query in getattr(index, column)]
            assert by_keys
            assert by_keys == by_scan
