"""Navigation as plain data: an entry says where it leads and which permission shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    """One line of the navigation. `permission` empty means: for everybody who is logged in."""

    url_name: str
    label: str | Promise
    icon: str
    permission: str = ""
    area: str = ""
    """The URL prefixes, separated by spaces, below which the entry counts as current; default: its own address.

    One that ends in `$` means that address alone.
    """
    pages: tuple["Entry", ...] = ()
    """The lists of this section; on each of them the others are one click away."""


@dataclass(frozen=True)
class Link:
    """An entry resolved for one person on one page."""

    url: str
    label: str | Promise
    icon: str
    current: bool


def visible(entries: Iterable[Entry], access: Any, path: str, suffix: str = "") -> list[Link]:
    """The entries that this person may open, the one we are in marked."""
    links = []
    for entry in entries:
        url = address(entry.url_name)
        if url and (not entry.permission or access.can(entry.permission)):
            links.append(Link(url + suffix, entry.label, entry.icon, current=is_current(entry, url, path)))
    return links


def address(url_name: str) -> str:
    """The entry's address, or nothing where this installation does not have the page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def is_current(entry: Entry, url: str, path: str) -> bool:
    prefixes = entry.area.split() or [url]
    return any(
        path == prefix.removesuffix("$") if prefix == "/" or prefix.endswith("$") else path.startswith(prefix)
        for prefix in prefixes
    )


def chosen_park(request: HttpRequest) -> Any:
    """The park that `?park=` narrows the pages to, if this person reads it; None means all of them."""
    code = request.GET.get("park", "")
    access = getattr(getattr(request, "user", None), "access", None)
    return next((park for park in access.parks if park.code == code), None) if code and access else None
