"""The shape of input about people at companies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.forms.fields import InPark
from companies.models import Contact

# What a card hides from people without the right to it.
SECRET = ("phone", "email", "wechat")


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
        label=_("Purpose"),
        max_length=120,
        required=False,
        initial=_("Investment promotion"),
        help_text=_("What the park keeps this card for."),
    )
    basis = forms.ChoiceField(label=_("Basis"), choices=Contact.Basis.choices, initial=Contact.Basis.CONSENT)
    retain_until = forms.DateField(
        label=_("Keep until"), required=False, help_text=_("Empty: as long as the park's rule says.")
    )

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


class EraseForm(forms.Form):
    """Why a person is taken off a card."""

    why = forms.ChoiceField(label=_("Why it was erased"), choices=Contact.Erasure.choices, widget=forms.RadioSelect)
