"""What trips, receptions, events, referrers and rewards can be narrowed by, on the page and in the API alike."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.periods import PERIODS, PeriodFilter, days_of
from core.worktime import start_of_day
from leads.filters import Ids, Person, Searchable
from leads.models import (
    Event,
    PersonReveal,
    Reception,
    Referral,
    Referrer,
    ReferrerKind,
    Reward,
    Trip,
    TripMember,
)

WHEN = (("coming", _("Coming")), ("past", _("Past")), *PERIODS)


class When(filters.ChoiceFilter):
    """By the span of a row: `begins` and `ends` are its fields, days or moments."""

    def __init__(self, *, begins: str, ends: str, moments: bool, **kwargs: Any) -> None:
        super().__init__(choices=WHEN, label=_("When"), **kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types
        self.begins, self.ends, self.moments = begins, ends, moments

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Half-open spans of Beijing days."""
        if not value:
            return qs
        today = timezone.localdate()
        turn: Any = start_of_day if self.moments else (lambda day: day)
        if value == "past":
            return qs.filter(**{f"{self.ends}__lt": turn(today)})
        first, after = (today, None) if value == "coming" else days_of(value, today)
        qs = qs.filter(**{f"{self.ends}__gte": turn(first)})
        return qs.filter(**{f"{self.begins}__lt": turn(after)}) if after else qs


class Companion(Person):
    """Who goes along on a trip."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Trips of one person."""
        return qs.filter(pk__in=TripMember.objects.filter(user=self.meant(value)).values("trip")) if value else qs


class TripFilter(Searchable):
    """Trips."""

    state = filters.MultipleChoiceFilter(
        choices=Trip.State.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    when = When(begins="starts_on", ends="ends_on", moments=False)
    leader = Person(field_name="leader", label=_("Led by"))
    member = Companion(label=_("Goes along"))

    class Meta:
        model = Trip
        fields: tuple[str, ...] = ()


class ReceptionFilter(Searchable):
    """Reception plans."""

    state = filters.MultipleChoiceFilter(
        choices=Reception.State.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    when = When(begins="starts_at", ends="ends_at", moments=True)
    host = Person(field_name="host", label=_("Main host"))
    company = Ids(field_name="company_id", label=_("Company"))
    lead = Ids(field_name="lead_id", label=_("Lead"))

    class Meta:
        model = Reception
        fields: tuple[str, ...] = ()


class PartOfReception(filters.FilterSet):
    """Guests, hours and provisions of a plan."""

    reception = Ids(field_name="reception_id", label=_("Reception plan"))


class PartOfTrip(filters.FilterSet):
    """Targets, members and costs of a trip."""

    trip = Ids(field_name="trip_id", label=_("Trip"))


class PartOfEvent(filters.FilterSet):
    """People, tasks and costs of an event."""

    event = Ids(field_name="event_id", label=_("Event"))


class EventFilter(Searchable):
    """Events."""

    kind = filters.MultipleChoiceFilter(
        choices=Event.Kind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple
    )
    state = filters.ChoiceFilter(choices=Event.State.choices, label=_("State"))
    when = When(begins="starts_at", ends="ends_at", moments=True)
    owner = Person(field_name="owner", label=_("In charge"))

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()


class ReferrerFilter(Searchable):
    """Referrers."""

    kind = filters.MultipleChoiceFilter(
        choices=ReferrerKind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple
    )
    owner = Person(field_name="owner", label=_("Looked after by"))
    is_active = filters.BooleanFilter(label=_("Active"))
    company = Ids(field_name="company_id", label=_("Company"))

    class Meta:
        model = Referrer
        fields: tuple[str, ...] = ()


class ReferralFilter(filters.FilterSet):
    """Referrals."""

    lead = Ids(field_name="lead_id", label=_("Lead"))
    referrer = Ids(field_name="referrer_id", label=_("Referrer"))
    landed = filters.BooleanFilter(field_name="landed_on", lookup_expr="isnull", exclude=True, label=_("Landed"))

    class Meta:
        model = Referral
        fields: tuple[str, ...] = ()


class RewardFilter(filters.FilterSet):
    """Rewards."""

    state = filters.MultipleChoiceFilter(
        choices=Reward.State.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    referrer = Ids(field_name="referral__referrer_id", label=_("Referrer"))
    lead = Ids(field_name="referral__lead_id", label=_("Lead"))

    class Meta:
        model = Reward
        fields: tuple[str, ...] = ()


class PersonRevealFilter(filters.FilterSet):
    """Who looked, at whom, and when."""

    at = PeriodFilter(label=_("When"), field_name="at")
    kind = filters.MultipleChoiceFilter(
        choices=PersonReveal.Kind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple
    )
    by = filters.CharFilter(label=_("Person"), method="by_person")

    class Meta:
        model = PersonReveal
        fields: tuple[str, ...] = ()

    def by_person(self, rows: QuerySet[PersonReveal], name: str, value: str) -> QuerySet[PersonReveal]:
        """By a part of the name."""
        return rows.filter(by__display_name__contains=value.strip())
