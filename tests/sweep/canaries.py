"""A marked row of every park-owned table in every park, made from the models: what a new table holds is marked, too."""

import itertools
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from accounts.models import User
from companies.models import Company
from core.isolation import ParkOwned, Portal
from core.merging import is_history
from leads.models import Lead
from parks.models import Park
from tests.fixtures.rows import make_merge

TOKEN = "zqx{park}q"
FRAGMENT = "zqx"
# Tables that only the program writes, in forms of its own: they hold keys and numbers, no words of people.
WITHOUT_WORDS = frozenset({"Membership", "Oversight"})
NUMBERS = itertools.count(1)
# Columns of text that hold a code of the program's own.
CODES = {"indicator": "outbound_visits", "list_name": "leads:list"}
# What the rules of a table ask for besides.
SPECIAL: dict[str, dict[str, Any]] = {
    "ParkRelation": {
        "to_company": lambda canaries: Company.objects.create(name=canaries.mark, origin_park=canaries.park)
    },
    "Scheme": {"items": []},
    "ShareOffer": {"lead": lambda canaries: canaries.made[Lead]},
    "Claim": {"ended": ""},
    "CreditShare": {"percent": 100},
    "MergeRow": {"merge": lambda canaries: make_merge(canaries.park, by=next(canaries.people))},
    "OpeningHours": {"closes": time(17)},
    # The month after it is closed by the test itself.
    "Report": {"month": date(2026, 9, 1)},
}


def token(park: Park) -> str:
    """The mark of a park: in no word of either language, short enough for the shortest column."""
    return TOKEN.format(park=park.pk)


def private(park: Park) -> str:
    """The mark of what a park's enterprises may see of their own only, or not at all."""
    return token(park) + "x"


def owned_models() -> list[type[ParkOwned]]:
    """Every table with rows of parks, referred-to ones first."""
    found = [
        model
        for model in apps.get_models()
        if issubclass(model, ParkOwned) and not is_history(model) and model.__name__ not in WITHOUT_WORDS
    ]
    ordered: list[type[ParkOwned]] = []
    while found:
        ready = [model for model in found if not _needs(model) & (set(found) - {model})] or found
        ordered += ready
        found = [model for model in found if model not in ready]
    return ordered


def _needs(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation and not field.null}


class Canaries:
    """One marked row a table of one park."""

    def __init__(self, park: Park, people: list[User]) -> None:
        self.park, self.people = park, itertools.cycle(people)
        self.mark = private(park)
        self.made: dict[type[models.Model], models.Model] = {Park: park, User: people[0]}
        self.company = Company.objects.create(name=f"{self.mark}有限公司", origin_park=park, introduction=self.mark)
        self.made[Company] = self.company

    def fill(self) -> None:
        """Every table."""
        for model in owned_models():
            self.made[model] = self.row(model)

    def row(self, model: type[ParkOwned]) -> models.Model:
        """Each column filled as far as it can be, words with the mark."""
        self.mark = token(self.park) if model.portal is Portal.WHOLE_PARK else private(self.park)
        own = SPECIAL.get(model.__name__, {})
        values = {field.name: self.value(field) for field in model._meta.concrete_fields if self.filled(field)}
        values |= {name: value(self) if callable(value) else value for name, value in own.items()}
        return model._default_manager.create(**values)

    @staticmethod
    def filled(field: models.Field[Any, Any]) -> bool:
        """Keys and stamps are left to the model."""
        return not (field.primary_key or getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))

    def value(self, field: models.Field[Any, Any]) -> Any:
        """Something that fits the column."""
        if field.name in CODES:
            return CODES[field.name]
        if field.is_relation:
            return self._relation(field)
        if field.choices:
            return field.get_default() or next(iter(dict(field.flatchoices)))
        for kind, make in MAKERS:
            if isinstance(field, kind):
                return make(self, field)
        return field.get_default()

    def _relation(self, field: Any) -> Any:
        related = field.related_model
        if related is User and field.name in {"by", "owner", "recipient", "created_by", "submitted_by"}:
            return next(self.people)
        return self.made.get(related) if not field.null or related in {Company, Park} else None

    def words(self, field: Any) -> str:
        """The mark, made unique where the column must be."""
        text = f"{self.mark}-{next(NUMBERS)}" if field.unique else self.mark
        return text[: field.max_length] if field.max_length else text


def _number(_canaries: Canaries, field: Any) -> Any:
    return field.get_default() if field.has_default() else 1


Make = Callable[[Canaries, Any], Any]
MAKERS: list[tuple[type[models.Field[Any, Any]], Make]] = [
    (models.EmailField, lambda canaries, field: f"{canaries.mark}@example.com"),
    (models.URLField, lambda canaries, field: f"https://{canaries.mark}.example.com/"),
    (models.SlugField, lambda canaries, field: canaries.words(field)),
    (models.FileField, lambda canaries, field: ContentFile(canaries.mark.encode(), "canary")),
    (models.CharField, lambda canaries, field: canaries.words(field) if (field.max_length or 99) > 8 else ""),
    (models.TextField, lambda canaries, field: canaries.words(field)),
    (ArrayField, lambda canaries, field: field.get_default() or []),
    (models.JSONField, lambda canaries, field: field.get_default() or {}),
    (models.UUIDField, lambda canaries, field: uuid4()),
    (models.DateTimeField, lambda canaries, field: None if field.null else timezone.now()),
    (models.DateField, lambda canaries, field: None if field.null else date(2026, 10, 1)),
    (models.TimeField, lambda canaries, field: time(9)),
    (models.DecimalField, lambda canaries, field: Decimal(1) if not field.has_default() else field.get_default()),
    (models.BooleanField, lambda canaries, field: field.get_default()),
    (models.IntegerField, _number),
]
