"""The shape of what people type about requests and the catalogue."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from core.forms import FilesField
from leads.pickers import CompanyPicked
from parks.models import Park
from services.models import CatalogueItem, Ticket


class MessageForm(forms.Form):
    """One message, and what is to be done with it; the pressed button says which."""

    ANSWER, RESOLVE, WAIT, NOTE = "answer", "resolve", "wait", "note"
    CHOICES = (
        (ANSWER, _("Answer")),
        (RESOLVE, _("Answer and resolve")),
        (WAIT, _("Wait for enterprise")),
        (NOTE, _("Internal note")),
    )

    message = forms.CharField(label=_("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]  # a declared field leaves Form.files alone
    do = forms.ChoiceField(choices=CHOICES, initial=ANSWER, required=False, widget=forms.HiddenInput)


class ServiceField(forms.ModelChoiceField[CatalogueItem]):
    """A service; with its park where there is a choice of parks."""

    several_parks = False

    def label_from_instance(self, obj: CatalogueItem) -> str:
        return f"{obj} · {obj.park.name}" if self.several_parks else str(obj)


class WrittenDownForm(CompanyPicked):
    """A request that came by telephone or at the counter; who writes it down holds it."""

    company_required = True
    field_order = ("company_text", "company", "item", "title", "text", "files")

    item = ServiceField(label=_("Service"), queryset=CatalogueItem.objects.none())
    title = forms.CharField(label=_("Subject"), max_length=160)
    text = forms.CharField(label=_("What is asked"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]  # as above

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.queryset = items.select_related("park")
        field.several_parks = len(self.user.access.parks_with("tickets.work")) > 1

    @property
    def may_add(self) -> bool:
        """Only enterprises that are known ask for services."""
        return False

    def clean(self) -> dict[str, Any]:
        """A known company, and nothing of how it was found."""
        data = super().clean()
        if self.new_company:
            self.add_error("company_text", _("Choose a company from the list."))
        return {name: data.get(name) for name in ("company", "item", "title", "text", "files")}


class HandOverForm(forms.Form):
    """To whom, and why."""

    to = forms.ModelChoiceField(label=_("New holder"), queryset=User.objects.none())
    reason = forms.CharField(
        label=_("Reason"), max_length=240, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, people: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["reason"].required = ticket.handovers > 0


class ReasonForm(forms.Form):
    """What is being waited for."""

    reason = forms.CharField(label=_("Waiting for"), max_length=240, help_text=_("Which office or company has to act?"))


class ReclassifyForm(forms.Form):
    """Another service of the same park."""

    item = forms.ModelChoiceField(label=_("Service"), queryset=CatalogueItem.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=240)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]  # a ModelChoiceField


class ItemForm(forms.ModelForm[CatalogueItem]):
    """A service of the catalogue; limits in hours and working days of the park, stored in minutes."""

    park = forms.ModelChoiceField(label=_("Park"), queryset=Park.objects.none())
    response_hours = forms.DecimalField(
        label=_("First response within (working hours)"),
        min_value=Decimal("0.1"),
        max_value=200,
        decimal_places=1,
        initial=2,
    )
    resolve_days = forms.DecimalField(
        label=_("Resolved within (working days)"), min_value=Decimal("0.1"), max_value=250, decimal_places=1, initial=5
    )

    class Meta:
        model = CatalogueItem
        fields = (
            "name",
            "name_en",
            "code",
            "category",
            "department",
            "description",
            "description_en",
            "documents",
            "documents_en",
            "position",
            "is_active",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 2})
            for name in ("description", "description_en", "documents", "documents_en")
        }

    def __init__(self, *args: Any, parks: list[Park], day: timedelta, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.fields["department"].queryset = Department.objects.filter(  # type: ignore[attr-defined]  # a ModelChoiceField
            park_id__in=[park.pk for park in parks] + [park.parent_id for park in parks if park.parent_id],
            is_active=True,
        )
        self.fields["code"].help_text = _("Letters, digits and hyphens; programs know the service by it.")
        if self.instance.pk:
            del self.fields["park"]
            del self.fields["code"]
            self.initial["response_hours"] = Decimal(self.instance.response_minutes) / 60
            self.initial["resolve_days"] = round(timedelta(minutes=self.instance.resolve_minutes) / day, 1)
        else:
            park = self.fields["park"]
            park.queryset = Park.objects.filter(pk__in=[one.pk for one in parks])  # type: ignore[attr-defined]  # as above
            park.initial = parks[0].pk
            park.widget = forms.HiddenInput() if len(parks) == 1 else park.widget

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        data = dict(self.cleaned_data)
        data["response_minutes"] = int(data.pop("response_hours") * 60)
        data["resolve_minutes"] = int(data.pop("resolve_days") * Decimal(self.day / timedelta(minutes=1)))
        return data

    def _post_clean(self) -> None:
        """The action writes; the form only checks the fields' shapes."""
