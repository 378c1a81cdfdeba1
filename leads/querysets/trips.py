"""Which trips a person sees."""

from typing import Any, Final, Self

from django.apps import apps
from django.db.models import Count, DecimalField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from leads.querysets.leads import HEAVY
from leads.querysets.permitted import PermittedQuerySet

MONEY: Final[DecimalField[Any, Any]] = DecimalField(max_digits=18, decimal_places=2)


class TripQuerySet(PermittedQuerySet):
    """Trips are everybody's in the park who may see trips."""

    code = "trips.view"

    def with_people(self) -> Self:
        """With the leader that every list shows."""
        return self.select_related("leader")

    def with_totals(self) -> Self:
        """`spent` (yuan), `visit_count` and `team_size` of each row; for the few rows of one page."""
        return self.annotate(
            spent=Coalesce(_of_trip("TripCost", Sum("amount")), 0, output_field=MONEY),
            visit_count=Coalesce(_of_trip("Activity", Count("pk")), 0),
            team_size=Coalesce(_of_trip("TripMember", Count("pk")), 0),
        )

    def search(self, text: str) -> Self:
        """By the title and the places."""
        return self.filter(Q(title__icontains=text) | Q(places__icontains=text))


class TripPartQuerySet(PermittedQuerySet):
    """Members, targets and costs are seen by those who see trips."""

    code = "trips.view"

    def with_company(self) -> Self:
        """With the company that a target shows, without its heavy columns."""
        return self.select_related("company").defer(*HEAVY)


def _of_trip(model: str, measure: Any) -> Subquery:
    rows = apps.get_model("leads", model)._default_manager.filter(park_id=OuterRef("park_id"), trip=OuterRef("pk"))
    return Subquery(rows.order_by().values("trip").annotate(found=measure).values("found"))
