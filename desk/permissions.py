"""Which role may do what in desk: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "desk.view": _("Use the desk"),
    "figures.view": _("See the park's figures on the desk"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "platform_admin": ("desk.view",),
    "park_admin": ("desk.view", "figures.view"),
    "leader": ("desk.view", "figures.view"),
    "department_manager": ("desk.view",),
    "officer": ("desk.view",),
    "operator_manager": ("desk.view", "figures.view"),
    "operator_officer": ("desk.view",),
    "service_window": ("desk.view",),
    "auditor": ("desk.view", "figures.view"),
}
