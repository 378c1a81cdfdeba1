"""People outside the house, all kinds together: who looked at them, and those who were kept longer than they may be."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.access import person
from core.errors import Refused
from core.pages import ActionPage, Column, Empty, ListPage, Page
from leads.actions.personal import erase_overdue_people
from leads.models import PersonReveal
from leads.outward_filters import PersonRevealFilter
from leads.queries.personal import Kind, outsiders, overdue_of, people_looked_at

ERASE = "contacts.erase"
MOST = 100


class PersonRevealList(ListPage):
    """Who looked at whose telephone or mail."""

    permission = "reveals.view"
    title = _("Who looked at guests, participants and referrers")
    filterset_class = PersonRevealFilter
    rows_template = "leads/personal/reveal_rows.jinja"
    default_order = "-at"
    columns = (
        Column("at", _("When"), sort="at"),
        Column("by", _("Person")),
        Column("who", _("Looked at")),
        Column("kind", _("Kind")),
        Column("of", _("Event or reception")),
        Column("park", _("Park")),
    )
    empty = Empty(
        _("Nobody has looked yet"),
        _("Every look at an unmasked telephone or mail of a guest, participant or referrer is written down here."),
        "eye",
    )

    def get_queryset(self) -> QuerySet[PersonReveal]:
        rows: QuerySet[PersonReveal] = PersonReveal.objects.visible_to(person(self.request)).select_related(
            "by", "park"
        )
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = people_looked_at(person(self.request), self.slice.rows)
        for look in self.slice.rows:
            look.person = people.get((look.kind, look.row_pk))
        return super().get_context_data(**kwargs)


class OverduePeople(Page):
    """Participants, guests and referrers whose time to be kept is over: who they are, and one button for all."""

    permission = ERASE
    title = _("Guests, participants and referrers kept too long")
    template_name = "leads/personal/overdue.html"

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The kinds that have somebody, each with its number and the first of them."""
        found = []
        for kind, rows in overdue_of(self.access.parks_with(ERASE)).items():
            count = rows.count()
            if not count:
                continue
            shown = list(rows.select_related("park").order_by("retain_until", "pk")[:MOST])
            known = outsiders(person(self.request), kind, [row.pk for row in shown])
            people = [{"row": row, "known": known.get(row.pk)} for row in shown]
            found.append({"label": Kind(kind).label, "count": count, "people": people, "more": count - len(people)})
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        total = sum(group["count"] for group in self.groups)
        return super().get_context_data(**({"groups": self.groups, "total": total} | kwargs))


class EraseOverduePeople(ActionPage):
    """Erase all of them, if they are as many as were shown."""

    permission = ERASE
    success_url = "leads:overdue_people"

    def perform(self) -> int:
        expected = self.request.POST.get("count", "")
        if not expected.isdecimal():
            raise Refused(_("Say how many were shown."), code="required")
        user = person(self.request)
        return erase_overdue_people(by=user, parks=user.access.parks_with(ERASE), expected=int(expected))

    def get_success_message(self, result: int) -> str:
        return ngettext("%(n)s person was erased.", "%(n)s people were erased.", result) % {"n": result}
