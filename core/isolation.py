"""The boundary between parks, held by the database.

Every row that a park owns carries its `park`; PostgreSQL's row-level security shows and accepts only rows of the parks
that the open scope names. The application connects as a role that owns nothing and for which a query outside a scope is
an error. What this room holds: the abstract `ParkOwned` model and the `scope()` of one transaction; `core.reconcile`
makes policies, keys and grants follow from the model registry. It stops forgotten filters, not injected SQL: the
application role can set the scope itself.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from core.doors import Door

if TYPE_CHECKING:
    from accounts.models import User

NO_SCOPE = "no park scope: open one with scope()"
APP_ROLE = "luodi_app"


class ScopeError(RuntimeError):
    """A scope was opened inside one that names other parks."""


@dataclass(frozen=True)
class Scope:
    """The parks one transaction may read and write; a portal session is one company and its user in one park."""

    read: frozenset[int]
    write: frozenset[int]
    company: int | None = None
    user: int | None = None

    def values(self) -> list[str]:
        """The values of the settings that the policies read, in the order of `SETTINGS`."""
        return [
            "{" + ",".join(map(str, sorted(self.read))) + "}",
            "{" + ",".join(map(str, sorted(self.write))) + "}",
            "" if self.company is None else str(self.company),
            "" if self.user is None else str(self.user),
        ]


SETTINGS = ("luodi.read", "luodi.write", "luodi.company", "luodi.user")
_SET_ALL = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
_current: ContextVar[Scope | None] = ContextVar("luodi_scope", default=None)


def current_scope() -> Scope | None:
    """The scope that is open here, if any."""
    return _current.get()


def _set(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET_ALL, values)


@contextmanager
def scope(
    *, read: Iterable[int], write: Iterable[int] = (), company: int | None = None, user: int | None = None
) -> Iterator[Scope]:
    """Open a transaction in which exactly these parks can be read and written.

    Nesting is allowed for the same parks only: a server-side cursor evaluates the policy when it fetches.
    """
    written = frozenset(write)
    wanted = Scope(frozenset(read) | written, written, company, user)
    held = _current.get()
    if held is not None:
        if held != wanted:
            raise ScopeError(f"a scope for {held} is open; {wanted} cannot be opened inside it")
        yield held
        return
    with transaction.atomic():
        nested = bool(connection.savepoint_ids)
        _set(wanted.values())
        token = _current.set(wanted)
        try:
            yield wanted
        finally:
            _current.reset(token)
        # PostgreSQL forgets the settings when the outermost transaction ends; inside one they have to be taken back.
        if nested and not connection.needs_rollback:
            _set([NO_SCOPE, NO_SCOPE, "", ""])


@contextmanager
def user_scope(user: "User") -> Iterator[Scope]:
    """The scope that follows from a person's memberships."""
    access = user.access
    with scope(
        read=access.read_parks,
        write=access.write_parks,
        company=access.company_id,
        user=user.pk if access.is_portal else None,
    ) as opened:
        yield opened


@contextmanager
def system_scope() -> Iterator[Scope]:
    """All parks: for the worker's ticks and for commands. A test lists the modules that may call it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM parks_park")
        parks = [row[0] for row in cursor.fetchall()]
    with scope(read=parks, write=parks) as opened:
        yield opened


@contextmanager
def errand(*, park_id: int) -> Iterator[Scope]:
    """Run a short errand to one other park inside the open scope's transaction: there, that park alone is to be seen.

    It is how two parks come to hold their own side of one agreement (an offer and its answer) in one transaction,
    without either ever reading the other. Only what carries such an agreement may call it; a test lists who does. Rows
    and querysets of one side must not be evaluated on the other. An error takes back everything done there.
    """
    held = _current.get()
    if held is None or held.company is not None:
        raise ScopeError("an errand begins in a park's own scope")
    there = Scope(frozenset({park_id}), frozenset({park_id}))
    # The savepoint: when it is rolled back, PostgreSQL restores the settings, too.
    with transaction.atomic():
        _set(there.values())
        token = _current.set(there)
        try:
            yield there
        finally:
            _current.reset(token)
        _set(held.values())


class Portal(Enum):
    """What a portal session (an enterprise's user) can see of a park-owned table."""

    NOTHING = "(current_setting('luodi.company'::text) = ''::text)"
    OWN_COMPANY = (
        "((current_setting('luodi.company'::text) = ''::text) OR "
        "(company_id = (NULLIF(current_setting('luodi.company'::text), ''::text))::bigint))"
    )
    OWN_USER = (
        "((current_setting('luodi.company'::text) = ''::text) OR "
        "(recipient_id = (NULLIF(current_setting('luodi.user'::text), ''::text))::bigint))"
    )
    WHOLE_PARK = ""


M = TypeVar("M", bound="ParkOwned")


class ParkOwnedQuerySet(models.QuerySet[M]):
    """Rows of parks; apps narrow `visible_to` further inside the park."""

    def visible_to(self, user: "User") -> Self:
        """Name the parks, so that indexes on `(park, …)` are used and Python alone would hold, too."""
        rows = self.filter(park_id__in=user.access.read_parks)
        return rows.seen_by_company(user.access.company_id) if user.access.is_portal else rows

    def seen_by_company(self, company_id: int | None) -> Self:
        """A portal session sees its own company's rows, and nothing of tables that are not shown in the portal."""
        match self.model.portal:
            case Portal.WHOLE_PARK:
                return self
            case Portal.OWN_COMPANY if company_id is not None:
                return self.filter(company_id=company_id)
            case _:
                return self.none()


class ParkOwned(models.Model):
    """A row that belongs to exactly one park. References to other park-owned rows use `ParkForeignKey`."""

    portal: Portal = Portal.NOTHING
    # A mailbox: whoever writes in the park may post to others, and whoever reads it may mark what they received.
    mailbox: ClassVar[bool] = False
    # Questions about this table that are answered across parks, with yes or no only.
    doors: ClassVar[tuple[Door, ...]] = ()

    # No index of its own: the unique `(park, id)` that the reconcile step lays begins with it.
    park = models.ForeignKey(
        "parks.Park", on_delete=models.PROTECT, related_name="+", verbose_name=_("Park"), db_index=False
    )

    objects: ClassVar[Any] = ParkOwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class ParkForeignKey(models.ForeignKey[Any, Any]):
    """A reference inside one park: the database key is the composite `(park, id)` that the reconcile step lays."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete=on_delete, **kwargs)

    def deconstruct(self) -> Any:
        """As a plain ForeignKey in migrations, where the generic subclass says nothing more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs
