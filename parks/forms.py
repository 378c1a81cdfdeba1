"""Thresholds and calendar exceptions."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parks.models import VISIT_KINDS, CalendarDay, ParkRules


class Kinds(forms.MultipleChoiceField):
    """Kinds of follow-up, as boxes to tick."""

    def __init__(self, **kwargs: Any) -> None:
        names = ("required", "label", "initial", "help_text")
        own = {name: kwargs[name] for name in names if name in kwargs}
        super().__init__(choices=VISIT_KINDS, widget=forms.CheckboxSelectMultiple, **own)


@dataclass(frozen=True)
class RuleGroup:
    """Thresholds that belong together, under one head with one sentence about what they do."""

    code: str
    title: str | Promise
    text: str | Promise
    names: tuple[str, ...]


RULE_GROUPS = (
    RuleGroup(
        "protection",
        _("Protection of claims"),
        _("How long a claim keeps a company for its owner, and how far progress extends that."),
        ("protection_days_a", "protection_days", "protection_days_c", "renewal_days", "protection_cap_days"),
    ),
    RuleGroup(
        "pool",
        _("Public pool"),
        _("Which leads without protection fall into the pool, and how many one person may take."),
        ("pool_daily_picks", "holding_limit", "repick_days", "reclaim_negotiating", "reclaim_screening"),
    ),
    RuleGroup(
        "progress",
        _("Lights of progress"),
        _("After so many days without an activity or a move, a lead's light changes."),
        (
            "stale_days_planning",
            "stale_days_contacting",
            "stale_days_visiting",
            "stale_days_negotiating",
            "stale_days_screening",
        ),
    ),
    RuleGroup(
        "visits",
        _("Visits that count"),
        _("Which follow-ups count in the month, and with what evidence."),
        (
            "outbound_kinds",
            "inbound_kinds",
            "visit_needs_photo",
            "visit_needs_person",
            "visit_once_a_day",
            "visit_text_min",
            "activity_edit_days",
        ),
    ),
    RuleGroup(
        "together",
        _("Conflicts, credit and hand-over"),
        _("How soon people answer each other, and who gets which share where nothing was agreed."),
        ("ruling_days", "offer_days", "handover_days", "credit_first_share", "credit_assist_share"),
    ),
    RuleGroup(
        "information",
        _("Information and contacts"),
        _("How soon submitted information is judged, and how long personal data is kept."),
        ("submission_days", "contact_keep_days"),
    ),
    RuleGroup(
        "projects",
        _("Projects"),
        _("When a late milestone turns red, and when people are reminded of one."),
        ("late_red_days", "late_red_share", "remind_days"),
    ),
    RuleGroup(
        "month",
        _("Monthly assessment"),
        _("When a month closes, and how long its figures may be objected to."),
        ("cutoff_working_day", "cutoff_time", "objection_days"),
    ),
    RuleGroup(
        "services",
        _("Requests of enterprises"),
        _("How soon a request is answered, and when silence settles it."),
        ("first_response_minutes", "silence_days", "reopen_days"),
    ),
)


class RulesForm(forms.ModelForm[ParkRules]):
    """Every threshold with its unit in the label, in groups."""

    class Meta:
        model = ParkRules
        fields = tuple(name for group in RULE_GROUPS for name in group.names)
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"outbound_kinds": Kinds, "inbound_kinds": Kinds}
        help_texts: ClassVar[dict[str, str | Promise]] = {
            "visit_once_a_day": _("What was logged before a change keeps its standing until it is corrected."),
        }

    def groups(self) -> list[tuple[RuleGroup, list[forms.BoundField]]]:
        """The fields under their heads."""
        return [(group, [self[name] for name in group.names]) for group in RULE_GROUPS]


class CalendarDayForm(forms.ModelForm[CalendarDay]):
    """One dated exception."""

    class Meta:
        model = CalendarDay
        fields = ("day", "is_open", "opens", "closes", "reason")
        help_texts = {
            "is_open": _("Without times the day is open like a Monday; unticked it is closed."),
            "reason": _("For example: make-up day, power cut."),
        }

    def validate_unique(self) -> None:
        """The same day again replaces its exception."""
