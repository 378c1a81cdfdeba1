"""What each source of leads led to."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import person
from core.pages import Page
from core.pages.filters import Filtered
from leads.filters import LeadFilter
from leads.models import Lead
from leads.queries.conflicts import by_source
from leads.views.lists import EMPTY, VIEWS


class SourcesPage(Filtered, Page):
    """A line for each source: leads, open, signed, conversion, investment of the signed."""

    permission = "leads.view"
    title = _("Leads by source")
    template_name = "leads/sources.html"
    filterset_class = LeadFilter
    views = VIEWS
    empty = EMPTY

    @property
    def may_empty_button(self) -> bool:
        """May this person make the first one?"""
        return bool(self.access.can(self.empty.permission))

    def get_queryset(self) -> Any:
        """The leads that one sees."""
        return Lead.objects.visible_to(person(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = by_source(self.filtered)
        own = {"lines": lines, "most": max((line.count for line in lines), default=1)}
        return super().get_context_data(**(own | kwargs))
