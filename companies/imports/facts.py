"""A line's cells as a company: what each column means, and what was strange about it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models.base import ModelState

from companies.actions.registry import set_capital, set_listing
from companies.hooks import ListedLead
from companies.imports.called import exchange_called, mark_of
from companies.imports.mapping import LEAD_FIELDS, capital_unit
from companies.imports.reasons import Reason
from companies.models import Company, ImportBatch, Industry
from companies.regions import plain_city, short_province
from core.searchkeys import normalise

EMPTY = frozenset({"", "-", "—", "--", "n/a", "null", "none", "无"})
LONGEST_EMPTY = max(map(len, EMPTY))
LONGEST_CELL = 20_000
LONGEST_STEP, LONGEST_NOTE = 200, 160
BARE_FIGURE = re.compile(r"\d[\d,，.]*")
SEPARATOR = re.compile(r"[,;，；、\n]")
LONGEST: dict[str, int] = {
    field.name: field.max_length for field in Company._meta.local_fields if isinstance(field.max_length, int)
}
# Days as spreadsheets count them, when a column of dates was never formatted as one: 1927 to 2099.
SERIAL_ZERO, FIRST_SERIAL, LAST_SERIAL = date(1899, 12, 30), 10_000, 73_050
CHECK_URL = URLValidator(schemes=["http", "https"])


class UnusableError(ValueError):
    """The line is no company; `reason` says why."""

    def __init__(self, *reason: Any) -> None:
        super().__init__(reason)
        self.reason: Reason = list(reason)


@dataclass
class Draft:
    """A line as an unsaved company: which facts it gives, what was strange, what identifies it in the file."""

    number: int
    company: Company
    given: tuple[str, ...]
    warnings: list[Reason] = field(default_factory=list)
    # A valid code is one company; otherwise the name with the code's text.
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = identity(self.company)


def complete(company: Company, names: Collection[str]) -> None:
    """What follows from these facts: amount and currency, the exchange and its mark, the short names of the place."""
    if "capital_raw" in names:
        set_capital(company)
    if "stock_code" in names:
        set_listing(company)
    company.province, company.city = short_province(company.province), plain_city(company.city)


def identity(company: Company) -> str:
    """What identifies a company in a register."""
    if company.code_kind == "valid":
        return company.credit_code
    return f"{company.name_key}|{company.credit_code}"[:250]


@dataclass(frozen=True)
class Reader:
    """How the lines of one file are read."""

    fields: Mapping[str, int]
    columns: int
    source: str
    industries: Mapping[str, Industry]
    lead_fields: Mapping[str, int] = field(default_factory=dict)
    # What figures without a unit are counted in, where the heading of the capital says it.
    capital_unit: str = ""

    @classmethod
    def of(cls, batch: ImportBatch) -> "Reader":
        """That of one import."""
        facts = {name: place for name, place in batch.fields.items() if name not in LEAD_FIELDS}
        said = {name: place for name, place in batch.fields.items() if name in LEAD_FIELDS}
        unit = capital_unit(batch.headers[facts["capital_raw"]]) if "capital_raw" in facts else ""
        return cls(facts, len(batch.headers), batch.name[:120], industries_by_name(), said, unit)

    def lead(self, number: int, cells: Sequence[str], company: Company) -> ListedLead:
        """What the line says of the lead that it becomes."""
        said = {name: _text(cells[place]) for name, place in self.lead_fields.items()}
        return ListedLead(
            number,
            company,
            owner=said.get("lead_owner", ""),
            next_step=said.get("lead_next_step", "")[:LONGEST_STEP],
            next_date=_day(said["lead_next_date"], []) if said.get("lead_next_date") else None,
            note=said.get("lead_note", "")[:LONGEST_NOTE],
        )

    def draft(self, number: int, cells: Sequence[str]) -> Draft:
        """Raises UnusableError for a line without a usable name."""
        if len(cells) > self.columns:
            raise UnusableError("too_many_cells")
        warnings: list[Reason] = []
        facts: dict[str, Any] = {}
        for name, place in self.fields.items():
            text = _text(cells[place])
            if not text:
                continue
            value = self._value(name, text[:LONGEST_CELL], warnings)
            if value is not None and value != []:
                facts[name] = value
        if "exchange" in facts and "stock_code" not in facts:
            warnings.append(["exchange_alone", facts.pop("exchange")])
        company = _company(facts | {"source": self.source})
        _check_name(company)
        company.derive_identity()
        complete(company, facts)
        if company.code_kind not in {"", "valid"}:
            warnings.append([f"code_{company.code_kind}", company.credit_code])
        return Draft(number, company, tuple(facts), warnings)

    def _value(self, name: str, text: str, warnings: list[Reason]) -> Any:
        if (read := READ.get(name)) is not None:
            return read(text, warnings)
        match name:
            case "industry":
                return self._industry(text, warnings)
            case "former_names" | "short_names":
                return _names(text, LONGEST_NAMES[name])
            case "introduction":
                return text
            case "capital_raw" if self.capital_unit and BARE_FIGURE.fullmatch(text):
                text += self.capital_unit
        return _cut(name, text, warnings)

    def _industry(self, text: str, warnings: list[Reason]) -> Industry | None:
        """By its code (39, C39, C3914) or its name."""
        found = re.match(r"[A-T]?(\d{2})|([A-T])$", text.strip().upper())
        industry = self.industries.get((found[1] or found[2]) if found else normalise(text))
        if industry is None:
            warnings.append(["no_industry", text[:40]])
        return industry


def _text(cell: str) -> str:
    """What a cell says; nothing where it says so in other words."""
    text = cell.strip().replace("\x00", "")
    return "" if len(text) <= LONGEST_EMPTY and text.casefold() in EMPTY else text


BLANK: dict[str, Any] = Company().__dict__
LISTS = tuple(name for name, value in BLANK.items() if isinstance(value, list))


def _company(facts: Mapping[str, Any]) -> Company:
    """An unsaved company with these facts, copied from a blank one: Django's own way of setting forty defaults one by
    one costs more than reading the line.
    """
    company = Company.__new__(Company)
    values = company.__dict__
    values.update(BLANK)
    values["_state"] = ModelState()
    for name in LISTS:
        values[name] = []
    values.update(facts)
    if "industry" in facts:
        company.industry = values.pop("industry")
    return company


LONGEST_NAMES = {"former_names": 200, "short_names": 60}


def industries_by_name() -> dict[str, Industry]:
    """The standard's divisions by code and by name."""
    rows = list(Industry.objects.all())
    return {normalise(row.name): row for row in rows} | {row.code: row for row in rows}


