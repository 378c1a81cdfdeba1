"""What is offered to another park, and the answer."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people_with
from companies.models import Contact
from core.forms import Versioned
from leads.actions.sharing import FIELDS, Chosen
from leads.models import Activity, Lead
from leads.queries.sharing import parks_to_share_with
from parks.models import Park
from parks.queries import rules_of

RECENT = 20


class OfferForm(forms.Form):
    """To whom, for what share, and exactly what may be seen: nothing is ticked in advance but the project's outline."""

    to = forms.TypedChoiceField(label=_("Park"))
    own_percent = forms.DecimalField(
        label=_("Our share of the credit (%)"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=30,
        help_text=_(
            "The other park gets the rest. It counts when the lead is signed and funds arrive, in either park."
        ),
    )
    fields_shown = forms.MultipleChoiceField(
        label=_("Of the lead"), choices=list(FIELDS.items()), required=False, widget=forms.CheckboxSelectMultiple,
        initial=["title", "amount"],
    )  # fmt: skip
    contacts = forms.MultipleChoiceField(label=_("Contacts"), required=False, widget=forms.CheckboxSelectMultiple)
    activities = forms.MultipleChoiceField(label=_("Activities"), required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(
        label=_("Note to the other park"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    days = forms.IntegerField(label=_("Answer within (days)"), min_value=1, max_value=90)

    def __init__(self, *args: Any, user: User, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parks = {str(park.pk): park for park in parks_to_share_with(lead.park_id)}
        self._choose("to", [("", "—"), *((pk, park.name) for pk, park in self.parks.items())])
        self.fields["days"].initial = rules_of(lead.park_id).offer_days
        may_reveal = user.access.can("contacts.reveal", lead.park_id)
        known = Contact.objects.visible_to(user).filter(park_id=lead.park_id, company_id=lead.company_id)
        self.known = {str(one.pk): one for one in known} if may_reveal else {}
        rows = Activity.objects.visible_to(user).filter(park_id=lead.park_id, lead=lead)
        self.done = {str(one.pk): one for one in rows.order_by("-happened_at", "-id")[:RECENT]}
        self._choose("contacts", [(pk, f"{one.name} {one.title}".strip()) for pk, one in self.known.items()])
        self._choose("activities", [(pk, _said(one)) for pk, one in self.done.items()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        if not choices:
            del self.fields[name]
            return
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices

    def clean_to(self) -> Park:
        """The park of an offered id."""
        return self.parks[self.cleaned_data["to"]]

    @property
    def chosen(self) -> Chosen:
        """What was ticked."""
        data = self.cleaned_data
        return Chosen(
            fields=data["fields_shown"],
            contacts=[self.known[pk] for pk in data.get("contacts", ())],
            activities=[self.done[pk] for pk in data.get("activities", ())],
        )


def _said(activity: Activity) -> str:
    day = date_format(localtime(activity.happened_at), "SHORT_DATE_FORMAT")
    return f"{day} {activity.get_kind_display()} · {activity.summary[:60]}"


class AcceptForm(Versioned):
    """Whose lead it becomes."""

    owner = forms.ChoiceField(label=_("Owner"))

    def __init__(self, *args: Any, user: User, park_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people_with("leads.claim", park_id)}
        self.fields["owner"].choices = [(pk, str(one)) for pk, one in self.people.items()]  # type: ignore[attr-defined]
        self.fields["owner"].initial = str(user.pk)

    def clean_owner(self) -> User:
        """The person of an offered id."""
        return self.people[self.cleaned_data["owner"]]
