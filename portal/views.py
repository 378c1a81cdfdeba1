"""The enterprise's portal: home, own requests, a new one in three steps, one request with its talk, the account."""

import uuid
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person
from core.pages import Button, Column, Empty, FormPage, ListPage, Page
from portal import queries
from portal.forms import ReplyForm, RequestForm, ThanksForm, WithdrawForm
from services import actions
from services.filters import TicketFilter
from services.models import CatalogueItem, Ticket
from services.queries import catalogue_by_category, promise, silent_on, with_promises

BASE = "public/base.html"
CATEGORY_ICONS = {
    "landing": "map-pin-check",
    "operation": "building-factory-2",
    "growth": "trending-up",
    "inquiry": "help-circle",
    "complaint": "message-exclamation",
}


class Home(Page):
    """What waits for me first; then what runs, my project and who answers for it."""

    permission = "portal.view"
    base_template = BASE
    template_name = "portal/home.html"

    def get_title(self) -> str:
        return str(self.company)

    @cached_property
    def company(self) -> Any:
        return queries.company_of(person(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Four short reads."""
        user = person(self.request)
        own = {
            "company": self.company,
            "park": queries.park_of(user),
            "requests": queries.running_of(user),
            "plans": queries.plans_of(user),
        }
        return super().get_context_data(**(own | kwargs))


class Requests(ListPage):
    """All requests of the enterprise."""

    permission = "portal.view"
    base_template = BASE
    template_name = "portal/requests.html"
    title = _("My requests")
    filterset_class = TicketFilter
    rows_template = "portal/request_rows.html"
    default_order = "-created_at"
    columns = (
        Column("title", _("Subject")),
        Column("number", _("Number")),
        Column("item", _("Service")),
        Column("state", _("State")),
        Column("promised", _("Promised by")),
        Column("created", _("Submitted"), sort="created_at"),
    )
    buttons = (Button(_("Submit a request"), "portal:choose", "plus", permission="portal.ask", primary=True, key="n"),)
    empty = Empty(
        _("No requests yet"),
        _("Ask for an errand, help or an answer; you see at once by when it is promised."),
        "message-circle",
        "portal:choose",
        _("Submit a request"),
        permission="portal.ask",
    )

    @property
    def has_panel(self) -> bool:
        """No panel: an enterprise has few requests, the search box is enough."""
        return False

    def get_queryset(self) -> QuerySet[Ticket]:
        rows: QuerySet[Ticket] = queries.requests_of(person(self.request))
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        queries.dressed(self.slice.rows)
        return super().get_context_data(**kwargs)


class Choose(Page):
    """Steps one and two: what it is about, and which service."""

    permission = "portal.ask"
    base_template = BASE
    template_name = "portal/choose.html"
    title = _("Submit a request")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The categories, or the services of the chosen one with what is promised."""
        groups = catalogue_by_category(CatalogueItem.objects.visible_to(person(self.request)).on_offer())
        chosen = next((group for group in groups if group[0] == self.request.GET.get("category")), None)
        tiles = [(code, label, items, CATEGORY_ICONS[code]) for code, label, items in groups]
        own = {
            "tiles": tiles,
            "chosen": chosen[1] if chosen else "",
            "items": with_promises(chosen[2]) if chosen else [],
            "empty": Empty(
                _("Nothing is on offer yet"), _("The park has not set up its service catalogue."), "list-details"
            ),
        }
        return super().get_context_data(**(own | kwargs))


class NewRequest(FormPage):
    """Step three: the words, with the promised time beside them."""

    permission = "portal.ask"
    base_template = BASE
    template_name = "portal/new.html"
    form_class = RequestForm
    submit_label = _("Send")
    success_message = _("Sent. You will be told when it is answered.")

    @cached_property
    def item(self) -> CatalogueItem:
        """Another park's service does not exist here."""
        found: CatalogueItem = fetch(
            CatalogueItem.objects.visible_to(person(self.request)).filter(is_active=True), pk=self.kwargs["item"]
        )
        return found

    def get_title(self) -> str | Promise:
        return str(self.item)

    def get_back_url(self) -> str:
        return f"{reverse('portal:choose')}?category={self.item.category}"

    def get_success_url(self, result: Ticket) -> str:
        return reverse("portal:request", args=[result.pk])

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"item": self.item, "promise": promise(self.item, timezone.now())} | kwargs))

    def perform(self, form: RequestForm) -> Ticket:
        user = person(self.request)
        return actions.submit_ticket(
            by=user,
            company=queries.company_of(user),
            park=queries.park_of(user),
            item=self.item,
            **form.cleaned_data,
        )


