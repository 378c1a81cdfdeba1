"""Where those begin who set up or check: a few doors with the figure that says whether to open them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.queries import people_of
from core.models import Job
from core.navigation import address
from notices.models import Notice

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 5


@dataclass(frozen=True)
class Door:
    """One place to go to."""

    label: str | Promise
    text: str | Promise
    icon: str
    url: str
    count: int | None = None
    alarming: bool = False


@dataclass(frozen=True)
class House:
    """What those see who set up or check: the doors, and what arrived and what runs for them."""

    doors: list[Door]
    notices: list[Notice] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.doors)


def house_of(user: "User") -> House:
    """Empty for people who work on leads or requests themselves."""
    doors = doors_of(user)
    if not doors:
        return House([])
    notices = Notice.objects.visible_to(user).order_by("-unread", "-sent_at", "-id")[:SHOWN]
    jobs = Job.objects.visible_to(user).filter(owner=user.pk)[:SHOWN]
    return House(doors, list(notices), list(jobs))


def doors_of(user: "User") -> list[Door]:
    """Parks, people, catalogue, undelivered notices, jobs, reports: for people who do not work on leads themselves."""
    access = user.access
    if access.can("leads.change") or access.can("tickets.receive"):
        return []
    return [door for door in _all(user) if door.url]


def _all(user: "User") -> list[Door]:
    can = user.access.can
    doors = [
        Door(_("Parks"), _("Profile, calendar and rules"), "map-pin", address("parks:list"), len(user.access.parks)),
        Door(_("Assessment"), _("The monthly ranking and its records"), "chart-bar", address("reports:latest")),
    ]
    if can("accounts.manage"):
        count = people_of(user.access.parks_with("accounts.manage")).count()
        doors.append(Door(_("People"), _("Who works where, in which role"), "users", address("accounts:people"), count))
    if can("catalogue.manage"):
        doors.append(
            Door(
                _("Service catalogue"),
                _("What is promised, in which time"),
                "list-details",
                address("services:catalogue"),
            )
        )
    if can("notices.manage"):
        dead = Notice.objects.given_up(user).count()
        text = _("Notices that could not be sent")
        doors.append(Door(_("Undelivered"), text, "mail-exclamation", address("notices:given_up"), dead, dead > 0))
    doors.append(Door(_("Jobs"), _("Imports, exports and reports under way"), "loader", address("core:jobs")))
    return [door for door in doors if door.label != _("Assessment") or can("reports.view")]
