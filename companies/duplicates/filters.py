"""What possible duplicates can be narrowed by: one FilterSet for the page and the API."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from companies.models import Company, Duplicate, Evidence

ALL: Final = "all"
SCOPES: Final = (("registry", _("Registry")), ("own", _("Typed in by my parks")))
LIKELY: Final = (("90", "90+"), ("75", "75+"), ("60", "60+"))


class DuplicateFilter(FilterSet):
    """Ground, likeness, state and origin; without a state those that are to be decided."""

    q = CharFilter(label=_("Search"), method="by_text")
    evidence = ChoiceFilter(label=_("Grounds"), choices=Evidence.choices, empty_label=_("Any"))
    score = ChoiceFilter(
        label=_("Likeness"), choices=LIKELY, field_name="score", lookup_expr="gte", empty_label=_("Any")
    )
    state = ChoiceFilter(
        label=_("State"),
        choices=[*Duplicate.State.choices, (ALL, _("All"))],
        method="by_state",
        empty_label=_("To be decided"),
    )
    origin = ChoiceFilter(label=_("Origin"), choices=SCOPES, method="by_origin", empty_label=_("Any"))
    company = NumberFilter(label=_("Company"), method="by_company")

    class Meta:
        model = Duplicate
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What waits for a decision, unless a state is asked for."""
        rows: QuerySet[Any] = super().filter_queryset(queryset)  # type: ignore[no-untyped-call]  # the library has no types
        return rows if self.form.cleaned_data.get("state") else rows.filter(state=Duplicate.State.OPEN)

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """One state, or all of them."""
        return rows if value == ALL or not value else rows.filter(state=value)

    def by_origin(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Two companies of the registry, or one that a park typed in."""
        return rows.filter(park=None) if value == "registry" else rows.exclude(park=None)

    def by_company(self, rows: Any, name: str, value: Any) -> Any:
        """Pairs in which this company stands."""
        return rows.of(int(value))

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        """Either company, found as in the registry."""
        found = Company.objects.matching(value.replace("\x00", "").strip())[:500].values_list("pk", flat=True)
        ids = list(found)
        return rows.filter(left__in=ids) | rows.filter(right__in=ids)
