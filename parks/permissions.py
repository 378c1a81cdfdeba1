"""Which role may do what in parks: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "parks.view": _("See the park"),
    "parks.manage": _("Set up the park"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "platform_admin": (
        "parks.view",
        "parks.manage",
    ),
    "park_admin": (
        "parks.view",
        "parks.manage",
    ),
    "leader": ("parks.view",),
    "department_manager": ("parks.view",),
    "officer": ("parks.view",),
    "operator_manager": ("parks.view",),
    "operator_officer": ("parks.view",),
    "service_window": ("parks.view",),
    "auditor": ("parks.view",),
    "enterprise": ("parks.view",),
}
