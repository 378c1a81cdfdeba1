"""What companies and contacts can be narrowed by: one FilterSet for the page and the API."""

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import (
    BooleanFilter,
    CharFilter,
    ChoiceFilter,
    FilterSet,
    NumberFilter,
    RangeFilter,
)

from companies.hooks import held_by_parks_of
from companies.industries import DIVISIONS, SECTIONS
from companies.listing import read_listing
from companies.models import Company, Contact, ContactReveal, TargetProfile
from companies.regions import Cities, Provinces, plain_city
from core.forms import Suggested
from core.money import is_chinese
from core.periods import PeriodFilter

HELD: Final = (("mine", _("Held by my parks")), ("free", _("Not held by my parks")))
PROFILES: Final = (
    ("none", _("No profile")),
    ("begun", _("Begun")),
    ("half", _("Half and more")),
    ("whole", _("Complete")),
)
ORIGINS: Final = (("registry", _("Registry")), ("own", _("Typed in by my parks")))
YES_NO: Final = (("true", _("Yes")), ("false", _("No")))


class Industries:
    """Sections, each with its divisions below it, in the reader's language; known without asking the database."""

    def __call__(self) -> list[tuple[str, str]]:
        """As the form asks for them."""
        place = 1 if is_chinese(None) else 2
        choices: list[tuple[str, str]] = []
        for section in SECTIONS:
            choices.append((section[0], f"{section[0]} {section[place]}"))
            below = [division for division in DIVISIONS if division[1] == section[0]]
            choices += [(one[0], f"{section[0]}{one[0]} {one[place + 1]}") for one in below]
        return choices

    def __len__(self) -> int:
        return len(SECTIONS) + len(DIVISIONS)


