"""Make the database's boundary equal to what the models say; run as owner after every `migrate`.

The plan compares the model registry with the catalogue by definition, not by name: row security and its policies, the
unique `(park, id)` and the composite keys, the grants of the application role, the definer triggers of the history, the
doors, the triggers that lead from merged rows to the lasting ones. An empty plan is the check at start-up and in the
tests.
"""

from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.db import connection, models

from core import merging
from core.isolation import APP_ROLE, ParkOwned, Portal
from core.merging import is_history

READ = "(park_id = ANY ((current_setting('luodi.read'::text))::bigint[]))"
WRITE = "(park_id = ANY ((current_setting('luodi.write'::text))::bigint[]))"
ALL = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"

# Tables that belong to no park, with what the application may do there. A table that is neither here nor park-owned nor
# history stops `migrate`.
SHARED = {
    "accounts_user": ALL,
    "accounts_role": ALL,
    "accounts_department": ALL,
    "accounts_membership": ALL,
    "accounts_oversight": ALL,
    "accounts_token": ALL,
    "core_requestkey": ALL,
    "core_heartbeat": ALL,
    "parks_park": "SELECT, INSERT, UPDATE",
    "companies_company": ALL,
    "companies_duplicate": ALL,
    "companies_industry": "SELECT, INSERT, UPDATE",
    "companies_relation": ALL,
    "companies_merge": "SELECT, INSERT, UPDATE",
    "django_session": ALL,
    "django_content_type": "SELECT",
    "django_migrations": "SELECT",
    "auth_permission": "SELECT",
    "auth_group": "SELECT",
    "auth_group_permissions": "SELECT",
    "accounts_user_groups": "SELECT, DELETE",
    "accounts_user_user_permissions": "SELECT, DELETE",
    "axes_accessattempt": ALL,
    "axes_accessattemptexpiration": ALL,
    "axes_accesslog": ALL,
    "axes_accessfailurelog": ALL,
    "pghistory_context": "SELECT, INSERT, UPDATE",
}


class UnknownTableError(RuntimeError):
    """A table is neither park-owned nor history nor listed as shared."""


def _tracked(model: type[models.Model]) -> type[models.Model]:
    return cast("type[models.Model]", cast("Any", model).pgh_tracked_model)


def _models() -> list[type[models.Model]]:
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return sorted(found, key=lambda model: model._meta.db_table)


def policies_of(model: type[models.Model]) -> dict[str, tuple[str, str | None, str | None]]:
    """Policy name → (command, USING, WITH CHECK) as PostgreSQL prints them."""
    if is_history(model):
        return {"luodi_read": ("SELECT", f"({READ} AND {Portal.NOTHING.value})", None)}
    portal = cast("type[ParkOwned]", model).portal.value
    read = f"({READ} AND {portal})" if portal else READ
    write = f"({WRITE} AND {portal})" if portal else WRITE
    mailbox = cast("type[ParkOwned]", model).mailbox
    update = read if mailbox else write
    return {
        "luodi_read": ("SELECT", read, None),
        "luodi_insert": ("INSERT", None, WRITE if mailbox else write),
        "luodi_update": ("UPDATE", update, update),
        "luodi_delete": ("DELETE", write, None),
    }


def keys_of(model: type[models.Model]) -> set[str]:
    """The constraints that tie a park-owned table to its park."""
    wanted = {"UNIQUE (park_id, id)"}
    for field in model._meta.local_fields:
        related = field.related_model
        if isinstance(related, type) and issubclass(related, ParkOwned):
            target = related._meta.db_table
            wanted.add(f"FOREIGN KEY (park_id, {field.column}) REFERENCES {target}(park_id, id) DEFERRABLE")
    return wanted


class Catalogue:
    """What PostgreSQL has, read in six queries."""

    def __init__(self) -> None:
        self.row_security = dict(
            self._rows(
                "SELECT relname, relrowsecurity FROM pg_class WHERE relkind='r' AND relnamespace='public'::regnamespace"
            )
        )
        self.policies: dict[str, dict[str, tuple[str, str | None, str | None]]] = {}
        for table, name, command, using, check in self._rows(
            "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname='public'"
        ):
            self.policies.setdefault(table, {})[name] = (command, using, check)
        self.keys: dict[str, set[str]] = {}
        for table, definition in self._rows(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('u','f')"
        ):
            self.keys.setdefault(table, set()).add(definition)
        self.grants: dict[str, set[str]] = {}
        for table, privilege in self._rows(
            "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
            " WHERE c.relnamespace='public'::regnamespace AND c.relkind='r' AND a.grantee = %s::regrole",
            [APP_ROLE],
        ):
            self.grants.setdefault(table, set()).add(privilege)
        self.sequences = [
            name
            for (name,) in self._rows(
                # CASE: PostgreSQL may ask for the privilege before it looks at the kind, and then refuses an index.
                "SELECT c.relname FROM pg_class c WHERE c.relnamespace='public'::regnamespace"
                " AND CASE WHEN c.relkind='S' THEN NOT has_sequence_privilege(%s, c.oid, 'USAGE') ELSE false END",
                [APP_ROLE],
            )
        ]
        self.invoker_triggers = [
            name
            for (name,) in self._rows(
                "SELECT DISTINCT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace='public'::regnamespace"
                " AND (p.proname LIKE 'pgtrigger\\_%%' OR p.proname = '_pgh_attach_context')"
                " AND NOT (p.prosecdef AND p.proconfig @> ARRAY['search_path=public, pg_temp'])",
                [],
            )
        ]
        self.doors = {
            signature: (body, closed)
            for signature, body, closed in self._rows(
                "SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.prosrc,"
                " p.prosecdef AND p.proconfig @> ARRAY['search_path=public, pg_temp']"
                " AND NOT has_function_privilege('public', p.oid, 'EXECUTE')"
                " AND has_function_privilege(%s, p.oid, 'EXECUTE')"
                " FROM pg_proc p WHERE p.pronamespace='public'::regnamespace AND p.proname LIKE 'luodi\\_%%'",
                [APP_ROLE],
            )
        }
        self.temporary = self._rows("SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')", [APP_ROLE])[
            0
        ][0]

    @staticmethod
    def _rows(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())


