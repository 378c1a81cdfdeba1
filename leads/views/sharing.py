"""Leads shared with other parks: offers in and out, one offer, the form that chooses what to show, the answers."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person, require
from core.pages import ActionPage, Column, Empty, FormPage, ListPage, Property, Quick, RecordPage
from leads.actions import accept_offer, decline_offer, offer_lead, withdraw_offer
from leads.actions.sharing import FIELDS
from leads.filters import OfferFilter
from leads.forms.leads import ReasonForm
from leads.forms.sharing import AcceptForm, OfferForm
from leads.models import Activity, Lead, ShareOffer, Stage
from leads.views.credit import lead_of


class OfferList(ListPage):
    """Offers to and from other parks."""

    permission = "leads.view"
    title = _("Shared with other parks")
    filterset_class = OfferFilter
    rows_template = "leads/offer_rows.html"
    default_order = "-offered_at"
    columns = (
        Column("company", _("Company")),
        Column("direction", _("Direction")),
        Column("partner", _("The other park")),
        Column("share", _("Our share"), numeric=True),
        Column("state", _("State")),
        Column("stage", _("Stage there")),
        Column("offered", _("Offered at"), sort="offered_at"),
    )
    ruled_word, shared_word = _("By a ruling"), _("Shared by a ruling")  # looked up once, not per row
    quick = (
        Quick(_("Offered to us"), "direction", "incoming"),
        Quick(_("Offered by us"), "direction", "outgoing"),
        Quick(_("Waiting"), "state", "pending"),
    )
    empty = Empty(
        _("No offers yet"),
        _("A lead that fits another park better can be offered to it from the lead's page; both keep their credit."),
        "share-3",
    )

    def get_queryset(self) -> QuerySet[ShareOffer]:
        rows: QuerySet[ShareOffer] = ShareOffer.objects.visible_to(person(self.request)).with_people()
        return rows


def offer_of(page: Any) -> ShareOffer:
    """The offer of the address."""
    rows = ShareOffer.objects.visible_to(person(page.request)).with_people().defer(None)
    offer: ShareOffer = fetch(rows.select_related("lead__company", "company"), pk=page.kwargs["pk"])
    return offer


class OfferRecord(RecordPage):
    """One side of an offer: what is shown, what was agreed, how the other side stands."""

    permission = "leads.view"
    template_name = "leads/offer.html"

    def get_object(self) -> ShareOffer:
        return offer_of(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self.object
        shares = person(self.request).access.can("leads.share", offer.park_id)
        own = {
            "may_answer": shares and offer.is_incoming and offer.is_waiting,
            "may_withdraw": shares and not offer.is_incoming and offer.is_waiting,
            "properties": self.properties(),
            "told": self.told(),
            "cards": offer.shown.get("contacts", []),
            "done": [_told_activity(one) for one in offer.shown.get("activities", [])],
            "news": offer.news.all(),
        }
        return super().get_context_data(**(own | kwargs))

    def properties(self) -> list[Property]:
        offer = self.object
        company = offer.company.get_absolute_url() if offer.company else ""
        lead = offer.lead.get_absolute_url() if offer.lead else ""
        return [
            Property(_("Company"), offer.company_name, url=company),
            Property(_("The other park"), offer.partner.name),
            Property(_("Our share of the credit"), f"{offer.own_percent.normalize():f}%", numeric=True),
            Property(_("Their share of the credit"), f"{offer.partner_percent.normalize():f}%", numeric=True),
            Property(_("Our lead"), str(offer.lead) if offer.lead else "", url=lead),
            *self.said(offer),
        ]

    @staticmethod
    def said(offer: ShareOffer) -> list[Property]:
        """Who offered and who answered, when; of a ruling only when it was made."""
        if offer.ruled:
            return [Property(_("Ruled at"), offer.offered_at, template="parts/when.jinja")]
        return [
            Property(_("Offered by"), offer.offered_by),
            Property(_("Offered at"), offer.offered_at, template="parts/when.jinja"),
            Property(_("Answer until"), offer.expires_on, template="parts/when.jinja"),
            Property(_("Answered by"), offer.answered_by),
        ]

    def told(self) -> list[Property]:
        """Of the lead itself."""
        shown = self.object.shown.get("fields", {})
        values = dict(shown)
        if "stage" in values:
            values["stage"] = Stage(values["stage"]).label
        template = {"amount": "parts/money.jinja"}
        return [
            Property(FIELDS[name], values[name], template=template.get(name, "")) for name in FIELDS if name in values
        ]


def _told_activity(one: dict[str, str]) -> dict[str, Any]:
    return {"kind": Activity.Kind(one["kind"]).label, "on": parse_date(one["on"]), "summary": one["summary"]}


class OfferLead(FormPage):
    """Offer a lead: to whom, for what share, and what may be seen."""

    permission = "leads.share"
    title = _("Share with another park")
    form_class = OfferForm
    fields_template = "leads/offer_fields.html"
    submit_label = _("Offer")
    success_message = _("Offered.")

    @cached_property
    def lead(self) -> Lead:
        """The lead, for those who may share it."""
        lead = lead_of(self)
        require(person(self.request), "leads.share", lead.park_id)
        return lead

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "lead": self.lead}

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.lead.get_absolute_url() if asked == "/" else asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"lead": self.lead} | kwargs))

    def perform(self, form: OfferForm) -> ShareOffer:
        data = form.cleaned_data
        given = {name: data[name] for name in ("to", "own_percent", "note", "days")}
        return offer_lead(by=person(self.request), lead=self.lead, chosen=form.chosen, **given)


class AnswerForm(FormPage, abstract=True):
    """What is said to one offer."""

    permission = "leads.share"

    @cached_property
    def offer(self) -> ShareOffer:
        """The offer, for those who may answer it."""
        offer = offer_of(self)
        require(person(self.request), "leads.share", offer.park_id)
        return offer

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.offer.version}

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.offer.get_absolute_url() if asked == "/" else asked


class AcceptOffer(AnswerForm):
    """A lead of one's own comes of it."""

    title: str | Promise = _("Accept the offer")
    intro = _("A lead of your own park is made and linked. Both parks see each other's stage, and share the credit.")
    form_class = AcceptForm
    submit_label = _("Accept")
    success_message = _("Accepted.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "park_id": self.offer.park_id}

    def perform(self, form: AcceptForm) -> Lead:
        return accept_offer(by=person(self.request), offer=self.offer, **form.cleaned_data)


class DeclineOffer(AnswerForm):
    """Not for us."""

    title: str | Promise = _("Decline the offer")
    form_class = ReasonForm
    submit_label = _("Decline")
    success_message = _("Declined.")
    danger = True

    def perform(self, form: ReasonForm) -> ShareOffer:
        return decline_offer(by=person(self.request), offer=self.offer, **form.cleaned_data)


class WithdrawOffer(ActionPage):
    """Take it back."""

    permission = "leads.share"
    success_message = _("Withdrawn.")

    def perform(self) -> ShareOffer:
        offer = offer_of(self)
        require(person(self.request), "leads.share", offer.park_id)
        return withdraw_offer(by=person(self.request), offer=offer)
