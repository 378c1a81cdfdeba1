"""Which role may do what in services: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "tickets.view": _("See service requests"),
    "tickets.work": _("Answer service requests"),
    "tickets.receive": _("Be told of new service requests"),
    "tickets.rule": _("Give a request to a third holder"),
    "tickets.own": _("Submit and follow own service requests"),
    "catalogue.view": _("See the service catalogue"),
    "catalogue.manage": _("Keep the service catalogue"),
}

_WORK: Final = ("tickets.view", "tickets.work", "catalogue.view")

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "park_admin": ("tickets.view", "catalogue.view", "catalogue.manage"),
    "leader": (*_WORK, "tickets.rule"),
    "department_manager": _WORK,
    "officer": _WORK,
    "operator_manager": (*_WORK, "tickets.receive", "tickets.rule", "catalogue.manage"),
    "operator_officer": (*_WORK, "tickets.receive"),
    "service_window": (*_WORK, "tickets.receive"),
    "auditor": ("tickets.view", "catalogue.view"),
    "enterprise": ("tickets.own", "catalogue.view"),
}
