"""The queue of requests, one request, and what is done to it."""

import uuid
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.queries import people_with
from core.access import fetch, person, require
from core.errors import Refused
from core.pages import ActionPage, Button, Column, Empty, FormPage, ListPage, Page, Property, Quick, RecordPage, Tab
from parks.queries import calendar_of
from services import actions, clocks, timeline
from services.filters import TicketFilter
from services.forms import HandOverForm, MessageForm, ReasonForm, ReclassifyForm, WrittenDownForm
from services.models import CatalogueItem, Ticket
from services.queries import clocks_of, timer_of, with_timers

HANDED = {0: _("Not yet"), 1: _("Once"), 2: _("Twice")}
UNNARROWED = ("state", "q", "company", "counted_month")


class TicketQueue(ListPage):
    """What is to be done, the next limit first."""

    permission = "tickets.view"
    template_name = "services/queue.html"
    title = _("Service requests")
    filterset_class = TicketFilter
    rows_template = "services/queue_rows.html"
    default_order = "due_at"
    saves_views = True
    exports = True
    columns = (
        Column("title", _("Subject")),
        Column("number", _("Number")),
        Column("company", _("Company")),
        Column("item", _("Service")),
        Column("state", _("State")),
        Column("holder", _("Holder")),
        Column("due", _("Time left"), sort="due_at"),
        Column("created", _("Submitted"), sort="created_at", hidden=True),
    )
    quick = (
        Quick(_("Mine"), "holder", "me"),
        Quick(_("Unassigned"), "holder", "nobody"),
        Quick(_("Overdue"), "due", "overdue"),
        Quick(_("Complaints"), "category", "complaint"),
        Quick(_("All states"), "state", "all"),
    )
    buttons = (
        Button(_("Catalogue"), "services:catalogue", "list-details", permission="tickets.view"),
        Button(
            _("Write down a request"),
            "services:write_down",
            "phone-plus",
            permission="tickets.work",
            primary=True,
            sheet=True,
            key="n",
        ),
    )
    empty = Empty(
        _("No open requests"),
        _("What enterprises submit in the portal appears here, the next limit first."),
        "headset",
    )

    def get_queryset(self) -> QuerySet[Ticket]:
        """Open ones, unless the address asks for something that may be closed."""
        rows = Ticket.objects.visible_to(person(self.request)).select_related("company", "item", "owner", "holder")
        return rows if any(self.params.get(name) for name in UNNARROWED) else rows.open()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows with the time that is left; words of the rows are translated once."""
        with_timers(self.slice.rows)
        words = {
            "first_label": str(pgettext_lazy("receiver", "First")),
            "owner_label": str(_("First receiver")),
            "reopened_label": str(_("Reopened")),
        }
        return super().get_context_data(**(words | kwargs))


class WriteDown(FormPage):
    """A request that came by telephone: whoever is asked first owns it."""

    permission = "tickets.work"
    template_name = "services/form.html"
    fields_template = "services/written_down_fields.html"
    title = _("Write down a request")
    intro = _("Whoever is asked first owns the request: you will hold it. The limits run from now.")
    form_class = WrittenDownForm
    success_message = _("Written down.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """What is on offer in the parks in which this person works on requests."""
        user = person(self.request)
        items = CatalogueItem.objects.visible_to(user).on_offer()
        mine = items.filter(park_id__in=user.access.parks_with(self.permission))
        return super().get_form_kwargs() | {"user": user, "items": mine}

    def get_back_url(self) -> str:
        return reverse("services:queue")

    def perform(self, form: WrittenDownForm) -> Ticket:
        """In the park whose service it is."""
        item = form.cleaned_data["item"]
        return actions.submit_ticket(by=person(self.request), park=item.park, **form.cleaned_data)


class OfTicket(Page, abstract=True):
    """A page about one request that this person sees; acting needs the permission in its park."""

    def check_permission(self) -> None:
        """Before anything else: a form must not answer who may not see, or may only look."""
        super().check_permission()
        require(person(self.request), self.permission, self.ticket.park_id)

    def get_success_message(self, result: Any) -> str:
        """Without a link: the page that follows is the request itself."""
        return str(getattr(self, "success_message", ""))

    @cached_property
    def ticket(self) -> Ticket:
        """404 for another park's request."""
        rows = Ticket.objects.visible_to(person(self.request)).select_related(
            "company", "item", "owner", "holder", "park", "created_by"
        )
        ticket: Ticket = fetch(rows, pk=self.kwargs["pk"])
        return ticket


