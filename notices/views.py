"""The inbox, the bell, and the letters that could not be delivered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.access import fetch, person
from core.pages import ActionPage, Button, Column, Empty, ListPage, Page, Quick
from notices import actions
from notices.filters import NoticeFilter
from notices.models import Notice

BELL_ITEMS = 8
BELL_CAP = 99


class Inbox(ListPage):
    """One's own notices, unread ones first, those that came last on top."""

    permission = "notices.view"
    title = _("Notices")
    template_name = "notices/list.html"
    filterset_class = NoticeFilter
    rows_template = "notices/rows.html"
    default_order = "-unread,-sent_at"  # not by the key: a reminder is written long before it is told
    unread_word = _("unread")  # looked up once, not per row
    columns = (Column("subject", _("Notice")), Column("park", _("Park")), Column("sent", _("Received"), numeric=True))
    quick = (Quick(_("Unread"), "unread", "true"),)
    empty = Empty(
        _("Nothing to read"),
        _("Reminders, decisions and requests that concern you arrive here, and by mail."),
        "bell",
    )

    def get_queryset(self) -> QuerySet[Notice]:
        rows: QuerySet[Notice] = Notice.objects.visible_to(person(self.request))
        return rows.select_related("park")

    @property
    def has_panel(self) -> bool:
        """The quick filter is all there is."""
        return False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given_up = Button(_("Undelivered"), "notices:given_up", "mail-off", permission="notices.manage")
        buttons = [given_up] if self.access.can("notices.manage") else []
        return super().get_context_data(
            buttons=buttons, any_unread=any(row.unread for row in self.slice.rows), **kwargs
        )


class OpenNotice(Page):
    """Marks a notice as read and goes to what it is about."""

    permission = "notices.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        notice = fetch(Notice.objects.visible_to(person(request)), pk=kwargs["pk"])
        actions.mark_read(by=person(request), notice=notice)
        return HttpResponseRedirect(notice.url if notice.url.startswith("/") else "/notices/")


class Bell(Page):
    """The number of unread notices for the badge, nothing when there are none; `?items` gives the last eight."""

    permission = "notices.view"
    template_name = "notices/bell_items.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        inbox = Notice.objects.visible_to(person(request))
        if "items" in request.GET:
            return self.part(self.template_name, notices=inbox.order_by("-unread", "-sent_at", "-id")[:BELL_ITEMS])
        unread = inbox.unopened()[: BELL_CAP + 1].count()
        return HttpResponse("" if not unread else str(unread) if unread <= BELL_CAP else f"{BELL_CAP}+")


class MarkAllRead(ActionPage):
    """Everything in one's inbox."""

    permission = "notices.view"
    success_url = "notices:list"

    def perform(self) -> int:
        return actions.mark_all_read(by=person(self.request))

    def get_success_message(self, result: int) -> str:
        return ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", result) % {"n": result}


class GivenUp(ListPage):
    """Notices that could not be delivered in the parks that one looks after."""

    permission = "notices.manage"
    title = _("Undelivered notices")
    template_name = "notices/given_up.html"
    rows_template = "notices/given_up_rows.html"
    retry_word = _("Send again")
    columns = (
        Column("subject", _("Notice")),
        Column("recipient", _("Recipient")),
        Column("park", _("Park")),
        Column("due", _("Due")),
        Column("error", _("Last error")),
        Column("retry", ""),
    )
    empty = Empty(
        _("Everything was delivered"), _("Mails that the server refuses for good are kept here."), "mail-check"
    )

    def get_queryset(self) -> QuerySet[Notice]:
        rows: QuerySet[Notice] = Notice.objects.given_up(person(self.request))
        return rows.select_related("park", "recipient")


class Retry(ActionPage):
    """Send an undelivered notice once more."""

    permission = "notices.manage"
    success_url = "notices:given_up"
    success_message = _("It is sent once more.")

    def perform(self) -> Notice:
        notice = fetch(Notice.objects.given_up(person(self.request)), pk=self.kwargs["pk"])
        return actions.retry(by=person(self.request), notice=notice)

    def get_success_message(self, result: Notice) -> str:
        return str(self.success_message)
