"""Search across the apps: the page, and the fragment for the palette and the box in the top bar."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import person
from core.pages import Page
from desk.queries.search import find, tidy


class Search(Page):
    """Everything that a text finds, in groups; without a text the usual places."""

    permission = "desk.view"
    title = _("Search")
    template_name = "desk/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = tidy(self.request.GET.get("q", ""))
        own = {"text": text, "groups": find(person(self.request), text), "may_add": self.access.can("companies.add")}
        return super().get_context_data(**(own | kwargs))


class Palette(Search):
    """The groups alone."""

    permission = "desk.view"
    template_name = "parts/palette.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return found | {"groups": [(group.label, group.hits) for group in found["groups"]]}
