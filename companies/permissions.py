"""Which role may do what in companies: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "companies.view": _("See companies"),
    "companies.add": _("Add companies"),
    "companies.change": _("Correct companies"),
    "companies.steward": _("Keep the registry and import"),
    "contacts.view": _("See contacts"),
    "contacts.change": _("Keep contacts"),
    "contacts.reveal": _("See telephone and mail unmasked"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "platform_admin": (
        "companies.view",
        "companies.add",
        "companies.change",
        "companies.steward",
    ),
    "park_admin": (
        "companies.view",
        "companies.add",
        "companies.change",
        "companies.steward",
        "contacts.view",
    ),
    "leader": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
    ),
    "department_manager": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
    ),
    "officer": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
    ),
    "operator_manager": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
    ),
    "operator_officer": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
    ),
    "service_window": (
        "companies.view",
        "contacts.view",
        "contacts.change",
    ),
    "auditor": (
        "companies.view",
        "contacts.view",
    ),
}
