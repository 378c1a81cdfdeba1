"""Which events and participants a person sees."""

from typing import Self

from django.db.models import Q

from leads.querysets.leads import HEAVY
from leads.querysets.permitted import PermittedQuerySet


class EventQuerySet(PermittedQuerySet):
    """Events are the whole park's."""

    code = "events.view"

    def with_people(self) -> Self:
        """With the person in charge that every list shows."""
        return self.select_related("owner")

    def search(self, text: str) -> Self:
        """By the title, the theme and the place."""
        return self.filter(Q(title__icontains=text) | Q(theme__icontains=text) | Q(place__icontains=text))


class EventPartQuerySet(PermittedQuerySet):
    """Tasks and costs of events."""

    code = "events.view"


class EventPersonQuerySet(EventPartQuerySet):
    """Participants."""

    def with_names(self) -> Self:
        """With the company and the colleague that a line shows."""
        return self.select_related("company", "user").defer(*HEAVY)

    def attended(self) -> Self:
        """Those who came."""
        return self.filter(attended_at__isnull=False)
