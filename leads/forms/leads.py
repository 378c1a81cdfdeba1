"""The shape of input about leads; what it means is checked by the actions."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people_with
from companies.models import Industry
from core.forms import Versioned
from core.money import MoneyField
from leads.demands import demanded
from leads.forms.origins import FromEvent, FromReferrer
from leads.models import Admission, DropReason, Lead, Source, Tier
from leads.pickers import CompanyPicked, ParkPicked

TWO_LINES = {"rows": 2}
AMOUNT_HELP = _("For example 2660万 or 1.2亿.")


class ClaimForm(ParkPicked, CompanyPicked, FromEvent, FromReferrer):
    """A company becomes a lead."""

    park_permission = "leads.claim"
    company_required = True
    company_use = "claim"

    title = forms.CharField(label=_("Intended project"), max_length=160, required=False)
    source = forms.ChoiceField(
        label=_("Source"),
        choices=Source.choices,
        initial=Source.OWN,
        help_text=_("Kept to the end: what it leads to is counted for it."),
    )
    source_note = forms.CharField(
        label=_("Source details"),
        max_length=160,
        required=False,
        help_text=_("Which event, who referred, which fund …"),
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, initial=Tier.B, required=False)
    amount = MoneyField(label=_("Intended investment (yuan)"), required=False, help_text=AMOUNT_HELP)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_date = forms.DateField(label=_("Due on"), required=False)
    confidentiality = forms.ChoiceField(
        label=_("Who sees it"), choices=Lead.Confidentiality.choices, initial=Lead.Confidentiality.PARK
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.offer_events(self.home)
        self.offer_referrers(user, self.home)
        if not user.access.can("leads.assign"):
            # Key leads are named by managers.
            own = [choice for choice in Tier.choices if choice[0] != Tier.A]
            self.fields["tier"].choices = own  # type: ignore[attr-defined]

    def clean_tier(self) -> str:
        """A normal lead unless something else is said."""
        return self.cleaned_data["tier"] or Tier.B.value


class EditForm(Versioned):
    """What is known of a lead."""

    title = forms.CharField(label=_("Intended project"), max_length=160, required=False)
    amount = MoneyField(label=_("Intended investment (yuan)"), required=False, help_text=AMOUNT_HELP)
    demands = forms.CharField(label=_("Key demands"), max_length=4000, required=False, widget=forms.Textarea)
    industry = forms.ModelChoiceField(
        label=_("Industry of the project"), queryset=Industry.objects.order_by("code"), required=False
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices)
    source_note = forms.CharField(label=_("Source details"), max_length=160, required=False)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_date = forms.DateField(label=_("Due on"), required=False)
    confidentiality = forms.ChoiceField(label=_("Who sees it"), choices=Lead.Confidentiality.choices)

    def __init__(self, *args: Any, may_assign: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_assign:
            del self.fields["tier"]


class SourceForm(Versioned, FromEvent):
    """A wrong source put right."""

    source = forms.ChoiceField(label=_("Source"), choices=Source.choices)
    source_note = forms.CharField(label=_("Source details"), max_length=160, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs=TWO_LINES))

    field_order = ("source", "event", "source_note", "reason")

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_events(lead.park_id, lead.event)


class StepForm(Versioned):
    """What comes next, and when."""

    next_step = forms.CharField(label=_("Next step"), max_length=200)
    next_date = forms.DateField(label=_("Due on"))


class MoveForm(Versioned):
    """Only what the stages on the way still demand."""

    next_step = forms.CharField(label=_("Next step"), max_length=200)
    next_date = forms.DateField(label=_("Due on"))
    amount = MoneyField(label=_("Intended investment (yuan)"), help_text=AMOUNT_HELP)
    demands = forms.CharField(label=_("Key demands"), max_length=4000, widget=forms.Textarea)
    industry = forms.ModelChoiceField(label=_("Industry of the project"), queryset=Industry.objects.order_by("code"))
    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs=TWO_LINES))

    def __init__(self, *args: Any, lead: Lead, to_stage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = demanded(lead, to_stage)
        asked = {demand.field for demand in missing}
        if asked & {"next_step", "next_date"}:
            asked |= {"next_step", "next_date"}
        self.blocked = [demand for demand in missing if demand.field is None]
        self.lacks_contact = any(demand.code in {"contact", "decision_maker"} for demand in missing)
        self.hints = {demand.field: demand.message for demand in missing if demand.field}
        for name in [name for name in self.fields if name != "version" and name not in asked]:
            del self.fields[name]
        for name in self.fields.keys() & self.hints.keys():
            self.fields[name].help_text = str(self.hints[name])


class ReasonForm(Versioned):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs=TWO_LINES))


class DropForm(Versioned):
    """Why, from the list; and words where the list does not say it."""

    why = forms.ChoiceField(
        label=_("Why?"),
        choices=[choice for choice in DropReason.choices if choice[0] != DropReason.RULED],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("In your words"),
        max_length=240,
        required=False,
        widget=forms.Textarea(attrs=TWO_LINES),
        help_text=_("Needed with “Other reason”."),
    )


class AdmissionForm(Versioned):
    """May the company move in?"""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=Admission.Decision.choices, widget=forms.RadioSelect, initial="admitted"
    )
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea)


class HandOverForm(Versioned):
    """To whom, and a word for them."""

    to = forms.TypedChoiceField(label=_("New owner"))
    note = forms.CharField(label=_("Note"), max_length=240, required=False, widget=forms.Textarea(attrs=TWO_LINES))

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in _others(people_with("leads.change", lead.park_id), lead.owner_id)}
        # Nobody is chosen by having looked at the form.
        self.fields["to"].choices = [("", "—"), *((pk, str(one)) for pk, one in self.people.items())]  # type: ignore[attr-defined]

    def clean_to(self) -> User:
        """The person of an offered id."""
        return self.people[self.cleaned_data["to"]]


def _others(people: Iterable[User], but: int) -> list[User]:
    return [one for one in people if one.pk != but]
