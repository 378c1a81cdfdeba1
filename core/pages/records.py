"""The page of one record: header, tabs, timeline, properties."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from core.pages.base import Page
from core.pages.lists import Button, allowed_buttons


@dataclass(frozen=True)
class Tab:
    """A tab of the record: its code in the address (`?tab=`), its label and the partial that fills it."""

    code: str
    label: str | Promise
    template: str
    count: int | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened (or will); `kind` is `activity` or `history`, all texts are plain."""

    icon: str
    when: dt.datetime
    who: str
    title: str | Promise
    text: str = ""
    kind: str = "activity"
    meta: Sequence[tuple[str | Promise, str]] = ()
    attachments: Sequence[Any] = ()
    url: str = ""
    internal: bool = False
    planned: bool = False
    hint: str = ""
    """What is still missing; the entry's own page is where it is mended."""


@dataclass(frozen=True)
class Property:
    """A line of the property panel; `template` renders values that are more than text."""

    label: str | Promise
    value: Any = None
    url: str = ""
    icon: str = ""
    template: str = ""
    numeric: bool = False
    edit: str = ""
    """The address that changes this line in its place: `/edit/<noun>/<pk>/<field>/`, for those who may."""


@dataclass(frozen=True)
class Step:
    """A step of the stage bar: `state` is `done`, `current` or `ahead`."""

    label: str | Promise
    state: str
    hint: str | Promise = field(default="")


SCOPES = (("", _("All")), ("activity", _("Activity")), ("history", _("History")))


def steps(labels: Sequence[tuple[str, str | Promise]], current: str) -> list[Step]:
    """The stage bar of an ordered list of (code, label)."""
    codes = [code for code, label in labels]
    place = codes.index(current) if current in codes else -1
    states = ["done" if index < place else "current" if index == place else "ahead" for index in range(len(codes))]
    return [Step(label, state) for (code, label), state in zip(labels, states, strict=True)]


class RecordPage(Page, abstract=True):
    """A record. A subclass declares `permission`, `get_object()` (through `core.access.fetch`) and usually `tabs`.

    Its template extends `pages/record.html`; a tab is asked for by `?tab=`, and HTMX gets the tab alone.
    """

    template_name = "pages/record.html"
    tab_part_template: ClassVar[str] = "pages/record_tab.html"
    entries_template: ClassVar[str] = "parts/timeline_more.html"
    tabs: ClassVar[tuple[Tab, ...]] = ()
    buttons: ClassVar[tuple[Button, ...]] = ()

    def get_object(self) -> Model:
        raise NotImplementedError

    @cached_property
    def object(self) -> Any:
        return self.get_object()

    def get_title(self) -> str | Promise:
        return str(self.object)

    def get_tabs(self) -> Sequence[Tab]:
        return self.tabs

    @cached_property
    def tab(self) -> Tab | None:
        tabs = self.get_tabs()
        return next((tab for tab in tabs if tab.code == self.request.GET.get("tab")), tabs[0] if tabs else None)

    @property
    def scope(self) -> str:
        """Of the timeline: everything, activities or the history of changes."""
        asked = self.request.GET.get("scope", "")
        return asked if asked in {code for code, label in SCOPES} else ""

    @property
    def before(self) -> dt.datetime | None:
        """Of the timeline: only what lies before this moment (“Load more”)."""
        try:
            asked = dt.datetime.fromisoformat(self.request.GET.get("before", ""))
        except ValueError:
            return None
        return asked if asked.tzinfo else None

    @property
    def is_tab(self) -> bool:
        """Is only the tab asked for, or more of its timeline?"""
        return self.is_part and self.target in {"tab", "timeline-more"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_part and self.target == "timeline-more":
            return self.part(self.entries_template)
        if self.is_part and self.target == "tab" and self.tab:
            return self.part(self.tab_part_template)
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "object": self.object,
            "tabs": self.get_tabs(),
            "tab": self.tab,
            "scope": self.scope,
            "scopes": SCOPES,
            "buttons": allowed_buttons(self.buttons, self.access),
        }
        return super().get_context_data(**(own | kwargs))
