"""Which role may do what in leads: data, no code."""

from typing import Final

from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final = {
    "leads.view": _("See leads"),
    "confidential.view": _("See confidential leads too"),
    "leads.claim": _("Claim companies as leads"),
    "leads.change": _("Move leads and edit them"),
    "leads.screen": _("Decide on admission"),
    "leads.assign": _("Hand leads to others"),
    "leads.rule": _("Rule on conflicting claims"),
    "activities.view": _("See activities"),
    "activities.log": _("Log activities"),
    "submissions.view": _("See all information submitted"),
    "submissions.add": _("Submit information"),
    "submissions.judge": _("Judge information submitted"),
}

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "officer": (
        "leads.view",
        "leads.claim",
        "leads.change",
        "activities.view",
        "activities.log",
        "submissions.add",
    ),
    "operator_officer": (
        "leads.view",
        "leads.claim",
        "leads.change",
        "activities.view",
        "activities.log",
        "submissions.add",
    ),
    "department_manager": (
        "leads.view",
        "confidential.view",
        "leads.claim",
        "leads.change",
        "leads.screen",
        "leads.assign",
        "leads.rule",
        "activities.view",
        "activities.log",
        "submissions.view",
        "submissions.add",
        "submissions.judge",
    ),
    "operator_manager": (
        "leads.view",
        "confidential.view",
        "leads.claim",
        "leads.change",
        "leads.screen",
        "leads.assign",
        "activities.view",
        "activities.log",
        "submissions.view",
        "submissions.add",
        "submissions.judge",
    ),
    "leader": (
        "leads.view",
        "confidential.view",
        "leads.claim",
        "leads.change",
        "leads.screen",
        "leads.assign",
        "leads.rule",
        "activities.view",
        "activities.log",
        "submissions.view",
        "submissions.add",
        "submissions.judge",
    ),
    "park_admin": (
        "leads.view",
        "confidential.view",
        "activities.view",
        "submissions.view",
        "submissions.add",
    ),
    "auditor": (
        "leads.view",
        "confidential.view",
        "activities.view",
        "submissions.view",
    ),
    "service_window": (
        "activities.view",
        "activities.log",
        "submissions.add",
    ),
}
