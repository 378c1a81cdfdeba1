"""Filters of projects, milestones and payments: one set for the page and the API."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, HiddenInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.periods import MonthFilter, PeriodFilter
from projects.models import Milestone, Payment, Project
from projects.queries import LIGHT_LABELS, today, with_light

ME = "me"
ANY = _("All")
LIGHT_CHOICES = list(LIGHT_LABELS.items())
Choices = list[tuple[str, str]]


class People:
    """The people of the pickers, read when one is shown or used, once for all of them."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows

    @cached_property
    def found(self) -> Choices:
        """Case officers and leaders of the visible projects."""
        rows = self.rows.order_by()
        named = Q(pk__in=rows.values("case_officer")) | Q(pk__in=rows.values("responsible_leader"))
        return [(str(person.pk), str(person)) for person in User.objects.filter(named).order_by("display_name", "id")]

    def __call__(self) -> Choices:
        """The choices, as the form asks for them."""
        return [(ME, str(_("Me"))), *self.found]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self())

    def __len__(self) -> int:
        return len(self())


class Searching(filters.FilterSet):
    """`q` is the page's search box; the API's `search` goes the same way."""

    q = filters.CharFilter(method="found", label=_("Search"))

    def found(self, rows: Any, name: str, value: str) -> QuerySet[Any]:
        """Through the queryset's own search."""
        text = value.replace("\x00", "").strip()
        searched: QuerySet[Any] = rows.search(text) if text else rows
        return searched


class ProjectFilter(Searching):
    """Filters of projects."""

    light = filters.ChoiceFilter(
        method="lit", empty_label=ANY, choices=list(LIGHT_LABELS.items()), label=_("Status light")
    )
    state = filters.MultipleChoiceFilter(widget=CheckboxSelectMultiple, choices=Project.State.choices, label=_("State"))
    officer = filters.ChoiceFilter(
        method="of_person", empty_label=ANY, field_name="case_officer", label=_("Case officer")
    )
    leader = filters.ChoiceFilter(
        method="of_person", empty_label=ANY, field_name="responsible_leader", label=_("Responsible leader")
    )
    signed_on = PeriodFilter(label=_("Signed on"))
    company = filters.NumberFilter(field_name="company", label=_("Company"), widget=HiddenInput)
    lead = filters.NumberFilter(field_name="lead", label=_("Lead"), widget=HiddenInput)
    counted_month = MonthFilter(label=_("Counted in"), widget=HiddenInput)

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]  # django-filter has no types
        people: Callable[[], Choices] = People(self.queryset)
        for name in {"officer", "leader"} & self.filters.keys():
            self.filters[name].extra["choices"] = people

    def of_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """A person by id, or `me`."""
        request: HttpRequest | None = self.request
        if value != ME:
            return rows.filter(**{name: value})
        return rows.filter(**{name: request.user.pk}) if request else rows.none()

    def lit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the light, which is computed where it was not yet."""
        return (rows if "light" in rows.query.annotations else with_light(rows)).filter(light=value)


class MilestoneFilter(Searching):
    """Filters of milestones."""

    STATES = (("open", _("Still open")), ("late", _("Late")), ("done", _("Done")))

    state = filters.ChoiceFilter(method="standing", empty_label=ANY, choices=STATES, label=_("State"))
    kind = filters.MultipleChoiceFilter(widget=CheckboxSelectMultiple, choices=Milestone.Kind.choices, label=_("Kind"))
    project = filters.NumberFilter(field_name="project", label=_("Project"), widget=HiddenInput)
    owner = filters.CharFilter(method="owned", label=_("Owner"))
    due_on = PeriodFilter(label=_("Due on"))

    class Meta:
        model = Milestone
        fields: list[str] = []

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Open, open and late, or done."""
        if value == "done":
            return rows.exclude(done_on=None)
        rows = rows.filter(done_on=None)
        return rows.filter(due_on__lt=today()) if value == "late" else rows

    def owned(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """`me`, or a person's id."""
        request: HttpRequest | None = self.request
        if value == ME and request is not None:
            return rows.filter(owner=request.user.pk)
        return rows.filter(owner=value) if value.isascii() and value.isdigit() and len(value) < 18 else rows.none()


class PaymentFilter(Searching):
    """Filters of payments."""

    state = filters.ChoiceFilter(empty_label=ANY, choices=Payment.State.choices, label=_("State"))
    evidence = filters.MultipleChoiceFilter(
        widget=CheckboxSelectMultiple, choices=Payment.Evidence.choices, label=_("Evidence")
    )
    claimed = filters.ChoiceFilter(method="mine", empty_label=ANY, choices=[(ME, _("By me"))], label=_("Claimed by"))
    project = filters.NumberFilter(field_name="project", label=_("Project"), widget=HiddenInput)
    paid_on = PeriodFilter(label=_("Paid on"))
    counted_month = MonthFilter(label=_("Counted in"), widget=HiddenInput)

    class Meta:
        model = Payment
        fields: list[str] = []

    def mine(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What the reader claimed."""
        return rows.filter(claimed_by=self.request.user.pk) if self.request else rows.none()
