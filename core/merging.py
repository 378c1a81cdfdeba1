"""Rows that can be merged into another of their kind, and what refers to them.

A merged row stays as a signpost: `merged_into` names the row that it became. `references()` finds every column that
refers to such a row, in all apps, from the models themselves: a merge moves them all. `core.reconcile` gives each of
these columns a trigger, so that what is written to a merged row at the same moment, by whatever path, arrives at the
row that it became; append-only tables let this one column be changed. A model whose rows mostly name what was made in
the same moment says when that is so (`unmerged`, a condition on NEW): there is nothing to look up then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

from django.apps import apps
from django.db import connection, models

from core.isolation import APP_ROLE


class Mergeable(models.Model):
    """A row that may turn out to be another one."""

    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged", db_index=False
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="%(class)s_not_into_itself",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="%(class)s_merged")
        ]

    @property
    def is_merged(self) -> bool:
        """Only a signpost now."""
        return cast("Any", self).merged_into_id is not None

    @property
    def lasting(self) -> Self:
        """This row, or the one that it became."""
        return cast("Self", self.merged_into).lasting if self.is_merged else self


class CompanyIdField(models.BigIntegerField[Any, Any]):
    """The id of a company on the floors below `companies`, which cannot name the model."""

    def deconstruct(self) -> Any:
        """As a plain number in migrations, where it is nothing more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, kwargs


@dataclass(frozen=True)
class Reference:
    """A column that refers to a mergeable row."""

    model: type[models.Model]
    field: models.Field[Any, Any]

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"

    @property
    def column(self) -> str:
        """Its name in the database."""
        return str(self.field.column)

    @property
    def target(self) -> type[Mergeable]:
        """The model that it refers to."""
        related = self.field.related_model
        return cast("type[Mergeable]", related) if isinstance(related, type) else company_model()


def is_history(model: type[models.Model]) -> bool:
    """Event models of pghistory name the model they track; they tell what was, so a merge leaves them alone."""
    return bool(getattr(model, "pgh_tracked_model", None))


def company_model() -> type[Mergeable]:
    """The one mergeable model that `CompanyIdField` means."""
    return next(model for model in apps.get_models() if issubclass(model, Mergeable))


def references() -> Iterator[Reference]:
    """Every column of every table that refers to a mergeable row: keys, one-to-one, through tables, plain ids.

    Left out on purpose: history, and the journal of merges itself (`tells_of_merges`).
    """
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    for model in sorted(found, key=lambda one: one._meta.label):
        if is_history(model) or getattr(model, "tells_of_merges", False):
            continue
        for field in model._meta.local_fields:
            related = field.related_model
            if isinstance(field, CompanyIdField) or (isinstance(related, type) and issubclass(related, Mergeable)):
                yield Reference(model, field)


_FUNCTION = """
DECLARE lasting bigint;
BEGIN
    SELECT merged_into_id INTO lasting FROM {target} WHERE id = NEW.{column} FOR KEY SHARE;
    WHILE lasting IS NOT NULL LOOP
        NEW.{column} := lasting;
        SELECT merged_into_id INTO lasting FROM {target} WHERE id = NEW.{column} FOR KEY SHARE;
    END LOOP;
    RETURN NEW;
END
"""
# Only a change of the column counts: a row that stayed with a merged company may be saved as it is.
_TRIGGERS = (
    ("lasting_{column}_insert", "BEFORE INSERT", "NEW.{column} IS NOT NULL"),
    ("lasting_{column}_update", "BEFORE UPDATE OF {column}", "NEW.{column} IS DISTINCT FROM OLD.{column}"),
)


def plan() -> Iterator[str]:
    """The statements that are still missing, so that no column comes to refer to a merged row (see the module)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        functions = dict(cursor.fetchall())
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        triggers = set(cursor.fetchall())
        for reference in references():
            if reference.field.name == "merged_into":
                continue
            yield from _plan_triggers(reference, functions, triggers)
            table = reference.model._meta.db_table
            cursor.execute("SELECT has_column_privilege(%s, %s, %s, 'UPDATE')", [APP_ROLE, table, reference.column])
            if not cursor.fetchone()[0]:
                yield f'GRANT UPDATE ("{reference.column}") ON "{table}" TO {APP_ROLE}'


def _plan_triggers(reference: Reference, functions: dict[str, str], triggers: set[Any]) -> Iterator[str]:
    column, table = reference.column, reference.model._meta.db_table
    body = _FUNCTION.format(target=reference.target._meta.db_table, column=column)
    function = f"lasting_{column}"
    if functions.get(function) != body:
        functions[function] = body
        yield f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"
    unmerged = getattr(reference.model, "unmerged", "")
    for name, moment, condition in _TRIGGERS:
        trigger = name.format(column=column)
        condition = f"{condition} AND NOT ({unmerged})" if unmerged else condition
        if (table, trigger) not in triggers:
            yield (
                f'CREATE TRIGGER {trigger} {moment.format(column=column)} ON "{table}" FOR EACH ROW'
                f" WHEN ({condition.format(column=column)}) EXECUTE FUNCTION {function}()"
            )
