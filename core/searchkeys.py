"""Keys that find a company by two characters of its name, pinyin, pinyin initials, or part of its credit code.

A row stores `keys` (text[], GIN) and three texts. A query becomes terms that must all hold; each term has alternatives
of which one must hold; an alternative is a set of keys that the row must have (served by the index, `@>`) and a piece
of text that one of its columns must contain (the recheck).

Key spaces: bare characters and pairs of the name · `p:` syllables · `i:` pairs of initials, and the first one alone ·
`c:` pieces of the code · `=` former and short names as a whole.
What only the legal form (有限公司 …) would add is left out, of rows and of queries: it would double the index and
tell nothing apart.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from operator import add
from typing import Literal

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length

from core.pinyin import known_syllables, plain, readings
from core.traditional import simplified

Column = Literal["name", "pinyin", "initials", "code"]
LONGEST_NAME = 64
LONGEST_KEY = 20
MOST_NAMES = 8
LONGEST_QUERY = 64
LEGAL_FORM = re.compile("(?:股份)?有限(?:责任)?公司")
LEGAL_CHARACTERS = "股份有限责任公司"
LEGAL_PAIRS = frozenset({"股份", "份有", "有限", "限责", "责任", "任公", "限公", "公司"})
LEGAL_SYLLABLES = frozenset({"gu", "fen", "you", "xian", "ze", "ren", "gong", "si"})
LEGAL_INITIALS = frozenset({"gf", "fy", "yx", "xz", "zr", "rg", "xg", "gs"})
LEGAL_FORMS_INITIALS = ("gfyxgs", "gfyxzrgs", "yxgs", "yxzrgs")
ACCENTED = re.compile("[À-ɏḀ-ỿ]")
WHOLE_CODE = 18
PLAIN_CODE = re.compile("[0-9A-Z]+")
LONGEST_CODE = 40
CODE_PIECE = 3
SHORTEST_CODE = CODE_PIECE + 2
LONGEST_SYLLABLE = 6
LONGEST_SPELLING = 24
FEW_SPELLINGS = 4
FEW_COMPLETIONS = 8


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """One form for names that mean the same: NFKC (so brackets and letters of one width), case folded, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _searchable(text: str) -> str:
    """A normalised name without brackets, marks and accents, so that 金马古池 finds 金马(古池) and cafe finds Café.

    Traditional characters become simplified ones, in names and queries alike: 華東 finds 华东, and 台湾 finds 臺灣.
    """
    if _settled().fullmatch(text):
        return text
    folded = simplified(normalise(text))
    if not folded.isascii() and ACCENTED.search(folded):
        folded = unicodedata.normalize("NFD", folded)
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


@cache
def _settled() -> re.Pattern[str]:
    """Texts that are searchable as they are: simplified characters, digits, small letters. Most names of a register."""
    ideographs = "".join(map(chr, range(0x4E00, 0xA000)))
    same = (one for one, simple in zip(ideographs, simplified(ideographs), strict=True) if one == simple)
    return re.compile(f"[0-9a-z{''.join(filter(str.isalnum, same))}]+")


def _code_text(code: str) -> str:
    if PLAIN_CODE.fullmatch(code):
        return code
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", code).upper())


@dataclass(frozen=True)
class SearchIndex:
    """What a row stores to be found. The texts hold one line per name, with a line break before and after each."""

    keys: list[str]
    name_text: str
    pinyin_text: str
    initials_text: str


def search_index(*names: str, code: str = "") -> SearchIndex:
    """The index of a row with these names (the full name first, then former, short and foreign ones) and this code."""
    texts = list(dict.fromkeys(text[:LONGEST_NAME] for name in names if name and (text := _searchable(name))))[
        :MOST_NAMES
    ]
    keys: set[str] = set()
    pinyin: dict[str, None] = {}
    initials: dict[str, None] = {}
    for text in texts:
        telling = _outside_legal_forms(text)
        for start, end in telling:
            around = text[max(start - 1, 0) : end + 1]
            keys.update(text[start:end], map(add, around, around[1:]))
        for syllables in _spoken(text):
            letters = "".join([one[0] for one in syllables])
            keys |= _sound_keys(syllables, letters, telling)
            keys.add(f"i:{letters[:1]}")
            pinyin["".join(syllables)] = initials[letters] = None
    keys.update(_code_keys(_code_text(code)))
    keys.update(map(whole_name_key, texts[1:]))
    return SearchIndex(sorted(keys), _lines(texts), _lines(pinyin), _lines(initials))


