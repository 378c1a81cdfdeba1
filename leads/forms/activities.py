"""The shape of input about activities."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import colleagues
from companies.models import Contact
from core.forms import FilesField, Versioned
from core.worktime import local_date
from leads.actions import Word
from leads.forms.origins import OnTrip
from leads.models import Activity, Lead, Undertaking
from leads.pickers import CompanyPicked
from leads.queries import contacts_of, recent_leads, usual_lead
from leads.queries.trips import trips_on

TWO_LINES = {"rows": 2}
AMOUNT_HELP = _("For example 2660万 or 1.2亿.")


class PromisesInput(forms.Widget):
    """Rows of a promise and its day; one empty row waits, script adds more."""

    template_name = "leads/promises.jinja"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        """Two lists of equal length, as browsers send repeated names."""
        if not hasattr(data, "getlist"):
            return []
        texts, days = data.getlist(name), data.getlist(f"{name}_due")
        return [(text, days[place] if place < len(days) else "") for place, text in enumerate(texts)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        rows = [row for row in value or [] if row[0].strip()]
        return super().get_context(name, None, attrs) | {"rows": [*rows, ("", "")]}


class PromisesField(forms.Field):
    """What was promised, each with the day until which it holds."""

    widget = PromisesInput

    def clean(self, value: Any) -> list[Word]:
        """Rows without a text are left out."""
        day = forms.DateField(required=False, error_messages={"invalid": _("This is not a day.")})
        return [Word(text.strip(), day.clean(due)) for text, due in value or [] if text.strip()]


class LinesField(forms.CharField):
    """One thing a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class PeopleFields(forms.Form):
    """Who was there: contacts of the company, other names, colleagues."""

    contacts = forms.Field(label=_("Whom we met"), required=False, widget=forms.CheckboxSelectMultiple)
    met = forms.CharField(label=_("Whom we met"), max_length=1000, required=False)
    companions = forms.MultipleChoiceField(label=_("Colleagues"), required=False, widget=forms.CheckboxSelectMultiple)

    def offer_people(self, user: User, contacts: Iterable[Contact], present: Activity | None = None) -> None:
        """The contacts of the company that is known by now, and the colleagues but for the author.

        Whoever was there stays to be chosen, the one who corrects and those who have left since included.
        """
        named = [(str(one.pk), f"{one.name} {one.title}".strip()) for one in contacts]
        self.fields["contacts"].widget.choices = named
        if named:
            self.fields["met"].label = _("Others we met")
        self.fields["met"].help_text = _("Names, separated by commas.")
        author = present.by_id if present else user.pk
        there = [one.user for one in present.companions.all()] if present else []
        others = [person for person in colleagues(user.access.write_parks) if person.pk != author]
        self.people = {str(person.pk): person for person in [*others, *there]}
        self.fields["companions"].choices = [(key, str(person)) for key, person in self.people.items()]  # type: ignore[attr-defined]

    def clean_companions(self) -> list[User]:
        """The people behind the ids."""
        return [self.people[key] for key in self.cleaned_data["companions"]]

    def chosen_contacts(self, user: User, company_id: int | None, park_id: int | None) -> list[Contact]:
        """The contacts behind the ids: only those of the company, in the park of the activity."""
        wanted = [key for key in self.cleaned_data.get("contacts") or [] if str(key).isdecimal() and len(key) < 19]
        if not wanted or company_id is None or park_id is None:
            return []
        return [one for one in contacts_of(user, company_id, park_id) if str(one.pk) in wanted]


