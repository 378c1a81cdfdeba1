"""The shape of decisions about possible duplicates."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.models import Duplicate
from companies.queries.duplicates import Line, lines_of

if TYPE_CHECKING:
    from accounts.models import User

SIDES = ("left", "right")


class DifferentForm(forms.Form):
    """Why they are two."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 3}))


class MergeForm(forms.Form):
    """Which of the two stays, and for every fact in which they differ whose value is right."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    survivor = forms.ChoiceField(label=_("Stays"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=240, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, pair: Duplicate, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pair = pair
        stays = suggested(pair)
        mixed = (pair.left.origin_park_id is None) != (pair.right.origin_park_id is None)
        sides = [stays] if mixed else SIDES
        self.fields["survivor"].choices = [(side, getattr(pair, side).name) for side in sides]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["survivor"].initial = stays
        self.lines: list[Line] = []
        if not mixed or user.access.can("companies.steward"):
            self.lines = [line for line in lines_of(pair.left, pair.right) if line.choice and line.differs]
        for line in self.lines:
            self.fields[f"keep_{line.name}"] = self._choice(line, stays, mixed=mixed)

    def _choice(self, line: Line, stays: str, *, mixed: bool) -> forms.ChoiceField:
        other = "right" if stays == "left" else "left"
        # What the one that stays lacks comes from the other, except out of a park into the registry.
        initial = stays if getattr(line, stays) or mixed else other
        choices = [("left", line.left or "—"), ("right", line.right or "—")]
        return forms.ChoiceField(label=line.label, choices=choices, initial=initial, widget=forms.RadioSelect)

    def taken(self) -> dict[str, Any]:
        """What the action wants: the company that stays, and the facts that come from the other one."""
        data = self.cleaned_data
        side = data["survivor"]
        names = [line.name for line in self.lines if data[f"keep_{line.name}"] != side]
        return {
            "survivor": getattr(self.pair, side),
            "taken": names,
            "reason": data["reason"],
            "version": data["version"],
        }


def suggested(pair: Duplicate) -> str:
    """The side that should stay: of the registry, with a valid code, with more facts, the older one."""

    def weight(side: str) -> tuple[bool, bool, int]:
        company = getattr(pair, side)
        known = sum(bool(getattr(line, side)) for line in lines_of(pair.left, pair.right))
        return company.origin_park_id is None, company.code_kind == "valid", known

    return max(SIDES, key=weight)
