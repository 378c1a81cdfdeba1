"""Rows that can be merged into another of their kind, and what refers to them.

A merged row stays as a signpost: `merged_into` names the row that it became. `references()` finds every column that
refers to such a row, in all apps, from the models themselves: a merge moves them all. `core.reconcile` gives each of
these columns a trigger, so that what is written to a merged row at the same moment, by whatever path, arrives at the
row that it became; append-only tables let this one column be changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

from django.apps import apps
from django.db import models


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
