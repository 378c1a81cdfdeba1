"""What the pages of trips, receptions, events and referrers share: the row of the address, for those who may."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from core.access import fetch, person, require
from core.pages import ActionPage, FormPage
from leads.views.days import NearDays


def park_for(request: HttpRequest, code: str) -> int:
    """The park in which a new row will live: the home park, else one in which the person may make it."""
    access = person(request).access
    parks = access.parks_with(code)
    if access.home_park_id in parks:
        return int(access.home_park_id or 0)
    return min(parks, default=0)


class OfRow:
    """Mixin of pages about one row: found among what the person sees (404), changed by those who may (403)."""

    request: HttpRequest
    kwargs: dict[str, Any]
    permission: ClassVar[str]
    model: ClassVar[Any]
    """A park-owned model."""
    owner: ClassVar[str] = ""
    """The reference to the record that the row is a part of."""
    tab: ClassVar[str] = ""

    def rows(self) -> QuerySet[Any]:
        """With what the page needs."""
        found: QuerySet[Any] = self.model._default_manager.visible_to(person(self.request))
        return found.select_related(self.owner) if self.owner else found

    @cached_property
    def row(self) -> Any:
        """The row of the address."""
        found: Any = fetch(self.rows(), pk=self.kwargs["pk"])
        if self.owner:
            # A part is seen by those who see the whole.
            whole = getattr(found, self.owner)
            fetch(type(whole)._default_manager.visible_to(person(self.request)), pk=whole.pk)
        self.check_row(found)
        return found

    def check_row(self, found: Any) -> None:
        """403 before anything is shown."""
        require(person(self.request), self.permission, found.park_id)

    @property
    def home(self) -> str:
        """The record to go back to."""
        whole = getattr(self.row, self.owner) if self.owner else self.row
        return str(whole.get_absolute_url()) + (f"?tab={self.tab}" if self.tab else "")


class RowForm(OfRow, NearDays, FormPage, abstract=True):
    """A form about a row."""

    def get_initial(self) -> dict[str, Any]:
        version = getattr(self.row, "version", None)
        return {"version": version} if version is not None else {}

    def get_back_url(self) -> str:
        asked = super().get_back_url()
        return self.home if asked == "/" else asked

    def get_success_url(self, result: Any) -> str:
        return (self.request.POST.get("next") and super().get_success_url(result)) or self.home

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)


class RowAction(OfRow, ActionPage, abstract=True):
    """A button about a row."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Before the action: afterwards the row may be gone.
        self.back = self.home
        return super().post(request, *args, **kwargs)

    def get_success_url(self, result: Any) -> str:
        return (self.request.POST.get("next") and super().get_success_url(result)) or self.back

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message)

    def came_from(self) -> str:
        asked = super().came_from()
        return self.back if asked == "/" else asked

    @property
    def version(self) -> int | None:
        """The version that the button was drawn for."""
        text = self.request.POST.get("version", "")
        return int(text) if text.isdecimal() and len(text) < 10 else None
