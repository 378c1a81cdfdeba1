"""Login."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Django's form with messages that say what to do."""

    error_messages = {
        "invalid_login": _("Name or password is wrong. Check both; capital letters count in the password."),
        "inactive": _("This account is switched off. Ask your administrator."),
    }
