"""Thresholds and calendar exceptions."""

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


class RulesForm(forms.ModelForm[ParkRules]):
    """Every threshold with its unit in the label."""

    class Meta:
        model = ParkRules
        fields = (
            "protection_days_a",
            "protection_days",
            "protection_days_c",
            "renewal_days",
            "protection_cap_days",
            "reclaim_negotiating",
            "reclaim_screening",
            "pool_daily_picks",
            "holding_limit",
            "repick_days",
            "ruling_days",
            "stale_days_planning",
            "stale_days_contacting",
            "stale_days_visiting",
            "stale_days_negotiating",
            "stale_days_screening",
            "submission_days",
            "late_red_days",
            "late_red_share",
            "remind_days",
            "cutoff_working_day",
            "cutoff_time",
            "objection_days",
            "credit_first_share",
            "credit_assist_share",
            "offer_days",
            "handover_days",
            "first_response_minutes",
            "silence_days",
            "reopen_days",
            "contact_keep_days",
            "outbound_kinds",
            "inbound_kinds",
            "visit_needs_photo",
            "visit_needs_person",
            "visit_text_min",
            "visit_once_a_day",
            "activity_edit_days",
        )
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"outbound_kinds": Kinds, "inbound_kinds": Kinds}
        help_texts: ClassVar[dict[str, str | Promise]] = {
            "visit_once_a_day": _("What was logged before a change keeps its standing until it is corrected."),
        }


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
