"""What an enterprise's session meets in the database itself, with raw SQL."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from core.isolation import user_scope
from notices.models import Notice
from parks.models import Park
from services import actions
from services.models import Ticket, TicketMessage
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_notice
from tests.services.conftest import Desk

pytestmark = pytest.mark.django_db
TABLES = (
    "services_ticket",
    "services_ticketstate",
    "services_ticketmessage",
    "services_ticketclock",
    "services_ticketfile",
)


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@pytest.fixture
def other(desk: Desk, cast: Cast) -> Ticket:
    """Another company's request in the same park, with a message and a note; and a note on one's own."""
    staff, company = cast.operator_officer, make_company()
    with user_scope(staff):
        ticket = actions.submit_ticket(
            by=staff, company=company, park=desk.park, item=desk.item, title="别家", text="x"
        )
    desk.do(actions.answer_ticket, "Fri 16:40", "operator_officer", ticket, message="写给别家")
    own = desk.do(actions.answer_ticket, "Fri 16:40", "operator_officer", desk.ask(), message="写给自家")
    desk.do(actions.note_ticket, "Fri 16:45", "operator_officer", own, body="内部的话")
    return ticket


@pytest.mark.parametrize("table", TABLES)
def test_only_its_own_companys_rows_are_there(other: Ticket, cast: Cast, table: str) -> None:
    with user_scope(cast.enterprise):
        companies = {row[0] for row in rows(f"SELECT company_id FROM {table}")}
    assert companies <= {cast.settled.pk}
    with cast.everywhere():
        everything = {row[0] for row in rows(f"SELECT company_id FROM {table}")}
    assert table == "services_ticketfile" or other.company_id in everything


def test_internal_notes_and_the_history_are_not_there_at_all(other: Ticket, cast: Cast) -> None:
    with cast.everywhere():
        assert rows("SELECT count(*) FROM services_ticketnote") == [(1,)]
        assert rows("SELECT count(*) > 0 FROM services_ticketevent") == [(True,)]
    with user_scope(cast.enterprise):
        assert rows("SELECT count(*) FROM services_ticketnote") == [(0,)]
        assert rows("SELECT count(*) FROM services_ticketevent") == [(0,)]


def test_it_cannot_write_in_another_companys_name_nor_into_its_request(other: Ticket, cast: Cast) -> None:
    with user_scope(cast.enterprise):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            TicketMessage.objects.create(
                park=cast.inner,
                ticket=other,
                company_id=other.company_id,
                by=cast.enterprise,
                body="x",
                at=other.created_at,
            )
        assert Ticket.objects.filter(pk=other.pk).update(title="x") == 0


def test_what_was_said_cannot_be_changed_or_taken_back(other: Ticket, cast: Cast) -> None:
    with cast.everywhere(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        TicketMessage.objects.update(body="x")
    with cast.everywhere(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows("DELETE FROM services_ticketstate")


def told(park: Park, recipient: User) -> Notice:
    return Notice(park=park, recipient=recipient, channel="page", kind="t", key="t", subject="t", due_at=timezone.now())


def test_it_may_tell_the_parks_staff_but_reads_only_its_own_notices(desk: Desk, cast: Cast) -> None:
    desk.ask()
    with cast.everywhere():
        make_notice(cast.inner, recipient=cast.enterprise)
        assert Notice.objects.exclude(recipient=cast.enterprise).exists()
    with user_scope(cast.enterprise):
        assert set(Notice.objects.values_list("recipient", flat=True)) == {cast.enterprise.pk}
        assert Notice.objects.exclude(recipient=cast.enterprise).update(subject="x") == 0
        Notice.objects.bulk_create([told(cast.inner, cast.operator_officer)], ignore_conflicts=True)
    with cast.everywhere():
        assert Notice.objects.filter(key="t", recipient=cast.operator_officer).exists()


def test_it_tells_nobody_in_another_park(desk: Desk, cast: Cast) -> None:
    with user_scope(cast.enterprise), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Notice.objects.bulk_create([told(cast.sibling, cast.sibling_manager)], ignore_conflicts=True)
