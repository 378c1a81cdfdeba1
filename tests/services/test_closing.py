"""How a request ends: confirmed, withdrawn, or closed because nobody objected."""

import pytest
from django.test import Client
from django.urls import reverse

from core import upkeep
from core.errors import Conflict, Refused
from core.isolation import scope
from notices.models import Notice
from parks.queries import rules_of
from services import actions, tasks
from services.models import Ticket, TicketClock
from tests.fixtures.cast import Cast
from tests.services.conftest import Desk

pytestmark = pytest.mark.django_db


def resolved(desk: Desk) -> Ticket:
    """Resolved on Monday; with three working days, Thursday is the last one on which the enterprise may object."""
    ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
    with desk.cast.everywhere():
        rules_of(desk.park.pk)
        type(rules_of(desk.park.pk)).objects.update_or_create(park=desk.park, defaults={"silence_days": 2})
    return desk.do(actions.resolve_ticket, "Mon 10:00", "operator_officer", ticket, message="办好了")


def closed_at(desk: Desk, moment: str) -> int:
    """Run the park's upkeep at that moment."""
    desk.at(moment)
    with scope(read=[desk.park.pk], write=[desk.park.pk]):
        return actions.close_silent(park_id=desk.park.pk)


def test_silence_counts_as_consent_after_the_parks_working_days(desk: Desk) -> None:
    ticket = resolved(desk)
    assert closed_at(desk, "Wed 23:59") == 0
    assert closed_at(desk, "Thu 00:05") == 1
    assert closed_at(desk, "Thu 00:10") == 0
    with desk.cast.everywhere():
        ticket.refresh_from_db()
        told = Notice.objects.filter(kind="ticket_closed", recipient=desk.cast.enterprise)
        assert (ticket.state, ticket.closing, ticket.rating) == ("closed", "silence", None)
        assert set(told.values_list("channel", flat=True)) == {"page", "mail"}


def test_the_resolution_says_until_when_one_may_object(desk: Desk, client: Client) -> None:
    ticket = resolved(desk)
    with desk.cast.everywhere():
        assert "2026-11-11" in Notice.objects.filter(kind="ticket_answer").latest("pk").body
    client.force_login(desk.cast.enterprise)
    assert "11月11日" in client.get(reverse("portal:request", args=[ticket.pk])).content.decode()


def test_a_request_closed_by_silence_can_still_be_rated_once(desk: Desk) -> None:
    ticket = resolved(desk)
    closed_at(desk, "Thu 09:00")
    desk.do(actions.confirm_and_rate, "Thu 10:00", "enterprise", ticket, rating=4)
    assert (ticket.state, ticket.closing, ticket.rating) == ("closed", "silence", 4)
    with pytest.raises(Conflict):
        desk.do(actions.confirm_and_rate, "Thu 11:00", "enterprise", ticket, rating=5)


def test_a_reopened_request_is_not_closed(desk: Desk) -> None:
    ticket = resolved(desk)
    desk.do(actions.reopen_ticket, "Tue 10:00", "enterprise", ticket, message="还缺一份")
    assert closed_at(desk, "Thu 09:00") == 0


def test_a_withdrawn_request_ends_without_counting(desk: Desk, client: Client) -> None:
    ticket = desk.ask()
    desk.at("Fri 16:40")
    client.force_login(desk.cast.enterprise)
    url = reverse("portal:withdraw", args=[ticket.pk])
    empty = client.post(url, {"reason": " "})
    assert empty.status_code == 422
    assert client.post(url, {"reason": "已自行办理"}).status_code == 302
    with scope(read=[desk.park.pk], write=[desk.park.pk]):
        tasks.cancel_reminders(desk.park.pk)
    with desk.cast.everywhere():
        ticket.refresh_from_db()
        assert (ticket.state, ticket.closing, ticket.counted_month) == ("closed", "withdrawn", None)
        assert not TicketClock.objects.filter(ticket=ticket, met_at=None).exists()
        assert not Notice.objects.filter(
            key__startswith=f"ticket:{ticket.pk}:", state="pending", due_at__gt=ticket.closed_at
        ).exists()
    assert "已自行办理" not in client.get(url).content.decode()
    assert client.post(url, {"reason": "再撤一次"}).status_code in {409, 422}


def test_a_reason_is_asked_for(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        desk.do(actions.withdraw_ticket, "Fri 16:40", "enterprise", desk.ask(), reason="  ")
    assert refused.value.field == "reason"


def test_the_upkeep_of_a_park_stamps_breaches_and_closes(desk: Desk, cast: Cast) -> None:
    late = desk.ask()
    desk.at("Mon 17:00")
    assert {"services.breaches", "services.silence"} <= set(upkeep.WORKS)
    with scope(read=[desk.park.pk], write=[desk.park.pk]):
        tasks.record_breaches(desk.park.pk)
        late.refresh_from_db()
    assert late.breached
