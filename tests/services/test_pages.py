"""The staff's pages over HTTP: who may open them, what they show, what the buttons do."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Role
from services import actions
from services.models import Ticket, TicketFile, TicketMessage, TicketNote
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_item, make_ticket
from tests.services.conftest import Desk
from tests.services.counting import reads

pytestmark = pytest.mark.django_db

WORKS = ("operator_manager", "operator_officer")
LOOKS = ("leader", "auditor", "officer", "manager")


def opened(client: Client, cast: Cast, who: str, address: str) -> int:
    client.force_login(cast.people[who])
    return client.get(address).status_code


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("operator_manager", 200),
        ("operator_officer", 200),
        ("leader", 200),
        ("window", 404),
        ("sibling_manager", 404),
        ("stranger", 404),
        ("admin", 403),
    ],
)
def test_a_request_is_seen_in_its_park_and_from_the_zone_above(
    client: Client, desk: Desk, cast: Cast, who: str, status: int
) -> None:
    ticket = desk.ask()
    assert opened(client, cast, who, reverse("services:record", args=[ticket.pk])) == status


def test_another_parks_request_is_answered_as_one_that_does_not_exist(client: Client, desk: Desk, cast: Cast) -> None:
    ticket = desk.ask()
    client.force_login(cast.stranger)
    foreign = client.get(reverse("services:record", args=[ticket.pk]))
    missing = client.get(reverse("services:record", args=[999_999_999]))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    # The tokens against forgery differ with every answer, the address with the id.
    told = [re.sub(r'"[A-Za-z0-9]{64}"|/tickets/\d+/', "", page.content.decode()) for page in (foreign, missing)]
    assert told[0] == told[1]


@pytest.mark.parametrize("name", ["take", "resume", "write", "hand_over", "third_party", "reclassify"])
def test_who_only_looks_does_nothing(client: Client, desk: Desk, cast: Cast, name: str) -> None:
    ticket = desk.ask()
    client.force_login(cast.leader)  # sees the inner park by oversight only
    assert client.post(reverse(f"services:{name}", args=[ticket.pk]), {"message": "x"}).status_code == 403


def test_the_queue_shows_the_next_limit_first_and_what_is_left(client: Client, desk: Desk, cast: Cast) -> None:
    late = desk.ask("Fri 16:30", title="先到期")
    later = desk.ask("Mon 09:20", title="后到期")
    desk.at("Mon 09:40")
    client.force_login(cast.operator_officer)
    page = client.get(reverse("services:queue")).content.decode()
    assert page.index(late.title) < page.index(later.title)
    assert "ld-timer-late" in page
    assert "ld-timer-running" in page


def test_filters_of_the_queue(client: Client, desk: Desk, cast: Cast) -> None:
    mine = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask(title="我的一件"))
    free = desk.ask("Mon 09:00", title="无人受理")
    done = desk.do(actions.resolve_ticket, "Mon 09:10", "operator_officer", desk.ask(title="已经办结"), message="好")
    desk.at("Mon 09:40")
    client.force_login(cast.operator_officer)

    def titles(query: str) -> set[str]:
        page = client.get(reverse("services:queue") + query).content.decode()
        return {ticket.title for ticket in (mine, free, done) if ticket.title in page}

    assert titles("") == {mine.title, free.title}
    assert titles("?holder=me") == {mine.title}
    assert titles("?holder=nobody") == {free.title}
    assert titles("?due=overdue") == {mine.title}
    assert titles("?state=resolved") == {done.title}
    assert titles("?state=all") == {mine.title, free.title, done.title}
    assert titles(f"?q={free.number}&state=all") == {free.title}
    assert titles(f"?q={done.title}") == {done.title}


def test_the_queue_of_many_parks_needs_no_more_reads(client: Client, desk: Desk, cast: Cast) -> None:
    with cast.everywhere():
        for park in (cast.zone, cast.inner, cast.sibling):
            for _ in range(20):
                make_ticket(park, company=cast.settled, by=cast.enterprise, holder=cast.officer, owner=cast.officer)
    client.force_login(cast.leader)
    client.get(reverse("services:queue"))
    with reads() as counted:
        assert client.get(reverse("services:queue")).status_code == 200
    assert len(counted) <= 8, counted


def test_the_record_shows_talk_notes_hands_and_limits(client: Client, desk: Desk, cast: Cast) -> None:
    ticket = desk.do(actions.answer_ticket, "Fri 17:00", "operator_officer", desk.ask(), message="已收到您的诉求")
    desk.do(actions.note_ticket, "Fri 17:05", "operator_officer", ticket, body="仅内部可见的话")
    desk.do(actions.hand_over, "Fri 17:10", "operator_officer", ticket, to=cast.second, reason="专业不符")
    client.force_login(cast.second)
    page = client.get(reverse("services:record", args=[ticket.pk])).content.decode()
    for text in ("已收到您的诉求", "仅内部可见的话", "专业不符", "ld-entry-internal", "operator_officer"):
        assert text in page
    limits = client.get(reverse("services:record", args=[ticket.pk]) + "?tab=clocks").content.decode()
    assert limits.count("<tr>") == 3


@pytest.mark.parametrize(
    ("do", "state"), [("answer", "open"), ("resolve", "resolved"), ("wait", "waiting_enterprise"), ("note", "new")]
)
def test_the_composer_has_four_buttons(client: Client, desk: Desk, cast: Cast, do: str, state: str) -> None:
    ticket = desk.ask()
    client.force_login(cast.operator_officer)
    response = client.post(reverse("services:write", args=[ticket.pk]), {"message": "请补章程", "do": do})
    assert response.status_code == 302
    with cast.everywhere():
        ticket.refresh_from_db()
        assert ticket.state == state
        assert TicketMessage.objects.filter(ticket=ticket).count() == (0 if do == "note" else 1)
        assert TicketNote.objects.filter(ticket=ticket).count() == (1 if do == "note" else 0)


def test_an_empty_message_is_said_at_its_field_and_nothing_is_written(client: Client, desk: Desk, cast: Cast) -> None:
    ticket = desk.ask()
    client.force_login(cast.operator_officer)
    response = client.post(reverse("services:write", args=[ticket.pk]), {"message": " ", "do": "resolve"})
    assert response.status_code == 422
    assert 'id="id_message_error"' in response.content.decode()
    with cast.everywhere():
        ticket.refresh_from_db()
    assert ticket.state == "new"


def test_the_same_form_sent_twice_writes_one_message(client: Client, desk: Desk, cast: Cast) -> None:
    ticket = desk.ask()
    client.force_login(cast.operator_officer)
    form = {"message": "一次就好", "do": "answer", "request_key": str(uuid4())}
    first, second = (client.post(reverse("services:write", args=[ticket.pk]), form) for _ in range(2))
    assert first["Location"] == second["Location"]
    with cast.everywhere():
        assert TicketMessage.objects.filter(ticket=ticket).count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"<html><script>alert(1)</script></html>"),
        ("photo.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("empty.pdf", b""),
        ("program.exe", b"MZ" + b"\0" * 200),
    ],
)
def test_a_hostile_file_is_refused_and_the_message_with_it(
    client: Client, desk: Desk, cast: Cast, name: str, content: bytes
) -> None:
    ticket = desk.ask()
    client.force_login(cast.operator_officer)
    response = client.post(
        reverse("services:write", args=[ticket.pk]),
        {"message": "见附件", "do": "answer", "files": SimpleUploadedFile(name, content, content_type="image/jpeg")},
    )
    assert response.status_code == 422
    with cast.everywhere():
        assert not TicketMessage.objects.filter(ticket=ticket).exists()
        assert not TicketFile.objects.filter(ticket=ticket).exists()


def test_a_note_takes_no_file(client: Client, desk: Desk, cast: Cast) -> None:
    ticket = desk.ask()
    client.force_login(cast.operator_officer)
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf")
    response = client.post(reverse("services:write", args=[ticket.pk]), {"message": "x", "do": "note", "files": file})
    assert response.status_code == 422


def test_the_hand_over_offers_the_parks_colleagues_only(client: Client, desk: Desk, cast: Cast) -> None:
    ticket = desk.do(actions.take_ticket, "Fri 16:40", "operator_officer", desk.ask())
    client.force_login(cast.operator_officer)
    address = reverse("services:hand_over", args=[ticket.pk])
    page = client.get(address).content.decode()
    assert f'value="{cast.second.pk}"' in page
    for name in ("stranger", "enterprise", "operator_officer"):
        assert f'value="{cast.people[name].pk}"' not in page
        assert client.post(address, {"to": cast.people[name].pk}).status_code == 422
    assert client.post(address, {"to": cast.second.pk}).status_code == 302
    with cast.everywhere():
        ticket.refresh_from_db()
    assert ticket.holder == cast.second


def test_a_window_of_the_zone_works_where_it_is_a_member(client: Client, desk: Desk, cast: Cast) -> None:
    Membership.objects.create(
        user=cast.window, park=cast.inner, role=Role.objects.get(code="service_window"), department=cast.service
    )
    ticket = desk.ask()
    client.force_login(cast.window)
    assert client.post(reverse("services:take", args=[ticket.pk])).status_code == 302
    with cast.everywhere():
        held = Ticket.objects.get(pk=ticket.pk)
    assert (held.holder, held.department) == (cast.window, cast.service)


def test_nothing_to_do_is_said(client: Client, cast: Cast) -> None:
    client.force_login(cast.operator_officer)
    page = client.get(reverse("services:queue")).content.decode()
    assert "没有待办诉求" in page or "No open requests" in page


class TestWrittenDown:
    def form(self, desk: Desk, cast: Cast, **changes: object) -> dict[str, object]:
        asked = {
            "company_text": "示例碳材",
            "company": cast.settled.pk,
            "item": desk.item.pk,
            "title": "来电",
            "text": "请协助",
        }
        return asked | changes

    def test_who_writes_a_call_down_holds_it(self, client: Client, desk: Desk, cast: Cast) -> None:
        client.force_login(cast.operator_officer)
        assert client.get(reverse("services:write_down")).status_code == 200
        made = client.post(reverse("services:write_down"), self.form(desk, cast))
        assert made.status_code == 302, made.context["form"].errors
        with cast.everywhere():
            ticket = Ticket.objects.select_related("holder").get()
        assert (ticket.holder, ticket.owner_id, ticket.company) == (
            cast.operator_officer,
            cast.operator_officer.pk,
            cast.settled,
        )
        assert (ticket.state, ticket.responded_at, ticket.park) == ("open", None, cast.inner)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"company": "new", "company_text": "没有登记的企业"}, "company_text"),
            ({"company": "999999999"}, "company_text"),
            ({"item": 999999999}, "item"),
            ({"title": " "}, "title"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field(
        self, client: Client, desk: Desk, cast: Cast, changes: dict[str, object], field: str
    ) -> None:
        client.force_login(cast.operator_officer)
        answer = client.post(reverse("services:write_down"), self.form(desk, cast, **changes))
        assert answer.status_code == 422
        assert field in answer.context["form"].errors

    def test_another_parks_service_is_not_offered(self, client: Client, desk: Desk, cast: Cast) -> None:
        with cast.everywhere():
            foreign = make_item(cast.sibling)
        client.force_login(cast.operator_officer)
        answer = client.post(reverse("services:write_down"), self.form(desk, cast, item=foreign.pk))
        assert "item" in answer.context["form"].errors

    def test_the_zones_leader_does_not_write_down_in_an_inner_park(
        self, client: Client, desk: Desk, cast: Cast
    ) -> None:
        client.force_login(cast.leader)  # sees the inner park, but works in the zone only
        answer = client.post(reverse("services:write_down"), self.form(desk, cast))
        assert "item" in answer.context["form"].errors