def _check_name(company: Company) -> None:
    if not normalise(company.name):
        raise UnusableError("no_name")
    if len(company.name) > 200:
        raise UnusableError("long_name")


def _names(text: str, longest: int) -> list[str]:
    return [one.strip()[:longest] for one in SEPARATOR.split(text) if one.strip()]


def _marks(text: str, warnings: list[Reason]) -> list[str]:
    """Several in one cell, as lists write them: 专精特新、高新技术企业."""
    found = []
    for one in SEPARATOR.split(text):
        if one.strip():
            found.append(mark_of(one))
            if not found[-1]:
                warnings.append(["no_mark", one.strip()[:40]])
    return [code for code in Company.Mark.values if code in found]


def _exchange(text: str, warnings: list[Reason]) -> str | None:
    found = exchange_called(text)
    if not found:
        warnings.append(["no_exchange", text[:40]])
    return found or None


def _cut(name: str, text: str, warnings: list[Reason]) -> str:
    """A text that fits its column; what does not fit is cut with a warning (a name is refused instead)."""
    longest = LONGEST.get(name)
    if name == "name" or longest is None or len(text) <= longest:
        return text
    warnings.append(["cut", name, longest])
    return text[:longest]


def _website(text: str, warnings: list[Reason]) -> str | None:
    """Only what a browser can open; `javascript:` and the like are no addresses."""
    address = text if "://" in text else f"http://{text}"
    with suppress(ValidationError):
        CHECK_URL(address)
        if len(address) <= LONGEST["website"]:
            return address
    warnings.append(["no_address", text[:40]])
    return None


def _day(text: str, warnings: list[Reason]) -> date | None:
    found = _read_day(text)
    if found is None:
        warnings.append(["no_date", text[:20]])
    return found


@lru_cache(maxsize=16_384)
def _read_day(text: str) -> date | None:
    """1996-09-25, 1996/9/25, 1996年9月25日, 19960925, or the number of days that a spreadsheet keeps."""
    if text.isascii() and text.isdigit() and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        return SERIAL_ZERO + timedelta(days=int(text))
    with suppress(ValueError):
        return date.fromisoformat(text)
    found = re.match(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})", text)
    if found:
        with suppress(ValueError):
            return date(int(found[1]), int(found[2]), int(found[3]))
    return None


READ: dict[str, Callable[[str, list[Reason]], Any]] = {
    "registered_on": _day,
    "website": _website,
    "marks": _marks,
    "exchange": _exchange,
}
