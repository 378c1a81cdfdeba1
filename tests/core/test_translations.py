"""The message catalogue: what is found, what is missed, and that it does not churn."""

import json
import time
from pathlib import Path

import polib
import pytest

from core.translations import Catalogue

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
from django.utils import translation
A = _("Plain")
B = ngettext("%(n)s row", "%(n)s rows", 2)
C = pgettext_lazy("month", "May")
D = translation.gettext("Dotted "
    "and joined")
E = _(variable)
"""
PAGE = """{% load i18n %}{% translate "In a page" %}{% translate 'May' context 'verb' %}
{% blocktranslate trimmed with x=y %}
  Two {{ x }}
  lines
{% endblocktranslate %}
{% blocktranslate count n=rows|length %}{{ n }} file{% plural %}{{ n }} files{% endblocktranslate %}
<p title="{{ _("Given to a filter") }}">not this</p>"""
TERMS = {
    "Plain": "普通",
    "%(n)s row": "%(n)s 行",
    "month\x04May": "五月",
    "verb\x04May": "可以",
    "Dotted and joined": "连接",
    "In a page": "页内",
    "Two %(x)s lines": "两行 %(x)s",
    "%(n)s file": "%(n)s 个文件",
    "Given to a filter": "给过滤器",
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    (tmp_path / "app" / "templates").mkdir(parents=True)
    (tmp_path / "app" / "code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "app" / "templates" / "page.html").write_text(PAGE, encoding="utf-8")
    for skipped in ("tests", ".venv", "node_modules"):
        (tmp_path / skipped).mkdir()
        (tmp_path / skipped / "x.py").write_text('_("Never seen")', encoding="utf-8")
    made = Catalogue(tmp_path)
    (made.folder / "terms").mkdir(parents=True)
    write_terms(made, "app", TERMS)
    return made


def write_terms(catalogue: Catalogue, area: str, terms: dict[str, str]) -> None:
    (catalogue.folder / "terms" / f"{area}.json").write_text(json.dumps(terms), encoding="utf-8")


def test_a_complete_catalogue_has_no_problems_and_every_string(catalogue: Catalogue) -> None:
    assert catalogue.write() == []
    assert catalogue.check() == []
    found = {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(catalogue.po))}
    assert found == {tuple(key.split("\x04")) if "\x04" in key else ("", key) for key in TERMS}


def test_it_is_the_same_every_time_and_stays_untouched(catalogue: Catalogue) -> None:
    catalogue.write()
    before = (catalogue.po.read_bytes(), catalogue.po.stat().st_mtime_ns)
    catalogue.write()
    assert (catalogue.po.read_bytes(), catalogue.po.stat().st_mtime_ns) == before
    assert b"#:" not in before[0], "line references would churn"


def test_what_is_compiled_is_what_gettext_reads(catalogue: Catalogue) -> None:
    catalogue.write()
    catalogue.compile()
    compiled = polib.mofile(str(catalogue.po.with_suffix(".mo")))
    texts = {entry.msgid: entry.msgstr or entry.msgstr_plural[0] for entry in compiled if not entry.msgctxt}
    assert texts["Plain"] == "普通"
    assert texts["%(n)s row"] == "%(n)s 行"


def problems_with(catalogue: Catalogue, area: str, terms: dict[str, str]) -> str:
    write_terms(catalogue, area, terms)
    catalogue.write()
    return "\n".join(catalogue.check())


def test_a_missing_term_is_told(catalogue: Catalogue) -> None:
    rest = {key: value for key, value in TERMS.items() if key != "Plain"}
    assert problems_with(catalogue, "app", rest) == "not translated: 'Plain'"


def test_a_term_that_nothing_uses_is_told(catalogue: Catalogue) -> None:
    assert problems_with(catalogue, "more", {"Gone": "没了"}) == "unused: 'Gone'"


def test_two_areas_that_disagree_are_told_and_those_that_agree_are_not(catalogue: Catalogue) -> None:
    assert problems_with(catalogue, "more", {"Plain": "普通"}) == ""
    told = problems_with(catalogue, "more", {"Plain": "平常"})
    assert "'Plain'" in told
    assert "app" in told
    assert "more" in told


def test_lost_placeholders_are_told(catalogue: Catalogue) -> None:
    assert "placeholders differ" in problems_with(catalogue, "app", {**TERMS, "%(n)s row": "行"})


def test_a_catalogue_that_lags_behind_is_told(catalogue: Catalogue) -> None:
    assert "not current" in "\n".join(catalogue.check())
    catalogue.write()
    write_terms(catalogue, "app", {**TERMS, "Plain": "朴素"})
    assert "not current" in "\n".join(catalogue.check())


def test_a_fuzzy_entry_is_told(catalogue: Catalogue) -> None:
    catalogue.write()
    text = catalogue.po.read_text(encoding="utf-8")
    catalogue.po.write_text(text.replace('msgid "Plain"', '#, fuzzy\nmsgid "Plain"'), encoding="utf-8")
    assert "fuzzy: 'Plain'" in catalogue.check()


def test_a_formatted_string_that_can_never_be_translated_is_an_error(catalogue: Catalogue) -> None:
    (catalogue.root / "app" / "code.py").write_text('_(f"Hello {name}")', encoding="utf-8")
    with pytest.raises(SyntaxError, match=r"code\.py:1"):
        catalogue.check()


def test_the_projects_own_catalogue_compiles_quickly() -> None:
    root = Path(__file__).resolve().parents[2]
    began = time.process_time()
    Catalogue(root).made()
    polib.pofile(str(Catalogue(root).po)).to_binary()
    assert time.process_time() - began < 10
