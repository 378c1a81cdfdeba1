"""Thresholds and calendar exceptions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from parks.models import CalendarDay, ParkRules


class RulesForm(forms.ModelForm[ParkRules]):
    """Every threshold with its unit in the label."""

    class Meta:
        model = ParkRules
        fields = (
            "protection_days",
            "stale_days_planning",
            "stale_days_negotiating",
            "submission_days",
            "late_red_days",
            "late_red_share",
            "remind_days",
            "cutoff_working_day",
            "cutoff_time",
            "objection_days",
            "first_response_minutes",
            "reopen_days",
            "contact_keep_days",
        )


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
