"""The navigation of the desk and of the portal: plain lists, at most seven entries each."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry

LEAD_AREA: Final = (
    "/leads/ /activities/ /promises/ /submissions/ /log/ /conflicts/ /conflict-sides/ /trips/ /receptions/"
    " /events/ /referrers/ /rewards/"
)
LEAD_PAGES: Final = (
    Entry(
        "leads:list",
        _("Leads"),
        "target-arrow",
        "leads.view",
        area="/leads/$ /leads/board/$ /leads/calendar/$ /leads/sources/$",
    ),
    Entry(
        "leads:activities",
        _("Follow-ups and promises"),
        "walk",
        pages=(
            Entry("leads:activities", _("Follow-ups"), "walk", "activities.view", area="/activities/"),
            Entry("leads:undertakings", _("Promises"), "checklist", "activities.view", area="/promises/"),
        ),
    ),
    Entry(
        "leads:pool",
        _("Pool and claims"),
        "droplet",
        pages=(
            Entry("leads:pool", _("Public pool"), "droplet", "leads.view", area="/leads/pool/"),
            Entry("leads:conflicts", _("Claim conflicts"), "gavel", "conflicts.view", area="/conflicts/"),
            Entry("leads:sides", _("My claim conflicts"), "gavel", "leads.claim", area="/conflict-sides/"),
            Entry("leads:handovers", _("Hand-overs"), "user-share", "leads.view"),
            Entry("leads:offers", _("Shared with other parks"), "share-3", "leads.view"),
        ),
    ),
    Entry("leads:submissions", _("Information submitted"), "bulb", "submissions.add"),
    Entry(
        "leads:trips",
        _("Trips and receptions"),
        "plane-departure",
        pages=(
            Entry("leads:trips", _("Trips"), "plane-departure", "trips.view"),
            Entry("leads:receptions", _("Receptions"), "door-enter", "receptions.view"),
        ),
    ),
    Entry("leads:events", _("Events"), "calendar-event", "events.view"),
    Entry(
        "leads:referrers",
        _("Referrers"),
        "heart-handshake",
        pages=(
            Entry("leads:referrers", _("Referrers"), "heart-handshake", "referrers.view"),
            Entry("leads:rewards", _("Rewards"), "award", "rewards.view"),
            Entry("leads:thanks", _("With thanks"), "star", "referrers.view", area="/leads/thanks/$"),
        ),
    ),
)
COMPANY_PAGES: Final = (
    Entry("companies:list", _("Companies"), "building-skyscraper", "companies.view", area="/companies/$"),
    Entry("companies:targets", _("Target library"), "target", "profiles.view"),
    Entry(
        "companies:contacts",
        _("Contacts"),
        "users",
        pages=(
            Entry("companies:contacts", _("Contacts"), "users", "contacts.view", area="/contacts/$"),
            Entry("leads:overdue_people", _("Guests and others kept too long"), "clock-exclamation", "contacts.erase"),
        ),
    ),
    Entry(
        "companies:reveals",
        _("Who looked at contacts"),
        "eye",
        pages=(
            Entry("companies:reveals", _("At contacts"), "eye", "reveals.view", area="/contacts/reveals/$"),
            Entry("leads:person_reveals", _("At guests, participants and referrers"), "eye", "reveals.view"),
        ),
    ),
    Entry("companies:duplicates", _("Possible duplicates"), "copy", "duplicates.view", area="/companies/duplicates/"),
    Entry(
        "companies:imports",
        _("Imports"),
        "file-import",
        "imports.view",
        area="/companies/imports/ /companies/import/",
    ),
)
DESK: Final = (
    Entry("desk:today", _("Today"), "layout-dashboard", "desk.view", area="/"),
    Entry("leads:list", _("Leads"), "target-arrow", "leads.view", area=LEAD_AREA, pages=LEAD_PAGES),
    Entry(
        "companies:list",
        _("Companies"),
        "building-skyscraper",
        "companies.view",
        area="/companies/ /contacts/",
        pages=COMPANY_PAGES,
    ),
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
# Reached through the palette by name, besides the entries above.
DOING: Final = (
    Entry("leads:log", _("Log an activity"), "plus", "activities.log"),
    Entry("leads:add", _("Claim a company"), "flag", "leads.claim"),
    Entry("leads:pool", _("Public pool"), "droplet", "leads.view"),
    Entry("leads:sides", _("My claim conflicts"), "gavel", "leads.claim"),
    Entry("leads:sources", _("Leads by source"), "chart-bar", "leads.view"),
    Entry("leads:board", _("Lead board"), "layout-kanban", "leads.view"),
    Entry("leads:calendar", _("Lead calendar"), "calendar-month", "leads.view"),
    Entry("leads:submit", _("Submit information"), "bulb", "submissions.add"),
    Entry("leads:submissions", _("Information submitted"), "bulb", "submissions.add"),
    Entry("leads:trip_add", _("Plan a trip"), "plane-departure", "trips.plan"),
    Entry("leads:reception_add", _("Plan a reception"), "door-enter", "receptions.plan"),
    Entry("leads:event_add", _("Plan an event"), "calendar-event", "events.plan"),
    Entry("leads:referrer_add", _("New referrer"), "heart-handshake", "referrers.change"),
    Entry("leads:rewards", _("Rewards"), "award", "rewards.view"),
    Entry("leads:thanks", _("With thanks"), "star", "referrers.view"),
    Entry("leads:offers", _("Shared with other parks"), "share-3", "leads.view"),
    Entry("leads:handovers", _("Hand-overs"), "user-share", "leads.view"),
    Entry("leads:hand_over_all", _("Hand over all of a person"), "users-group", "leads.assign"),
    Entry("companies:duplicates", _("Possible duplicates"), "copy", "duplicates.view"),
    Entry("companies:import_upload", _("Import companies"), "file-import", "imports.run"),
    Entry("companies:add", _("New company"), "building-plus", "companies.add"),
    Entry("projects:board", _("Board of lights"), "traffic-lights", "projects.view"),
    Entry("projects:payments", _("Payments"), "cash", "payments.view"),
    Entry("services:catalogue", _("Service catalogue"), "list-details", "catalogue.view"),
    Entry("my_month", _("My month"), "calendar-stats", "leads.change"),
    Entry("notices:list", _("Notices"), "bell", "notices.view"),
    Entry("notices:given_up", _("Undelivered notices"), "mail-exclamation", "notices.manage"),
    Entry("core:jobs", _("Jobs"), "loader", "jobs.view"),
)
# What the “+” of the top bar and the key n make from anywhere.
CREATING: Final = (
    Entry("leads:log", _("Log an activity"), "notes", "activities.log"),
    Entry("leads:add", _("New lead"), "target-arrow", "leads.claim"),
    Entry("companies:add", _("New company"), "building-plus", "companies.add"),
    Entry("leads:submit", _("Submit information"), "bulb", "submissions.add"),
    Entry("services:write_down", _("Write down a request"), "phone-plus", "tickets.work"),
)
LOG: Final = Entry("leads:log", _("Log"), "plus", "activities.log")
PORTAL: Final = (
    Entry("portal:home", _("Home"), "home", "portal.view", area="/portal/$"),
    Entry("portal:requests", _("My requests"), "message-circle", "portal.view", area="/portal/requests/"),
    Entry("portal:account", _("Account"), "user-circle", "portal.view", area="/portal/account/"),
)
