"""The message catalogue: every string of the code and templates, with the Chinese that `locale/*/terms/*.json` give it.

The terms are what people write, one file per area; the .po file is made from them, sorted and without line references,
so that it changes only where a text changes. Nothing here needs the gettext programs.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
CONTEXT_MARK = "\x04"
SKIPPED = {"node_modules", "tests", "migrations", "staticfiles", "var", "static", "bench", "docs"}
TEMPLATE_SUFFIXES = {".html", ".txt", ".webmanifest", ".jinja"}
# Function name → which of its arguments are context, message and plural.
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
TEXT = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
TEMPLATE_CALL = re.compile(rf"(?<![\w.])(n?p?gettext|_)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class Message(NamedTuple):
    """One string to translate. The key of its term is the text, with the context before it where there is one."""

    text: str
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> str:
        return f"{self.context}{CONTEXT_MARK}{self.text}" if self.context else self.text

    def __str__(self) -> str:
        return f"{self.text!r} ({self.context})" if self.context else repr(self.text)


@dataclass
class Problems:
    """What keeps the catalogue from being complete, as sentences for a developer."""

    found: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        self.found.append(sentence)


def sources(root: Path) -> Iterator[Path]:
    """The files that may hold strings, in a fixed order."""
    for path in sorted(root.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name not in SKIPPED:
            yield from sources(path)
        elif path.suffix == ".py" or (path.suffix in TEMPLATE_SUFFIXES and "templates" in path.parts):
            yield path


def messages_of(path: Path) -> Iterator[Message]:
    """The strings of one file. Raises SyntaxError for a file that cannot be read."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _of_python(source, path)
    else:
        calls = source if path.suffix == ".jinja" else templatize(source, origin=str(path))
        for name, arguments in TEMPLATE_CALL.findall(calls):
            texts = ast.literal_eval(f"[{arguments}]")
            yield _message(name, dict(enumerate(texts)))


def _of_python(source: str, path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source, str(path))):
        name = _called(node)
        if not isinstance(node, ast.Call) or name not in CALLS:
            continue
        texts = {at: _constant(argument, path) for at, argument in enumerate(node.args)}
        known = {at: text for at, text in texts.items() if text is not None}
        if CALLS[name][1] in known:
            yield _message(name, known)


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _constant(node: ast.expr, path: Path) -> str | None:
    if isinstance(node, ast.JoinedStr):
        raise SyntaxError(f"{path}:{node.lineno}: an f-string cannot be translated; use %(name)s")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _message(name: str, texts: dict[int, str]) -> Message:
    context, text, plural = CALLS[name]
    return Message(
        texts[text],
        texts.get(context, "") if context is not None else "",
        texts.get(plural, "") if plural is not None else "",
    )


def extract(root: Path) -> list[Message]:
    """Every string of the project once, sorted. One that is used with a plural keeps it."""
    found: dict[str, Message] = {}
    for path in sources(root):
        for message in messages_of(path):
            if message.text and (message.key not in found or message.plural):
                found[message.key] = message
    return sorted(found.values(), key=lambda message: (message.text, message.context))


def load_terms(folder: Path, problems: Problems) -> dict[str, str]:
    """The terms of all areas. Two different translations of one string are a problem; the first one is used."""
    terms: dict[str, tuple[str, str]] = {}
    for path in sorted(folder.glob("*.json")):
        for key, chinese in json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list):
            first, area = terms.setdefault(key, (chinese, path.stem))
            if first != chinese:
                problems.add(
                    f"{key!r} is {first!r} in {area} but {chinese!r} in {path.stem}: give one of them a context"
                )
    return {key: chinese for key, (chinese, _area) in terms.items()}


def build(messages: Iterable[Message], terms: dict[str, str], problems: Problems) -> polib.POFile:
    """The catalogue of these strings; what lacks a translation stays empty and is a problem."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Project-Id-Version": "Luodi",
        "Language": LOCALE,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    used: set[str] = set()
    for message in messages:
        key = (
            message.key
            if message.key in terms or not message.plural
            else message.key.replace(message.text, message.plural)
        )
        chinese = terms.get(key, "")
        used.add(key)
        if not chinese:
            problems.add(f"not translated: {message}")
        elif _placeholders(chinese) != _placeholders(message.plural or message.text):
            problems.add(f"placeholders differ: {message} → {chinese!r}")
        catalogue.append(_entry(message, chinese))
    for key in sorted(set(terms) - used):
        problems.add(f"unused: {key!r}")
    return catalogue


def _placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text.replace("%%", ""))))


def _entry(message: Message, chinese: str) -> polib.POEntry:
    flags = ["python-format"] if "%(" in message.text else []
    context = message.context or None
    if message.plural:
        forms = {0: chinese}
        return polib.POEntry(
            msgid=message.text, msgid_plural=message.plural, msgstr_plural=forms, msgctxt=context, flags=flags
        )
    return polib.POEntry(msgid=message.text, msgstr=chinese, msgctxt=context, flags=flags)


@dataclass(frozen=True)
class Catalogue:
    """The files of one project and what can be done with them."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "locale" / LOCALE

    @property
    def po(self) -> Path:
        return self.folder / "LC_MESSAGES" / "django.po"

    def made(self) -> tuple[str, list[str]]:
        """The text the .po file should have, and all problems."""
        problems = Problems()
        terms = load_terms(self.folder / "terms", problems)
        return f"{build(extract(self.root), terms, problems)}\n", problems.found

    def write(self) -> list[str]:
        """Write the .po file if it changes; returns the problems."""
        text, problems = self.made()
        if not self.po.exists() or self.po.read_text(encoding="utf-8") != text:
            self.po.parent.mkdir(parents=True, exist_ok=True)
            self.po.write_text(text, encoding="utf-8")
        return problems

    def compile(self) -> None:
        """Write the .mo file that Django reads."""
        polib.pofile(str(self.po)).save_as_mofile(str(self.po.with_suffix(".mo")))

    def check(self) -> list[str]:
        """All problems, with those of the file as it lies there."""
        text, problems = self.made()
        lies = self.po.read_text(encoding="utf-8") if self.po.exists() else ""
        if lies != text:
            problems.append(f"{self.po.relative_to(self.root)} is not current: run script/messages")
        if lies:
            problems += [f"fuzzy: {entry.msgid!r}" for entry in polib.pofile(lies) if entry.fuzzy]
        return problems
