"""Thresholds and calendar exceptions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from parks.models import CalendarDay, ParkRules


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
