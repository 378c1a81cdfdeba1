"""Every address of the product, found in the URL configuration, with a row for each that names one.

An address whose parameters are not listed here fails the sweep: whoever adds one says which row it shows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

from parks.models import Park
from tests.fixtures import outward, rows
from tests.fixtures.cast import Cast

Maker = Callable[[Cast, Park], Any]

MISSING = 999_999_999
MISSING_UUID = UUID("00000000-0000-4000-8000-000000000000")

# Open to strangers, by name.
PUBLIC = frozenset(
    {
        "accounts:login",
        "accounts:logout",
        "accounts:language",
        "core:healthz",
        "core:readyz",
        "desk:manifest",
        "desk:offline",
        "desk:whoami",
        "desk:worker",
        "api:schema",
        "api:token",
    }
)


def owner_in(cast: Cast, park: Park) -> Any:
    """Whose row it is in that park."""
    return {
        cast.zone.pk: cast.people["officer"],
        cast.inner.pk: cast.people["operator_manager"],
        cast.sibling.pk: cast.people["sibling_manager"],
        cast.elsewhere.pk: cast.people["stranger"],
    }[park.pk]


def _lead(cast: Cast, park: Park) -> Any:
    return rows.make_lead(park, owner=owner_in(cast, park))


def _project(cast: Cast, park: Park) -> Any:
    return rows.make_project(park, officer=owner_in(cast, park))


def _ticket(cast: Cast, park: Park) -> Any:
    return rows.make_ticket(park, company=cast.settled, by=cast.people["enterprise"])


MAKERS: dict[str, Maker] = {
    "lead": _lead,
    "claim": lambda cast, park: rows.make_claim(_lead(cast, park)),
    "conflict": lambda cast, park: rows.make_conflict(park, first=owner_in(cast, park), second=cast.people["admin"]),
    "side": lambda cast, park: rows.make_side(park, person=owner_in(cast, park)),
    "activity": lambda cast, park: rows.make_activity(park, by=owner_in(cast, park), lead=_lead(cast, park)),
    "undertaking": lambda cast, park: rows.make_undertaking(park, by=owner_in(cast, park), lead=_lead(cast, park)),
    "submission": lambda cast, park: rows.make_submission(park, by=owner_in(cast, park)),
    "project": _project,
    "milestone": lambda cast, park: rows.make_milestone(_project(cast, park), owner=owner_in(cast, park)),
    "payment": lambda cast, park: rows.make_payment(_project(cast, park), by=owner_in(cast, park)),
    "item": lambda cast, park: rows.make_item(park),
    "ticket": _ticket,
    "report": lambda cast, park: rows.make_report(park, user=owner_in(cast, park)),
    "notice": lambda cast, park: rows.make_notice(park, recipient=owner_in(cast, park)),
    "profile": lambda cast, park: rows.make_profile(park, company=rows.make_company()),
    "contact": lambda cast, park: rows.make_contact(park, company=rows.make_company()),
    "view": lambda cast, park: rows.make_view(park, owner=owner_in(cast, park)),
    "export": lambda cast, park: rows.make_export(park, owner=owner_in(cast, park)),
    "split": lambda cast, park: rows.make_split(_lead(cast, park), made_by=owner_in(cast, park)),
    "offer": lambda cast, park: rows.make_offer(
        _lead(cast, park), partner=cast.platform, by=owner_in(cast, park), direction="incoming"
    ),
    "handover": lambda cast, park: rows.make_handover(_lead(cast, park), to=owner_in(cast, park)),
    "job": lambda cast, park: rows.make_job(park, owner=owner_in(cast, park)),
    "attachment": lambda cast, park: rows.make_attachment(park, by=owner_in(cast, park)),
    "company": lambda cast, park: rows.make_company(origin_park=park),
    "duplicate": lambda cast, park: rows.make_duplicate(park),
    "merge": lambda cast, park: rows.make_merge(park, by=owner_in(cast, park)),
    "import": lambda cast, park: rows.make_import(park, by=owner_in(cast, park)),
    "park": lambda cast, park: park,
    "person": lambda cast, park: owner_in(cast, park),
    "trip": lambda cast, park: outward.make_trip(park, by=owner_in(cast, park)),
    "target": lambda cast, park: outward.make_target(park, by=owner_in(cast, park)),
    "member": lambda cast, park: outward.make_member(park, by=owner_in(cast, park)),
    "trip_cost": lambda cast, park: outward.make_trip_cost(park, by=owner_in(cast, park)),
    "reception": lambda cast, park: outward.make_reception(park, by=owner_in(cast, park)),
    "guest": lambda cast, park: outward.make_guest(park, by=owner_in(cast, park)),
    "hour": lambda cast, park: outward.make_hour(park, by=owner_in(cast, park)),
    "provision": lambda cast, park: outward.make_provision(park, by=owner_in(cast, park)),
    "event": lambda cast, park: outward.make_event(park, by=owner_in(cast, park)),
    "event_person": lambda cast, park: outward.make_event_person(park, by=owner_in(cast, park)),
    "event_task": lambda cast, park: outward.make_event_task(park, by=owner_in(cast, park)),
    "event_cost": lambda cast, park: outward.make_event_cost(park, by=owner_in(cast, park)),
    "referrer": lambda cast, park: outward.make_referrer(park, by=owner_in(cast, park)),
    "referral": lambda cast, park: outward.make_referral(park, by=owner_in(cast, park)),
    "reward": lambda cast, park: outward.make_reward(park, by=owner_in(cast, park)),
    "rule": lambda cast, park: outward.make_rule(park, by=owner_in(cast, park)),
}


@dataclass(frozen=True)
class Address:
    """One URL pattern: its name, its route with `<…>` parameters and the view behind it."""

    name: str
    route: str
    parameters: tuple[str, ...]
    callback: Any

    @property
    def is_api(self) -> bool:
        """Under `/api/`."""
        return self.route.startswith("api/")

    @property
    def permission(self) -> str | None:
        """The page's declared permission; the API's are per action."""
        return getattr(getattr(self.callback, "view_class", None), "permission", None)


def addresses() -> list[Address]:
    """All of them."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^").replace("$", "").replace("\\Z", "")
        if isinstance(pattern, URLResolver):
            name = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route, name)
        else:
            parameters = tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)
            yield Address(f"{namespace}{pattern.name}", route, parameters, pattern.callback)


