"""Which role may do what in core: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "jobs.view": _("See own jobs"),
    "files.view": _("Open files"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "platform_admin": ("jobs.view",),
    "park_admin": (
        "jobs.view",
        "files.view",
    ),
    "leader": (
        "jobs.view",
        "files.view",
    ),
    "department_manager": (
        "jobs.view",
        "files.view",
    ),
    "officer": (
        "jobs.view",
        "files.view",
    ),
    "operator_manager": (
        "jobs.view",
        "files.view",
    ),
    "operator_officer": (
        "jobs.view",
        "files.view",
    ),
    "service_window": (
        "jobs.view",
        "files.view",
    ),
    "auditor": (
        "jobs.view",
        "files.view",
    ),
    "enterprise": ("files.view",),
}
