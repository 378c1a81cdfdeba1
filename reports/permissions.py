"""Which role may do what in reports: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "reports.view": _("See monthly reports"),
    "reports.ranked": _("Is ranked in the monthly report"),
    "reports.close": _("Close and publish months"),
    "reports.schemes": _("Keep the assessment scheme"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "department_manager": ("reports.view",),
    "operator_manager": ("reports.view",),
    "leader": (
        "reports.view",
        "reports.close",
    ),
    "officer": ("reports.view", "reports.ranked"),
    "operator_officer": ("reports.view", "reports.ranked"),
    "park_admin": (
        "reports.view",
        "reports.close",
        "reports.schemes",
    ),
    "auditor": ("reports.view",),
    "service_window": ("reports.view",),
}
