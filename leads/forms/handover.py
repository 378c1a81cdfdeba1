"""Handing everything of a person over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people_with
from leads.forms.leads import TWO_LINES


class HandAllForm(forms.Form):
    """To whom; several people get the leads dealt out in turn."""

    receivers = forms.MultipleChoiceField(
        label=_("New owners"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With several, the leads are dealt out in turn by stage and size."),
    )
    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs=TWO_LINES))

    def __init__(self, *args: Any, giver: User, park_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_with("leads.change", park_id)
        self.people = {str(one.pk): one for one in people if one.pk != giver.pk}
        self.fields["receivers"].choices = [(pk, str(one)) for pk, one in self.people.items()]  # type: ignore[attr-defined]

    def clean_receivers(self) -> list[User]:
        """The people of the offered ids."""
        return [self.people[pk] for pk in self.cleaned_data["receivers"]]
