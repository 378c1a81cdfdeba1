"""Rows of people with percentages."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import colleagues
from leads.actions.credit import MOST_PEOPLE
from leads.forms.leads import TWO_LINES
from leads.models import CreditShare, Lead
from leads.queries.credit import Share


class SharesForm(forms.Form):
    """Up to ten people, each with a role and a percentage; `shares` are those that were filled in."""

    valid_from = forms.DateField(
        label=_("Valid from"), help_text=_("Signings and payments of that day and later count by it.")
    )
    note = forms.CharField(label=_("Reason"), max_length=240, required=False, widget=forms.Textarea(attrs=TWO_LINES))

    def __init__(self, *args: Any, lead: Lead, now: list[Share], default: list[Share], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {str(one.pk): one for one in colleagues(frozenset({lead.park_id}))}
        self.default = {share.user.pk: share for share in default}
        names = [("", "—"), *((pk, str(one)) for pk, one in self.people.items())]
        for number in range(MOST_PEOPLE):
            share = now[number] if number < len(now) else None
            self._add_row(number, names, share)

    def _add_row(self, number: int, names: list[tuple[str, str]], share: Share | None) -> None:
        self.fields[f"person_{number}"] = forms.ChoiceField(
            label=_("Person"), choices=names, required=False, initial=str(share.user.pk) if share else ""
        )
        self.fields[f"role_{number}"] = forms.ChoiceField(
            label=_("Role"), choices=CreditShare.Role.choices, initial=share.role if share else "assist"
        )
        self.fields[f"percent_{number}"] = forms.DecimalField(
            label=_("Share (%)"),
            required=False,
            min_value=Decimal(0),
            max_value=Decimal(100),
            max_digits=5,
            decimal_places=2,
            initial=f"{share.percent.normalize():f}" if share else None,
        )
        self.fields[f"role_{number}"].required = False

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The bound fields of each row, and whether it is needed yet."""
        bound = [{name: self[f"{name}_{number}"] for name in ("person", "role", "percent")} for number in self._numbers]
        used = max((at for at, row in enumerate(bound) if row["person"].value()), default=-1)
        return [row | {"spare": at > used + 1} for at, row in enumerate(bound)]

    @property
    def _numbers(self) -> range:
        return range(MOST_PEOPLE)

    def clean(self) -> dict[str, Any]:
        """The rows that name somebody; a percentage without a person is a mistake."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        shares = []
        for number in self._numbers:
            chosen, percent = data.pop(f"person_{number}", ""), data.pop(f"percent_{number}", None)
            role = data.pop(f"role_{number}", "") or "assist"
            if percent and not chosen:
                self.add_error(f"person_{number}", _("Choose the person."))
            elif chosen and not percent and f"percent_{number}" not in self.errors:
                self.add_error(f"percent_{number}", _("Enter the share."))
            elif chosen:
                shares.append(Share(self.people[chosen], role, percent or Decimal(0)))
        return data | {"shares": shares}
