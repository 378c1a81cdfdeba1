"""Hand-overs between officers: the list, one of them with its signature, and the manager's page for all of a person."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.access import fetch, person, require
from core.navigation import chosen_park
from core.pages import ActionPage, Button, Column, Empty, FormPage, ListPage, Property, Quick, RecordPage
from leads.actions import hand_over_all, receive_lead, return_lead
from leads.filters import HandoverFilter
from leads.forms.handover import HandAllForm
from leads.forms.leads import ReasonForm
from leads.models import Handover
from leads.queries import handover as queries


class HandoverList(ListPage):
    """Hand-overs of the leads that one sees."""

    permission = "leads.view"
    title = _("Hand-overs")
    filterset_class = HandoverFilter
    rows_template = "leads/handover_rows.html"
    default_order = "-at"
    columns = (
        Column("lead", _("Lead")),
        Column("giver", pgettext_lazy("handover", "From")),
        Column("receiver", pgettext_lazy("handover", "To")),
        Column("state", _("State")),
        Column("at", _("Handed over at"), sort="at"),
        Column("answered", _("Signed for or returned at")),
    )
    quick = (
        Quick(_("To me"), "receiver", "me"),
        Quick(_("From me"), "giver", "me"),
        Quick(_("Not signed for"), "state", "pending"),
    )
    buttons = (Button(_("Hand over all of a person"), "leads:hand_over_all", "users-group", permission="leads.assign"),)
    empty = Empty(
        _("No hand-overs yet"),
        _("A lead that goes to a colleague takes its next step, promises and unread notices along."),
        "user-share",
    )

    def get_queryset(self) -> QuerySet[Handover]:
        rows: QuerySet[Handover] = Handover.objects.visible_to(person(self.request)).with_people()
        return rows


def handover_of(page: Any) -> Handover:
    """The hand-over of the address."""
    row: Handover = fetch(Handover.objects.visible_to(person(page.request)).with_people(), pk=page.kwargs["pk"])
    return row


class HandoverRecord(RecordPage):
    """What went along, and the signature."""

    permission = "leads.view"
    template_name = "leads/handover.html"

    def get_object(self) -> Handover:
        return handover_of(self)

    def get_title(self) -> str:
        return str(self.object.lead)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        own = {
            "may_sign": row.state == Handover.State.PENDING and row.receiver_id == person(self.request).pk,
            "properties": self.properties(),
            "words": queries.words_of(person(self.request), row),
            "may_log": self.access.can("activities.log", row.park_id),
        }
        return super().get_context_data(**(own | kwargs))

    def properties(self) -> list[Property]:
        row, carried = self.object, self.object.carried
        day = parse_date(carried.get("step_on") or "")
        return [
            Property(_("Lead"), str(row.lead), url=row.lead.get_absolute_url()),
            Property(_("Next step"), carried.get("step", "")),
            Property(_("Due on"), day, template="parts/when.jinja"),
            Property(_("Open promises"), carried.get("promises", 0), numeric=True),
            Property(_("Unread notices"), carried.get("notices", 0), numeric=True),
            Property(_("Handed over by"), row.made_by),
            Property(_("Handed over at"), row.at, template="parts/when.jinja"),
            Property(_("Signed for or returned at"), row.answered_at, template="parts/when.jinja"),
        ]


class ReceiveLead(ActionPage):
    """Signed for."""

    permission = "leads.change"
    success_message = _("Received.")

    def perform(self) -> Handover:
        return receive_lead(by=person(self.request), handover=handover_of(self))


class ReturnLead(FormPage):
    """Given back, and why."""

    permission = "leads.change"
    title: str | Promise = _("Give the lead back")
    form_class = ReasonForm
    submit_label = _("Give back")
    success_message = _("Given back.")
    danger = True

    @cached_property
    def handover(self) -> Handover:
        """The hand-over of the address."""
        return handover_of(self)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.handover.version}

    def get_success_url(self, result: Any) -> str:
        return reverse("leads:handovers")

    def perform(self, form: ReasonForm) -> Handover:
        return return_lead(by=person(self.request), handover=self.handover, **form.cleaned_data)


class HandOverAll(FormPage):
    """All open leads of a person who leaves or changes work: first who, with what they have in hand, then to whom."""

    permission = "leads.assign"
    title = _("Hand over all of a person")
    template_name = "leads/hand_over_all.html"
    form_class = HandAllForm
    submit_label = _("Hand the leads over")

    @cached_property
    def park_id(self) -> int:
        """The park chosen in the top bar or one's own, where one assigns leads."""
        chosen = chosen_park(self.request)
        wanted = chosen.id if chosen else self.access.home_park_id or 0
        require(person(self.request), "leads.assign", wanted)
        return wanted

    @cached_property
    def giver(self) -> User | None:
        """The person of `?giver=`, who must have something to give."""
        asked = self.request.GET.get("giver", "")
        if not asked:
            return None
        found = next((row.person for row in self.holders if str(row.person.pk) == asked), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def holders(self) -> list[queries.Holder]:
        """Who has open leads here."""
        return queries.holders_of(person(self.request), self.park_id)

    def get_form(self) -> Any:
        if self.giver is None and self.request.method == "POST":
            raise Http404
        return super().get_form() if self.giver else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"giver": self.giver, "park_id": self.park_id}

    def get_back_url(self) -> str:
        return reverse("leads:handovers")

    def get_success_url(self, result: Any) -> str:
        return reverse("leads:handovers")

    def get_success_message(self, result: list[Handover]) -> str:
        said = ngettext("%(n)s lead was handed over.", "%(n)s leads were handed over.", len(result))
        return said % {"n": len(result)}

    def get_title(self) -> str | Promise:
        return gettext("Hand over all of %(name)s") % {"name": self.giver} if self.giver else self.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own: dict[str, Any] = {"giver": self.giver, "holders": self.holders}
        if self.giver:
            own["estate"] = queries.estate_of(person(self.request), self.giver, self.park_id)
        return super().get_context_data(**(own | kwargs))

    def perform(self, form: HandAllForm) -> list[Handover]:
        if self.giver is None:
            raise Http404
        return hand_over_all(by=person(self.request), giver=self.giver, park_id=self.park_id, **form.cleaned_data)
