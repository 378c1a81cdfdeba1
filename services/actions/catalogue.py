"""The park's catalogue of services: what is on offer and what time is promised for it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department
from core.errors import Conflict, Refused
from parks.models import Park
from parks.queries import calendar_of, rules_of
from services import clocks
from services.defaults import SERVICES
from services.models import CatalogueItem

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = frozenset(
    {
        "name",
        "name_en",
        "category",
        "description",
        "description_en",
        "documents",
        "documents_en",
        "department",
        "response_minutes",
        "resolve_minutes",
        "position",
        "is_active",
    }
)


@transaction.atomic
def add_item(*, by: "User", park: Park, code: str, **values: Any) -> CatalogueItem:
    """A new service of a park; its code is used once there."""
    _check(values, park)
    if CatalogueItem.objects.filter(park=park, code=code).exists():
        raise Conflict(_("This code is used already."), field="code", code="code_taken")
    return CatalogueItem.objects.create(park=park, code=code, **values)


@transaction.atomic
def change_item(*, by: "User", item: CatalogueItem, **values: Any) -> CatalogueItem:
    """Exactly the fields that are named. Requests that run keep the limits they were given; none is ever deleted."""
    _check(values, item.park)
    held: CatalogueItem = CatalogueItem.objects.select_for_update().get(pk=item.pk, park_id=item.park_id)
    for name, value in values.items():
        setattr(held, name, value)
    if values:
        held.save(update_fields=list(values))
    return held


def _check(values: dict[str, Any], park: Park) -> None:
    unknown = set(values) - FIELDS
    if unknown:
        raise ValueError(f"not fields of a catalogue item: {sorted(unknown)}")
    for name in ("response_minutes", "resolve_minutes"):
        if name in values and not 1 <= values[name] <= 60 * 24 * 250:
            raise Refused(_("Give a limit of at least one minute and at most a year."), field=name, code="bad_limit")
    department = values.get("department")
    if department and department.park_id not in {park.pk, park.parent_id}:
        raise Refused(_("Choose a department of this park or its zone."), field="department", code="not_its_department")


@transaction.atomic
def ensure_catalogue(park: Park) -> int:
    """Give a park the usual services that it does not have yet; what it changed or withdrew stays.

    Returns how many were added. Limits are working days of the park's own calendar.
    """
    known = set(CatalogueItem.objects.filter(park=park).values_list("code", flat=True))
    departments = _departments(park)
    day, response = clocks.day_of(calendar_of(park.pk)), rules_of(park.pk).first_response_minutes
    rows = [
        CatalogueItem(
            park=park,
            code=fact.code,
            name=fact.name,
            name_en=fact.name_en,
            category=fact.category,
            description=fact.description,
            description_en=fact.description_en,
            documents=fact.documents,
            documents_en=fact.documents_en,
            department=departments.get(fact.department) or departments.get("service"),
            response_minutes=response,
            resolve_minutes=fact.days * day // timedelta(minutes=1),
            position=place * 10,
        )
        for place, fact in enumerate(SERVICES, start=1)
        if fact.code not in known
    ]
    CatalogueItem.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _departments(park: Park) -> dict[str, Department]:
    """The departments that serve this park by code, its own before the zone's; `service` falls back to the operator."""
    places = [place for place in (park.parent_id, park.pk) if place]
    rows = Department.objects.filter(park_id__in=places, is_active=True)
    found: dict[str, Department] = {}
    for row in sorted(rows, key=lambda row: (places.index(row.park_id), -row.pk)):
        found[row.code] = row
        if row.kind == Department.Kind.SERVICE or (row.kind == Department.Kind.OPERATOR and row.park_id == park.pk):
            found["service"] = row
    return found
