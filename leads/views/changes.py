"""Forms and buttons that change a lead."""

from datetime import date
from functools import cached_property
from typing import Any

from django.core import signing
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.actions import add_company
from companies.models import Company
from core.access import fetch, person, require
from core.errors import Conflict, Refused
from core.pages import ActionPage, FormPage
from leads.actions import (
    claim_company,
    decide_admission,
    drop_lead,
    edit_lead,
    finish_step,
    hand_over_lead,
    move_lead,
    plan_step,
    reopen_lead,
    resume_step,
)
from leads.actions.rows import require_change
from leads.forms.leads import AdmissionForm, ClaimForm, DropForm, EditForm, HandOverForm, MoveForm, StepForm
from leads.models import Admission, Lead, Stage
from leads.views.days import NearDays

UNDO, UNDO_SECONDS = "leads.step", 3600
UNDO_BUTTON = (
    '<form method="post" action="{url}"><input type="hidden" name="csrfmiddlewaretoken" value="{csrf}">'
    '<input type="hidden" name="token" value="{token}">'
    '<button type="submit" class="ld-toast-act">{undo}</button></form>'
)


class ClaimPage(NearDays, FormPage):
    """A company becomes a lead: from the company's page, or looked up while typing."""

    permission = "leads.claim"
    title = _("New lead")
    form_class = ClaimForm
    fields_template = "leads/claim_fields.html"
    submit_label = _("Claim")
    success_message = _("Claimed.")
    # Where the claim that stands in the way can be contested.
    contest_url = ""

    @cached_property
    def company(self) -> Company | None:
        """The company of the address, if it names one."""
        pk = self.kwargs.get("company_pk") or self.request.GET.get("company")
        return fetch(Company.objects.visible_to(person(self.request)), pk=pk) if pk else None

    def get_title(self) -> str | Promise:
        return gettext("Claim %(company)s") % {"company": self.company.name} if self.company else self.title

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": person(self.request), "company": self.company}

    def perform(self, form: ClaimForm) -> Lead:
        user, data = person(self.request), dict(form.cleaned_data)
        company = data.pop("company")
        for name in ("park", "company_text"):
            data.pop(name, None)
        if company is None:
            company = add_company(by=user, park_id=form.park_id, name=form.new_company)
        try:
            return claim_company(by=user, company=company, park_id=form.park_id, **data)
        except Conflict as taken:
            known = form.cleaned_data["company"] or self.company
            self.contest_url = reverse("leads:contest", args=[known.pk]) if known and taken.code != "in_pool" else ""
            raise


class LeadForm(NearDays, FormPage, abstract=True):
    """A form about one lead, on the version that was shown."""

    permission = "leads.change"

    @cached_property
    def lead(self) -> Lead:
        """The lead, for those who may do this with it."""
        rows = Lead.objects.visible_to(person(self.request)).select_related("company", "owner")
        lead: Lead = fetch(rows, pk=self.kwargs["pk"])
        self.check_lead(lead)
        return lead

    @property
    def about(self) -> str:  # type: ignore[override]  # which lead, said by the lead
        return str(self.lead)

    def check_lead(self, lead: Lead) -> None:
        """403 before anything is shown."""
        require_change(person(self.request), lead)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.lead.version}

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.lead.get_absolute_url() if asked == "/" else asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"lead": self.lead} | kwargs))


class EditLead(LeadForm):
    """Correct what is known of a lead."""

    merges = True
    title = _("Edit lead")
    form_class = EditForm
    fields_template = "leads/edit_fields.html"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {name: getattr(self.lead, name, None) for name in EditForm.base_fields}

    def get_form_kwargs(self) -> dict[str, Any]:
        may_assign = person(self.request).access.can("leads.assign", self.lead.park_id)
        return super().get_form_kwargs() | {"may_assign": may_assign}

    def perform(self, form: EditForm) -> Lead:
        return edit_lead(by=person(self.request), lead=self.lead, **form.cleaned_data)


class PlanStep(LeadForm):
    """What comes next, and when."""

    merges = True
    title = _("Next step")
    form_class = StepForm
    fields_template = "leads/step_fields.html"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"next_step": self.lead.next_step, "next_date": self.lead.next_date}

    def perform(self, form: StepForm) -> Lead:
        return plan_step(by=person(self.request), lead=self.lead, **form.cleaned_data)


