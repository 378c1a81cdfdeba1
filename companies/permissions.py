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
    "contacts.erase": _("Erase contacts for good"),
    "reveals.view": _("See who looked at contacts"),
    "profiles.view": _("See target profiles and what a park knows of relations"),
    "profiles.change": _("Keep target profiles and relations"),
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
        "contacts.erase",
        "reveals.view",
        "profiles.view",
    ),
    "leader": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
        "profiles.view",
        "profiles.change",
        "contacts.erase",
        "reveals.view",
    ),
    "department_manager": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
        "profiles.view",
        "profiles.change",
        "contacts.erase",
    ),
    "officer": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
        "profiles.view",
        "profiles.change",
    ),
    "operator_manager": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
        "profiles.view",
        "profiles.change",
        "contacts.erase",
    ),
    "operator_officer": (
        "companies.view",
        "companies.add",
        "companies.change",
        "contacts.view",
        "contacts.change",
        "contacts.reveal",
        "profiles.view",
        "profiles.change",
    ),
    "service_window": (
        "companies.view",
        "contacts.view",
        "contacts.change",
        "profiles.view",
    ),
    "auditor": (
        "companies.view",
        "contacts.view",
        "reveals.view",
        "profiles.view",
    ),
}
