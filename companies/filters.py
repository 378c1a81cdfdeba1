"""What companies and contacts can be narrowed by: one FilterSet for the page and the API."""

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateFromToRangeFilter, FilterSet, NumberFilter
from django_filters.widgets import DateRangeWidget

from companies.industries import DIVISIONS, SECTIONS
from companies.models import Company, Contact
from core.money import is_chinese

# As registers print them: without 省, 市 or 自治区.
PROVINCES: Final = tuple(
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 "  # noqa: SIM905 - a list of words
    "湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾".split()
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


class Days(DateRangeWidget):
    """Two native date pickers, `_after` and `_before` in the address."""

    def __init__(self) -> None:
        ends = [forms.DateInput(attrs={"type": "date"}) for _end in ("after", "before")]
        forms.MultiWidget.__init__(self, ends)


class CompanyFilter(FilterSet):
    """Search, industry, place, the state of the code, and where the row comes from."""

    q = CharFilter(label=_("Search"), method="by_text")
    industry = ChoiceFilter(label=_("Industry"), choices=Industries(), method="by_industry", empty_label=_("Any"))
    province = ChoiceFilter(
        label=_("Province"), choices=[(name, name) for name in PROVINCES], method="by_province", empty_label=_("Any")
    )
    city = CharFilter(label=_("City"), lookup_expr="startswith")
    code = ChoiceFilter(label=_("Valid credit code"), choices=YES_NO, method="by_code", empty_label=_("Any"))
    origin = ChoiceFilter(label=_("Origin"), choices=ORIGINS, method="by_origin", empty_label=_("Any"))
    registered = DateFromToRangeFilter(label=_("Registered on"), field_name="registered_on", widget=Days())
    # From programs, not in the panel.
    credit_code = CharFilter(label=_("Unified social credit code"), widget=forms.HiddenInput, method="by_exact_code")

    class Meta:
        model = Company
        fields: tuple[str, ...] = ()

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        """By name, pinyin, initials or code."""
        return rows.search(value.replace("\x00", "").strip())

    def by_industry(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """A section takes its divisions along."""
        return rows.filter(Q(industry__code=value) | Q(industry__parent__code=value))

    def by_province(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """山东 and 山东省 are one."""
        return rows.filter(province__startswith=value)

    def by_code(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """With a valid code, or without one."""
        return rows.filter(code_kind="valid") if value == "true" else rows.exclude(code_kind="valid")

    def by_origin(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """The registry of all parks, or what the reader's own parks typed in."""
        return rows.filter(origin_park=None) if value == "registry" else rows.exclude(origin_park=None)

    def by_exact_code(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        """Exactly this code, in either case."""
        return rows.filter(credit_code=value.strip().upper())


class ContactFilter(FilterSet):
    """People at companies."""

    q = CharFilter(label=_("Search"), method="by_text")
    company = NumberFilter(label=_("Company"), field_name="company_id")
    is_decision_maker = BooleanFilter(label=_("Decision maker"))

    class Meta:
        model = Contact
        fields: tuple[str, ...] = ()

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        """By name, position or company."""
        return rows.search(value.replace("\x00", "").strip())
