"""Which role may do what in services: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "tickets.view": _("See service requests"),
    "tickets.work": _("Answer service requests"),
    "tickets.rule": _("Give a request to a third holder"),
    "catalogue.view": _("See the service catalogue"),
    "catalogue.manage": _("Keep the service catalogue"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "park_admin": ("tickets.view", "catalogue.view", "catalogue.manage",),
    "leader": ("tickets.view", "tickets.work", "tickets.rule", "catalogue.view",),
    "department_manager": ("tickets.view", "tickets.work", "catalogue.view",),
    "officer": ("tickets.view", "tickets.work", "catalogue.view",),
    "operator_manager": ("tickets.view", "tickets.work", "tickets.rule", "catalogue.view",),
    "operator_officer": ("tickets.view", "tickets.work", "catalogue.view",),
    "service_window": ("tickets.view", "tickets.work", "catalogue.view",),
    "auditor": ("tickets.view", "catalogue.view",),
    "enterprise": ("catalogue.view",),
}
