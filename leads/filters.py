"""What leads, activities and submissions can be narrowed by, on the page and in the API alike."""

from datetime import timedelta
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from accounts.models import Department
from accounts.queries import colleagues
from core.money import MoneyField
from core.periods import MonthFilter, PeriodFilter
from core.worktime import local_date
from leads.models import (
    OPEN_STAGES,
    Activity,
    Claim,
    ClaimConflict,
    ConflictSide,
    Handover,
    Lead,
    Ruling,
    ShareOffer,
    Source,
    Stage,
    Submission,
    Tier,
    Undertaking,
)

ME = "me"
DUE = (("overdue", _("Overdue")), ("today", _("Due today")), ("week", _("Within 7 days")), ("none", _("No next step")))
PROTECTED = (("7", _("Within 7 days")), ("30", _("Within 30 days")), ("over", _("Is over")))
OPEN_CHOICES = [(stage.value, stage.label) for stage in OPEN_STAGES]
STANDINGS = (("counts", _("Counts")), ("waiting", _("Not counted yet")), ("outside", _("Counts for no figure")))
LIGHTS = (("red", _("No progress")), ("amber", _("At risk")), ("green", _("On track")))


class MoneyFilter(filters.Filter):
    """An amount as people type it: 1000万."""

    field_class = MoneyField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types


class Ids(filters.NumberFilter):
    """A reference by id that the panel does not show: it comes from links and programs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, **kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types


def departments(request: Any) -> QuerySet[Department]:
    """Those of the parks that the reader sees."""
    parks = request.user.access.read_parks if request else ()
    return Department.objects.filter(park_id__in=parks, is_active=True)


class People:
    """The choices of people: oneself and one's colleagues, read only when they are shown or asked for."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """One query for all uses."""
        others = colleagues(self.user.access.read_parks) if self.user else []
        return [(ME, str(_("Mine"))), *((str(person.pk), str(person)) for person in others)]

    def __call__(self) -> list[tuple[str, str]]:
        """As the form asks for them."""
        return self.names

    def __len__(self) -> int:
        return len(self.names)

    def __deepcopy__(self, memo: dict[int, Any]) -> "People":
        """Forms copy their fields; the person must not be copied with them."""
        return self


@extend_schema_field(OpenApiTypes.STR)  # the choices are those of the reader
class Person(filters.ChoiceFilter):
    """`me`, or a colleague's id."""

    parent: Any

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=(), **kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types

    @property
    def field(self) -> Any:
        """The choices of the person who asks."""
        # Made anew for each: the field that django-filter keeps may be that of the API's schema, which knows nobody.
        self.__dict__.pop("_field", None)
        request = getattr(getattr(self, "parent", None), "request", None)
        self.extra["choices"] = People(getattr(request, "user", None))
        return super().field

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Narrow to the reader or to that person."""
        narrowed: QuerySet[Any] = super().filter(qs, self.meant(value))  # type: ignore[no-untyped-call]  # django-filter has no types
        return narrowed

    def meant(self, value: Any) -> Any:
        """The key of the person who is asked for. (`method=` would be given the word itself.)"""
        return self.parent.request.user.pk if value == ME else value


class Holder(Person):
    """Whose leads: those in the pool are nobody's."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Without the pool where a person is asked for."""
        return super().filter(qs.filter(pooled_at=None) if value else qs, value)


class Searchable(filters.FilterSet):
    """What the lists of this app share: the search box and the names for the boxes of two letters."""

    q = filters.CharFilter(method="search", label=_("Search"))

    def search(self, rows: Any, name: str, value: str) -> Any:
        """The queryset knows where to look."""
        return rows.search(value.strip()) if value.strip() else rows


