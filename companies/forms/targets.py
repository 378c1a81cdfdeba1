"""The shape of input about targets and about how companies hang together."""

from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.forms.fields import InPark
from companies.models import DEMANDS, Company, TargetProfile
from companies.queries import ROLES, others_found

PUBLIC: Final = "public"
KNOWN: Final = (("", _("Not known")), ("true", _("Yes")), ("false", _("No")))


def _text(name: str, rows: int = 2) -> forms.CharField:
    field: Any = TargetProfile._meta.get_field(name)
    return forms.CharField(
        label=field.verbose_name,
        max_length=field.max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _answer(name: str) -> forms.ChoiceField:
    field: Any = TargetProfile._meta.get_field(f"{name}_state")
    return forms.ChoiceField(
        label=field.verbose_name,
        choices=TargetProfile.Answer.choices,
        required=False,
        initial=TargetProfile.Answer.OPEN,
    )


class ProfileForm(forms.Form):
    """The three dimensions; who decides is told by the contacts."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    is_leader = forms.TypedChoiceField(
        label=_("Leader of its industry"),
        choices=KNOWN,
        required=False,
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    key_technology = _text("key_technology")
    association = _text("association", 1)
    environment = _text("environment")
    environment_state = _answer("environment")
    policy = _text("policy")
    policy_state = _answer("policy")
    supply_chain = _text("supply_chain")
    supply_chain_state = _answer("supply_chain")
    resources = _text("resources")
    resources_state = _answer("resources")

    @property
    def demands(self) -> list[tuple[Any, Any]]:
        """Each demand with its answer."""
        return [(self[name], self[f"{name}_state"]) for name in DEMANDS]

    def clean(self) -> dict[str, Any]:
        """An answer left out is an open one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return data | {f"{name}_state": data.get(f"{name}_state") or TargetProfile.Answer.OPEN for name in DEMANDS}

    @classmethod
    def values_of(cls, profile: TargetProfile) -> dict[str, Any]:
        """The profile as the form's initial values."""
        leader = {None: "", True: "true", False: "false"}[profile.is_leader]
        return {name: getattr(profile, name) for name in cls.base_fields} | {"is_leader": leader}


class RelateForm(InPark):
    """What another company is to this one, and who is to know it."""

    park_permission = "profiles.change"

    role = forms.ChoiceField(label=_("It is this company's"), choices=list(ROLES.values()))
    other_text = forms.CharField(label=_("Other company"), max_length=200, required=False)
    other = forms.CharField(required=False, widget=forms.HiddenInput)
    share = forms.DecimalField(
        label=_("Holding (%)"), required=False, max_digits=7, decimal_places=4, min_value=0, max_value=100
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    public = forms.BooleanField(
        label=_("Public: all parks may see it"),
        required=False,
        help_text=_("Otherwise only your park knows it."),
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        self.user, self.company = kwargs["user"], company
        super().__init__(*args, **kwargs)
        if not self.user.access.can("companies.steward"):
            del self.fields["public"]
        self.fields["other_text"].widget.attrs |= {
            "hx-get": f"{reverse('companies:options')}?but={company.pk}",
            "hx-target": "#other-options",
            # Else the form's own way of being replaced is inherited, and the second letter finds nothing to fill.
            "hx-swap": "innerHTML",
            "hx-trigger": "input changed delay:250ms",
            "hx-sync": "this:replace",
            "autocomplete": "off",
            "placeholder": gettext("Name, pinyin, initials or credit code"),
        }

    @property
    def options(self) -> list[Company]:
        """What fits the text that came with the form."""
        text = str(self["other_text"].value() or "").strip()
        return others_found(self.user, text, self.company.pk) if text else []

    @property
    def chosen(self) -> str:
        """The id that was chosen, kept when the form comes back."""
        return str(self["other"].value() or "")

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with the other company stands at the box in which it is searched."""
        super().add_error("other_text" if field == "other" else field, error)

    def clean(self) -> dict[str, Any]:
        """A company that this person sees, in place of its id; a merged one stands for what it became."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen, text = data.get("other") or "", (data.pop("other_text", "") or "").strip()
        rows = Company.objects.visible_to(self.user)
        found = rows.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
        found = found or (rows.filter(name=text).first() if text else None)
        data["other"] = found and found.lasting
        if data["other"] is None:
            self.add_error("other_text", _("Type a part of the name and choose the company."))
        return data
