"""The shape of input about companies; what it means is checked by the actions."""

import re
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.forms.fields import InPark
from companies.models import Company, Industry
from companies.regions import Cities, Provinces, strange_province
from core.forms import Suggested


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


class ProvinceField(forms.CharField):
    """A province of GB/T 2260, offered while one types; what is written otherwise stays."""

    def __init__(self) -> None:
        super().__init__(label=_("Province"), max_length=40, required=False)
        self.widget = forms.TextInput(attrs={"list": "provinces", "autocomplete": "off", "maxlength": 40})


class CityField(forms.CharField):
    """A city of the province; what the table of places does not know is kept as it is typed."""

    def __init__(self, province: str = "", **kwargs: Any) -> None:
        super().__init__(label=_("City"), max_length=40, widget=Suggested(Cities(province)), **kwargs)


class WithProvinces(forms.Form):
    """A province and one of its cities."""

    province = ProvinceField()
    city = CityField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city"].widget.offered = Cities(self.of("province"))

    def of(self, name: str) -> str:
        """What stands in a field."""
        return str(self[name].value() or "").strip()

    @property
    def provinces(self) -> list[tuple[str, str]]:
        """Value and label."""
        return Provinces()()

    @property
    def strange(self) -> str:
        """The province that has no such city as stands in the form."""
        return strange_province(self.of("province"), self.of("city"))


class NewCompanyForm(WithProvinces, InPark):
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


class CompanyForm(WithProvinces):
    """Everything that is publicly known of a company."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Company name"), max_length=200)
    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=40, required=False)
    industry = IndustryField()
    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    registered_on = forms.DateField(label=_("Registered on"), required=False)
    capital_raw = forms.CharField(
        label=_("Registered capital"),
        max_length=80,
        required=False,
        help_text=_("As the register prints it, for example 500(万美元)."),
    )
    stock_code = forms.CharField(
        label=_("Stock code"), max_length=12, required=False, help_text=_("For example 600519 or 00700.HK.")
    )
    exchange = forms.ChoiceField(
        label=_("Stock exchange"), choices=[("", _("As the code tells")), *Company.Exchange.choices], required=False
    )
    marks = forms.MultipleChoiceField(
        label=_("Marks"), choices=Company.Mark.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
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
