"""What several forms of companies share."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class InPark(forms.Form):
    """The park in which the row will live; asked for only where there is a choice."""

    park_permission = ""
    park = forms.TypedChoiceField(label=_("Park"), coerce=int)

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = user.access.parks_with(self.park_permission)
        self.home = user.access.home_park_id if user.access.home_park_id in allowed else min(allowed, default=0)
        named = [(park.id, park.name) for park in user.access.parks if park.id in allowed]
        if len(named) < 2:
            del self.fields["park"]
        else:
            self.fields["park"].choices = named  # type: ignore[attr-defined]  # declared above
            self.fields["park"].initial = self.home

    def taken(self) -> tuple[int, dict[str, Any]]:
        """The park, and everything else."""
        facts = dict(self.cleaned_data)
        return int(facts.pop("park", None) or self.home or 0), facts
