"""The page that the day begins with: what waits for this person, in the order in which it burns."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.access import person
from core.navigation import chosen_park
from core.pages import Page
from desk.queries import agenda, doors, figures, inbox, month
from desk.queries.waiting import waiting_for
from leads import queries as leads
from leads.timeline import newest_activities

NEWEST = 8
# On the page of one part: more is due only to somebody who stopped working with it.
MOST_TASKS = 500


class Own:
    """Mixin: whose day it is, and where."""

    request: HttpRequest

    @property
    def user(self) -> User:
        """Whose day it is."""
        return person(self.request)

    @property
    def park_id(self) -> int | None:
        """The park chosen in the top bar."""
        park = chosen_park(self.request)
        return park.id if park else None


class Agenda(Own, Page):
    """One part of the agenda as a whole: `?part=overdue`, `today` or `week`."""

    permission = "desk.view"
    template_name = "desk/agenda.html"

    @cached_property
    def shown(self) -> agenda.Part:
        """404 for one that is none."""
        parts = agenda.agenda_of(self.user, waiting_for(self.user), self.park_id, MOST_TASKS)
        found = [part for part in parts if part.code == self.request.GET.get("part", parts[0].code)]
        if not found:
            raise Http404
        return found[0]

    def get_title(self) -> str:
        return str(self.shown.label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**({"part": self.shown} | kwargs))


class Today(Own, Page):
    """Every part asks whether the person may, so that one page serves all roles."""

    permission = "desk.view"
    title = _("Today")
    template_name = "desk/today.html"

    @property
    def greeting(self) -> str:
        """By the time of day in Asia/Shanghai."""
        hour = timezone.localtime().hour
        if 5 <= hour < 11:
            words = gettext("Good morning, %(name)s")
        elif 11 <= hour < 13:
            words = gettext("Good day, %(name)s")
        elif 13 <= hour < 18:
            words = gettext("Good afternoon, %(name)s")
        else:
            words = gettext("Good evening, %(name)s")
        return words % {"name": self.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"today": timezone.localtime(), "may": self.may(), "house": doors.house_of(self.user)}
        return super().get_context_data(**(own | self.work() | self.park() | kwargs))

    def may(self) -> dict[str, bool]:
        """The buttons that are there."""
        can = self.access.can
        return {"log": can("activities.log"), "submit": can("submissions.add"), "claim": can("leads.claim")}

    def work(self) -> dict[str, Any]:
        """What is one's own to do."""
        user, park_id = self.user, self.park_id
        works, decides = user.access.can("leads.change"), user.access.can("leads.screen")
        waits = waiting_for(user)
        parts = agenda.agenda_of(user, waits, park_id) if works else []
        due = any(part.tasks for part in parts)
        mine = month.glance_of(user, waits) if works else []
        return {
            # Who decides on others' work sees an own agenda only when there is one.
            "agenda": parts if due or not decides else [],
            "due": due,
            "mine": mine if not decides or any(stat.value for stat in mine) else [],
            "piles": inbox.piles_of(user, waits, park_id),
            "requests": inbox.requests_of(user, waits, park_id),
            "assigned": leads.newly_assigned(user) if works and waits.assigned else [],
            "idle": leads.without_progress(user, 5) if works else [],
        }

    def park(self) -> dict[str, Any]:
        """How the park stands, for those who answer for it."""
        user, park_id = self.user, self.park_id
        answers = user.access.can("figures.view")
        heads = answers or user.access.can("projects.recognise")
        reds = inbox.red_projects(user, park_id) if heads else []
        return {
            "heads": heads,
            "figures": figures.figures_of(user, park_id) if answers else [],
            "reds": reds[: inbox.REDS],
            "more_reds": len(reds) > inbox.REDS,
            "newest": newest_activities(user, NEWEST) if heads else [],
        }
