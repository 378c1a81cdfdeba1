"""Login and people."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.actions import GRANTABLE
from accounts.models import Department, Role

if TYPE_CHECKING:
    from accounts.access import Access


class LoginForm(AuthenticationForm):
    """Django's form with messages that say what to do."""

    error_messages = {
        "invalid_login": _("Name or password is wrong. Check both; capital letters count in the password."),
        "inactive": _("This account is switched off. Ask your administrator."),
    }


class PersonForm(forms.Form):
    """A new login with a role in one of the parks that the administrator manages."""

    username = forms.SlugField(label=_("Login name"), max_length=60)
    display_name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(label=_("Mail"), required=False)
    park = forms.ChoiceField(label=_("Park"))
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.filter(code__in=GRANTABLE), empty_label=None)
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none(), required=False)
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; the person changes it after the first login."),
    )

    def __init__(self, *args: Any, access: "Access", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managed = access.parks_with("accounts.manage")
        self.fields["park"].choices = [(park.id, park.name) for park in access.parks if park.id in managed]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["department"].queryset = Department.objects.filter(park_id__in=managed, is_active=True)  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        """The same rules as everywhere."""
        validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])
