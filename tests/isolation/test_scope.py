"""The boundary between parks, as the application role meets it."""

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.isolation import ParkOwnedQuerySet, ScopeError, scope
from core.middleware import ScopeMiddleware
from core.reconcile import plan
from leads.models import Lead
from parks.models import Park, ParkRules
from services.models import Ticket
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_lead, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def parks() -> list[Park]:
    return [Park.objects.create(code=code, name=code) for code in ("north", "south")]


def test_tests_run_as_the_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)"
        )
        assert cursor.fetchone() == ("luodi_app", False)


def test_nothing_is_left_to_reconcile() -> None:
    assert plan() == []


def test_a_query_outside_a_scope_fails_on_an_empty_table_too() -> None:
    with pytest.raises(DatabaseError, match="no park scope"), transaction.atomic():
        list(ParkRules.objects.all())


def test_an_insert_outside_a_scope_fails(parks: list[Park]) -> None:
    with pytest.raises(DatabaseError, match="no park scope"), transaction.atomic():
        ParkRules.objects.create(park=parks[0])


def test_a_scope_shows_and_accepts_only_its_own_parks(parks: list[Park]) -> None:
    north, south = parks
    with scope(read=[north.pk, south.pk], write=[north.pk, south.pk]):
        ParkRules.objects.create(park=north)
        ParkRules.objects.create(park=south)
    with scope(read=[north.pk], write=[north.pk]):
        assert list(ParkRules.objects.values_list("park__code", flat=True)) == ["north"]
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ParkRules.objects.filter(park=north).update(park=south)


def test_reading_a_park_does_not_mean_writing_there(parks: list[Park]) -> None:
    north, _south = parks
    with scope(read=[north.pk]), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        ParkRules.objects.create(park=north)


def test_the_scope_is_gone_after_success_and_after_an_error(parks: list[Park]) -> None:
    north, _south = parks
    with scope(read=[north.pk], write=[north.pk]):
        ParkRules.objects.create(park=north)
    with pytest.raises(DatabaseError, match="no park scope"), transaction.atomic():
        ParkRules.objects.count()
    with pytest.raises(IntegrityError), scope(read=[north.pk], write=[north.pk]):
        ParkRules.objects.create(park=north)
    with pytest.raises(DatabaseError, match="no park scope"), transaction.atomic():
        ParkRules.objects.count()


def test_another_scope_cannot_be_opened_inside(parks: list[Park]) -> None:
    north, south = parks
    with scope(read=[north.pk]), pytest.raises(ScopeError), scope(read=[south.pk]):
        pass


@pytest.mark.parametrize(("status", "left"), [(200, 1), (302, 1), (400, 0), (409, 0), (500, 0)])
def test_a_refused_request_leaves_nothing_behind(cast: Cast, rf: RequestFactory, status: int, left: int) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        make_lead(cast.zone, owner=cast.officer)
        return HttpResponse(status=status)

    request = rf.post("/")
    request.user, request.session = cast.officer, {}  # type: ignore[assignment]  # a session that knows nobody
    assert ScopeMiddleware(view)(request).status_code == status
    with cast.everywhere():
        assert Lead.objects.count() == left


def test_python_alone_keeps_to_the_readers_parks_and_the_portal_to_its_company(cast: Cast) -> None:
    """Inside a scope of all parks, where the database shows everything to everybody."""
    with cast.everywhere():
        own = make_ticket(cast.inner, company=cast.settled, by=cast.enterprise)
        neighbours = make_ticket(cast.inner, company=cast.company, by=cast.operator_officer)
        elsewhere = make_ticket(cast.elsewhere, company=cast.settled, by=cast.stranger)
        rows: ParkOwnedQuerySet[Ticket] = ParkOwnedQuerySet(Ticket)
        assert set(rows.visible_to(cast.enterprise)) == {own}
        assert set(rows.visible_to(cast.operator_officer)) == {own, neighbours}
        assert set(rows.visible_to(cast.stranger)) == {elsewhere}
