"""Who gets the credit of a lead: the shares now, the proposal that waits, and every set there ever was."""

from functools import cached_property
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import fetch, person, require
from core.pages import ActionPage, FormPage, RecordPage
from leads.actions import answer_split, propose_split, settle_split, withdraw_split
from leads.forms.credit import SharesForm
from leads.forms.leads import ReasonForm
from leads.models import CreditShare, CreditSplit, Lead
from leads.queries import credit
from leads.queries.standing import Standing


def lead_of(page: Any) -> Lead:
    """The lead of the address."""
    rows = Lead.objects.visible_to(person(page.request)).select_related("company", "owner", "park")
    lead: Lead = fetch(rows, pk=page.kwargs["pk"])
    return lead


def credit_of(user: Any, lead: Lead, standing: Standing | None = None) -> dict[str, Any]:
    """What the panel on a lead's page and the page of its credit show; with `standing` only what is there is read."""
    today = timezone.localdate()
    if standing and not standing.credited:
        shares = credit.by_default(lead, lead.owner, standing.first_contact)
        return {"split": None, "shares": shares, "proposal": None, "asked": False}
    split, proposal = credit.standing_of(lead, today)
    mine = next((share for share in proposal.shares.all() if share.user_id == user.pk), None) if proposal else None
    return {
        "split": split,
        "shares": credit.shares_of(split, lead, today),
        "proposal": proposal,
        "asked": mine is not None and mine.answer == CreditShare.Answer.WAITING,
    }


class CreditPage(RecordPage):
    """The credit of one lead."""

    permission = "leads.view"
    template_name = "leads/credit.html"

    def get_object(self) -> Lead:
        return lead_of(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, lead = person(self.request), self.object
        found = credit_of(user, lead)
        holds = user.pk in {share.user.pk for share in found["shares"]}
        can = user.access.can
        proposal = found["proposal"]
        own = {
            "history": credit.history_of(lead),
            "may_propose": not proposal
            and can("leads.change", lead.park_id)
            and (holds or can("leads.assign", lead.park_id)),
            "may_settle": can("credit.settle", lead.park_id) and not holds,
            "may_withdraw": proposal is not None
            and (proposal.made_by_id == user.pk or can("leads.assign", lead.park_id)),
        }
        return super().get_context_data(**(found | own | kwargs))


class SharesPage(FormPage, abstract=True):
    """The form with rows of people."""

    form_class = SharesForm
    fields_template: ClassVar[str] = "leads/shares_fields.html"

    @cached_property
    def lead(self) -> Lead:
        """The lead, for those who work on leads in its park."""
        lead = lead_of(self)
        require(person(self.request), self.permission, lead.park_id)
        return lead

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        today = timezone.localdate()
        shares = {
            "now": credit.shares_on(self.lead, today),
            "default": credit.default_shares(self.lead, today),
            "lead": self.lead,
        }
        return super().get_form_kwargs() | shares

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.lead.get_absolute_url() if asked == "/" else asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"lead": self.lead} | kwargs))


class ProposeSplit(SharesPage):
    """Ask those concerned."""

    permission = "leads.change"
    title = _("Propose shares")
    submit_label = _("Propose")
    success_message = _("Proposed.")

    def perform(self, form: SharesForm) -> CreditSplit:
        return propose_split(by=person(self.request), lead=self.lead, **form.cleaned_data)


class SettleSplit(SharesPage):
    """A manager's decision."""

    permission = "credit.settle"
    title = _("Settle the shares")
    intro = _("Your decision holds without the consent of those concerned. They are told, with your reason.")
    submit_label = _("Settle")
    success_message = _("Settled.")

    def perform(self, form: SharesForm) -> CreditSplit:
        data = dict(form.cleaned_data)
        return settle_split(by=person(self.request), lead=self.lead, reason=data.pop("note"), **data)


class OfSplit:
    """Mixin of what is done with one proposal."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def split(self) -> CreditSplit:
        """The proposal of the address."""
        rows = CreditSplit.objects.visible_to(person(self.request)).select_related("lead__company")
        split: CreditSplit = fetch(rows, pk=self.kwargs["pk"])
        return split


class AcceptSplit(OfSplit, ActionPage):
    """Yes."""

    permission = "leads.view"
    success_message = _("You agreed.")

    def perform(self) -> CreditSplit:
        return answer_split(by=person(self.request), split=self.split, accept=True)


class DeclineSplit(OfSplit, FormPage):
    """No, and why."""

    permission = "leads.view"
    title: str | Promise = _("I do not agree")
    form_class = ReasonForm
    submit_label = _("I do not agree")
    success_message = _("Your answer is recorded.")
    danger = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"version": self.split.version}}

    def perform(self, form: ReasonForm) -> CreditSplit:
        return answer_split(by=person(self.request), split=self.split, accept=False, **form.cleaned_data)


class WithdrawSplit(OfSplit, ActionPage):
    """Take it back."""

    permission = "leads.view"
    success_message = _("Withdrawn.")

    def perform(self) -> CreditSplit:
        return withdraw_split(by=person(self.request), split=self.split)