# The part of the path before the parameter says which row it names.
ROW_OF_SEGMENT = {
    "files": "attachment",
    "jobs": "job",
    "edit": "lead",
    "views": "view",
    "exports": "export",
    "people": "person",
    "companies": "company",
    "duplicates": "duplicate",
    "merges": "merge",
    "imports": "import",
    "contacts": "contact",
    "profiles": "profile",
    "leads": "lead",
    "credit": "split",
    "offers": "offer",
    "handovers": "handover",
    "claims": "claim",
    "conflicts": "conflict",
    "conflict-sides": "side",
    "activities": "activity",
    "promises": "undertaking",
    "submissions": "submission",
    "projects": "project",
    "milestones": "milestone",
    "payments": "payment",
    "tickets": "ticket",
    "requests": "ticket",
    "catalogue": "item",
    "new": "item",
    "notices": "notice",
    "undelivered": "notice",
    "parks": "park",
    "plans": "park",
    "reports": "report",
    "trips": "trip",
    "trip-targets": "target",
    "trip-members": "member",
    "trip-costs": "trip_cost",
    "receptions": "reception",
    "reception-guests": "guest",
    "reception-items": "hour",
    "reception-provisions": "provision",
    "events": "event",
    "event-people": "event_person",
    "event-tasks": "event_task",
    "event-costs": "event_cost",
    "referrers": "referrer",
    "referrals": "referral",
    "rewards": "reward",
    "reward-rules": "rule",
}
# What other parameters are given.
VALUES = {
    "where": "park",
    "relation": MISSING,
    "stage": "contacting",
    "month": "2026-10",
    "level": "75",
    "kind": "visit",
    "format": "json",
    "way": "up",
    "noun": "leads",
    "field": "amount",
}


def row_kind(address: Address) -> str:
    """Which row the address shows; a KeyError here means that a new address has to be listed above."""
    before = address.route.split("<" if "<" in address.route else "(?P<")[0]
    return ROW_OF_SEGMENT[before.rstrip("(?P").strip("/").rsplit("/", 1)[-1]]


def fill(address: Address, row: Any) -> str:
    """The path with the row's identifier (or one that does not exist) in it."""
    path = address.route
    for name in address.parameters:
        value = _value(name, row, path)
        start = path.index(f"(?P<{name}>") if f"(?P<{name}>" in path else path.rindex("<", 0, path.index(f"{name}>"))
        end = path.index(")" if path[start] == "(" else ">", start) + 1
        path = path[:start] + str(value) + path[end:]
    return "/" + path


def _value(name: str, row: Any, path: str) -> Any:
    if name in VALUES:
        return VALUES[name]
    if name == "uuid" or f"<uuid:{name}>" in path:
        return getattr(row, "uuid", MISSING_UUID)
    if name in {"park", "code"} or f"<slug:{name}>" in path:
        park = row if isinstance(row, Park) else getattr(row, "park", None)
        return park.code if park else "no-such-park"
    return getattr(row, "pk", MISSING)
