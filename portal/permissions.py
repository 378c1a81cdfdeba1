"""Which role may do what in portal: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "portal.view": _("Use the enterprise portal"),
    "portal.ask": _("Submit service requests"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "enterprise": (
        "portal.view",
        "portal.ask",
    ),
}
