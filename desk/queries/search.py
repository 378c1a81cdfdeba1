"""What a text finds across the apps, in groups of at most eight; one statement a group, companies up to two."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import Contact
from companies.queries import find_companies
from companies.querysets import by_phone
from core.navigation import address
from desk import navigation
from leads.models import Lead
from leads.queries import recent_leads
from projects.models import Project
from services.models import Ticket

if TYPE_CHECKING:
    from core.navigation import Entry

SHOWN: Final = 8
LONGEST: Final = 80
# As the first character: only menus and actions, only people.
MENU: Final = "/"
PEOPLE: Final = "@"
TICKET_TEXTS: Final = ("text", "rating_text", "company__search_keys", "company__name_text", "company__pinyin_text")


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    url: str
    icon: str
    title: str | Promise
    text: str | Promise = ""


@dataclass(frozen=True)
class Group:
    """Things of one kind, at most eight, and the list in which all of them are found."""

    label: str | Promise
    hits: list[Hit]
    more_url: str = ""


def tidy(text: str) -> str:
    """What can be searched for: no NUL, no blanks around, of a sane length."""
    return text.replace("\x00", "").strip()[:LONGEST]


def find(user: User, text: str) -> list[Group]:
    """Only groups that this person may see and in which something was found; without a text the usual places."""
    text = tidy(text)
    if text in {"", MENU, PEOPLE}:
        return places(user)
    if text.startswith(MENU):
        return [group for group in [_menus(user, text[1:].strip())] if group.hits]
    if text.startswith(PEOPLE):
        return [group for group in people(user, text[1:].strip()) if group.hits]
    kinds: tuple[tuple[str, Callable[[User, str], Group]], ...] = (
        ("companies.view", _companies),
        ("leads.view", _leads),
        ("projects.view", _projects),
        ("tickets.view", _tickets),
        ("contacts.view", _contacts),
    )
    groups = [search(user, text) for code, search in kinds if user.access.can(code)]
    return [group for group in [*groups, _menus(user, text)] if group.hits]


def people(user: User, text: str) -> list[Group]:
    """Contacts and colleagues: what `@` asks for."""
    return [*([_contacts(user, text)] if user.access.can("contacts.view") else []), _colleagues(user, text)]


def places(user: User) -> list[Group]:
    """Where one was last, and the menus."""
    recent = recent_leads(user, SHOWN) if user.access.can("leads.view") else []
    groups = [Group(_("Your leads"), [_lead(lead) for lead in recent]), Group(_("Go to"), _entries(user))]
    return [group for group in groups if group.hits]


def _list(url_name: str, text: str, **more: str) -> str:
    return f"{reverse(url_name)}?{urlencode({'q': text} | more)}"


def _companies(user: User, text: str) -> Group:
    rows = find_companies(user, text, SHOWN)
    hits = [Hit(row.get_absolute_url(), "building-skyscraper", row.name, row.credit_code or row.city) for row in rows]
    return Group(_("Companies"), hits, _list("companies:list", text))


def _lead(row: Lead) -> Hit:
    return Hit(row.get_absolute_url(), "target-arrow", row.name, row.get_stage_display())


def _leads(user: User, text: str) -> Group:
    rows = Lead.objects.visible_to(user).search(text).with_people().order_by("-last_activity_at", "-pk")[:SHOWN]
    return Group(_("Leads"), [_lead(row) for row in rows], _list("leads:list", text))


def _projects(user: User, text: str) -> Group:
    parks = user.access.parks_with("projects.view")
    rows = Project.objects.visible_to(user).filter(park_id__in=parks).search(text).order_by("-signed_on", "-pk")
    hits = [
        Hit(row.get_absolute_url(), "building-factory-2", row.name, f"{row.code} · {row.get_state_display()}")
        for row in rows[:SHOWN]
    ]
    return Group(_("Projects"), hits, _list("projects:list", text))


def _tickets(user: User, text: str) -> Group:
    rows = Ticket.objects.visible_to(user).search(text).select_related("company").defer(*TICKET_TEXTS)
    hits = [
        Hit(row.get_absolute_url(), "headset", row.title, f"{row.number} · {row.get_state_display()}")
        for row in rows.order_by("-created_at", "-pk")[:SHOWN]
    ]
    return Group(_("Service requests"), hits, _list("services:queue", text))


def _contacts(user: User, text: str) -> Group:
    """People by name, or by at least four digits of a telephone that this person may see."""
    access = user.access
    rows = Contact.objects.visible_to(user).kept().filter(park_id__in=access.parks_with("contacts.view"))
    rows = rows.filter(Q(name__contains=text) | by_phone(text, access.parks_with("contacts.reveal")))
    found = rows.select_related("company").defer("company__search_keys", "company__introduction")
    hits = [
        Hit(row.company.get_absolute_url(), "user", f"{row.name} {row.title}".strip(), row.company.name)
        for row in found.order_by("-pk")[:SHOWN]
    ]
    return Group(_("Contacts"), hits, _list("companies:contacts", text))


def _colleagues(user: User, text: str) -> Group:
    """Who works in the reader's parks; their leads open for those who see leads."""
    rows = User.objects.filter(memberships__park_id__in=user.access.read_parks, memberships__is_active=True)
    rows = rows.filter(is_active=True, display_name__icontains=text).exclude(memberships__role__code="enterprise")
    found = rows.distinct().order_by("display_name", "pk")[:SHOWN]
    if not user.access.can("leads.view"):
        return Group(_("People of my parks"), [])
    leads = reverse("leads:list")
    return Group(_("People of my parks"), [Hit(f"{leads}?owner={row.pk}", "user-circle", str(row)) for row in found])


def _menus(user: User, text: str) -> Group:
    asked = text.casefold()
    return Group(_("Go to"), [hit for hit in _entries(user) if asked in str(hit.title).casefold()][:SHOWN])


def _entries(user: User) -> list[Hit]:
    """The navigation and what one does most often, as far as this person may."""
    entries: Iterable[Entry] = (*navigation.DESK, *navigation.DOING, *navigation.FOOT)
    allowed = [entry for entry in entries if not entry.permission or user.access.can(entry.permission)]
    return [Hit(url, entry.icon, entry.label, "") for entry in allowed if (url := address(entry.url_name))]