def whole_name_key(text: str) -> str:
    """The key of a former or short name as a whole: who types all of it finds it among thousands that contain it."""
    return f"={_searchable(text)}"[:LONGEST_KEY]


def search_keys(*names: str, code: str = "") -> list[str]:
    """Only the keys of search_index."""
    return search_index(*names, code=code).keys


def _lines(texts: Iterable[str]) -> str:
    return "".join([f"\n{text}" for text in texts]) + "\n"


def _outside_legal_forms(text: str) -> list[tuple[int, int]]:
    """Start and end of each part of a name that is no legal form. A pair of characters counts if one lies in a part."""
    parts, at = [], 0
    for form in LEGAL_FORM.finditer(text):
        if form.start() > at:
            parts.append((at, form.start()))
        at = form.end()
    if at < len(text):
        parts.append((at, len(text)))
    # A name that is nothing else could not be found at all.
    return parts or [(0, len(text))]


def _spoken(text: str) -> list[list[str]]:
    """The readings of a name: the usual one, and one more for each of its first two doubtful characters."""
    found = readings(text)
    spoken = [found.syllables]
    for position, other in list(found.others.items())[:2]:
        spoken.append([*found.syllables[:position], other, *found.syllables[position + 1 :]])
    return spoken


def _sound_keys(syllables: Sequence[str], initials: str, telling: Iterable[tuple[int, int]]) -> set[str]:
    keys: set[str] = set()
    for start, end in telling:
        around = initials[max(start - 1, 0) : end + 1]
        keys.update([f"p:{one}" for one in syllables[start:end]], [f"i:{a}{b}" for a, b in pairwise(around)])
    return keys


def _code_keys(code: str) -> list[str]:
    """The whole code, and its pieces at every third place: any part of five characters holds one of them."""
    starts = range(0, min(len(code), LONGEST_CODE) - CODE_PIECE + 1, CODE_PIECE)
    pieces = [f"c:{code[start : start + CODE_PIECE]}" for start in starts]
    return [*pieces, f"c:{code}"] if len(code) == WHOLE_CODE else pieces


@dataclass(frozen=True)
class Alternative:
    """One way in which a term can be met: the row has all `keys` and its `column` contains `pieces` in this order."""

    column: Column
    pieces: tuple[str, ...]
    keys: tuple[str, ...]

    def meets(self, index: SearchIndex, code: str = "") -> bool:
        """The same test as the database makes, on an index in memory."""
        texts = {"name": index.name_text, "pinyin": index.pinyin_text, "initials": index.initials_text, "code": code}
        pattern = "[^\n]*".join(re.escape(piece) for piece in self.pieces)
        return set(self.keys) <= set(index.keys) and re.search(pattern, texts[self.column]) is not None


