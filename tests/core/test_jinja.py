"""Partials in Jinja: all of them compile, and what names one finds it."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

FOLDER = settings.BASE_DIR / "templates"
PARTIALS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.jinja"))
NAMING = re.compile(r'(?:printed|include|fixed\(|template=)\s*"([\w/.]+\.(?:jinja|html))"')


def sources() -> list[Any]:
    """Everything that names a partial: templates, and the Python of pages."""
    code = [
        path
        for app in ("leads", "projects", "services", "desk", "core")
        for path in (settings.BASE_DIR / app).rglob("*.py")
    ]
    return [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.jinja"), *code]


@pytest.mark.parametrize("name", PARTIALS)
def test_every_partial_compiles(name: str) -> None:
    engines["jinja2"].get_template(name)


def test_no_page_names_a_partial_that_is_not_there() -> None:
    named = {(name, path.name) for path in sources() for name in NAMING.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 100
    # Widgets of Django lie in Django.
    missing = [pair for pair in sorted(named) if not (FOLDER / pair[0]).is_file() and not pair[0].startswith("django/")]
    assert missing == []


def printed(text: str, language: str, **context: Any) -> str:
    with translation.override(language):
        return str(engines["jinja2"].from_string(text).render(context))


def test_words_and_icons_are_written_out_in_each_language_and_variables_are_not() -> None:
    text = '{{ _("Move") }} {{ _(word) }} {{ icon("phone", label=_("Telephone")) if shown }}'
    for language, move, telephone in (
        ("zh-hans", "推进", "电话"),
        ("en", "Move", "Telephone"),
        ("zh-hans", "推进", "电话"),
    ):
        page = printed(text, language, word="Telephone", shown=True)
        assert page.startswith(f"{move} {telephone} <svg ")
        assert f'aria-label="{telephone}"' in page


def test_what_is_written_out_is_escaped_like_any_text() -> None:
    assert printed('{{ _("<b>") }}{{ ("<i>" if shown else icon("x")) }}', "en", shown=True) == "&lt;b&gt;&lt;i&gt;"


def test_an_address_of_a_row_is_made_for_each_row() -> None:
    assert printed('{{ url("leads:list") }} {{ url("leads:record", pk) }}', "en", pk=7) == "/leads/ /leads/7/"