class LeadFilter(Searchable):
    """Leads."""

    stage = filters.MultipleChoiceFilter(choices=Stage.choices, label=_("Stage"), widget=forms.CheckboxSelectMultiple)
    owner = Holder(field_name="owner", label=_("Owner"))
    tier = filters.MultipleChoiceFilter(choices=Tier.choices, label=_("Tier"), widget=forms.CheckboxSelectMultiple)
    department = filters.ModelChoiceFilter(queryset=departments, label=_("Department"))
    source = filters.ChoiceFilter(choices=Source.choices, label=_("Source"))
    protected = filters.ChoiceFilter(choices=PROTECTED, method="narrow_protected", label=_("Protection ends"))
    idle = filters.NumberFilter(
        method="narrow_idle", label=_("Idle for days, at least"), min_value=1, max_value=3650, decimal_places=0
    )
    pool = filters.BooleanFilter(method="narrow_pool", widget=forms.HiddenInput, label=_("Public pool"))
    amount_min = MoneyFilter(field_name="amount", lookup_expr="gte", label=_("Amount from"))
    amount_max = MoneyFilter(field_name="amount", lookup_expr="lte", label=_("Amount up to"))
    due = filters.ChoiceFilter(choices=DUE, method="narrow_due", label=_("Next step"))
    claimed = PeriodFilter(field_name="claimed_at", label=_("Claimed at"))
    light = filters.ChoiceFilter(choices=LIGHTS, method="narrow_light", label=_("Progress light"))
    open = filters.BooleanFilter(method="narrow_open", widget=forms.HiddenInput, label=_("Open leads"))
    company = Ids(field_name="company_id", label=_("Company"))

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def narrow_due(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        """By the day of the next step; closed leads have none that could be due."""
        today = local_date(timezone.now())
        rows = rows.filter(stage__in=OPEN_STAGES)
        match value:
            case "overdue":
                return rows.filter(next_date__lt=today)
            case "today":
                return rows.filter(next_date=today)
            case "week":
                return rows.filter(next_date__gte=today, next_date__lte=today + timedelta(days=7))
            case _:
                return rows.filter(Q(next_date=None) | Q(next_step=""))

    def narrow_protected(self, rows: Any, name: str, value: str) -> Any:
        """Held open leads whose protection ends within so many days, or is over."""
        day = local_date(timezone.now())
        rows = rows.held().filter(stage__in=OPEN_STAGES)
        if value == "over":
            return rows.filter(protected_until__lt=day)
        return rows.filter(protected_until__gte=day, protected_until__lte=day + timedelta(days=int(value)))

    def narrow_idle(self, rows: QuerySet[Lead], name: str, value: Any) -> QuerySet[Lead]:
        """Open leads with neither an activity nor a move for so many days."""
        since = timezone.now() - timedelta(days=int(value))
        quiet = Q(last_activity_at=None) | Q(last_activity_at__lte=since)
        return rows.filter(quiet, stage__in=OPEN_STAGES, stage_since__lte=since)

    def narrow_pool(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001 - django-filter
        """In the public pool, or held."""
        return rows.in_pool() if value else rows.held()

    def narrow_light(self, rows: Any, name: str, value: str) -> Any:
        """By the light that the park's thresholds give."""
        rows = rows if "light" in rows.query.annotations else rows.with_light()
        return rows.filter(light=value)

    def narrow_open(self, rows: QuerySet[Lead], name: str, value: bool) -> QuerySet[Lead]:  # noqa: FBT001 - django-filter
        """Neither signed nor dropped, or one of the two."""
        return rows.filter(stage__in=OPEN_STAGES) if value else rows.exclude(stage__in=OPEN_STAGES)


class PoolFilter(Searchable):
    """The public pool."""

    stage = filters.MultipleChoiceFilter(choices=OPEN_CHOICES, label=_("Stage"), widget=forms.CheckboxSelectMultiple)
    tier = filters.MultipleChoiceFilter(choices=Tier.choices, label=_("Tier"), widget=forms.CheckboxSelectMultiple)
    source = filters.ChoiceFilter(choices=Source.choices, label=_("Source"))
    last_owner = Person(field_name="owner", label=_("Last owner"))
    amount_min = MoneyFilter(field_name="amount", lookup_expr="gte", label=_("Amount from"))

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()


class ConflictFilter(Searchable):
    """Cases to rule."""

    state = filters.ChoiceFilter(choices=ClaimConflict.State.choices, label=_("State"))
    ruling = filters.ChoiceFilter(choices=Ruling.choices, label=_("Ruling"))
    late = filters.BooleanFilter(method="narrow_late", widget=forms.HiddenInput, label=_("Overdue"))

    class Meta:
        model = ClaimConflict
        fields: tuple[str, ...] = ()

    def narrow_late(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001 - django-filter
        """Still to be ruled although the time is over."""
        return rows.overdue() if value else rows


class SideFilter(Searchable):
    """The sides of cases."""

    state = filters.ChoiceFilter(choices=ClaimConflict.State.choices, label=_("State"))
    person = Person(field_name="person", label=_("Claimant"))

    class Meta:
        model = ConflictSide
        fields: tuple[str, ...] = ()


class ClaimFilter(Searchable):
    """Claims: who held what, from when, until when."""

    q = None  # type: ignore[assignment]  # nothing to search by: narrow the leads instead
    lead = Ids(field_name="lead_id", label=_("Lead"))
    owner = Person(field_name="owner", label=_("Owner"))
    kind = filters.ChoiceFilter(choices=Claim.Kind.choices, label=_("How"))
    running = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", label=_("Running"))

    class Meta:
        model = Claim
        fields: tuple[str, ...] = ()


class ActivityFilter(Searchable):
    """Activities."""

    kind = filters.MultipleChoiceFilter(
        choices=Activity.Kind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple
    )
    by = Person(field_name="by", label=_("By"))
    department = filters.ModelChoiceFilter(queryset=departments, label=_("Department"))
    company = Ids(field_name="company_id", label=_("Company"))
    lead = Ids(field_name="lead_id", label=_("Lead"))
    trip = Ids(field_name="trip_id", label=_("Trip"))
    happened = PeriodFilter(field_name="happened_at", label=_("When"))
    with_colleague = Person(field_name="companions__user", label=_("Who was there"))
    counted_month = MonthFilter(label=_("Counted in"))
    standing = filters.ChoiceFilter(choices=STANDINGS, method="narrow_standing", label=_("Counts"))

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def narrow_standing(self, rows: Any, name: str, value: str) -> Any:
        """What counts in its month, and what would if nothing were missing."""
        match value:
            case "counts":
                return rows.filter(counts=True)
            case "waiting":
                return rows.not_counting()
            case _:
                return rows.filter(counts_as="")


class UndertakingFilter(Searchable):
    """What was asked and promised."""

    kind = filters.ChoiceFilter(choices=Undertaking.Kind.choices, label=_("Kind"))
    state = filters.ChoiceFilter(choices=Undertaking.State.choices, label=_("State"))
    owner = Person(field_name="owner", label=_("Who sees to it"))
    due = filters.ChoiceFilter(choices=DUE, method="narrow_due", label=_("Due on"))
    company = Ids(field_name="company_id", label=_("Company"))
    lead = Ids(field_name="lead_id", label=_("Lead"))
    activity = Ids(field_name="activity_id", label=_("Follow-up"))

    class Meta:
        model = Undertaking
        fields: tuple[str, ...] = ()

    def narrow_due(self, rows: Any, name: str, value: str) -> Any:
        """By its day; what is settled is due no more."""
        today = local_date(timezone.now())
        rows = rows.open()
        match value:
            case "overdue":
                return rows.filter(due_on__lt=today)
            case "today":
                return rows.filter(due_on=today)
            case "week":
                return rows.filter(due_on__gte=today, due_on__lte=today + timedelta(days=7))
            case _:
                return rows.filter(due_on=None)


class SubmissionFilter(Searchable):
    """Information submitted."""

    state = filters.ChoiceFilter(choices=Submission.State.choices, label=_("State"))
    submitted_by = Person(field_name="submitted_by", label=_("Reported by"))
    department = filters.ModelChoiceFilter(queryset=departments, label=_("Department"))
    submitted = PeriodFilter(field_name="submitted_at", label=_("Reported at"))
    late = filters.BooleanFilter(method="narrow_late", widget=forms.HiddenInput, label=_("Overdue"))

    class Meta:
        model = Submission
        fields: tuple[str, ...] = ()

    def narrow_late(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001 - django-filter
        """Still to be judged although the time is over."""
        return rows.overdue() if value else rows


class OfferFilter(Searchable):
    """Offers to and from other parks."""

    direction = filters.ChoiceFilter(choices=ShareOffer.Direction.choices, label=_("Direction"))
    state = filters.ChoiceFilter(choices=ShareOffer.State.choices, label=_("State"))
    lead = Ids(field_name="lead_id", label=_("Lead"))

    class Meta:
        model = ShareOffer
        fields: tuple[str, ...] = ()


class HandoverFilter(Searchable):
    """Hand-overs."""

    state = filters.ChoiceFilter(choices=Handover.State.choices, label=_("State"))
    receiver = Person(field_name="receiver", label=pgettext_lazy("handover", "To"))
    giver = Person(field_name="giver", label=pgettext_lazy("handover", "From"))
    lead = Ids(field_name="lead_id", label=_("Lead"))

    class Meta:
        model = Handover
        fields: tuple[str, ...] = ()
