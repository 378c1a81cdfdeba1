"""The shape of input about companies and their people; what it means is checked by the actions."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.models import Company, Contact, Industry

if TYPE_CHECKING:
    from accounts.models import User

# What a card hides from people without the right to it.
SECRET = ("phone", "email", "wechat")


class Lines(forms.CharField):
    """Several names, one a line."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2000, help_text=_("One a line."), **kwargs)
        self.longest = longest
        self.widget.attrs |= {"rows": 2}

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in re.split(r"[\r\n;；]+", super().clean(value)) if line.strip()]
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(_("A name has at most %(n)s characters."), params={"n": self.longest})
        return list(dict.fromkeys(lines))


class IndustryField(forms.ModelChoiceField[Industry]):
    """A division of GB/T 4754, in the reader's language."""

    def __init__(self) -> None:
        divisions = Industry.objects.exclude(parent=None).order_by("code").only("code", "name", "name_en")
        super().__init__(queryset=divisions, label=_("Industry"), required=False, empty_label=_("Not known"))

    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


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


class NewCompanyForm(InPark):
    """What is needed to find a company again; the rest can follow."""

    park_permission = "companies.add"

    name = forms.CharField(label=_("Company name"), max_length=200)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        required=False,
        help_text=_("With its code the company joins the registry of all parks; without one it stays with yours."),
    )
    industry = IndustryField()
    province = forms.CharField(label=_("Province"), max_length=40, required=False)
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    field_order = ("name", "credit_code", "industry", "province", "city", "park")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credit_code"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}
        self.fields["name"].widget.attrs |= {
            "hx-get": reverse("companies:similar"),
            "hx-target": "#similar-companies",
            "hx-swap": "innerHTML",
            "hx-trigger": "input changed delay:300ms",
            "hx-sync": "this:replace",
            "autocomplete": "off",
        }


class CompanyForm(forms.Form):
    """Everything that is publicly known of a company."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Company name"), max_length=200)
    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=40, required=False)
    industry = IndustryField()
    province = forms.CharField(label=_("Province"), max_length=40, required=False)
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    registered_on = forms.DateField(label=_("Registered on"), required=False)
    capital_raw = forms.CharField(
        label=_("Registered capital"),
        max_length=80,
        required=False,
        help_text=_("As the register prints it, for example 500(万美元)."),
    )
    stock_code = forms.CharField(label=_("Stock code"), max_length=12, required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    short_names = Lines(label=_("Short names"), longest=60)
    former_names = Lines(label=_("Former names"), longest=200)
    foreign_name = forms.CharField(label=_("Foreign name"), max_length=200, required=False)
    introduction = forms.CharField(
        label=_("Introduction"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    @classmethod
    def values_of(cls, company: Company) -> dict[str, Any]:
        """The company as the form's initial values."""
        return {name: getattr(company, name) for name in cls.base_fields}


class ContactCard(forms.Form):
    """A person at a company."""

    name = forms.CharField(label=_("Name"), max_length=60)
    title = forms.CharField(label=_("Job title"), max_length=60, required=False)
    is_decision_maker = forms.BooleanField(label=_("Decision maker"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("Mail"), required=False)
    wechat = forms.CharField(label=_("WeChat"), max_length=60, required=False)
    met_on = forms.DateField(label=_("First met"), required=False)
    purpose = forms.CharField(
        label=_("Purpose"), max_length=120, required=False, help_text=_("What the park keeps this card for.")
    )
    basis = forms.ChoiceField(label=_("Basis"), choices=Contact.Basis.choices, initial=Contact.Basis.CONSENT)
    retain_until = forms.DateField(label=_("Keep until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.input_type = "tel"


class NewContactForm(InPark, ContactCard):
    """A new card, in the park that will keep it."""

    park_permission = "contacts.change"


class ContactForm(ContactCard):
    """A card on the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, unmasked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unmasked:
            for name in SECRET:
                del self.fields[name]

    @classmethod
    def values_of(cls, contact: Contact) -> dict[str, Any]:
        """The card as the form's initial values."""
        return {name: getattr(contact, name) for name in cls.base_fields}