class LogForm(PeopleFields, CompanyPicked, OnTrip):
    """An activity; short enough for a phone in a car park."""

    kind = forms.ChoiceField(
        label=_("What was it?"),
        choices=Activity.Kind.choices,
        initial=Activity.Kind.OUTBOUND_VISIT,
        widget=forms.RadioSelect,
    )
    lead = forms.ChoiceField(label=_("Lead"), required=False, widget=forms.RadioSelect)
    happened_at = forms.DateTimeField(label=_("When"), required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    summary = forms.CharField(
        label=_("What was said"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4, "enterkeyhint": "enter", "autofocus": True}),
    )
    asked = LinesField(
        label=_("What they asked"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One thing a line."),
    )
    promised = PromisesField(label=_("What we promised"), required=False)
    step_done = forms.BooleanField(required=False)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_date = forms.DateField(label=_("Due on"), required=False)
    files = FilesField(  # type: ignore[assignment]  # the form's own attribute holds the uploads, this one the field
        label=_("Photos and files"), required=False
    )

    def __init__(self, *args: Any, user: User, lead: Lead | None = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["happened_at"].initial = timezone.localtime().replace(second=0, microsecond=0)
        self.fixed_lead = lead
        self.offer_journeys(user, lead.park_id if lead else None)
        if lead is not None or self.fixed_company is not None:
            del self.fields["lead"]
        else:
            self._offer_leads(user)
        if lead is not None:
            self.drop_company()
        self.offer_people(user, self._contacts())
        self.step, self.due = (lead.next_step, lead.next_date) if lead else ("", None)
        if self.step:
            self.fields["step_done"].label = _("Done: %(step)s") % {"step": self.step}
            self.fields["step_done"].initial = self.due is None or self.due <= timezone.localdate()
        else:
            del self.fields["step_done"]

    @property
    def said(self) -> bool:
        """Was something asked or promised already?"""
        return bool(self["asked"].value() or [row for row in self["promised"].value() or [] if row[0]])

    def _offer_leads(self, user: User) -> None:
        """One's own leads, the one that the visit is surely for chosen already."""
        own = recent_leads(user)
        self.leads = {str(row.pk): row for row in own}
        self.fields["lead"].choices = [(key, row.name) for key, row in self.leads.items()]  # type: ignore[attr-defined]
        usual = usual_lead(own)
        self.fields["lead"].initial = str(usual.pk) if usual else None

    def _contacts(self) -> list[Contact]:
        """Of the company that is known or chosen when the form is shown."""
        lead = self.fixed_lead
        if lead is None and "lead" in self.fields:
            lead = self.leads.get(str(self["lead"].value() or ""))
        if lead is not None:
            return contacts_of(self.user, lead.company_id, lead.park_id)
        home = self.user.access.home_park_id
        return contacts_of(self.user, self.fixed_company.pk, home) if self.fixed_company and home else []

    def clean(self) -> dict[str, Any]:
        """A lead of the list, or else a company; now unless a time was given."""
        data = self.cleaned_data
        # Who searches for another company means that one, whatever was chosen above it.
        another = self.picks and bool(data.get("company"))
        chosen = "" if another else data.get("lead") or ""
        self.company_required = not chosen and self.fixed_lead is None and "lead" not in self.errors
        data = super().clean()
        data["lead"] = self.fixed_lead or (self.leads[chosen] if chosen else None)
        if data["lead"] is not None:
            data["company"] = None
        data["happened_at"] = data.get("happened_at") or timezone.now()
        self._choose_contacts(data)
        return data

    def _choose_contacts(self, data: dict[str, Any]) -> None:
        lead, company = data["lead"], data.get("company")
        if lead is not None:
            data["contacts"] = self.chosen_contacts(self.user, lead.company_id, lead.park_id)
        else:
            found = company.pk if company else None
            data["contacts"] = self.chosen_contacts(self.user, found, self.user.access.home_park_id)


class ActivityForm(PeopleFields, OnTrip, Versioned):
    """Correcting what was logged."""

    kind = LogForm.base_fields["kind"]
    happened_at = forms.DateTimeField(label=_("When"))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    summary = forms.CharField(label=_("What was said"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))

    field_order = ("kind", "summary", "happened_at", "place", "trip", "contacts", "met", "companions")

    def __init__(self, *args: Any, user: User, activity: Activity, **kwargs: Any) -> None:
        kwargs["initial"] = self.present(activity) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.user, self.activity = user, activity
        self.offer_people(user, contacts_of(user, activity.company_id, activity.park_id), activity)
        self.offer_trips(user, trips_on(user, activity.by, activity.park_id, local_date(activity.happened_at)))

    @staticmethod
    def present(activity: Activity) -> dict[str, Any]:
        """As it stands."""
        people = list(activity.people.all())
        return {
            "kind": activity.kind,
            "happened_at": timezone.localtime(activity.happened_at).replace(second=0, microsecond=0),
            "place": activity.place,
            "summary": activity.summary,
            "trip": str(activity.trip_id or ""),
            "contacts": [str(one.contact_id) for one in people if one.contact_id],
            "met": "、".join(one.name for one in people if not one.contact_id),
            "companions": [str(one.user_id) for one in activity.companions.all()],
            "version": activity.version,
        }

    def clean(self) -> dict[str, Any]:
        """The contacts behind the ids; the minute that was shown stands for the moment that is stored."""
        data = super().clean() or self.cleaned_data
        data["contacts"] = self.chosen_contacts(self.user, self.activity.company_id, self.activity.park_id)
        given, stored = data.get("happened_at"), self.activity.happened_at
        if given and given == stored.replace(second=0, microsecond=0):
            data["happened_at"] = stored
        return data


class FilesForm(forms.Form):
    """More photos and files of an activity."""

    files = FilesField(label=_("Photos and files"))  # type: ignore[assignment]  # as in LogForm


class UndertakingForm(Versioned):
    """Words, day and person of something asked or promised."""

    text = forms.CharField(label=_("What"), max_length=240, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label=_("Due on"), required=False)
    owner = forms.ChoiceField(label=_("Who sees to it"))

    def __init__(self, *args: Any, user: User, owner: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {person.pk: person for person in [*colleagues(user.access.write_parks), owner or user]}
        self.people = {str(key): person for key, person in people.items()}
        self.fields["owner"].choices = [(key, str(person)) for key, person in self.people.items()]  # type: ignore[attr-defined]
        self.fields["owner"].initial = str((owner or user).pk)

    def clean_owner(self) -> User:
        """The person behind the id."""
        return self.people[self.cleaned_data["owner"]]


class NewUndertakingForm(UndertakingForm):
    """One more thing, remembered later."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Undertaking.Kind.choices, initial=Undertaking.Kind.PROMISED, widget=forms.RadioSelect
    )
    field_order = ("kind", "text", "due_on", "owner")


class WithdrawForm(Versioned):
    """Why a promise will not be kept."""

    note = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 2}))
