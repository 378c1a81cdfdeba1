"""What the shell around every page needs; computed only when a template asks, so that parts of a page pay nothing."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.navigation import Link, chosen_park, grouped, stands_on, visible
from core.pages.filters import PLACE
from desk import navigation

THEMES = ("light", "dark", "auto")


class Shell:
    """Navigation, parks, appearance of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def access(self) -> Any:
        return self.user.access if self.user else None

    @property
    def demo(self) -> bool:
        return bool(settings.LUODI_MODE == "demo")

    @property
    def theme(self) -> str:
        """The person's choice; the cookie keeps it for the login page and against a flash."""
        asked = getattr(self.user, "theme", None) or self.request.COOKIES.get("theme", "auto")
        return asked if asked in THEMES else "auto"

    @property
    def collapsed(self) -> bool:
        return self.request.COOKIES.get("side") == "narrow"

    @cached_property
    def park(self) -> Any:
        """The one park that the pages are narrowed to by `?park=`, or None."""
        return chosen_park(self.request)

    @property
    def parks(self) -> Any:
        return self.access.parks if self.access else ()

    def links(self, entries: Any) -> list[Link]:
        return visible(entries, self.access, self.request.path, self.suffix) if self.access else []

    @cached_property
    def here(self) -> str:
        """This page with its filters but without a park or a place in the list: what choosing a park goes on with."""
        query = self.request.GET.copy()
        for name in ("park", *PLACE):
            query.pop(name, None)
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    @property
    def park_joint(self) -> str:
        """What stands between `here` and the park."""
        return "&park=" if "?" in self.here else "?park="

    @property
    def suffix(self) -> str:
        """What keeps the chosen park in the links."""
        return f"?park={self.park.code}" if self.park else ""

    @cached_property
    def main(self) -> list[Link]:
        return self.links(navigation.DESK)

    @cached_property
    def foot(self) -> list[Link]:
        return self.links(navigation.FOOT)

    @cached_property
    def section(self) -> list[Link]:
        """The lists of the section we are in, on those lists only."""
        path = self.request.path
        entry = next((entry for entry in navigation.DESK if stands_on(entry.pages, path)), None)
        if entry is None or self.access is None:
            return []
        links = grouped(entry.pages, self.access, path, self.suffix)
        return links if len(links) > 1 or (links and links[0].pages) else []

    @property
    def subsection(self) -> tuple[Link, ...]:
        """The lists that belong together with the one we are on."""
        pages = next((link.pages for link in self.section if link.current), ())
        return pages if len(pages) > 1 else ()

    @cached_property
    def phone_left(self) -> list[Link]:
        return self.main[:2]

    @cached_property
    def phone_right(self) -> list[Link]:
        """One more place, the last of the five, is the menu."""
        return self.main[2:3]

    @cached_property
    def log(self) -> Link | None:
        return next(iter(self.links((navigation.LOG,))), None)

    @cached_property
    def creating(self) -> list[Link]:
        """The “+” of the top bar: what this person makes, each in a sheet."""
        return self.links(navigation.CREATING)

    @cached_property
    def portal(self) -> list[Link]:
        return self.links(navigation.PORTAL)

    @property
    def base(self) -> str:
        """The shell of error pages: an enterprise stays in its portal."""
        return "public/base.html" if self.portal else "base.html"


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor."""
    return {"shell": Shell(request)}
