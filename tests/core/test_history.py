"""What the database writes down by itself: every row of a bulk statement, and nothing where nothing changed."""

from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db.models import F

from companies.models import Company
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def events(*companies: Company) -> list[tuple[str, str, Any]]:
    """Label, city and context of each event, oldest first."""
    rows = apps.get_model("companies", "CompanyEvent")._default_manager.filter(pgh_obj__in=[c.pk for c in companies])
    return list(rows.order_by("pgh_id").values_list("pgh_label", "city", "pgh_context__metadata"))


def test_each_row_of_a_bulk_statement_is_written_down_with_the_context(cast: Cast) -> None:
    made = [Company(name=f"示例{number}有限公司") for number in range(3)]
    with pghistory.context(command="test"):
        Company.objects.bulk_create(made)
        Company.objects.filter(pk__in=[one.pk for one in made]).update(city="青岛")
    assert events(*made) == [("insert", "", {"command": "test"})] * 3 + [("update", "青岛", {"command": "test"})] * 3


def test_a_write_without_a_context_is_written_down_too(cast: Cast) -> None:
    Company.objects.filter(pk=cast.company.pk).update(city="烟台")
    assert events(cast.company)[-1] == ("update", "烟台", None)


def test_only_rows_that_really_changed_leave_an_event(cast: Cast) -> None:
    both = [cast.company, cast.settled]
    before = len(events(*both))
    Company.objects.filter(pk__in=[one.pk for one in both]).update(city=F("city"))
    Company.objects.filter(pk=-1).update(city="青岛")
    assert len(events(*both)) == before
    Company.objects.filter(pk=cast.company.pk).update(city="青岛")
    Company.objects.filter(pk__in=[one.pk for one in both]).update(city="青岛")
    assert len(events(*both)) == before + 2


def test_an_upsert_writes_down_the_new_and_the_changed(cast: Cast) -> None:
    cast.company.city = "威海"
    new = Company(pk=9_000_001, name="示例新有限公司", city="威海")
    Company.objects.bulk_create(
        [cast.company, new], update_conflicts=True, unique_fields=["id"], update_fields=["city"]
    )
    assert [label for label, city, _context in events(cast.company, new) if city == "威海"] in (
        ["insert", "update"],
        ["update", "insert"],
    )