class OwnRequest(Page, abstract=True):
    """A page about one own request; another company's is answered as one that does not exist."""

    base_template = BASE

    def check_permission(self) -> None:
        """Before the form is looked at: is it ours at all?"""
        super().check_permission()
        self.ticket.pk  # noqa: B018 - 404 where it is not

    @cached_property
    def ticket(self) -> Ticket:
        rows = queries.requests_of(person(self.request)).select_related("item", "holder", "department", "created_by")
        ticket: Ticket = fetch(rows, pk=self.kwargs["pk"])
        return ticket

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"object": self.ticket} | kwargs))

    def get_success_url(self, result: Ticket) -> str:
        """Back to the request."""
        return reverse("portal:request", args=[result.pk])

    def get_success_message(self, result: Any) -> str:
        """Without the desk's link."""
        return str(getattr(self, "success_message", ""))

    def get_back_url(self) -> str:
        """“Cancel” leads to the request."""
        return reverse("portal:request", args=[self.ticket.pk])


class RequestPage(OwnRequest):
    """One request: where it stands, what was promised, the talk."""

    permission = "portal.view"
    template_name = "portal/request.html"

    def get_title(self) -> str | Promise:
        return self.ticket.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The request with its words, the talk and the form of a reply."""
        queries.dressed([self.ticket])
        ticket = self.ticket
        own = {"talk": queries.talk_of(ticket), "form": ReplyForm(), "request_key": uuid.uuid4()}
        if ticket.state == Ticket.State.RESOLVED:
            own["silent_on"] = silent_on(ticket)
        return super().get_context_data(**(own | kwargs))


class Reply(OwnRequest, FormPage):
    """A message; a request that waited for the enterprise goes on."""

    permission = "portal.ask"
    template_name = "portal/form.html"
    title = _("Reply")
    form_class = ReplyForm
    part_template = "portal/reply.html"
    success_message = _("Sent.")

    def perform(self, form: ReplyForm) -> Ticket:
        return actions.enterprise_reply(by=person(self.request), ticket=self.ticket, **form.cleaned_data)


class Thanks(OwnRequest, FormPage):
    """Thanks, solved: confirm, close and rate."""

    permission = "portal.ask"
    template_name = "portal/form.html"
    title = _("Thanks, solved")
    form_class = ThanksForm
    fields_template = "portal/thanks_fields.html"
    submit_label = _("Confirm and rate")
    success_message = _("Thank you for the rating.")

    def perform(self, form: ThanksForm) -> Ticket:
        return actions.confirm_and_rate(by=person(self.request), ticket=self.ticket, **form.cleaned_data)


class Problem(OwnRequest, FormPage):
    """Still a problem: reopen."""

    permission = "portal.ask"
    template_name = "portal/form.html"
    title = _("Still a problem")
    form_class = ReplyForm
    submit_label = _("Reopen")
    intro = _("Say what is still missing; the request is opened again and the same person goes on.")
    success_message = _("Opened again.")

    def perform(self, form: ReplyForm) -> Ticket:
        return actions.reopen_ticket(by=person(self.request), ticket=self.ticket, **form.cleaned_data)


class Withdraw(OwnRequest, FormPage):
    """No longer needed."""

    permission = "portal.ask"
    template_name = "portal/form.html"
    title = _("Withdraw the request")
    form_class = WithdrawForm
    submit_label = _("Withdraw")
    success_message = _("Withdrawn.")

    def perform(self, form: WithdrawForm) -> Ticket:
        return actions.withdraw_ticket(by=person(self.request), ticket=self.ticket, **form.cleaned_data)


class Account(Page):
    """Who I am here, my language and my password."""

    permission = "portal.view"
    base_template = BASE
    template_name = "portal/account.html"
    title = _("Account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        own = {"company": queries.company_of(user), "park": queries.park_of(user), "plans": queries.plans_of(user)}
        return super().get_context_data(**(own | kwargs))
