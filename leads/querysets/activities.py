"""Which activities and promises a person sees."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Prefetch, Q

from accounts.models import named
from companies.models import Company
from core.isolation import ParkOwnedQuerySet
from leads.querysets.leads import HEAVY, MANAGES, seen_leads

if TYPE_CHECKING:
    from accounts.models import User


class ActivityQuerySet(ParkOwnedQuerySet[Any]):
    """Activities are as confidential as their lead; those without one belong to the whole park; one's own are seen."""

    def visible_to(self, user: "User") -> Self:
        """The parks in which activities may be seen, then the confidentiality of the lead; none that were deleted."""
        return self.filter(deleted_at=None).kept_or_deleted(user)

    def kept_or_deleted(self, user: "User") -> Self:
        """`visible_to`, with what was deleted: for undoing it."""
        parks = user.access.parks_with("activities.view")
        rows = self.filter(park_id__in=parks)
        if user.access.is_portal or not parks:
            return self.none()
        if parks <= user.access.parks_with(MANAGES):
            return rows
        return rows.filter(Q(lead=None) | Q(by=user.pk) | seen_leads(user, "lead__"))

    def counting(self, figure: str) -> Self:
        """Those that count for a figure: `outbound` or `inbound` visits."""
        return self.filter(counts_as=figure, counts=True)

    def not_counting(self) -> Self:
        """Those that would count if nothing were missing."""
        return self.filter(counts=False, deleted_at=None).exclude(counts_as="")

    def with_people(self) -> Self:
        """With the company, the person and the files that every list shows."""
        return (
            self.select_related("company", "by", "lead", "department")
            .defer(*HEAVY)
            .prefetch_related("files__attachment")
        )

    def with_met(self) -> Self:
        """With the people of the other side."""
        people = apps.get_model("leads", "PersonMet")._default_manager.select_related("contact")
        return self.prefetch_related(Prefetch("people", people))

    def with_story(self) -> Self:
        """All that a timeline tells: `with_people` and what was asked and promised."""
        companions = apps.get_model("leads", "Companion")._default_manager.select_related("user")
        words = apps.get_model("leads", "Undertaking")._default_manager.select_related("owner")
        story = (Prefetch("companions", companions), Prefetch("undertakings", words))
        return self.with_people().with_met().prefetch_related(*story)

    def search(self, text: str) -> Self:
        """By the company."""
        return self.filter(company__in=Company.objects.matching(text).values("pk"))


class UndertakingQuerySet(ParkOwnedQuerySet[Any]):
    """What was asked and promised is as confidential as the activity in which it was said; one's own is always seen."""

    def visible_to(self, user: "User") -> Self:
        """The parks in which activities may be seen, then the confidentiality of the lead."""
        parks = user.access.parks_with("activities.view")
        rows = self.filter(park_id__in=parks, activity__deleted_at=None)
        if user.access.is_portal or not parks:
            return self.none()
        if parks <= user.access.parks_with(MANAGES):
            return rows
        return rows.filter(Q(lead=None) | Q(owner=user.pk) | seen_leads(user, "lead__"))

    def open(self) -> Self:
        """Neither kept nor withdrawn."""
        return self.filter(state="open")

    def with_people(self) -> Self:
        """With what every list shows."""
        return self.select_related("company", "owner", "lead", "activity", "closed_by").defer(*HEAVY)

    def listed(self) -> Self:
        """What a line of a panel says: what, to whom, by whom, until when."""
        said = ("park", "activity", "kind", "text", "due_on", "state", "note", "company__name", *named("owner"))
        return self.select_related("company", "owner").only(*said)

    def search(self, text: str) -> Self:
        """By the company."""
        return self.filter(company__in=Company.objects.matching(text).values("pk"))
