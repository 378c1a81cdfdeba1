"""The shape of input about information submitted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people_with
from core.forms import Versioned
from leads.forms.outward import PersonField
from leads.pickers import CompanyPicked, ParkPicked

TWO_LINES = {"rows": 2}
AMOUNT_HELP = _("For example 2660万 or 1.2亿.")


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
    """The company of valid information that named none; and who follows it up, for those who assign leads."""

    company_required = True
    company_use = "claim"

    to = PersonField(label=_("Who follows it up"), required=False, help_text=_("Without anybody named it is yours."))
    note = forms.CharField(label=_("Note"), max_length=240, required=False, widget=forms.Textarea(attrs=TWO_LINES))

    def __init__(self, *args: Any, user: User, park_id: int, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if user.access.can("leads.assign", park_id):
            others = [one for one in people_with("leads.change", park_id) if one.pk != user.pk]
            self.fields["to"].offer(others)  # type: ignore[attr-defined]  # a PersonField
        else:
            del self.fields["to"], self.fields["note"]
