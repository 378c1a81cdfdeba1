"""The shape of input about claims: giving leads of the pool, contesting a claim, ruling."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people_with
from core.forms import FilesField, Versioned
from leads.models import Lead, Ruling
from leads.pickers import ParkPicked

FEW_LINES = {"rows": 4}


class AssignForm(forms.Form):
    """Which leads, and to whom."""

    leads = forms.MultipleChoiceField(label=_("Leads"), widget=forms.CheckboxSelectMultiple)
    to = forms.ChoiceField(label=_("New owner"))
    note = forms.CharField(label=_("Note"), max_length=240, required=False)

    def __init__(self, *args: Any, leads: list[Lead], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(lead.pk): lead for lead in leads}
        parks = sorted({lead.park_id for lead in leads})
        self.people = {str(one.pk): one for park_id in parks for one in people_with("leads.change", park_id)}
        self.fields["leads"].choices = [(pk, lead.name) for pk, lead in self.rows.items()]  # type: ignore[attr-defined]
        self.fields["to"].choices = [("", "—"), *((pk, str(one)) for pk, one in self.people.items())]  # type: ignore[attr-defined]

    def clean_leads(self) -> list[Lead]:
        """The rows of the offered ids."""
        return [self.rows[pk] for pk in self.cleaned_data["leads"]]

    def clean_to(self) -> User:
        """The person of an offered id."""
        return self.people[self.cleaned_data["to"]]


class Evidence(forms.Form):
    """Reason and files."""

    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs=FEW_LINES))
    files = FilesField(  # type: ignore[assignment]  # the form's own attribute holds the uploads, this one the field
        label=_("Evidence: photos and files"), required=False
    )


class PlainForm(forms.Form):
    """Takes the person that `ParkPicked` passes on."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ContestForm(ParkPicked, Evidence, PlainForm):
    """Why the company should be the second claimant's."""

    park_permission = "leads.claim"


class StatementForm(Evidence, Versioned):
    """One's own side of a case."""


class RulingForm(Versioned):
    """How the case ends."""

    ruling = forms.ChoiceField(label=_("Ruling"), choices=Ruling.choices, widget=forms.RadioSelect)
    first_share = forms.IntegerField(
        label=_("Credit of the first (%)"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Where both share the credit; the second gets the rest."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs=FEW_LINES))