def _policy_sql(table: str, name: str, wanted: tuple[str, str | None, str | None]) -> str:
    command, using, check = wanted
    clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
    return f'CREATE POLICY {name} ON "{table}" FOR {command} TO {APP_ROLE}{clauses}'


def _plan_policies(model: type[models.Model], catalogue: Catalogue) -> Iterator[str]:
    table = model._meta.db_table
    if not catalogue.row_security.get(table):
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    wanted, present = policies_of(model), catalogue.policies.get(table, {})
    for name, definition in present.items():
        if wanted.get(name) != definition:
            yield f'DROP POLICY "{name}" ON "{table}"'
    for name, definition in wanted.items():
        if present.get(name) != definition:
            yield _policy_sql(table, name, definition)


def _plan_keys(model: type[models.Model], catalogue: Catalogue) -> Iterator[str]:
    table = model._meta.db_table
    missing = keys_of(model) - catalogue.keys.get(table, set())
    yield from (f'ALTER TABLE "{table}" ADD {definition}' for definition in missing)


def _plan_grants(table: str, wanted: str, catalogue: Catalogue) -> Iterator[str]:
    held = catalogue.grants.get(table, set())
    if held != set(wanted.split(", ")):
        yield f'REVOKE ALL ON "{table}" FROM {APP_ROLE}'
        yield f'GRANT {wanted} ON "{table}" TO {APP_ROLE}'


def _plan_doors(catalogue: Catalogue) -> Iterator[str]:
    wanted = {door.signature: door for model in _models() for door in getattr(model, "doors", ())}
    for signature in catalogue.doors.keys() - wanted.keys():
        yield f"DROP FUNCTION {signature}"
    for signature, door in wanted.items():
        if catalogue.doors.get(signature) != (door.body, True):
            yield door.sql
            yield f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"
            yield f"GRANT EXECUTE ON FUNCTION {signature} TO {APP_ROLE}"


def _check_model(model: type[models.Model]) -> None:
    if model._meta.parents:
        raise UnknownTableError(
            f"{model.__name__}: multi-table inheritance leaves the child table outside the boundary"
        )
    table = model._meta.db_table
    if not (issubclass(model, ParkOwned) or is_history(model) or table in SHARED):
        raise UnknownTableError(f"{table}: neither park-owned nor history nor listed in core.reconcile.SHARED")


def plan() -> list[str]:
    """The SQL statements that are still missing; keys come last so that what they refer to is there."""
    catalogue = Catalogue()
    first: list[str] = []
    unique: list[str] = []
    foreign: list[str] = []
    if catalogue.temporary:
        first.append(f'REVOKE TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" FROM PUBLIC')
    for model in _models():
        _check_model(model)
        table = model._meta.db_table
        owned, history = issubclass(model, ParkOwned), is_history(model)
        if owned or (history and issubclass(_tracked(model), ParkOwned)):
            first.extend(_plan_policies(model, catalogue))
        if owned:
            keys = list(_plan_keys(model, catalogue))
            unique.extend(sql for sql in keys if "ADD UNIQUE" in sql)
            foreign.extend(sql for sql in keys if "ADD FOREIGN" in sql)
        rights = "SELECT" if history else getattr(model, "app_rights", ALL) if owned else SHARED[table]
        first.extend(_plan_grants(table, rights, catalogue))
    if "django_migrations" in catalogue.row_security:
        first.extend(_plan_grants("django_migrations", SHARED["django_migrations"], catalogue))
    first.extend(f'GRANT USAGE, SELECT ON SEQUENCE "{name}" TO {APP_ROLE}' for name in catalogue.sequences)
    first.extend(
        f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = public, pg_temp"
        for function in catalogue.invoker_triggers
    )
    return first + unique + foreign + list(_plan_doors(catalogue)) + list(merging.plan())


def reconcile() -> list[str]:
    """Carry the plan out and return it; twice, since new rights to a table take those to its columns away."""
    done: list[str] = []
    with connection.cursor() as cursor:
        for _time in range(2):
            for statement in (statements := plan()):
                cursor.execute(statement)
            done += statements
    return done