class MoveForStage(LeadForm):
    """What the stage demands, asked before the move."""

    form_class = MoveForm
    fields_template = "leads/move_fields.html"
    submit_label = _("Move")
    success_message = _("Moved.")

    def get_title(self) -> str | Promise:
        return gettext("Move to “%(stage)s”") % {
            "stage": dict(Stage.choices).get(self.kwargs["stage"], self.kwargs["stage"])
        }

    def get_initial(self) -> dict[str, Any]:
        names = ("next_step", "next_date", "amount", "demands", "industry")
        return super().get_initial() | {name: getattr(self.lead, name) for name in names}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lead": self.lead, "to_stage": self.kwargs["stage"]}

    def perform(self, form: MoveForm) -> Lead:
        return move_lead(by=person(self.request), lead=self.lead, to_stage=self.kwargs["stage"], **form.cleaned_data)


class DropLead(LeadForm):
    """Give a lead up."""

    title = _("Drop this lead")
    intro = _("The lead leaves the board and the company is free to be claimed again. Its history stays.")
    form_class = DropForm
    fields_template = "leads/drop_fields.html"
    submit_label = _("Drop")
    success_message = _("Dropped.")
    danger = True

    def perform(self, form: DropForm) -> Lead:
        return drop_lead(by=person(self.request), lead=self.lead, **form.cleaned_data)


class HandOverLead(LeadForm):
    """Give a lead to a colleague."""

    permission = "leads.assign"
    title = _("Hand the lead over")
    form_class = HandOverForm
    submit_label = _("Hand the lead over")
    success_message = _("Handed over.")

    def check_lead(self, lead: Lead) -> None:
        require(person(self.request), "leads.assign", lead.park_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lead": self.lead}

    def perform(self, form: HandOverForm) -> Lead:
        return hand_over_lead(by=person(self.request), lead=self.lead, **form.cleaned_data)


class DecideAdmission(LeadForm):
    """The decision of screening."""

    permission = "leads.screen"
    title = _("Admission decision")
    form_class = AdmissionForm
    submit_label = _("Record the decision")
    success_message = _("The decision is recorded.")

    def check_lead(self, lead: Lead) -> None:
        require(person(self.request), "leads.screen", lead.park_id)

    def perform(self, form: AdmissionForm) -> Admission:
        return decide_admission(by=person(self.request), lead=self.lead, **form.cleaned_data)

    def get_success_url(self, result: Any) -> str:
        return super().get_success_url(self.lead)


class LeadButton(ActionPage, abstract=True):
    """One click on a lead."""

    permission = "leads.change"

    @cached_property
    def lead(self) -> Lead:
        """The lead, for those who may change it."""
        lead: Lead = fetch(Lead.objects.visible_to(person(self.request)), pk=self.kwargs["pk"])
        require_change(person(self.request), lead)
        return lead


class ReopenLead(LeadButton):
    """Take a dropped lead up again."""

    success_message = _("Reopened.")

    def perform(self) -> Lead:
        return reopen_lead(by=person(self.request), lead=self.lead)


class FinishStep(LeadButton):
    """The next step is done; the message takes it back."""

    success_message = _("Done.")

    def perform(self) -> Lead:
        step = {"next_step": self.lead.next_step, "next_date": self.lead.next_date and f"{self.lead.next_date}"}
        row = finish_step(by=person(self.request), lead=self.lead)
        self.token = signing.dumps(step | {"lead": row.pk, "version": row.version}, salt=UNDO)
        return row

    def get_success_message(self, result: Lead) -> str:
        said = super().get_success_message(result)
        fields = {"csrf": get_token(self.request), "token": self.token, "undo": gettext("Undo")}
        return said + format_html(UNDO_BUTTON, url=reverse("leads:step_undo", args=[result.pk]), **fields)


class ResumeStep(LeadButton):
    """It was not done after all."""

    success_message = _("Undone.")

    def perform(self) -> Lead:
        try:
            step = signing.loads(self.request.POST.get("token", ""), salt=UNDO, max_age=UNDO_SECONDS)
        except signing.BadSignature as late:
            raise Refused(_("This can no longer be undone."), code="too_late", status=409) from late
        if step.pop("lead") != self.lead.pk:
            raise Refused(_("This can no longer be undone."), code="too_late", status=409)
        day = step.pop("next_date")
        own = step | {"next_date": date.fromisoformat(day) if day else None}
        return resume_step(by=person(self.request), lead=self.lead, **own)

    def get_success_url(self, result: Lead) -> str:
        return self.came_from()