class CompanyFilter(FilterSet):
    """Search, industry, place, the state of the code, and where the row comes from."""

    q = CharFilter(label=_("Search"), method="by_text")
    industry = ChoiceFilter(label=_("Industry"), choices=Industries(), method="by_industry", empty_label=_("Any"))
    province = ChoiceFilter(label=_("Province"), choices=Provinces(), method="by_province", empty_label=_("Any"))
    city = CharFilter(label=_("City"), method="by_city", widget=Suggested(Cities()))
    mark = ChoiceFilter(label=_("Mark"), choices=Company.Mark.choices, method="by_mark", empty_label=_("Any"))
    held = ChoiceFilter(label=_("Held"), choices=HELD, method="by_held", empty_label=_("Any"))
    profile = ChoiceFilter(label=_("Target profile"), choices=PROFILES, method="by_profile", empty_label=_("Any"))
    code = ChoiceFilter(label=_("Valid credit code"), choices=YES_NO, method="by_code", empty_label=_("Any"))
    origin = ChoiceFilter(label=_("Origin"), choices=ORIGINS, method="by_origin", empty_label=_("Any"))
    registered = PeriodFilter(label=_("Registered on"), field_name="registered_on")
    # From programs, not in the panel.
    credit_code = CharFilter(label=_("Unified social credit code"), widget=forms.HiddenInput, method="by_exact_code")
    stock_code = CharFilter(label=_("Stock code"), widget=forms.HiddenInput, method="by_stock_code")

    class Meta:
        model = Company
        fields: tuple[str, ...] = ()

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        """By name, pinyin, initials or code, and by what the reader's parks called it before a merge."""
        text = value.replace("\x00", "").strip()
        also = Company.objects.visible_to(self.request.user).became(text)
        return rows.matching(text, also=also)

    def by_industry(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """A section takes its divisions along."""
        return rows.filter(Q(industry__code=value) | Q(industry__parent__code=value))

    def by_province(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """山东 and 山东省 are one."""
        return rows.filter(province__startswith=value)

    def by_city(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """济南 and 济南市 are one."""
        return rows.filter(city__startswith=plain_city(value))

    def by_code(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """With a valid code, or without one."""
        return rows.filter(code_kind="valid") if value == "true" else rows.exclude(code_kind="valid")

    def by_origin(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """The registry of all parks, or what the reader's own parks typed in."""
        return rows.filter(origin_park=None) if value == "registry" else rows.exclude(origin_park=None)

    def by_mark(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """Bearing the mark."""
        return rows.filter(marks__contains=[value])

    def by_held(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """In work with the reader's parks, or not."""
        held = held_by_parks_of(self.request.user)
        return rows.filter(held) if value == "mine" else rows.exclude(held)

    def by_profile(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """How far the profile has come in any of the reader's parks."""
        user = self.request.user
        profiles = TargetProfile.objects.visible_to(user).filter(park_id__in=user.access.parks_with("profiles.view"))
        if value == "none":
            return rows.exclude(pk__in=profiles.values("company_id"))
        least = {"begun": 0, "half": (TargetProfile.OF + 1) // 2, "whole": TargetProfile.OF}[value]
        return rows.filter(pk__in=profiles.filter(filled__gte=least).values("company_id"))

    def by_stock_code(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """Exactly this code, however it is written."""
        return rows.filter(stock_code=read_listing(value)[0]).exclude(stock_code="")

    def by_exact_code(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """Exactly this code, in either case."""
        return rows.filter(credit_code=value.strip().upper())


class ContactFilter(FilterSet):
    """People at companies."""

    q = CharFilter(label=_("Search"), method="by_text")
    company = NumberFilter(label=_("Company"), field_name="company_id")
    is_decision_maker = BooleanFilter(label=_("Decision maker"))
    met = BooleanFilter(label=_("Met"), field_name="met_on", lookup_expr="isnull", exclude=True)
    basis = ChoiceFilter(label=_("Basis"), choices=Contact.Basis.choices, empty_label=_("Any"))
    overdue = BooleanFilter(label=_("Kept too long"), method="by_overdue")

    class Meta:
        model = Contact
        fields: tuple[str, ...] = ()

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        """By name, position or company, and by digits of telephones that the reader may see."""
        parks = self.request.user.access.parks_with("contacts.reveal")
        return rows.search(value.replace("\x00", "").strip(), phones_in=parks)

    def by_overdue(self, rows: QuerySet[Contact], name: str, value: bool) -> QuerySet[Contact]:  # noqa: FBT001 - django-filter's
        """Kept longer than they may be, or not."""
        today = timezone.localdate()
        return rows.filter(retain_until__lt=today) if value else rows.filter(retain_until__gte=today)


class RevealFilter(FilterSet):
    """Who looked, and when."""

    at = PeriodFilter(label=_("When"), field_name="at")
    by = CharFilter(label=_("Person"), method="by_person")

    class Meta:
        model = ContactReveal
        fields: tuple[str, ...] = ()

    def by_person(self, rows: QuerySet[ContactReveal], name: str, value: str) -> QuerySet[ContactReveal]:
        """By a part of the name."""
        return rows.filter(by__display_name__contains=value.strip())


class ProfileFilter(FilterSet):
    """How much a park knows of its targets."""

    q = CharFilter(label=_("Search"), method="by_text")
    company = NumberFilter(label=_("Company"), field_name="company_id", widget=forms.HiddenInput)
    filled = RangeFilter(label=_("Known of nine"))
    complete = BooleanFilter(label=_("Complete"), method="by_complete")
    decider_met = BooleanFilter(label=_("Decision maker met"))
    is_leader = BooleanFilter(label=_("Leader of its industry"))

    class Meta:
        model = TargetProfile
        fields: tuple[str, ...] = ()

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        """By the company's name, pinyin, initials or code."""
        return rows.search(value.replace("\x00", "").strip())

    def by_complete(self, rows: QuerySet[TargetProfile], name: str, value: bool) -> QuerySet[TargetProfile]:  # noqa: FBT001 - django-filter's
        """Everything known, or not."""
        return rows.filter(filled=TargetProfile.OF) if value else rows.filter(filled__lt=TargetProfile.OF)
