"""Prepared statements: asked once of PostgreSQL, and never a way around the boundary between parks."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.isolation import scope
from core.prepared import Prepared
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_lead

pytestmark = pytest.mark.django_db

LEADS = Prepared("leads_for_a_test", "SELECT id FROM leads_lead WHERE id = ANY(%(ids)s) AND (%(ids)s) IS NOT NULL")
# PostgreSQL plans the first five times for the values at hand.
OFTEN = 8


def test_a_plan_made_in_one_park_shows_another_park_its_own_rows_and_a_stranger_none(cast: Cast) -> None:
    with cast.everywhere():
        mine, theirs = (make_lead(park, owner=cast.officer).pk for park in (cast.zone, cast.sibling))
    for _time in range(OFTEN):
        with scope(read=[cast.zone.pk]):
            assert LEADS.rows(ids=[mine, theirs]) == [(mine,)]
    with scope(read=[cast.sibling.pk]):
        assert LEADS.rows(ids=[mine, theirs]) == [(theirs,)]
    with pytest.raises(DatabaseError, match="no park scope"), transaction.atomic():
        LEADS.rows(ids=[mine, theirs])


def test_it_is_prepared_once_and_a_rollback_leaves_it_standing(cast: Cast) -> None:
    one = Prepared("one_for_a_test", "SELECT %(number)s::int + 1")
    with transaction.atomic():
        assert one.rows(number=1) == [(2,)]
        transaction.set_rollback(True)
    assert one.rows(number=2) == [(3,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = %s", [one.name])
        assert cursor.fetchone() == (1,)


def test_what_cannot_be_prepared_is_an_error_of_the_database_like_any_other(cast: Cast) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Prepared("wrong_for_a_test", "SELECT nothing FROM nowhere").rows()
