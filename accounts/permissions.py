"""Which role may do what in accounts, and the names of the built-in roles: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

ROLE_LABELS: Final = {
    "platform_admin": _("Platform administrator"),
    "park_admin": _("Park administrator"),
    "leader": _("Park leader"),
    "department_manager": _("Department manager"),
    "officer": _("Investment officer"),
    "operator_manager": _("Operator's manager"),
    "operator_officer": _("Operator's officer"),
    "service_window": _("Service window"),
    "auditor": _("Auditor"),
    "enterprise": _("Enterprise user"),
}

# What a reviewing parent may do inside an inner park, beyond looking.
REVIEW_CODES: Final = frozenset({"leads.screen", "projects.recognise", "leads.rule"})

PERMISSIONS: Final = {
    "oversight.use": _("See into inner parks that grant it"),
    "accounts.view": _("See people"),
    "accounts.manage": _("Manage people and roles"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "platform_admin": ("oversight.use", "accounts.view", "accounts.manage"),
    "park_admin": ("accounts.view", "accounts.manage"),
    "leader": ("oversight.use", "accounts.view"),
    "department_manager": ("oversight.use", "accounts.view"),
    "officer": ("accounts.view",),
    "operator_manager": ("accounts.view",),
    "operator_officer": ("accounts.view",),
    "service_window": ("accounts.view",),
    "auditor": ("oversight.use", "accounts.view"),
    "enterprise": (),
}
