"""The calendar of leads."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access import person
from core.pages import CalendarItem, CalendarPage, Quick
from leads.calendars import Asked, items
from leads.filters import LeadFilter
from leads.models import Lead
from leads.views.lists import NEW_LEAD, SUBMISSIONS, VIEWS


class LeadCalendar(CalendarPage):
    """What comes next with whom, and what was done."""

    permission = "leads.view"
    title = _("Lead calendar")
    saves_views = True
    list_name = "leads:list"
    filterset_class = LeadFilter
    quick = (Quick(_("Mine"), "owner", "me"),)
    views = VIEWS
    buttons = (SUBMISSIONS, NEW_LEAD)

    def get_queryset(self) -> QuerySet[Lead]:
        rows: QuerySet[Lead] = Lead.objects.visible_to(person(self.request)).with_people()
        return rows

    def get_items(self, first: dt.date, last: dt.date) -> Iterable[CalendarItem]:
        mine = self.params.get("owner") == "me"
        others = [chip for chip in self.chips if not (chip.name == "owner" and mine)]
        asked = Asked(
            user=person(self.request),
            first=first,
            last=last,
            leads=self.filtered,
            mine=mine,
            narrowed=bool(others or self.search),
            park_id=self.park.id if self.park else None,
        )
        return items(asked)