class TicketRecord(OfTicket, RecordPage):
    """One request: what is asked, the talk, the clocks, the hands."""

    permission = "tickets.view"
    template_name = "services/record.html"
    tabs = (
        Tab("talk", _("Talk"), "services/tab_talk.html"),
        Tab("clocks", _("Time limits"), "services/tab_clocks.html"),
    )

    def get_object(self) -> Ticket:
        return self.ticket

    def get_title(self) -> str | Promise:
        return self.ticket.title

    @property
    def works(self) -> bool:
        """May this person answer?"""
        return bool(self.access.can("tickets.work", self.ticket.park_id))

    @property
    def may_hand_over(self) -> bool:
        """Once, by the holder; a leader once more."""
        held, rules = self.ticket, self.access.can("tickets.rule", self.ticket.park_id)
        mine = held.holder_id == self.request.user.pk or rules
        return bool(held.is_open and held.holder_id and mine and held.handovers < (2 if rules else 1))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The parts of the page."""
        calendar = calendar_of(self.ticket.park_id)
        own = {
            "timer": timer_of(self.ticket, calendar, timezone.now()),
            "day": clocks.day_of(calendar),
            "properties": properties_of(self.ticket),
            "entries": timeline.entries_of(self.ticket, self.scope),
            "asked_files": timeline.files_of(self.ticket).get(None, []),
            "clocks": clocks_of(self.ticket),
            "form": MessageForm(),
            "request_key": uuid.uuid4(),
        }
        return super().get_context_data(**(own | kwargs))


def properties_of(ticket: Ticket) -> list[Property]:
    """The panel beside the talk."""
    return [
        Property(_("Company"), ticket.company.name),
        Property(_("Service"), str(ticket.item)),
        Property(_("Park"), ticket.park.name),
        Property(_("Submitted"), ticket.created_at, template="parts/when.jinja"),
        Property(_("Promised response"), ticket.response_due_at, template="parts/when.jinja"),
        Property(_("Promised by"), ticket.resolve_due_at, template="parts/when.jinja"),
        Property(_("First receiver"), ticket.owner, template="services/who.jinja"),
        Property(_("Holder"), ticket.holder, template="services/who.jinja"),
        Property(_("Handed over"), HANDED[ticket.handovers]),
    ]


class Write(OfTicket, FormPage):
    """The composer: one text, four buttons."""

    permission = "tickets.work"
    template_name = "services/form.html"
    title = _("Write a message")
    form_class = MessageForm
    part_template = "services/composer.html"
    success_message = _("Sent.")

    def perform(self, form: MessageForm) -> Ticket:
        """The pressed button says what the text is."""
        by, text, files = person(self.request), form.cleaned_data["message"], form.cleaned_data["files"]
        match form.cleaned_data["do"]:
            case MessageForm.RESOLVE:
                return actions.resolve_ticket(by=by, ticket=self.ticket, message=text, files=files)
            case MessageForm.WAIT:
                return actions.wait_for_enterprise(by=by, ticket=self.ticket, reason=text, message=text, files=files)
            case MessageForm.NOTE:
                return self.note(text, files)
        return actions.answer_ticket(by=by, ticket=self.ticket, message=text, files=files)

    def note(self, text: str, files: list[Any]) -> Ticket:
        """Files of a request are seen by both sides, so a note has none."""
        if files:
            raise Refused(_("An internal note takes no files: the enterprise would see them."), field="files")
        actions.note_ticket(by=person(self.request), ticket=self.ticket, body=text)
        return self.ticket

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The composer knows its request."""
        return super().get_context_data(**({"object": self.ticket} | kwargs))

    def get_back_url(self) -> str:
        return self.ticket.get_absolute_url()


class Take(OfTicket, ActionPage):
    """Become the first receiver."""

    permission = "tickets.work"
    success_message = _("It is yours now.")

    def perform(self) -> Ticket:
        return actions.take_ticket(by=person(self.request), ticket=self.ticket)


class HandOver(OfTicket, FormPage):
    """The one hand-over."""

    permission = "tickets.work"
    title = _("Hand over")
    form_class = HandOverForm
    submit_label = _("Hand over")
    intro = _("A request is handed over once; the second holder must finish it. The first receiver stays its owner.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Colleagues of the park who work on requests."""
        ids = [user.pk for user in people_with("tickets.work", self.ticket.park_id)]
        people = User.objects.filter(pk__in=ids).exclude(pk=self.ticket.holder_id or 0).order_by("display_name", "id")
        return super().get_form_kwargs() | {"people": people, "ticket": self.ticket}

    def perform(self, form: HandOverForm) -> Ticket:
        return actions.hand_over(by=person(self.request), ticket=self.ticket, **form.cleaned_data)


class WaitForThird(OfTicket, FormPage):
    """Somebody else has to act; the clock runs on."""

    permission = "tickets.work"
    title = _("Waiting for a third party")
    form_class = ReasonForm
    intro = _("The enterprise does not care who has to act: the limit runs on.")

    def perform(self, form: ReasonForm) -> Ticket:
        return actions.wait_for_third(by=person(self.request), ticket=self.ticket, **form.cleaned_data)


class Resume(OfTicket, ActionPage):
    """What was waited for has come."""

    permission = "tickets.work"

    def perform(self) -> Ticket:
        return actions.resume(by=person(self.request), ticket=self.ticket)


class Reclassify(OfTicket, FormPage):
    """Another service, and with it other limits."""

    permission = "tickets.work"
    title = _("Change the service")
    form_class = ReclassifyForm
    intro = _("The limits of the new service count from the day of the request.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """What this park offers."""
        items = CatalogueItem.objects.filter(park_id=self.ticket.park_id).exclude(pk=self.ticket.item_id).on_offer()
        return super().get_form_kwargs() | {"items": items}

    def perform(self, form: ReclassifyForm) -> Ticket:
        return actions.reclassify_ticket(by=person(self.request), ticket=self.ticket, **form.cleaned_data)
