"""Telephone and mail of guests, participants and referrers: shown to those who may and written down, or erased."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from companies.forms.contacts import EraseForm
from core.access import person, require
from core.pages import Page
from leads.actions.personal import erase_person, reveal_person
from leads.models import EventPerson, ReceptionGuest, Referrer
from leads.views.outward import OfRow, RowForm

ERASE = "contacts.erase"


class RevealPerson(OfRow, Page, abstract=True):
    """Telephone and mail unmasked; who looked is written down. POST only."""

    title = _("Telephone and mail")
    template_name = "leads/referrals/reveal.html"
    http_method_names = ["post", "options"]

    def check_row(self, found: Any) -> None:
        super().check_row(found)
        require(person(self.request), "contacts.reveal", found.park_id)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reveal_person(by=person(request), row=self.row)
        return self.part("leads/referrals/reach.html", object=self.row) if self.is_part else self.whole()

    def whole(self) -> HttpResponseBase:
        """As a page of its own, without script."""
        return self.render_to_response(self.get_context_data(object=self.row, back_url=self.home))


class RevealReferrer(RevealPerson):
    """Of a referrer."""

    permission = "referrers.view"
    model = Referrer


class RevealParticipant(RevealPerson):
    """Of somebody registered for an event."""

    permission = "events.view"
    model = EventPerson
    owner, tab = "event", "people"


class RevealGuest(RevealPerson):
    """Of an investor's visitor."""

    permission = "receptions.view"
    model = ReceptionGuest
    owner = "reception"


class ErasePerson(RowForm, abstract=True):
    """Take somebody's personal data out of the house for good."""

    permission = ERASE
    title = _("Erase personal data")
    form_class = EraseForm
    danger = True
    submit_label = _("Erase for good")
    intro = _("Name, telephone, mail and what was noted of the person are deleted and cannot be brought back.")
    success_message = _("Erased.")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def perform(self, form: EraseForm) -> Any:
        return erase_person(by=person(self.request), row=self.row, why=form.cleaned_data["why"])


class EraseReferrer(ErasePerson):
    """A referrer: of a company or an association, what is kept of its people."""

    permission = ERASE
    model = Referrer


class EraseParticipant(ErasePerson):
    """Somebody registered for an event."""

    permission = ERASE
    model = EventPerson
    owner, tab = "event", "people"


class EraseGuest(ErasePerson):
    """An investor's visitor."""

    permission = ERASE
    model = ReceptionGuest
    owner = "reception"
