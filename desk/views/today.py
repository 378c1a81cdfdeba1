"""The page that the day begins with."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import person
from core.pages import Page
from leads.queries import today


class Today(Page):
    """What waits for this person today."""

    permission = "desk.view"
    title = _("Today")
    template_name = "desk/today.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(steps=today(person(self.request)), **kwargs)
