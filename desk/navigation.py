"""The navigation of the desk and of the portal: plain lists, at most seven entries each."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry

DESK: Final = (
    Entry("desk:today", _("Today"), "layout-dashboard", "desk.view", area="/"),
    Entry("leads:list", _("Leads"), "target-arrow", "leads.view", area="/leads/ /submissions/ /log/"),
    Entry("companies:list", _("Companies"), "building-skyscraper", "companies.view", area="/companies/"),
    Entry(
        "projects:list", _("Projects"), "building-factory-2", "projects.view", area="/projects/ /milestones/ /payments/"
    ),
    Entry("services:queue", _("Services"), "headset", "tickets.view", area="/tickets/ /catalogue/"),
    Entry("reports:latest", _("Assessment"), "chart-bar", "reports.view", area="/reports/ /my-month/"),
)
FOOT: Final = (
    Entry("parks:list", _("Parks"), "map-2", "parks.view", area="/parks/"),
    Entry("accounts:people", _("People"), "users", "accounts.manage", area="/people/"),
)
LOG: Final = Entry("leads:log", _("Log"), "plus", "activities.log")
PORTAL: Final = (
    Entry("portal:home", _("Home"), "home", "portal.view", area="/portal/$"),
    Entry("portal:requests", _("My requests"), "message-circle", "portal.view", area="/portal/requests/"),
    Entry("portal:account", _("Account"), "user-circle", "portal.view", area="/portal/account/"),
)
