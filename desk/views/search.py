"""Search across the apps: the page and the fragment of the palette."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.pages import Page
from desk.search import find


class Search(Page):
    """Everything that a text finds, in groups."""

    permission = "desk.view"
    title = _("Search")
    template_name = "desk/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()
        return super().get_context_data(text=text, groups=find(self.request, text), **kwargs)


class Palette(Search):
    """The same as a fragment, for Ctrl+K and the box in the top bar."""

    permission = "desk.view"
    template_name = "parts/palette.html"
