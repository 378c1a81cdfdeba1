"""The shape of input about events."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import colleagues
from core.forms import Versioned
from core.money import MoneyField
from leads.forms.outward import THREE_LINES, MomentField, PeopleField, PersonField
from leads.models import Event, EventPerson
from leads.pickers import CompanyPicked

PASTE_HELP = _(
    "One person a line: name, organisation, position, telephone, mail. Paste from a spreadsheet, or write commas."
)


class EventForm(Versioned):
    """An event: what, when, where, who is in charge."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Event.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=160)
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    theme = forms.CharField(label=_("Theme or industry"), max_length=120, required=False)
    owner = PersonField(label=_("In charge"))
    budget = MoneyField(label=_("Budget (yuan)"), required=False)
    plan = forms.CharField(label=_("Plan"), max_length=8000, required=False, widget=forms.Textarea(attrs=THREE_LINES))

    def __init__(self, *args: Any, park_id: int, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer(colleagues(frozenset({park_id})))  # type: ignore[attr-defined]  # a PersonField
        self.fields["owner"].initial = user


class SummaryForm(Versioned):
    """What came of it."""

    summary = forms.CharField(label=_("Summary"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))


class GuestPersonForm(CompanyPicked):
    """A company's person or another guest."""

    name = forms.CharField(label=_("Name"), max_length=60)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (EventPerson.Role.GUEST.value, EventPerson.Role.GUEST.label),
            (EventPerson.Role.SPEAKER.value, EventPerson.Role.SPEAKER.label),
        ],
    )
    organisation = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    title = forms.CharField(label=_("Job title"), max_length=80, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("Mail"), required=False)
    basis = forms.ChoiceField(
        label=_("Basis for keeping these data"),
        choices=EventPerson.Basis.choices,
        help_text=_("They are kept for three years."),
    )


class ColleaguesForm(forms.Form):
    """Colleagues who take part."""

    people = PeopleField(label=_("Colleagues"))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = set(event.people.filter(user__isnull=False).values_list("user", flat=True))
        others = [one for one in colleagues(frozenset({event.park_id})) if one.pk not in known]
        self.fields["people"].offer(others)  # type: ignore[attr-defined]  # a PeopleField


class PasteForm(forms.Form):
    """A list of people."""

    text = forms.CharField(
        label=_("People"), max_length=200_000, widget=forms.Textarea(attrs={"rows": 8}), help_text=PASTE_HELP
    )
    attended = forms.BooleanField(label=_("All of them attended"), required=False)


class TaskForm(forms.Form):
    """Something to prepare."""

    title = forms.CharField(label=_("Task"), max_length=160)
    assignee = PersonField(label=_("Who does it"))
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, *args: Any, event: Event, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].offer(colleagues(frozenset({event.park_id})))  # type: ignore[attr-defined]  # a PersonField
        self.fields["assignee"].initial = user
