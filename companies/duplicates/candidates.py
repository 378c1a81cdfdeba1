"""Candidates by the set: one statement for many companies, every part of it bounded and served by an index."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Q

from companies.duplicates.rules import Likeness, best, compare, sound_of

if TYPE_CHECKING:
    from companies.models import Company

MOST = 5
FEW_SYLLABLES = 4
_ASKED: Final = """
WITH a AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS a(
        n int, id bigint, park bigint, code text, kind text, normal text, aliases text[], stock text, probes jsonb)
)
"""
# A pair with another park's own company must never come up.
_LIVE: Final = (
    "c.merged_into_id IS NULL AND c.id IS DISTINCT FROM a.id"
    " AND (c.origin_park_id IS NULL OR a.park IS NULL OR c.origin_park_id = a.park)"
)
# Of two companies with valid codes only the keys can say that they are one, so most of these ask the few without.
_KEYS_AND_NAMES: Final = """
SELECT a.n, c.id FROM a JOIN companies_company c ON c.credit_code = a.code AND c.origin_park_id IS NULL
    AND c.code_kind = 'valid' AND $live WHERE a.kind = 'valid'
UNION SELECT a.n, c.id FROM a CROSS JOIN LATERAL (
    SELECT c.id FROM companies_company c WHERE c.stock_code = a.stock AND c.stock_code <> '' AND $live LIMIT 20
) c WHERE a.stock <> ''
UNION SELECT a.n, c.id FROM a CROSS JOIN LATERAL (
    SELECT c.id FROM companies_company c
    WHERE c.normal_key = a.normal COLLATE "C" AND c.code_kind <> 'valid' AND $live LIMIT 40
) c WHERE a.normal <> ''
UNION SELECT a.n, c.id FROM a CROSS JOIN LATERAL (
    SELECT c.id FROM companies_company c WHERE c.normal_key = a.normal COLLATE "C" AND $live LIMIT 40
) c WHERE a.kind <> 'valid' AND a.normal <> ''
UNION SELECT a.n, c.id FROM a CROSS JOIN unnest(a.aliases) AS alias CROSS JOIN LATERAL (
    SELECT c.id FROM companies_company c
    WHERE c.normal_key = alias COLLATE "C" AND c.code_kind <> 'valid' AND $live LIMIT 20
) c
UNION SELECT a.n, c.id FROM a CROSS JOIN unnest(a.aliases) AS alias CROSS JOIN LATERAL (
    SELECT c.id FROM companies_company c WHERE c.normal_key = alias COLLATE "C" AND $live LIMIT 20
) c WHERE a.kind <> 'valid'
UNION SELECT a.n, c.id FROM a CROSS JOIN LATERAL (
    SELECT c.id FROM companies_company c
    WHERE c.alias_keys && (a.aliases || a.normal)::varchar[] AND c.alias_keys <> '{}'
    AND (a.kind <> 'valid' OR c.code_kind <> 'valid') AND $live LIMIT 20
) c
"""
# Names that sound or look alike, by the search's own keys: some of the characters or syllables are the same.
_DEEP: Final = """
UNION SELECT a.n, c.id FROM a CROSS JOIN jsonb_array_elements(a.probes) AS probe CROSS JOIN LATERAL (
    SELECT c.id FROM companies_company c
    WHERE c.search_keys @> ARRAY(SELECT jsonb_array_elements_text(probe))::varchar[]
    AND (a.kind <> 'valid' OR c.code_kind <> 'valid' OR substr(c.credit_code, 9, 9) = substr(a.code, 9, 9))
    AND $live LIMIT 60
) c
"""
SHALLOW: Final = (_ASKED + _KEYS_AND_NAMES).replace("$live", _LIVE)
DEEP: Final = (_ASKED + _KEYS_AND_NAMES + _DEEP).replace("$live", _LIVE)


def candidates(companies: "Sequence[Company]", *, deep: bool = True) -> "dict[int, list[tuple[Company, Likeness]]]":
    """For each company, by its place in the sequence, those that may be the same, the likeliest first, at most five.

    The companies may be unsaved (a line of an import, a name that is being typed) but must be derived. `deep` also
    looks for names that only sound or look alike: some milliseconds for each company instead of microseconds.
    """
    from companies.models import Company

    ids = _ids(companies, deep=deep)
    wanted = {one for found in ids.values() for one in found}
    rows: dict[int, Company] = Company.objects.defer(
        "name_text", "pinyin_text", "initials_text", "introduction"
    ).in_bulk(wanted)
    answer = {}
    for place, found in ids.items():
        likely = [(rows[pk], how) for pk in found if pk in rows and (how := compare(companies[place], rows[pk]))]
        if likely:
            answer[place] = best(likely, MOST)
    return answer


def _ids(companies: "Sequence[Company]", *, deep: bool) -> dict[int, set[int]]:
    if not companies:
        return {}
    asked = json.dumps([_asked(place, company, deep=deep) for place, company in enumerate(companies)])
    with connection.cursor() as cursor:
        # Of a table just filled PostgreSQL knows no figures yet: it would read all of it, once for each company.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(DEEP if deep else SHALLOW, [asked])
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
    found: defaultdict[int, set[int]] = defaultdict(set)
    for place, pk in rows:
        found[place].add(pk)
    return found


def _asked(place: int, company: "Company", *, deep: bool) -> dict[str, Any]:
    return {
        "n": place,
        "id": company.pk,
        "park": company.origin_park_id,
        "code": company.credit_code,
        "kind": company.code_kind,
        "normal": company.normal_key,
        "aliases": company.alias_keys,
        "stock": company.stock_code,
        "probes": _probes(company) if deep else [],
    }


def _probes(company: "Company") -> list[list[str]]:
    """Sets of search keys of which a likely row has one whole set."""
    core, probes = company.normal_key, []
    if company.code_kind == "valid":
        # Every third place of a code begins a piece: these two lie inside the organisation code.
        probes.append([f"c:{company.credit_code[9:12]}", f"c:{company.credit_code[12:15]}"])
    if len(core) >= FEW_SYLLABLES and not core.isascii():
        syllables = [one for one in sound_of(core)[:FEW_SYLLABLES] if one]
        probes.append([f"p:{one}" for one in dict.fromkeys(syllables)])
        half = len(core) // 2
        probes += [_pairs(core[:half]) or _pairs(core[:2]), _pairs(core[1:])]
        probes.append(list(dict.fromkeys([*_pairs(core[:2]), *_pairs(core[-2:])])))
    return [probe for probe in probes if probe]


def _pairs(text: str) -> list[str]:
    return list(dict.fromkeys(text[at : at + 2] for at in range(len(text) - 1)))


def same_organisation_codes(limit: int = 10_000) -> Iterable[tuple[int, int]]:
    """Pairs of live registry companies whose different valid codes hold one organisation code; one pass, no index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT x.ids[1], x.ids[n] FROM (SELECT array_agg(id ORDER BY id) AS ids FROM companies_company"
            " WHERE code_kind = 'valid' AND merged_into_id IS NULL AND length(credit_code) = 18"
            " GROUP BY substr(credit_code, 9, 9) HAVING count(*) > 1) x, generate_series(2, array_length(x.ids, 1)) n"
            " LIMIT %s",
            [limit],
        )
        return [(left, right) for left, right in cursor.fetchall()]


def without_valid_code() -> Q:
    """The companies of which a full search asks: of two with valid codes only the keys can say more."""
    return Q(merged_into=None) & ~Q(code_kind="valid")
