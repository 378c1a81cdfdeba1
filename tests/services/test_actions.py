"""What people do to a request, and what its clocks say of it."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import Conflict, Refused, Stale
from core.isolation import user_scope
from notices.models import Notice
from services import actions
from services.models import Ticket, TicketClock, TicketMessage, TicketState
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_item
from tests.services.conftest import Desk, at

pytestmark = pytest.mark.django_db


def clock(desk: Desk, ticket: Ticket, name: str, cycle: int = 1) -> TicketClock:
    with desk.cast.everywhere():
        return TicketClock.objects.select_related("holder").get(ticket=ticket, clock=name, cycle=cycle)


def keys(desk: Desk, state: str = "pending", channel: str = "page") -> set[tuple[str, str]]:
    """Who is reminded of what."""
    with desk.cast.everywhere():
        rows = Notice.objects.filter(kind="ticket_due", state=state, channel=channel).select_related("recipient")
        return {(":".join(row.key.split(":")[2:5]), row.recipient.username) for row in rows}


class TestAsking:
    def test_a_request_has_a_number_both_promises_and_a_log(self, desk: Desk) -> None:
        ticket = desk.ask()
        assert ticket.number == "SQ2026-0001"
        assert (ticket.response_due_at, ticket.resolve_due_at) == (at("Mon 09:30"), at("Mon 11:30"))
        assert ticket.due_at == ticket.response_due_at
        assert (ticket.owner, ticket.holder) == (None, None)
        with desk.cast.everywhere():
            assert [row.state for row in TicketState.objects.filter(ticket=ticket)] == ["new"]

    def test_numbers_are_counted_per_park_and_year(self, desk: Desk) -> None:
        assert [desk.ask().number for _ in range(3)] == ["SQ2026-0001", "SQ2026-0002", "SQ2026-0003"]

    def test_the_same_uuid_again_is_the_same_request(self, desk: Desk) -> None:
        key = uuid4()
        assert desk.ask(uuid=key).pk == desk.ask(uuid=key).pk

    def test_another_parks_service_is_refused(self, desk: Desk, cast: Cast) -> None:
        with cast.everywhere():
            foreign = make_item(cast.sibling)
        with pytest.raises(Refused) as refusal:
            desk.ask(item=foreign)
        assert refusal.value.field == "item"

    def test_a_withdrawn_service_is_refused(self, desk: Desk, cast: Cast) -> None:
        with cast.everywhere():
            desk.item.is_active = False
            desk.item.save()
        with pytest.raises(Refused):
            desk.ask()

    def test_the_staff_who_receive_requests_are_told_from_the_portals_session(self, desk: Desk, cast: Cast) -> None:
        desk.ask()
        with cast.everywhere():
            told = set(
                Notice.objects.filter(kind="ticket_new", channel="page").values_list("recipient__username", flat=True)
            )
        assert told == {"operator_manager", "operator_officer", "second", "third"}

    def test_a_request_written_down_by_staff_is_theirs_and_still_wants_an_answer(self, desk: Desk, cast: Cast) -> None:
        desk.at("Mon 09:00")
        person = cast.operator_officer
        with user_scope(person):
            ticket = actions.submit_ticket(
                by=person, company=cast.settled, park=desk.park, item=desk.item, title="电话诉求", text="企业来电"
            )
        assert (ticket.owner, ticket.holder, ticket.state) == (person, person, "open")
        assert ticket.responded_at is None


class TestFirstReceiver:
    def test_the_first_public_message_of_the_park_is_the_response_and_makes_the_first_receiver(
        self, desk: Desk
    ) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:30", "operator_officer", desk.ask(), message="已收到")
        assert ticket.responded_at == at("Fri 17:30")
        assert (ticket.owner, ticket.holder) == (desk.cast.operator_officer, desk.cast.operator_officer)
        assert ticket.state == "open"
        assert clock(desk, ticket, "response").working_minutes == 60
        assert ticket.due_at == ticket.resolve_due_at

    def test_taking_a_note_or_waiting_is_no_response(self, desk: Desk) -> None:
        ticket = desk.ask()
        desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", ticket)
        desk.do(actions.note_ticket, "Fri 16:45", "operator_officer", ticket, body="内部")
        desk.do(actions.wait_for_enterprise, "Fri 16:50", "operator_officer", ticket, reason="缺章程")
        assert ticket.responded_at is None
        assert clock(desk, ticket, "response").met_at is None
        assert ticket.due_at == at("Mon 09:30")  # the first response does not pause

    def test_a_second_person_cannot_take_it(self, desk: Desk) -> None:
        ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        with pytest.raises(Conflict):
            desk.do(actions.take_ticket, "Fri 16:41", "second", ticket)

    def test_a_colleagues_answer_does_not_change_the_hands(self, desk: Desk) -> None:
        ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        desk.do(actions.answer_ticket, "Fri 16:50", "second", ticket, message="代答")
        assert ticket.holder == desk.cast.operator_officer
        assert ticket.responded_at == at("Fri 16:50")

    def test_only_the_holder_or_a_leader_resolves(self, desk: Desk) -> None:
        ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        with pytest.raises(Conflict, match="operator_officer"):
            desk.do(actions.resolve_ticket, "Fri 16:50", "second", ticket, message="办好了")
        desk.do(actions.resolve_ticket, "Fri 16:55", "operator_manager", ticket, message="办好了")
        assert ticket.state == "resolved"


class TestSecondAsk:
    def test_handed_over_once_the_second_must_finish(self, desk: Desk) -> None:
        ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        desk.do(actions.hand_over, "Fri 16:50", "operator_officer", ticket, to=desk.cast.second)
        assert (ticket.owner, ticket.holder, ticket.handovers) == (desk.cast.operator_officer, desk.cast.second, 1)
        with pytest.raises(Conflict) as refusal:
            desk.do(actions.hand_over, "Fri 16:55", "second", ticket, to=desk.cast.third, reason="忙")
        assert refusal.value.code == "second_ask"

    def test_a_third_holder_is_the_leaders_decision_with_a_reason(self, desk: Desk) -> None:
        ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        desk.do(actions.hand_over, "Fri 16:50", "operator_officer", ticket, to=desk.cast.second)
        with pytest.raises(Refused) as refusal:
            desk.do(actions.hand_over, "Fri 16:55", "operator_manager", ticket, to=desk.cast.third)
        assert refusal.value.field == "reason"
        desk.do(actions.hand_over, "Fri 16:56", "operator_manager", ticket, to=desk.cast.third, reason="病假")
        assert (ticket.holder, ticket.handovers) == (desk.cast.third, 2)
        with pytest.raises(Conflict):
            desk.do(actions.hand_over, "Fri 16:57", "operator_manager", ticket, to=desk.cast.second, reason="再转")

    def test_only_to_a_colleague_who_works_on_requests_there(self, desk: Desk) -> None:
        ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        for name in ("officer", "enterprise", "stranger", "operator_officer"):
            with pytest.raises(Refused):
                desk.do(actions.hand_over, "Fri 16:50", "operator_officer", ticket, to=desk.cast.people[name])

    def test_nobody_hands_over_what_nobody_took(self, desk: Desk) -> None:
        with pytest.raises(Refused):
            desk.do(actions.hand_over, "Fri 16:50", "operator_officer", desk.ask(), to=desk.cast.second)


class TestClocks:
    def test_a_hold_pauses_the_resolution_and_a_reply_ends_it(self, desk: Desk) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        desk.do(actions.wait_for_enterprise, "Mon 09:30", "operator_officer", ticket, reason="缺章程扫描件")
        assert (ticket.state, ticket.waiting_reason) == ("waiting_enterprise", "缺章程扫描件")
        desk.do(actions.enterprise_reply, "Mon 10:30", "enterprise", ticket, message="已补")
        assert (ticket.state, ticket.waiting_reason, ticket.waiting_since) == ("open", "", None)
        assert ticket.resolve_due_at == at("Mon 14:00")

    def test_a_third_party_does_not_pause(self, desk: Desk) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        desk.do(actions.wait_for_third, "Mon 09:30", "operator_officer", ticket, reason="税务窗口")
        desk.do(actions.resume, "Mon 10:30", "operator_officer", ticket)
        assert ticket.resolve_due_at == at("Mon 11:30")

    def test_a_breach_is_recorded_against_the_holder_of_that_moment_and_stays(self, desk: Desk) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        desk.do(actions.hand_over, "Mon 15:00", "operator_officer", ticket, to=desk.cast.second)
        desk.do(actions.resolve_ticket, "Tue 10:00", "second", ticket, message="办好了")
        late = clock(desk, ticket, "resolution")
        assert (late.breached_at, late.met_at, late.holder) == (
            at("Mon 11:30"),
            at("Tue 10:00"),
            desk.cast.operator_officer,
        )
        assert ticket.breached
        assert clock(desk, ticket, "response").breached_at is None

    def test_a_breach_nobody_noticed_is_stamped(self, desk: Desk, cast: Cast) -> None:
        ticket = desk.ask()
        desk.at("Mon 10:00")
        with cast.everywhere():
            assert actions.record_breaches(park_id=desk.park.pk) == 1
            assert actions.record_breaches(park_id=desk.park.pk) == 0
            ticket.refresh_from_db()
        assert ticket.breached
        assert clock(desk, ticket, "response").holder is None

    def test_another_service_retargets_from_the_original_start(self, desk: Desk, cast: Cast) -> None:
        with cast.everywhere():
            short = make_item(cast.inner, code="short", response_minutes=120, resolve_minutes=120)
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        desk.do(actions.reclassify_ticket, "Mon 10:00", "operator_officer", ticket, item=short, reason="其实是咨询")
        resolution = clock(desk, ticket, "resolution")
        assert (resolution.due_at, resolution.breached_at) == (at("Mon 09:30"), at("Mon 09:30"))
        assert resolution.breached_on_retarget
        assert resolution.target_minutes == 120

    def test_every_message_after_the_first_answer_has_its_own_limit(self, desk: Desk) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        desk.do(actions.enterprise_reply, "Mon 09:00", "enterprise", ticket, message="还有一事")
        desk.do(actions.enterprise_reply, "Mon 10:00", "enterprise", ticket, message="请尽快")
        assert clock(desk, ticket, "response", 2).due_at == at("Mon 11:00")  # the oldest unanswered one counts
        desk.do(actions.answer_ticket, "Mon 10:30", "operator_officer", ticket, message="好的")
        assert clock(desk, ticket, "response", 2).met_at == at("Mon 10:30")
        assert ticket.responded_at == at("Fri 17:00")


class TestEnding:
    def resolved(self, desk: Desk, moment: str = "Mon 10:00") -> Ticket:
        return desk.do(actions.resolve_ticket, moment, "operator_officer", desk.ask(), message="已办结")

    def test_a_resolution_is_an_answer_and_counts_in_its_month(self, desk: Desk) -> None:
        ticket = self.resolved(desk)
        assert (ticket.state, ticket.resolved_at) == ("resolved", at("Mon 10:00"))
        assert str(ticket.counted_month) == "2026-11-01"
        assert clock(desk, ticket, "resolution").working_minutes == 150
        assert clock(desk, ticket, "response").breached_at == at("Mon 09:30")

    def test_thanks_closes_and_rates_once(self, desk: Desk) -> None:
        ticket = self.resolved(desk)
        desk.do(actions.confirm_and_rate, "Mon 11:00", "enterprise", ticket, rating=5, text="很快")
        assert (ticket.state, ticket.rating, ticket.rating_text) == ("closed", 5, "很快")
        assert ticket.closed_at == ticket.rated_at == at("Mon 11:00")
        with pytest.raises(Conflict):
            desk.do(actions.confirm_and_rate, "Mon 11:01", "enterprise", ticket, rating=1)

    @pytest.mark.parametrize("rating", [0, 6, -1])
    def test_ratings_are_from_one_to_five(self, desk: Desk, rating: int) -> None:
        with pytest.raises(Refused) as refusal:
            desk.do(actions.confirm_and_rate, "Mon 11:00", "enterprise", self.resolved(desk), rating=rating)
        assert refusal.value.field == "rating"

    def test_a_low_rating_alerts_the_leaders(self, desk: Desk, cast: Cast) -> None:
        desk.do(actions.confirm_and_rate, "Mon 11:00", "enterprise", self.resolved(desk), rating=1, text="太慢")
        with cast.everywhere():
            told = set(Notice.objects.filter(kind="ticket_rated").values_list("recipient__username", flat=True))
        assert told == {"operator_officer", "operator_manager"}

    def test_a_message_after_the_resolution_does_not_reopen(self, desk: Desk) -> None:
        ticket = self.resolved(desk)
        desk.do(actions.enterprise_reply, "Mon 11:00", "enterprise", ticket, message="谢谢")
        assert ticket.state == "resolved"

    def test_still_a_problem_reopens_and_the_first_resolution_stays(self, desk: Desk) -> None:
        ticket = self.resolved(desk)
        desk.do(actions.reopen_ticket, "Wed 09:00", "enterprise", ticket, message="还没好")
        assert (ticket.state, ticket.reopened, ticket.resolved_at) == ("open", 1, at("Mon 10:00"))
        assert clock(desk, ticket, "resolution", 2).due_at == at("Wed 10:30")
        assert clock(desk, ticket, "resolution").met_at == at("Mon 10:00")
        assert clock(desk, ticket, "response", 2).due_at == at("Wed 11:00")
        assert ticket.due_at == at("Wed 10:30")
        month = ticket.counted_month
        desk.do(actions.resolve_ticket, "Wed 10:00", "operator_officer", ticket, message="这次好了")
        assert (ticket.resolved_at, ticket.counted_month) == (at("Mon 10:00"), month)
        assert clock(desk, ticket, "resolution", 2).working_minutes == 210

    def test_after_the_parks_days_it_is_too_late_to_reopen(self, desk: Desk) -> None:
        ticket = self.resolved(desk)
        desk.traveller.move_to(at("Mon 10:00") + timedelta(days=7, seconds=1))
        with pytest.raises(Conflict) as refusal, user_scope(desk.cast.enterprise):
            actions.reopen_ticket(by=desk.cast.enterprise, ticket=ticket, message="还没好")
        assert refusal.value.code == "too_late"

    def test_a_closed_request_takes_no_message_from_either_side(self, desk: Desk) -> None:
        ticket = self.resolved(desk)
        desk.do(actions.confirm_and_rate, "Mon 11:00", "enterprise", ticket, rating=4)
        with pytest.raises(Conflict):
            desk.do(actions.enterprise_reply, "Mon 12:00", "enterprise", ticket, message="再问")
        with pytest.raises(Conflict):
            desk.do(actions.answer_ticket, "Mon 12:00", "operator_officer", ticket, message="再答")
        with pytest.raises(Conflict):
            desk.do(actions.resolve_ticket, "Mon 12:00", "operator_officer", ticket, message="再办")

    @pytest.mark.parametrize("message", ["", "   "])
    def test_an_empty_message_is_refused_and_leaves_nothing(self, desk: Desk, message: str) -> None:
        ticket = desk.ask()
        with pytest.raises(Refused) as refusal:
            desk.do(actions.resolve_ticket, "Fri 17:00", "operator_officer", ticket, message=message)
        assert refusal.value.field == "message"
        with desk.cast.everywhere():
            ticket.refresh_from_db()
            assert (ticket.state, ticket.holder_id) == ("new", None)
            assert not TicketMessage.objects.filter(ticket=ticket).exists()

    def test_a_version_that_was_read_before_a_change_is_stale(self, desk: Desk) -> None:
        ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        with pytest.raises(Stale):
            desk.do(actions.answer_ticket, "Fri 16:50", "operator_officer", ticket, message="收到", version=1)


class TestReminders:
    def test_they_are_written_ahead_at_three_quarters_and_at_the_limit(self, desk: Desk, cast: Cast) -> None:
        desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
        assert keys(desk) == {
            ("response:1:75", "operator_officer"),
            ("response:1:100", "operator_officer"),
            ("response:1:100", "operator_manager"),
            ("resolution:1:75", "operator_officer"),
            ("resolution:1:100", "operator_officer"),
            ("resolution:1:100", "operator_manager"),
        }
        with cast.everywhere():
            row = Notice.objects.filter(key__contains="resolution:1:75", state="pending", channel="page").get()
        assert row.due_at == at("Mon 10:30")

    def test_an_answer_takes_the_response_reminders_back(self, desk: Desk) -> None:
        desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        assert {key for key, _who in keys(desk)} == {"resolution:1:75", "resolution:1:100"}

    def test_a_hold_takes_the_resolution_reminders_back_and_a_reply_writes_them_anew(
        self, desk: Desk, cast: Cast
    ) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        desk.do(actions.wait_for_enterprise, "Fri 17:10", "operator_officer", ticket, reason="缺章程")
        assert keys(desk) == set()
        desk.do(actions.enterprise_reply, "Mon 09:50", "enterprise", ticket, message="已补")
        assert {key for key, _who in keys(desk)} >= {"resolution:1:75", "resolution:1:100", "response:2:75"}
        with cast.everywhere():
            row = Notice.objects.filter(key__contains="resolution:1:100", state="pending", channel="page").first()
        assert row
        assert row.due_at == ticket.resolve_due_at

    def test_a_level_that_was_told_is_not_told_again_after_a_hold(self, desk: Desk, cast: Cast) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        with cast.everywhere():
            Notice.objects.filter(key__contains="resolution:1:75").update(state="sent", sent_at=timezone.now())
        desk.do(actions.wait_for_enterprise, "Mon 10:45", "operator_officer", ticket, reason="缺章程")
        desk.do(actions.enterprise_reply, "Mon 11:00", "enterprise", ticket, message="已补")
        assert "resolution:1:75" not in {key for key, _who in keys(desk)}

    def test_a_resolution_takes_all_of_them_back(self, desk: Desk) -> None:
        desk.do(actions.resolve_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="已办结")
        assert keys(desk) == set()

    def test_the_second_holder_is_reminded_instead_of_the_first(self, desk: Desk) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="收到")
        desk.do(actions.hand_over, "Fri 17:10", "operator_officer", ticket, to=desk.cast.second)
        assert {who for _key, who in keys(desk)} == {"second", "operator_manager"}


@pytest.mark.django_db(transaction=True)
def test_requests_of_the_same_moment_get_different_numbers(cast: Cast) -> None:
    with cast.everywhere():
        item = make_item(cast.inner)
    numbers: list[str] = []

    def ask() -> None:
        try:
            with user_scope(cast.enterprise):
                ticket = actions.submit_ticket(
                    by=cast.enterprise, company=cast.settled, park=cast.inner, item=item, title="同时", text="同时"
                )
            numbers.append(ticket.number)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    year = timezone.localdate().year
    assert sorted(numbers) == [f"SQ{year}-{n:04d}" for n in range(1, 7)]
