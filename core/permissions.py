"""Which role may do what in core: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "jobs.view": _("See own jobs"),
    "files.view": _("Open files"),
    "views.use": _("Save views of lists"),
    "views.share": _("Share views of lists with others"),
    "lists.export": _("Export lists"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "platform_admin": ("jobs.view",),
    "park_admin": (
        "jobs.view",
        "files.view",
        "views.use",
        "views.share",
        "lists.export",
    ),
    "leader": (
        "jobs.view",
        "files.view",
        "views.use",
        "views.share",
        "lists.export",
    ),
    "department_manager": (
        "jobs.view",
        "files.view",
        "views.use",
        "views.share",
        "lists.export",
    ),
    "officer": (
        "jobs.view",
        "files.view",
        "views.use",
    ),
    "operator_manager": (
        "jobs.view",
        "files.view",
        "views.use",
        "views.share",
        "lists.export",
    ),
    "operator_officer": (
        "jobs.view",
        "files.view",
        "views.use",
    ),
    "service_window": (
        "jobs.view",
        "files.view",
        "views.use",
    ),
    "auditor": (
        "jobs.view",
        "files.view",
    ),
    "enterprise": ("files.view",),
}
