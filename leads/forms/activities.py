"""The shape of input about activities."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import FilesField
from leads.forms.origins import OnTrip
from leads.models import Activity, Lead
from leads.pickers import CompanyPicked
from leads.queries import recent_leads

TWO_LINES = {"rows": 2}
AMOUNT_HELP = _("For example 2660万 or 1.2亿.")


class LogForm(CompanyPicked, OnTrip):
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
        self.offer_trips(user, lead.park_id if lead else None)
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
