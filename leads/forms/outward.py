"""Fields and forms that trips, receptions, events and referrers share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import ACCEPTED, Versioned
from core.money import MoneyField
from leads.models import CostKind

# Also where one must be chosen: nobody is chosen by having looked at the form.
NOBODY = ("", "—")
THREE_LINES = {"rows": 3}
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


class PersonField(forms.ChoiceField):
    """One of the offered colleagues; `people` is set by the form."""

    known: dict[str, User]

    def offer(self, people: Iterable[User]) -> None:
        """Whom the form lets choose."""
        self.known = {str(one.pk): one for one in people}
        self.choices = [NOBODY, *((pk, str(one)) for pk, one in self.known.items())]

    def prepare_value(self, value: Any) -> Any:
        """A person in `initial` is shown as the chosen one."""
        return str(value.pk) if isinstance(value, User) else value

    def clean(self, value: Any) -> User | None:
        """The person of an offered id."""
        return self.known.get(super().clean(value))


class PeopleField(forms.MultipleChoiceField):
    """Several of the offered colleagues."""

    widget = forms.CheckboxSelectMultiple
    known: dict[str, User]

    def offer(self, people: Iterable[User]) -> None:
        """Whom the form lets choose."""
        self.known = {str(one.pk): one for one in people}
        self.choices = [(pk, str(one)) for pk, one in self.known.items()]

    def clean(self, value: Any) -> list[User]:
        """The people of offered ids."""
        return [self.known[pk] for pk in super().clean(value)]


class ChoiceOfRow(forms.ChoiceField):
    """One of some offered rows (events, referrers, rules, contacts)."""

    known: dict[str, Any]

    def offer(self, rows: Iterable[Any], *, label: Any = str, key: str = "pk") -> None:
        """What the form lets choose."""
        found = [(str(getattr(row, key)), row) for row in rows]
        self.known = dict(found)
        self.choices = [NOBODY, *((pk, label(row)) for pk, row in found)]

    def clean(self, value: Any) -> Any:
        """The row of an offered id."""
        return self.known.get(super().clean(value))


class MomentField(forms.DateTimeField):
    """A day and an hour, as browsers send them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=MOMENTS, **kwargs)


class FileField(forms.FileField):
    """One file; its bytes are checked when it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": ACCEPTED})
        super().__init__(widget=widget, allow_empty_file=True, required=False, **kwargs)


class CostForm(forms.Form):
    """A line of costs."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CostKind.choices)
    amount = MoneyField(label=_("Amount (yuan)"))
    spent_on = forms.DateField(label=_("Spent on"))
    note = forms.CharField(label=_("Note"), max_length=160, required=False)
    receipt = FileField(label=_("Receipt"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spent_on"].initial = timezone.localdate()


class ReportForm(Versioned):
    """A few sentences."""

    report = forms.CharField(label=_("Report"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))


class WhyForm(Versioned):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 2}))
