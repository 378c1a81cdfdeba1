"""The shape of input about trips."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.queries import colleagues
from core.forms import Versioned
from core.money import MoneyField
from leads.forms.outward import THREE_LINES, PeopleField, PersonField
from leads.pickers import CompanyPicked


class TripForm(Versioned):
    """A journey: what for, where to, who and when."""

    title = forms.CharField(label=_("Title"), max_length=160)
    places = forms.CharField(label=_("Places"), max_length=200)
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("Until"))
    leader = PersonField(label=_("Led by"))
    team = PeopleField(label=_("Team"), required=False)
    purpose = forms.CharField(
        label=pgettext_lazy("visit", "Purpose"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=THREE_LINES),
    )
    budget = MoneyField(label=_("Budget (yuan)"), required=False)

    def __init__(self, *args: Any, park_id: int, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues(frozenset({park_id}))
        self.fields["leader"].offer(people)  # type: ignore[attr-defined]  # a PersonField
        self.fields["team"].offer(people)  # type: ignore[attr-defined]  # a PeopleField
        self.fields["leader"].initial = user


class TargetForm(CompanyPicked):
    """A company to be visited."""

    company_required = True

    planned_on = forms.DateField(label=_("Planned for"), required=False)
    note = forms.CharField(label=_("Note"), max_length=160, required=False)


class DaysForm(Versioned):
    """From when until when somebody goes along."""

    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("Until"))
