"""The forms about funds in place."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import person
from projects import actions
from projects.forms import ClaimForm, EvidenceForm, ReasonForm, RecogniseForm
from projects.models import Payment
from projects.views.bases import PaymentForm, ProjectForm


class Claim(ProjectForm):
    """Funds arrived."""

    permission = "payments.claim"
    title = _("Claim a payment")
    form_class = ClaimForm
    fields_template = "projects/claim_fields.html"
    submit_label = _("Claim the payment")
    success_message = _("Claimed; those who recognise payments were told.")
    tab = "funds"

    def perform(self, form: ClaimForm) -> Payment:
        return actions.claim_payment(by=person(self.request), project=self.project, **form.cleaned_data)


class AddEvidence(PaymentForm):
    """More scanned evidence."""

    permission = "payments.claim"
    title = _("Add evidence")
    form_class = EvidenceForm
    fields_template = "projects/decide_fields.html"
    success_message = _("The evidence was added.")

    def perform(self, form: EvidenceForm) -> Payment:
        return actions.add_evidence(by=person(self.request), payment=self.payment, **form.cleaned_data)


class Recognise(PaymentForm):
    """The evidence is accepted."""

    permission = "projects.recognise"
    title = _("Recognise the payment")
    form_class = RecogniseForm
    fields_template = "projects/decide_fields.html"
    submit_label = _("Recognise")
    success_message = _("Recognised; it counts now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"row": self.payment}

    def perform(self, form: RecogniseForm) -> Payment:
        return actions.recognise_payment(by=person(self.request), payment=self.payment, **form.cleaned_data)


class Reject(PaymentForm):
    """The evidence is not accepted."""

    permission = "projects.recognise"
    title = _("Reject the payment")
    form_class = ReasonForm
    fields_template = "projects/decide_fields.html"
    submit_label = _("Reject")
    success_message = _("Rejected; the claimer was told.")
    danger = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"row": self.payment}

    def perform(self, form: ReasonForm) -> Payment:
        return actions.reject_payment(by=person(self.request), payment=self.payment, **form.cleaned_data)
