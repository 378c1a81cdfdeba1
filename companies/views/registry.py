"""The registry's pages: list, typing in, correcting."""

from functools import cached_property, partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.actions import AlreadyThereError, add_company, change_company, require_change
from companies.editing import COMPANIES
from companies.filters import CompanyFilter
from companies.forms import CompanyForm, NewCompanyForm, WithProvinces
from companies.models import Company
from companies.queries import MOST, in_order, others_found, similar_by_name
from core.access import fetch, person
from core.errors import Refused
from core.pages import Button, Column, Empty, FormPage, ListPage, Page, Quick
from core.pages.keyset import Slice, paginate_found


class CompanyList(ListPage):
    """The registry, and what one's own parks typed in."""

    permission = "companies.view"
    title = _("Companies")
    filterset_class = CompanyFilter
    rows_template = "companies/rows.jinja"
    default_order = "-created_at"
    saves_views = True
    exports = True
    editor = COMPANIES
    columns = (
        Column("name", _("Company"), sort="name"),
        Column("code", _("Credit code"), export="credit_code"),
        Column("industry", _("Industry"), edit="industry"),
        Column(
            "region", _("Region"), sort="province", export=lambda row: f"{row.province} {row.city}".strip(), edit="city"
        ),
        Column("marks", _("Marks"), export=lambda row: "、".join(row.mark_labels)),
        Column("capital", _("Capital"), numeric=True, export="capital_raw", edit="capital_raw"),
        Column(
            "capital_yuan",
            _("Registered capital as a number"),
            numeric=True,
            money=True,
            optional=True,
            export=lambda row: row.capital if row.capital_currency == "CNY" else None,
        ),
        Column("registered", _("Registered on"), sort="registered_on", edit="registered_on"),
        Column("origin", _("Origin"), export=lambda row: str(row.origin_park or _("Registry"))),
    )
    quick = (
        Quick(_("Held by my parks"), "held", "mine"),
        Quick(_("Typed in by my parks"), "origin", "own"),
        Quick(_("Without valid code"), "code", "false"),
    )
    buttons = (
        Button(
            _("New company"), "companies:add", "plus", permission="companies.add", primary=True, sheet=True, key="n"
        ),
    )
    empty = Empty(
        _("No companies yet"),
        _("Import a register of companies, or type in the first one."),
        "building-skyscraper",
        "companies:add",
        _("New company"),
        permission="companies.add",
    )

    def get_queryset(self) -> QuerySet[Company]:
        rows: QuerySet[Company] = Company.objects.visible_to(person(self.request)).live().listed()
        return rows

    @property
    def cap(self) -> int:
        """A search counts no further than it compares."""
        return MOST if self.search.strip() else super().cap

    @cached_property
    def found(self) -> list[tuple[int, int]]:
        """Rank and id of what a search compares, the best first."""
        rows: Any = self.filtered
        found: list[tuple[int, int]] = rows.candidates(self.search, self.cap)
        return found

    @cached_property
    def count(self) -> int:
        """While searching known from the candidates."""
        return len(self.found) if self.search.strip() else super().count

    @cached_property
    def slice(self) -> Slice:
        """While searching the best come first, unless an order is asked for."""
        if not self.search.strip() or self.sort:
            return super().slice
        read = partial(in_order, self.get_queryset())
        return paginate_found(self.found[: self.cap], self.size, self.request.GET.get("cursor", ""), read)


class SimilarCompanies(Page):
    """What is there already while a name is typed in: open it instead of adding it twice."""

    permission = "companies.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = request.GET.get("name", "").replace("\x00", "").strip()
        found = similar_by_name(person(request), text) if len(text) > 1 else []
        return self.part("companies/similar.html", companies=found)


class CompanyOptions(Page):
    """Companies to choose from while one types; `?but=` leaves out the one on whose page one is."""

    permission = "companies.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = (request.GET.get("other_text") or "").replace("\x00", "").strip()
        but = request.GET.get("but", "")
        found = others_found(person(request), text, int(but) if but.isdecimal() else None) if text else []
        return self.part("companies/options.html", options=found, typed=text)


class CityOptions(Page):
    """The cities of the province that was chosen, and a word where the one that is typed is none of them."""

    permission = "companies.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.part("companies/cities.html", form=WithProvinces(request.GET))


class CompanyFormPage(FormPage, abstract=True):
    """A company that is there already is offered with its link."""

    def write(self, form: Any) -> Company:
        """Call the action."""
        raise NotImplementedError

    def perform(self, form: Any) -> Company:
        try:
            return self.write(form)
        except AlreadyThereError as there:
            company = there.company
            link = format_html('<a href="{}">{}</a>', company.get_absolute_url(), gettext("Open it"))
            raise Refused(format_html("{} {}", str(there), link), field=there.field, status=409) from there


class AddCompany(CompanyFormPage):
    """Type a company in."""

    permission = "companies.add"
    title = _("New company")
    form_class = NewCompanyForm
    fields_template = "companies/add_fields.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.request.GET.get("name", "")}

    def write(self, form: NewCompanyForm) -> Company:
        park_id, facts = form.taken()
        return add_company(by=person(self.request), park_id=park_id, **facts)


class EditCompany(CompanyFormPage):
    """Correct a company."""

    merges = True
    permission = "companies.change"
    title = _("Edit company")
    form_class = CompanyForm
    fields_template = "companies/edit_fields.html"

    @cached_property
    def company(self) -> Company:
        """The company, for those who may correct it."""
        company: Company = fetch(Company.objects.visible_to(person(self.request)), pk=self.kwargs["pk"])
        require_change(by=person(self.request), company=company)
        return company

    def get_initial(self) -> dict[str, Any]:
        return CompanyForm.values_of(self.company)

    def get_back_url(self) -> str:
        return self.company.get_absolute_url()

    def write(self, form: CompanyForm) -> Company:
        return change_company(by=person(self.request), company=self.company, **form.cleaned_data)
