"""The registry's pages: list, typing in, correcting; the cards of people at a company."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.actions import (
    AlreadyThereError,
    add_company,
    add_contact,
    change_company,
    change_contact,
    require_change,
    reveal_contact,
)
from companies.filters import CompanyFilter
from companies.forms import CompanyForm, ContactForm, NewCompanyForm, NewContactForm
from companies.models import Company, Contact
from companies.queries import MOST, card_of, similar_by_name
from core.access import fetch, person, require
from core.errors import Refused
from core.pages import Button, Column, Empty, FormPage, ListPage, Page, Quick
from core.pages.keyset import Slice, paginate


class CompanyList(ListPage):
    """The registry, and what one's own parks typed in."""

    permission = "companies.view"
    title = _("Companies")
    filterset_class = CompanyFilter
    rows_template = "companies/rows.html"
    default_order = "-created_at"
    columns = (
        Column("name", _("Company"), sort="name"),
        Column("code", _("Unified social credit code")),
        Column("industry", _("Industry")),
        Column("region", _("Region"), sort="province"),
        Column("capital", _("Registered capital")),
        Column("registered", _("Registered on"), sort="registered_on"),
        Column("origin", _("Origin")),
    )
    quick = (Quick(_("Typed in by my parks"), "origin", "own"), Quick(_("Without valid code"), "code", "false"))
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
        rows = Company.objects.visible_to(person(self.request)).live().slim()
        return rows.select_related("industry", "origin_park")

    @property
    def cap(self) -> int:
        """A search counts no further than it compares."""
        return MOST if self.search.strip() else super().cap

    @cached_property
    def found(self) -> list[int]:
        """The rows of a search that are compared with each other."""
        rows: Any = self.filtered
        ids: list[int] = rows.candidates(self.search, self.cap)
        return ids

    @cached_property
    def count(self) -> int:
        """While searching known from the candidates."""
        return len(self.found) if self.search.strip() else super().count

    @cached_property
    def slice(self) -> Slice:
        """While searching the best come first, unless an order is asked for."""
        if not self.search.strip() or self.sort:
            return super().slice
        rows: Any = self.get_queryset()
        best = rows.filter(pk__in=self.found[: self.cap]).ranked(self.search)
        return paginate(best, "rank", self.size, self.request.GET.get("cursor", ""))


class SimilarCompanies(Page):
    """What is there already while a name is typed in: open it instead of adding it twice."""

    permission = "companies.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = request.GET.get("name", "").replace("\x00", "").strip()
        found = similar_by_name(person(request), text) if len(text) > 1 else []
        return self.part("companies/similar.html", companies=found)


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


class ContactPage(FormPage, abstract=True):
    """A card of a person at a company; saved, the company's page comes back."""

    permission = "contacts.change"
    fields_template = "companies/contact_fields.html"

    @property
    def company(self) -> Company:
        """Whose person it is."""
        raise NotImplementedError

    def get_back_url(self) -> str:
        return self.company.get_absolute_url()

    def get_success_url(self, result: Contact) -> str:
        return (self.request.POST.get("next") and super().get_success_url(result)) or self.get_back_url()


class AddContact(ContactPage):
    """A new card."""

    title = _("New contact")
    form_class = NewContactForm

    @cached_property
    def company(self) -> Company:
        """The company of the address."""
        company: Company = fetch(Company.objects.visible_to(person(self.request)).slim(), pk=self.kwargs["pk"])
        return company

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request)}

    def perform(self, form: NewContactForm) -> Contact:
        park_id, card = form.taken()
        return add_contact(by=person(self.request), park_id=park_id, company=self.company, **card)


class OneContact:
    """Mixin: the contact of the address."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def contact(self) -> Contact:
        """Seen by this person, or 404."""
        rows = Contact.objects.visible_to(person(self.request)).select_related("company", "park")
        contact: Contact = fetch(rows.defer("company__search_keys"), pk=self.kwargs["pk"])
        return contact


class EditContact(OneContact, ContactPage):
    """Correct a card; opening it unmasked is written down."""

    title = _("Edit contact")
    form_class = ContactForm

    @property
    def company(self) -> Company:
        """Whose person it is."""
        return self.contact.company

    def get_initial(self) -> dict[str, Any]:
        return ContactForm.values_of(self.contact)

    @property
    def unmasked(self) -> bool:
        """Whether this person sees telephone and mail; who does not, leaves them as they are."""
        return bool(self.access.can("contacts.reveal", self.contact.park_id))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"unmasked": self.unmasked}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(person(request), "contacts.change", self.contact.park_id)
        if self.unmasked:
            reveal_contact(by=person(request), contact=self.contact)
        return super().get(request, *args, **kwargs)

    def perform(self, form: ContactForm) -> Contact:
        return change_contact(by=person(self.request), contact=self.contact, **form.cleaned_data)


class RevealContact(OneContact, Page):
    """Show one card unmasked; who looked is written down. POST only."""

    permission = "contacts.reveal"
    http_method_names = ["post", "options"]
    template_name = "companies/revealed.html"

    def get_title(self) -> str | Promise:
        return str(self.contact.company)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        card = card_of(person(request), reveal_contact(by=person(request), contact=self.contact), revealed=True)
        if self.is_part:
            return self.part("companies/contact.html", card=card)
        return self.render_to_response(self.get_context_data(card=card))
