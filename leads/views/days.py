"""The days that a next step is most often planned for, one tap each."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class NearDay:
    """A day with its name."""

    label: str
    date: date


class NearDays:
    """Mixin of pages whose form asks for a next step."""

    @property
    def days(self) -> list[NearDay]:
        """Tomorrow, in three days, next Monday, in two weeks."""
        today = timezone.localdate()
        return [
            NearDay(_("Tomorrow"), today + timedelta(days=1)),
            NearDay(_("In 3 days"), today + timedelta(days=3)),
            NearDay(_("Next Monday"), today + timedelta(days=7 - today.weekday())),
            NearDay(_("In 2 weeks"), today + timedelta(days=14)),
        ]
