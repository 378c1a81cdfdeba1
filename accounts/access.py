"""What a person may see and do, computed from memberships and oversight in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection

from accounts.permissions import REVIEW_CODES

# One row per (park, role): direct memberships, and for roles with `oversight.use` the inner parks that grant oversight.
GRANTED = """
WITH own AS (
    SELECT m.park_id, m.department_id, m.company_id, r.code, r.permissions, p.code AS park_code, p.name AS park_name,
           p.depth, m.id
    FROM accounts_membership m
    JOIN accounts_role r ON r.id = m.role_id
    JOIN parks_park p ON p.id = m.park_id AND p.is_active
    WHERE m.user_id = {user} AND {active} AND m.is_active
)
SELECT park_id, department_id, company_id, code, permissions, park_code, park_name, '' AS level, id FROM own
UNION ALL
SELECT o.park_id, NULL, NULL, own.code, own.permissions, p.code, p.name, o.level, own.id
FROM own
JOIN accounts_oversight o ON o.overseer_id = own.park_id AND 'oversight.use' = ANY(own.permissions)
JOIN parks_park p ON p.id = o.park_id AND p.is_active
"""
_ACTIVE = "(SELECT is_active FROM accounts_user WHERE id = %(user)s)"
_SQL = GRANTED.format(user="%(user)s", active=_ACTIVE) + "ORDER BY level, id"


@dataclass(frozen=True)
class ParkName:
    """A park as menus show it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Access:
    """Parks and permissions of one person; empty for a stranger."""

    codes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    parks: tuple[ParkName, ...] = ()
    roles: frozenset[str] = frozenset()
    department_ids: frozenset[int] = frozenset()
    company_id: int | None = None
    is_portal: bool = False
    home_park_id: int | None = None

    @cached_property
    def read_parks(self) -> frozenset[int]:
        """Parks whose rows may be read."""
        return frozenset(self.codes)

    @cached_property
    def write_parks(self) -> frozenset[int]:
        """Parks where at least one permission is more than looking."""
        return frozenset(
            park for park, codes in self.codes.items() if any(not code.endswith(".view") for code in codes)
        )

    def can(self, code: str, park_id: int | None = None) -> bool:
        """Whether the permission is held in that park, or in any when none is named."""
        if park_id is not None:
            return code in self.codes.get(park_id, ())
        return any(code in codes for codes in self.codes.values())

    def parks_with(self, code: str) -> frozenset[int]:
        """The parks in which the permission is held."""
        return frozenset(park for park, codes in self.codes.items() if code in codes)


def _seen_from_above(permissions: list[str], level: str) -> set[str]:
    """What an oversight grant leaves of a role: looking, and at the review level the named review acts."""
    codes = {code for code in permissions if code.endswith(".view")}
    return codes | (set(permissions) & REVIEW_CODES) if level == "review" else codes


def access_of(user_id: int) -> Access:
    """Read the access of one person (0.4 ms)."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"user": user_id})
        return access_from(cursor.fetchall())


def access_from(rows: Sequence[tuple[Any, ...]]) -> Access:
    """What the rows of `GRANTED` say, those of one's own roles first."""
    codes: dict[int, set[str]] = {}
    parks: dict[int, ParkName] = {}
    for park_id, _department, _company, _role, permissions, park_code, park_name, level, _id in rows:
        granted = _seen_from_above(permissions, level) if level else set(permissions)
        codes.setdefault(park_id, set()).update(granted - {"oversight.use"})
        parks.setdefault(park_id, ParkName(park_id, park_code, park_name))
    own = [row for row in rows if not row[7]]
    portal = [row for row in own if row[3] == "enterprise"]
    if portal:
        # A portal session is one company in one park, whatever else the person may be.
        park_id = portal[0][0]
        codes = {park_id: set(portal[0][4])}
        parks = {park_id: parks[park_id]}
        own = portal[:1]
    return Access(
        codes={park: frozenset(values) for park, values in codes.items()},
        parks=tuple(parks.values()),
        roles=frozenset(row[3] for row in own),
        department_ids=frozenset(row[1] for row in own if row[1] is not None),
        # An enterprise user without a company sees nothing: -1 is nobody's id.
        company_id=(portal[0][2] or -1) if portal else None,
        is_portal=bool(portal),
        home_park_id=_home(own),
    )


def _home(own: Sequence[tuple[Any, ...]]) -> int | None:
    """The first membership that is not in the platform itself."""
    ordered = [row for row in own if row[5] != "platform"] or own
    return ordered[0][0] if ordered else None
