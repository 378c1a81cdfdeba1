"""The cards of people at companies: typing in, correcting, showing, erasing; and who looked at what."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from companies.actions import add_contact, change_contact, erase_contact, erase_overdue, reveal_contact
from companies.filters import ContactFilter, RevealFilter
from companies.forms import ContactForm, EraseForm, NewContactForm
from companies.models import Company, Contact, ContactReveal
from companies.queries import card_of
from core.access import fetch, person, require
from core.pages import ActionPage, Column, Empty, FormPage, ListPage, Page, Quick

HEAVY = tuple(
    f"company__{name}" for name in ("search_keys", "name_text", "pinyin_text", "initials_text", "introduction")
)


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

    merges = True
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


class ContactList(ListPage):
    """Everybody whom one's parks know, masked."""

    permission = "contacts.view"
    title = _("Contacts")
    template_name = "companies/contacts.html"
    filterset_class = ContactFilter
    rows_template = "companies/contact_rows.html"
    default_order = "-id"
    columns = (
        Column("name", _("Name")),
        Column("company", _("Company")),
        Column("ways", _("Telephone and mail")),
        Column("met", _("First met")),
        Column("purpose", _("Purpose")),
        Column("keep", _("Keep until"), sort="retain_until"),
        Column("park", _("Park")),
    )
    quick = (
        Quick(_("Decision makers"), "is_decision_maker", "true"),
        Quick(_("Not met yet"), "met", "false"),
        Quick(_("Kept too long"), "overdue", "true"),
    )
    empty = Empty(
        _("Nobody is known yet"),
        _("People are added on the page of their company; only your park sees them."),
        "users",
        "companies:list",
        _("To the companies"),
        permission="companies.view",
        sheet=False,
    )

    def get_queryset(self) -> QuerySet[Contact]:
        user = person(self.request)
        rows = Contact.objects.visible_to(user).kept().filter(park_id__in=user.access.parks_with("contacts.view"))
        return rows.select_related("company", "park").defer(*HEAVY)

    @property
    def erasable(self) -> frozenset[int]:
        """Parks in which this person may erase."""
        parks: frozenset[int] = self.access.parks_with("contacts.erase")
        return parks

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        overdue = Contact.objects.visible_to(user).overdue().filter(park_id__in=self.erasable)
        own = {
            "cards": [card_of(user, contact) for contact in self.slice.rows],
            "overdue": overdue.count() if self.erasable and not self.is_part else 0,
        }
        return super().get_context_data(**(own | kwargs))


class EraseContact(OneContact, FormPage):
    """Take a person off their card for good."""

    permission = "contacts.erase"
    title = _("Erase contact")
    form_class = EraseForm
    danger = True
    submit_label = _("Erase for good")
    intro = _("Name, telephone, mail and WeChat are deleted and cannot be brought back. What activities say stays.")
    success_message = _("Erased.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(person(request), "contacts.erase", self.contact.park_id)
        return super().get(request, *args, **kwargs)

    def get_back_url(self) -> str:
        return self.contact.company.get_absolute_url()

    def get_success_url(self, result: Contact) -> str:
        return (self.request.POST.get("next") and super().get_success_url(result)) or self.get_back_url()

    def perform(self, form: EraseForm) -> Contact:
        return erase_contact(by=person(self.request), contact=self.contact, why=form.cleaned_data["why"])


class EraseOverdue(ActionPage):
    """Erase every card that was kept too long, in all parks where this person may."""

    permission = "contacts.erase"
    success_url = "companies:contacts"

    def perform(self) -> int:
        user = person(self.request)
        return sum(erase_overdue(by=user, park_id=park) for park in user.access.parks_with("contacts.erase"))

    def get_success_message(self, result: int) -> str:
        return ngettext("%(n)s contact was erased.", "%(n)s contacts were erased.", result) % {"n": result}


class RevealList(ListPage):
    """Who looked at whose telephone, mail or WeChat."""

    permission = "reveals.view"
    title = _("Who looked at contacts")
    filterset_class = RevealFilter
    rows_template = "companies/reveal_rows.html"
    default_order = "-at"
    columns = (
        Column("at", _("When"), sort="at"),
        Column("by", _("Person")),
        Column("contact", _("Contact")),
        Column("company", _("Company")),
        Column("park", _("Park")),
    )
    empty = Empty(_("Nobody has looked yet"), _("Every look at an unmasked contact is written down here."), "eye")

    def get_queryset(self) -> QuerySet[ContactReveal]:
        user = person(self.request)
        rows = ContactReveal.objects.visible_to(user).filter(park_id__in=user.access.parks_with("reveals.view"))
        rows = rows.select_related("by", "park", "contact__company")
        return rows.defer(*(f"contact__{name}" for name in HEAVY))