@dataclass(frozen=True)
class QueryKeys:
    """A query ready for the database. It is false when there is nothing to look for."""

    text: str
    terms: tuple[tuple[Alternative, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def is_broad(self) -> bool:
        """Whether the index cannot narrow it (“公司”): take the first rows by id instead of ranking all of them."""
        return not any(all(alternative.keys for alternative in term) for term in self.terms)

    def meets(self, index: SearchIndex, code: str = "") -> bool:
        return all(any(alternative.meets(index, code) for alternative in term) for term in self.terms)

    def q(
        self,
        *,
        keys: str = "search_keys",
        name: str = "name_text",
        pinyin: str = "pinyin_text",
        initials: str = "initials_text",
        code: str = "credit_code",
    ) -> Q:
        """The condition for a queryset; the arguments name the columns. An empty query matches nothing."""
        if not self.terms:
            return Q(pk__in=())
        columns = {"name": name, "pinyin": pinyin, "initials": initials, "code": code}
        condition = Q()
        for term in self.terms:
            either = Q()
            for one in term:
                by_keys = Q(**{f"{keys}__contains": list(one.keys)}) if one.keys else Q()
                # One key that is the text itself says it all; asked twice, PostgreSQL expects far too few rows.
                said = one.column == "name" and one.keys == one.pieces
                either |= by_keys if said else by_keys & _text_condition(columns[one.column], one.pieces)
            condition &= either
        return condition

    def ranking(
        self, *, name: str = "name_text", pinyin: str = "pinyin_text", initials: str = "initials_text"
    ) -> tuple[Combinable, ...]:
        """Expressions to order by: the exact name, then names that begin so, then the rest, shorter ones first.

        Add the primary key as the last tie-breaker.
        """
        columns = {"name": name, "pinyin": pinyin, "initials": initials}
        needles = {(columns[one.column], self.text) for term in self.terms for one in term if one.column in columns}
        grades = [
            When(Q(**{f"{column}__contains": f"\n{needle}{end}"}), then=Value(grade))
            for grade, end in enumerate(("\n", ""))
            for column, needle in sorted(needles)
        ]
        rank = Case(*grades, default=Value(2), output_field=IntegerField()) if grades else Value(2)
        return rank, Length(name)


def _text_condition(column: str, pieces: Sequence[str]) -> Q:
    if len(pieces) == 1:
        return Q(**{f"{column}__contains": pieces[0]})
    # Pieces are letters, digits and ideographs only (see _searchable), so none is special in a pattern.
    return Q(**{f"{column}__regex": "[^\n]*".join(pieces)})


def query_keys(query: str, *, loose: bool = False) -> QueryKeys:
    """What a typed query asks for. Spaces separate terms that must all be found.

    `loose` also finds 中国石化 in 中国石油化工: all characters in order, with others between; use it where the strict
    query found too little.
    """
    typed = unicodedata.normalize("NFKC", query[:LONGEST_QUERY])
    words = [parts for word in re.sub(r"['’`]", "", typed).split() if (parts := _parts(word))]
    terms = [
        _ascii_term(part) if part.isascii() else (_name_alternative(part, loose=loose, alone=len(parts) == 1),)
        for parts in words
        for part in parts
    ]
    return QueryKeys("".join(part for parts in words for part in parts), tuple(dict.fromkeys(terms)))


def _parts(word: str) -> list[str]:
    """A word cut where letters and ideographs meet: “华东gd” asks for 华东 and for gd."""
    as_pinyin = plain(word.casefold())
    if ACCENTED.search(word) and as_pinyin.isalpha() and _spellings(as_pinyin):
        return [as_pinyin]
    return re.findall(r"[\x21-\x7e]+|[^\x21-\x7e]+", _searchable(word))


def _name_alternative(part: str, *, loose: bool, alone: bool) -> Alternative:
    """The characters of a part. In “A有” the last one may be the legal form's, which has no key of its own."""
    if loose and len(part) > 1:
        needed = [character for character in part if character not in LEGAL_CHARACTERS]
        return Alternative("name", tuple(part), tuple(dict.fromkeys(needed)))
    if len(part) == 1:
        return Alternative("name", (part,), (part,) if alone or part not in LEGAL_CHARACTERS else ())
    pairs = [part[start : start + 2] for start in range(len(part) - 1)]
    return Alternative("name", (part,), tuple(dict.fromkeys(pair for pair in pairs if pair not in LEGAL_PAIRS)))


def _ascii_term(part: str) -> tuple[Alternative, ...]:
    if len(part) == 1:
        begins = Alternative("initials", (f"\n{part}",), (f"i:{part}",))
        return (Alternative("name", (part,), (part,)), begins)
    pairs = [a + b for a, b in pairwise(part)]
    telling = frozenset(f"i:{pair}" for pair in pairs if pair not in LEGAL_INITIALS)
    ways = [telling] if telling else _around_legal_form(part, [])
    found = [Alternative("initials", (part,), tuple(sorted(keys))) for keys in ways]
    if part.isalpha():
        found += _pinyin_alternatives(part)
    elif len(part) >= SHORTEST_CODE:
        found += _code_alternatives(part.upper())
    return tuple(found)


def _pinyin_alternatives(part: str) -> list[Alternative]:
    # Input methods take lve for lue; but lver is 绿二, so both are tried.
    spelled = dict.fromkeys((part, part.replace("lve", "lue").replace("nve", "nue")))
    return [alternative for letters in spelled for alternative in _alternatives_spelled(letters)]


def _alternatives_spelled(letters: str) -> list[Alternative]:
    spellings = {keys for spelling in _spellings(letters) for keys in _spelling_keys(spelling)}
    common = frozenset.intersection(*spellings) if spellings else frozenset()
    if len(spellings) > FEW_SPELLINGS and common:
        spellings = {common}
    # Where one way of cutting asks for less than another, it finds all that the other would.
    least = [keys for keys in spellings if keys and not any(other < keys for other in spellings)]
    return [Alternative("pinyin", (letters,), keys) for keys in sorted(tuple(sorted(keys)) for keys in least)]


def _spelling_keys(syllables: Sequence[str]) -> list[frozenset[str]]:
    """Keys of one way to cut letters into syllables. The last one counts only if it cannot go on (“huahu” to 华辉)."""
    *before, last = syllables
    whole = [*before, last] if _completions(last) == (last,) or not before else before
    sounds = {f"p:{one}" for one in whole if one not in LEGAL_SYLLABLES}
    pairs = {f"i:{pair}" for a, b in pairwise(syllables) if (pair := a[0] + b[0]) not in LEGAL_INITIALS}
    return [frozenset(sounds | pairs)] if sounds or pairs else _around_legal_form([one[0] for one in syllables], whole)


def _around_legal_form(initials: Sequence[str], whole: Sequence[str]) -> list[frozenset[str]]:
    """Keys for a query that sounds like a legal form all over, such as “fyx” or “fenyou”.

    Rows have no keys for what lies inside their legal form, so each place where one may begin or end inside the query
    leaves other keys to ask for. Lying in it altogether tells nothing apart: then it is looked for elsewhere.
    """
    found = {_keys_outside(initials, whole, span) for span in _legal_spans("".join(initials))}
    return [keys for keys in found if not any(other < keys for other in found)]


def _legal_spans(initials: str) -> Iterator[range]:
    """Where in the query the initials of a legal form may lie, cut off by its ends; first of all nowhere."""
    yield range(0)
    for form in LEGAL_FORMS_INITIALS:
        for start in range(1 - len(form), len(initials)):
            span = range(max(start, 0), min(start + len(form), len(initials)))
            if len(span) < len(initials) and all(initials[at] == form[at - start] for at in span):
                yield span


def _keys_outside(initials: Sequence[str], whole: Sequence[str], span: range) -> frozenset[str]:
    sounds = {f"p:{one}" for at, one in enumerate(whole) if at not in span}
    pairs = {f"i:{a}{b}" for at, (a, b) in enumerate(pairwise(initials), 1) if at not in span or at - 1 not in span}
    return frozenset(sounds | pairs)


def _spellings(letters: str) -> list[list[str]]:
    """Every way to cut letters into syllables, of which the last may be unfinished.

    Of a long input only the first letters count, without the syllable that the limit may have cut.
    """
    cut, letters = letters[LONGEST_SPELLING:], letters[:LONGEST_SPELLING]
    # ways[n]: the ways to cut the first n letters into whole syllables.
    ways: list[list[list[str]]] = [[] for _ in range(len(letters) + 1)]
    ways[0].append([])
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            if letters[start:end] in known_syllables():
                ways[end] += [[*way, letters[start:end]] for way in ways[start]]
    found = [*ways[-1], *_unfinished(letters, ways)]
    return [way[:-1] for way in found if len(way) > 1] if cut else found


def _unfinished(letters: str, ways: Sequence[list[list[str]]]) -> Iterator[list[str]]:
    for start in range(max(0, len(letters) - LONGEST_SYLLABLE), len(letters)):
        rest = letters[start:]
        if ways[start] and rest not in known_syllables():
            completions = _completions(rest)
            if start:
                yield from ([*way, rest] for way in ways[start] if completions)
            elif len(completions) <= FEW_COMPLETIONS:
                yield from ([one] for one in completions)


@lru_cache(maxsize=2048)
def _completions(letters: str) -> tuple[str, ...]:
    return tuple(sorted(syllable for syllable in known_syllables() if syllable.startswith(letters)))


def _code_alternatives(part: str) -> list[Alternative]:
    """A part of a code begins at any place, so its pieces may be cut at three offsets; a whole code is one key."""
    if len(part) == WHOLE_CODE:
        return [Alternative("code", (part,), (f"c:{part}",))]
    found = []
    for offset in range(CODE_PIECE):
        starts = range(offset, len(part) - CODE_PIECE + 1, CODE_PIECE)
        found.append(
            Alternative("code", (part,), tuple(dict.fromkeys(f"c:{part[s : s + CODE_PIECE]}" for s in starts)))
        )
    return found
