"""Changes to the registry of companies, and to those that a park keeps for itself."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from companies.duplicates import propose_for
from companies.industries import DIVISIONS, SECTIONS
from companies.listing import is_code, read_listing
from companies.models import Company, Industry
from companies.regions import plain_city, short_province
from core.access import require
from core.creditcode import check_credit_code
from core.errors import Conflict, Refused, Stale
from core.money import parse_registered_capital
from core.searchkeys import normalise

if TYPE_CHECKING:
    from accounts.models import User

# What other companies are compared by; a change of anything else makes no company likelier to be this one.
ALIKE_BY: Final = frozenset(
    {
        "name",
        "short_names",
        "former_names",
        "foreign_name",
        "credit_code",
        "stock_code",
        "exchange",
        "province",
        "city",
    }
)


class AlreadyThereError(Conflict):
    """The company is in the registry or among the park's own already: open `company` instead."""

    def __init__(self, company: Company, *, field: str) -> None:
        super().__init__(_("%(name)s is already there.") % {"name": company.name}, field=field, code="already_there")
        self.company = company


class Facts(TypedDict, total=False):
    """What is publicly known of a company; texts as registries print them, `capital_raw` included."""

    name: str
    former_names: list[str]
    short_names: list[str]
    foreign_name: str
    credit_code: str
    industry: Industry | None
    province: str
    city: str
    address: str
    registered_on: date | None
    capital_raw: str
    stock_code: str
    exchange: str
    marks: list[str]
    website: str
    introduction: str


@transaction.atomic
def add_company(*, by: "User", park_id: int, **facts: Unpack[Facts]) -> Company:
    """Type in a company that is not there yet.

    With a valid code it joins the registry of all parks; without one (or with an old number) it stays with the park.
    Raises AlreadyThereError, and Refused for a wrong code or a missing name.
    """
    require(by, "companies.add", park_id)
    company = Company(origin_park_id=park_id, created_by=by, is_demo=by.is_demo)
    _fill(company, facts)
    _settle(company)
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError as error:
        # Somebody typed the same code in at the same moment.
        raise _there_by_code(company) or error from error
    propose_for([company])
    return company


@transaction.atomic
def change_company(*, by: "User", company: Company, version: int | None, **facts: Unpack[Facts]) -> Company:
    """Correct a company: the registry's by stewards and by who brought it in, a park's own by the park.

    A park's own company that gets a valid code joins the registry. Raises Stale when another version was read.
    """
    require_change(by=by, company=company)
    changed: Company = Company.objects.select_for_update().get(pk=company.pk)
    if version is not None and changed.version != version:
        raise Stale(_("This company was changed meanwhile. Reload it and repeat your change."))
    if changed.is_merged:
        raise Conflict(_("It was merged into %(name)s.") % {"name": changed.lasting.name}, code="merged")
    before = {name: getattr(changed, name) for name in {*facts, "credit_code"}}
    _fill(changed, facts)
    if all(getattr(changed, name) == value for name, value in before.items()):
        return changed
    _settle(changed, old_code=before["credit_code"])
    changed.version = changed.version + 1
    try:
        with transaction.atomic():
            changed.save()
    except IntegrityError as error:
        raise _there_by_code(changed) or error from error
    if any(getattr(changed, name) != before[name] for name in ALIKE_BY & before.keys()):
        propose_for([changed])
    return changed


def require_change(*, by: "User", company: Company) -> None:
    """403 unless this person may correct the company."""
    if company.origin_park_id is not None:
        require(by, "companies.change", company.origin_park_id)
    elif company.created_by_id == by.pk:
        require(by, "companies.change")
    else:
        require(by, "companies.steward")


def _fill(company: Company, facts: Facts) -> None:
    listed = company.stock_code
    for name, value in facts.items():
        setattr(company, name, value.strip() if isinstance(value, str) else value)
    if not normalise(company.name):
        raise Refused(_("Enter the company's name."), field="name", code="required")
    if "capital_raw" in facts:
        set_capital(company)
    company.province, company.city = short_province(company.province), plain_city(company.city)
    if {"stock_code", "exchange", "marks"} & set(facts):
        set_listing(company)
        if company.stock_code not in {"", listed} and not is_code(company.stock_code):
            raise Refused(_("This is not a stock code."), field="stock_code", code="invalid_stock_code")


def set_listing(company: Company) -> None:
    """One code whatever was typed (600519.SH); the exchange that it tells; a listed company is marked so."""
    company.stock_code, told = read_listing(company.stock_code)
    company.exchange = (company.exchange or told) if company.stock_code else ""
    if company.stock_code and company.exchange != Company.Exchange.NEEQ:
        company.marks = [*company.marks, Company.Mark.LISTED]
    company.marks = [code for code in Company.Mark.values if code in company.marks]


def set_capital(company: Company) -> None:
    """Read the amount and currency out of the raw text, which is kept as it is."""
    amount, currency = parse_registered_capital(company.capital_raw) if company.capital_raw else (None, "")
    fits = amount is not None and amount < Decimal(10) ** 16
    company.capital = amount if fits else None
    company.capital_currency = currency if fits else "CNY"


def _settle(company: Company, old_code: str = "") -> None:
    """Refuse a wrong code and what is there already; a valid code moves the company into the registry.

    A wrong code that was imported stays until somebody knows better.
    """
    code = check_credit_code(company.credit_code)
    if code.kind == "invalid" and code.code != old_code:
        raise Refused(code.warning, field="credit_code", code="invalid_code")
    company.derive()
    if code.is_key:
        there = _there_by_code(company)
        company.origin_park_id = None
    else:
        there = _there_by_name(company)
    if there is not None:
        raise there


def _there_by_code(company: Company) -> AlreadyThereError | None:
    """Also one that was merged since: then the company that it became."""
    found = Company.objects.filter(credit_code=company.credit_code, code_kind="valid", origin_park=None).exclude(
        pk=company.pk
    )
    return _there(
        company, found.select_related("merged_into").order_by(F("merged_into").asc(nulls_first=True)), "credit_code"
    )


def _there_by_name(company: Company) -> AlreadyThereError | None:
    """Without a code the name is all there is to go by, in the registry and among the park's own."""
    if company.origin_park_id is None:
        return None
    named = Company.objects.filter(name_key=company.name_key).exclude(pk=company.pk).select_related("merged_into")
    own = named.filter(origin_park=company.origin_park_id)
    return _there(company, named.filter(origin_park=None), "name") or _there(company, own, "name")


def _there(company: Company, found: "QuerySet[Company]", field: str) -> AlreadyThereError | None:
    there = next((one.lasting for one in found[:1]), None)
    return None if there is None or there.pk == company.pk else AlreadyThereError(there, field=field)


@transaction.atomic
def load_industries() -> int:
    """Write the sections and divisions of GB/T 4754-2017; again changes nothing. Returns how many rows were written."""
    wanted: list[tuple[str, str, str, str]] = [(code, name, english, "") for code, name, english in SECTIONS]
    wanted += [(code, name, english, section) for code, section, name, english in DIVISIONS]
    there = {row.code: row for row in Industry.objects.select_related("parent")}
    written = 0
    for code, name, english, section in wanted:
        parent = there[section] if section else None
        row = there.get(code)
        if row is None or (row.name, row.name_en, row.parent) != (name, english, parent):
            values = {"name": name, "name_en": english, "parent": parent}
            there[code], _created = Industry.objects.update_or_create(code=code, defaults=values)
            written += 1
    return written
