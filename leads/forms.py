"""The shape of input about leads; what it means is checked by the actions."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people_with
from core.money import MoneyField
from leads.demands import demanded
from leads.models import Activity, Admission, Lead, Source
from leads.pickers import CompanyPicked, ParkPicked
from leads.queries import recent_leads

TWO_LINES = {"rows": 2}
AMOUNT_HELP = _("For example 2660万 or 1.2亿.")


class Versioned(forms.Form):
    """Carries the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files; phones offer the camera."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploaded files; each is checked by its bytes when it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        accepted = "image/jpeg,image/png,image/webp,image/heic,application/pdf,.docx,.xlsx"
        super().__init__(widget=ManyFiles(attrs={"accept": accepted}), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in files]


class ClaimForm(ParkPicked, CompanyPicked):
    """A company becomes a lead."""

    park_permission = "leads.claim"
    company_required = True
    company_use = "claim"

    title = forms.CharField(label=_("Intended project"), max_length=160, required=False)
    source = forms.ChoiceField(label=_("Source"), choices=Source.choices, initial=Source.OWN)
    source_note = forms.CharField(label=_("Source details"), max_length=160, required=False)
    amount = MoneyField(label=_("Intended investment (yuan)"), required=False, help_text=AMOUNT_HELP)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_date = forms.DateField(label=_("Due on"), required=False)
    confidentiality = forms.ChoiceField(
        label=_("Who sees it"), choices=Lead.Confidentiality.choices, initial=Lead.Confidentiality.PARK
    )


class LogForm(CompanyPicked):
    """An activity; short enough for a phone in a car park."""

    kind = forms.ChoiceField(
        label=_("What was it?"),
        choices=Activity.Kind.choices,
        initial=Activity.Kind.OUTBOUND_VISIT,
        widget=forms.RadioSelect,
    )
    lead = forms.ChoiceField(label=_("Lead"), required=False, widget=forms.RadioSelect)
    happened_at = forms.DateTimeField(label=_("When"), required=False)
    met = forms.CharField(label=_("Whom we met"), max_length=200, required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    with_colleagues = forms.CharField(label=_("Colleagues"), max_length=200, required=False)
    summary = forms.CharField(label=_("What was said"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))
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
        if lead is not None or self.fixed_company is not None:
            del self.fields["lead"]
        else:
            own = recent_leads(user)
            self.fields["lead"].choices = [(str(row.pk), row.name) for row in own]  # type: ignore[attr-defined]
            self.leads = {str(row.pk): row for row in own}
        self.step, self.due = (lead.next_step, lead.next_date) if lead else ("", None)
        if lead is not None:
            self.drop_company()
        if self.step:
            self.fields["step_done"].label = _("Done: %(step)s") % {"step": self.step}
            self.fields["step_done"].initial = self.due is None or self.due <= timezone.localdate()
        else:
            del self.fields["step_done"]

    def clean(self) -> dict[str, Any]:
        """A lead of the list, or else a company; now unless a time was given."""
        data = self.cleaned_data
        chosen = data.get("lead") or ""
        self.company_required = not chosen and self.fixed_lead is None and "lead" not in self.errors
        data = super().clean()
        data["lead"] = self.fixed_lead or (self.leads[chosen] if chosen else None)
        if data["lead"] is not None:
            data["company"] = None
        data["happened_at"] = data.get("happened_at") or timezone.now()
        return data


class EditForm(Versioned):
    """What is known of a lead."""

    title = forms.CharField(label=_("Intended project"), max_length=160, required=False)
    amount = MoneyField(label=_("Intended investment (yuan)"), required=False, help_text=AMOUNT_HELP)
    demands = forms.CharField(label=_("Key demands"), max_length=4000, required=False, widget=forms.Textarea)
    source = forms.ChoiceField(label=_("Source"), choices=Source.choices)
    source_note = forms.CharField(label=_("Source details"), max_length=160, required=False)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_date = forms.DateField(label=_("Due on"), required=False)
    confidentiality = forms.ChoiceField(label=_("Who sees it"), choices=Lead.Confidentiality.choices)


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
    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs=TWO_LINES))

    def __init__(self, *args: Any, lead: Lead, to_stage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = demanded(lead, to_stage)
        asked = {demand.field for demand in missing}
        if asked & {"next_step", "next_date"}:
            asked |= {"next_step", "next_date"}
        self.blocked = [demand.message for demand in missing if demand.field is None]
        self.hints = {demand.field: demand.message for demand in missing if demand.field}
        for name in [name for name in self.fields if name != "version" and name not in asked]:
            del self.fields[name]
        for name in self.fields.keys() & self.hints.keys():
            self.fields[name].help_text = str(self.hints[name])


class ReasonForm(Versioned):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs=TWO_LINES))


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
        self.fields["to"].choices = [(pk, str(one)) for pk, one in self.people.items()]  # type: ignore[attr-defined]

    def clean_to(self) -> User:
        """The person of an offered id."""
        return self.people[self.cleaned_data["to"]]


def _others(people: Iterable[User], but: int) -> list[User]:
    return [one for one in people if one.pk != but]


class SubmissionForm(ParkPicked, CompanyPicked):
    """A piece of intelligence."""

    park_permission = "submissions.add"

    title = forms.CharField(label=_("Title"), max_length=160)
    content = forms.CharField(label=_("What was learned"), max_length=8000, widget=forms.Textarea(attrs={"rows": 5}))
    field_order = ("park", "title", "content", "company_text", "company")


class JudgeForm(Versioned):
    """Valid, or not and why."""

    valid = forms.TypedChoiceField(
        label=_("Judgement"),
        choices=[("yes", _("Valid")), ("no", _("Not valid"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=240, required=False, widget=forms.Textarea(attrs=TWO_LINES))


class ClaimSubmissionForm(CompanyPicked):
    """The company of valid information that named none."""

    company_required = True
    company_use = "claim"
