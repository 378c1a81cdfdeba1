"""What an enterprise types: a request, a reply, a rating."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import FilesField

RATINGS = (
    (1, _("Very dissatisfied")),
    (2, _("Dissatisfied")),
    (3, _("All right")),
    (4, _("Satisfied")),
    (5, _("Very satisfied")),
)


class RequestForm(forms.Form):
    """What is needed, in the enterprise's own words."""

    title = forms.CharField(label=_("Subject"), max_length=160)
    text = forms.CharField(label=_("What do you need?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}))
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]  # a declared field leaves Form.files alone


class ReplyForm(forms.Form):
    """A message to the park."""

    message = forms.CharField(label=_("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]  # as above


class WithdrawForm(forms.Form):
    """Why it is needed no more."""

    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 2}))


class ThanksForm(forms.Form):
    """One to five, and words if one likes."""

    rating = forms.TypedChoiceField(
        label=_("How did we do?"), choices=RATINGS, coerce=int, widget=forms.RadioSelect, empty_value=None
    )
    text = forms.CharField(
        label=_("Anything to add?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
