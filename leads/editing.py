"""Which fields of a lead are changed in its cell, in its panel, or for many leads at once."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.queries import people_with
from core.lists.editing import Editable, Editor, register
from core.money import MoneyField
from leads.actions import edit_lead, hand_over_lead
from leads.actions.rows import may_change
from leads.models import Lead, Tier

if TYPE_CHECKING:
    from accounts.models import User


def owners(user: "User", lead: Lead | None) -> forms.Field:
    """Those who may own leads in the lead's park; for many leads in the home park."""
    park_id = lead.park_id if lead else user.access.home_park_id or 0
    people = {str(one.pk): one for one in people_with("leads.change", park_id)}
    return forms.TypedChoiceField(
        choices=[("", "—"), *((pk, str(one)) for pk, one in people.items())],
        coerce=people.__getitem__,
        empty_value=None,
    )


class LeadEditor(Editor):
    """Owner by handing over, the rest by editing; stages move and sources are corrected on ways of their own."""

    noun = "leads"
    model = Lead
    permission = "leads.change"
    fields = (
        Editable("owner", _("Owner"), owners, attribute="owner_id", required=True, permission="leads.assign"),
        Editable(
            "confidentiality",
            _("Who sees it"),
            lambda user, lead: forms.ChoiceField(choices=Lead.Confidentiality.choices),
            required=True,
        ),
        Editable(
            "tier",
            _("Tier"),
            lambda user, lead: forms.ChoiceField(choices=Tier.choices),
            required=True,
            permission="leads.assign",
        ),
        Editable("next_date", _("Due on"), lambda user, lead: forms.DateField()),
        Editable("next_step", _("Next step"), lambda user, lead: forms.CharField(max_length=200), bulk=False),
        Editable("title", _("Intended project"), lambda user, lead: forms.CharField(max_length=160), bulk=False),
        Editable(
            "amount",
            _("Intended investment (yuan)"),
            lambda user, lead: MoneyField(help_text=_("For example 2660万 or 1.2亿.")),
            bulk=False,
        ),
        Editable(
            "demands",
            _("Key demands"),
            lambda user, lead: forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3})),
            bulk=False,
        ),
        Editable("source_note", _("Source details"), lambda user, lead: forms.CharField(max_length=160), bulk=False),
    )

    def rows(self, user: "User") -> Any:
        """With the company that names them."""
        return Lead.objects.visible_to(user).with_people()

    def may_edit(self, user: "User", row: Lead) -> bool:
        """The owner and those who assign, while it is open."""
        return row.is_open and may_change(user, row)

    def write(self, *, by: "User", row: Lead, values: dict[str, Any], version: int | None = None) -> Lead:
        """A new owner is told; the rest is an edit."""
        owner = values.pop("owner", None)
        if owner is not None and owner.pk != row.owner_id:
            row = hand_over_lead(by=by, lead=row, to=owner, version=version)
            version = None
        return edit_lead(by=by, lead=row, version=version, **values) if values else row


LEADS = register(LeadEditor())
