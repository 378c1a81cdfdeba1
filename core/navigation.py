"""Navigation as plain data: an entry says where it leads and which permission shows it."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
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
    """The lists of this section; on each of them the others are one click away. A list that has pages of its own is a
    group: it leads to the first of them that the person may open."""


@dataclass(frozen=True)
class Link:
    """An entry resolved for one person on one page."""

    url: str
    label: str | Promise
    icon: str
    current: bool
    pages: tuple["Link", ...] = ()


def may_open(access: Any, url: str) -> bool:
    """Whether the page behind an address is one that this person opens at all; the record itself is asked for there."""
    try:
        view = getattr(resolve(url).func, "view_class", None)
    except Resolver404:
        return False
    permission = getattr(view, "permission", "")
    return permission.startswith("*") or bool(access.can(permission))


def visible(entries: Iterable[Entry], access: Any, path: str, suffix: str = "") -> list[Link]:
    """The entries that this person may open, the one we are in marked."""
    links = []
    for entry in entries:
        url = address(entry.url_name)
        if url and (not entry.permission or access.can(entry.permission)):
            links.append(Link(url + suffix, entry.label, entry.icon, current=is_current(entry, url, path)))
    return links


def grouped(entries: Iterable[Entry], access: Any, path: str, suffix: str = "") -> list[Link]:
    """The lists of a section; those that belong together under one head, left out where none of them may be opened."""
    links = []
    for entry in entries:
        if not entry.pages:
            links += visible([entry], access, path, suffix)
        elif pages := visible(entry.pages, access, path, suffix):
            current = any(page.current for page in pages)
            links.append(Link(pages[0].url, entry.label, entry.icon, current, tuple(pages)))
    return links


def stands_on(entries: Iterable[Entry], path: str) -> bool:
    """Is the page itself one of these lists, and not a record below one?"""
    return any(
        stands_on(entry.pages, path)
        if entry.pages
        else path == address(entry.url_name) or f"{path}$" in entry.area.split()
        for entry in entries
    )


@functools.cache
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
