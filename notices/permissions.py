"""Which role may do what in notices: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "notices.view": _("See own notices"),
    "notices.manage": _("See undelivered notices"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "platform_admin": (
        "notices.view",
        "notices.manage",
    ),
    "park_admin": (
        "notices.view",
        "notices.manage",
    ),
    "leader": ("notices.view",),
    "department_manager": ("notices.view",),
    "officer": ("notices.view",),
    "operator_manager": ("notices.view",),
    "operator_officer": ("notices.view",),
    "service_window": ("notices.view",),
    "auditor": ("notices.view",),
    "enterprise": ("notices.view",),
}
