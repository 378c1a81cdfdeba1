"""Which role may do what in projects: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "projects.view": _("See projects"),
    "projects.sign": _("Sign projects"),
    "projects.change": _("Work on projects"),
    "projects.recognise": _("Recognise payments"),
    "payments.view": _("See payments"),
    "payments.claim": _("Claim payments"),
    "projects.templates": _("Keep milestone templates"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "park_admin": (
        "projects.view",
        "payments.view",
        "projects.templates",
    ),
    "leader": (
        "projects.view",
        "projects.sign",
        "projects.change",
        "projects.recognise",
        "payments.view",
        "payments.claim",
        "projects.templates",
    ),
    "department_manager": (
        "projects.view",
        "projects.sign",
        "projects.change",
        "projects.recognise",
        "payments.view",
        "payments.claim",
        "projects.templates",
    ),
    "officer": (
        "projects.view",
        "projects.change",
        "payments.view",
        "payments.claim",
    ),
    "operator_manager": (
        "projects.view",
        "projects.sign",
        "projects.change",
        "projects.recognise",
        "payments.view",
        "payments.claim",
        "projects.templates",
    ),
    "operator_officer": (
        "projects.view",
        "projects.change",
        "payments.view",
        "payments.claim",
    ),
    "service_window": ("projects.view",),
    "auditor": (
        "projects.view",
        "payments.view",
    ),
}
