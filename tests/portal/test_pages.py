"""The enterprise's portal over HTTP: its pages, its three steps, its two buttons."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.isolation import user_scope
from core.models import Attachment
from parks.models import CalendarDay
from services import actions
from services.models import Ticket, TicketFile, TicketMessage
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_company, make_item, make_lead, make_milestone, make_project, make_ticket
from tests.services.conftest import Desk
from tests.services.counting import reads

pytestmark = pytest.mark.django_db
PAGES = ("portal:home", "portal:requests", "portal:choose", "portal:account")


@pytest.mark.parametrize("name", PAGES)
def test_staff_do_not_see_the_portal(client: Client, cast: Cast, name: str) -> None:
    for who in ("operator_manager", "leader", "admin", "park_admin", "window", "auditor"):
        client.force_login(cast.people[who])
        assert client.get(reverse(name)).status_code == 403, who


@pytest.mark.parametrize("name", PAGES)
def test_the_enterprise_does(client: Client, desk: Desk, cast: Cast, name: str) -> None:
    client.force_login(cast.enterprise)
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize(
    "name", ["services:queue", "services:catalogue", "companies:list", "leads:list", "projects:list"]
)
def test_the_enterprise_sees_none_of_the_desk(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.enterprise)
    assert client.get(reverse(name)).status_code == 403


def test_the_desks_door_and_a_notices_link_lead_into_the_portal(client: Client, desk: Desk, cast: Cast) -> None:
    ticket = desk.ask()
    client.force_login(cast.enterprise)
    assert client.get("/")["Location"] == reverse("portal:home")
    assert client.get(ticket.get_absolute_url())["Location"] == reverse("portal:request", args=[ticket.pk])
    client.force_login(cast.operator_officer)
    assert client.get(ticket.get_absolute_url()).status_code == 200


def test_an_enterprise_user_without_a_company_sees_nothing(client: Client, cast: Cast) -> None:
    cast.enterprise.memberships.update(company_id=None)
    client.force_login(cast.enterprise)
    assert client.get(reverse("portal:home")).status_code == 404


def test_home_shows_first_what_waits_for_me(client: Client, desk: Desk, cast: Cast) -> None:
    waiting = desk.do(
        actions.wait_for_enterprise, "Fri 16:40", "operator_officer", desk.ask(title="等我的事"), reason="缺章程扫描件"
    )
    done = desk.do(actions.resolve_ticket, "Fri 16:45", "operator_officer", desk.ask(title="已办的事"), message="好")
    running = desk.ask(title="在办的事")
    client.force_login(cast.enterprise)
    page = client.get(reverse("portal:home")).content.decode()
    places = [page.index(text) for text in (waiting.title, "缺章程扫描件", "ld-portal-door-main", running.title)]
    assert places == sorted(places)
    assert reverse("portal:thanks", args=[done.pk]) in page
    assert reverse("portal:problem", args=[done.pk]) in page


def test_home_shows_the_projects_steps_and_the_case_officer(client: Client, desk: Desk, cast: Cast) -> None:
    with cast.everywhere():
        lead = make_lead(cast.inner, owner=cast.operator_manager, company=cast.settled, stage="signed")
        project = make_project(cast.inner, officer=cast.operator_manager, lead=lead, name="碳材生产线")
        make_milestone(project, owner=cast.operator_manager, name="立项", done_on=date(2026, 11, 2))
        make_milestone(project, owner=cast.operator_manager, name="环评")
        foreign = make_project(cast.inner, officer=cast.operator_manager, name="别家的项目")
    client.force_login(cast.enterprise)
    page = client.get(reverse("portal:home")).content.decode()
    for text in ("碳材生产线", "立项", "环评", "operator_manager", "ld-plan-done"):
        assert text in page
    assert foreign.name not in page


def test_home_takes_the_same_few_reads_for_any_number_of_requests(client: Client, desk: Desk, cast: Cast) -> None:
    with cast.everywhere():
        for _ in range(12):
            make_ticket(cast.inner, company=cast.settled, by=cast.enterprise, holder=cast.operator_officer)
    client.force_login(cast.enterprise)
    client.get(reverse("portal:home"))
    with reads() as counted:
        client.get(reverse("portal:home"))
    assert len(counted) <= 10, counted
    with reads() as counted:
        client.get(reverse("portal:requests"))
    assert len(counted) <= 8, counted


class TestThreeSteps:
    def test_categories_then_services_then_the_promise_before_it_is_sent(
        self, client: Client, desk: Desk, cast: Cast
    ) -> None:
        client.force_login(cast.enterprise)
        assert "?category=landing" in client.get(reverse("portal:choose")).content.decode()
        services = client.get(reverse("portal:choose") + "?category=landing").content.decode()
        assert reverse("portal:new", args=[desk.item.pk]) in services
        form = client.get(reverse("portal:new", args=[desk.item.pk])).content.decode()
        assert "2026-11-09 09:30" in form
        assert "2026-11-09 11:30" in form

    def test_what_is_promised_is_what_is_kept(self, client: Client, desk: Desk, cast: Cast) -> None:
        client.force_login(cast.enterprise)
        sent = client.post(reverse("portal:new", args=[desk.item.pk]), {"title": "变更", "text": "请协助"})
        with cast.everywhere():
            ticket = Ticket.objects.get()
        assert sent["Location"] == reverse("portal:request", args=[ticket.pk])
        assert f"{ticket.resolve_due_at:%H:%M}" == "03:30"  # 11:30 in Beijing
        assert (ticket.company, ticket.park, ticket.created_by) == (cast.settled, cast.inner, cast.enterprise)

    def test_a_holiday_in_between_is_said(self, client: Client, desk: Desk, cast: Cast) -> None:
        with cast.everywhere():
            CalendarDay.objects.create(park=cast.inner, day=date(2026, 11, 9), is_open=False)
        client.force_login(cast.enterprise)
        page = client.get(reverse("portal:new", args=[desk.item.pk])).content.decode()
        assert "ld-portal-holiday" in page
        assert "2026-11-10 11:30" in page

    def test_an_ordinary_weekend_is_not(self, client: Client, desk: Desk, cast: Cast) -> None:
        client.force_login(cast.enterprise)
        assert "ld-portal-holiday" not in client.get(reverse("portal:new", args=[desk.item.pk])).content.decode()

    def test_sent_twice_it_is_one_request(self, client: Client, desk: Desk, cast: Cast) -> None:
        client.force_login(cast.enterprise)
        form = {"title": "变更", "text": "请协助", "request_key": str(uuid4())}
        first, second = (client.post(reverse("portal:new", args=[desk.item.pk]), form) for _ in range(2))
        assert first["Location"] == second["Location"]
        with cast.everywhere():
            assert Ticket.objects.count() == 1

    def test_another_parks_or_a_withdrawn_service_does_not_exist(self, client: Client, desk: Desk, cast: Cast) -> None:
        with cast.everywhere():
            foreign, gone = make_item(cast.sibling), make_item(cast.inner, code="gone", is_active=False)
        client.force_login(cast.enterprise)
        for item in (foreign, gone):
            assert client.get(reverse("portal:new", args=[item.pk])).status_code == 404
            assert client.post(reverse("portal:new", args=[item.pk]), {"title": "x", "text": "x"}).status_code == 404

    @pytest.mark.parametrize("missing", ["title", "text"])
    def test_what_is_missing_is_said_at_its_field(self, client: Client, desk: Desk, cast: Cast, missing: str) -> None:
        client.force_login(cast.enterprise)
        form = {"title": "变更", "text": "请协助"} | {missing: " "}
        response = client.post(reverse("portal:new", args=[desk.item.pk]), form)
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [missing]

    def test_a_hostile_file_stops_the_request(self, client: Client, desk: Desk, cast: Cast) -> None:
        client.force_login(cast.enterprise)
        svg = SimpleUploadedFile("photo.jpg", b"<svg onload='alert(1)'/>", content_type="image/jpeg")
        response = client.post(reverse("portal:new", args=[desk.item.pk]), {"title": "x", "text": "x", "files": svg})
        assert response.status_code == 422
        assert "files" in response.context["form"].errors
        with cast.everywhere():
            assert not Ticket.objects.exists()

    def test_a_good_file_is_seen_by_both_sides(self, client: Client, desk: Desk, cast: Cast) -> None:
        client.force_login(cast.enterprise)
        pdf = SimpleUploadedFile(
            "章程.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", content_type="application/pdf"
        )
        assert (
            client.post(
                reverse("portal:new", args=[desk.item.pk]), {"title": "x", "text": "x", "files": pdf}
            ).status_code
            == 302
        )
        with cast.everywhere():
            file = TicketFile.objects.select_related("attachment").get()
        address = reverse("core:file", args=[file.attachment.uuid])
        for who, name in (("enterprise", "portal:request"), ("operator_officer", "services:record")):
            client.force_login(cast.people[who])
            assert address in client.get(reverse(name, args=[file.ticket_id])).content.decode()
        client.force_login(cast.sibling_manager)
        assert client.get(address).status_code == 404
        for who, seen in (("enterprise", True), ("operator_officer", True), ("sibling_manager", False)):
            with user_scope(cast.people[who]):
                rows = Attachment.objects.visible_to(cast.people[who])
                assert rows.filter(pk=file.attachment_id).exists() is seen


class TestTwoButtons:
    def resolved(self, desk: Desk) -> Ticket:
        return desk.do(actions.resolve_ticket, "Mon 10:00", "operator_officer", desk.ask(), message="已办结")

    def test_thanks_asks_for_a_rating_and_closes(self, client: Client, desk: Desk, cast: Cast) -> None:
        ticket = self.resolved(desk)
        client.force_login(cast.enterprise)
        address = reverse("portal:thanks", args=[ticket.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"text": "忘了打分"}).status_code == 422
        assert client.post(address, {"rating": "5", "text": "很快"}).status_code == 302
        with cast.everywhere():
            ticket.refresh_from_db()
        assert (ticket.state, ticket.rating) == ("closed", 5)
        assert "★★★★★" in client.get(reverse("portal:request", args=[ticket.pk])).content.decode()

    def test_still_a_problem_reopens(self, client: Client, desk: Desk, cast: Cast) -> None:
        ticket = self.resolved(desk)
        client.force_login(cast.enterprise)
        assert client.post(reverse("portal:problem", args=[ticket.pk]), {"message": "还没好"}).status_code == 302
        with cast.everywhere():
            ticket.refresh_from_db()
        assert (ticket.state, ticket.reopened) == ("open", 1)

    def test_too_late_it_says_what_to_do(self, client: Client, desk: Desk, cast: Cast) -> None:
        ticket = self.resolved(desk)
        desk.traveller.shift(timedelta(days=8))
        client.force_login(cast.enterprise)
        response = client.post(reverse("portal:problem", args=[ticket.pk]), {"message": "还没好"})
        assert response.status_code == 409
        assert "请提交新的诉求" in response.content.decode()

    def test_a_reply_ends_the_waiting(self, client: Client, desk: Desk, cast: Cast) -> None:
        ticket = desk.do(actions.wait_for_enterprise, "Fri 16:40", "operator_officer", desk.ask(), reason="缺章程")
        client.force_login(cast.enterprise)
        key = str(uuid4())
        for _ in range(2):
            reply = {"message": "已补", "request_key": key}
            assert client.post(reverse("portal:reply", args=[ticket.pk]), reply).status_code == 302
        with cast.everywhere():
            ticket.refresh_from_db()
            assert ticket.state == "open"
            assert TicketMessage.objects.filter(ticket=ticket, from_enterprise=True).count() == 1


class TestOthers:
    @pytest.mark.parametrize("name", ["request", "reply", "thanks", "problem"])
    def test_another_companys_request_in_the_same_park_does_not_exist(
        self, client: Client, desk: Desk, cast: Cast, name: str
    ) -> None:
        with cast.everywhere():
            other = make_ticket(cast.inner, company=make_company(), by=cast.operator_officer, state="resolved")
        client.force_login(cast.enterprise)
        for pk in (other.pk, 999_999_999):
            address = reverse(f"portal:{name}", args=[pk])
            assert client.get(address).status_code == 404
            if name != "request":
                assert client.post(address, {"message": "x", "rating": 5}).status_code == 404

    def test_notes_and_reasons_among_colleagues_are_never_shown(self, client: Client, desk: Desk, cast: Cast) -> None:
        ticket = desk.do(actions.answer_ticket, "Fri 16:40", "operator_officer", desk.ask(), message="公开的话")
        desk.do(actions.note_ticket, "Fri 16:45", "operator_officer", ticket, body="内部的话")
        desk.do(actions.hand_over, "Fri 16:50", "operator_officer", ticket, to=cast.second, reason="转交的理由")
        client.force_login(cast.enterprise)
        page = client.get(reverse("portal:request", args=[ticket.pk])).content.decode()
        assert "公开的话" in page
        assert "内部的话" not in page
        assert "转交的理由" not in page

    def test_markup_in_messages_is_text(self, client: Client, desk: Desk, cast: Cast) -> None:
        ticket = desk.ask(title="<b>题</b>", text="<script>alert(1)</script>")
        for who, name in (("enterprise", "portal:request"), ("operator_officer", "services:record")):
            client.force_login(cast.people[who])
            page = client.get(reverse(name, args=[ticket.pk])).content.decode()
            assert "<script>alert" not in page
            assert "<b>题" not in page
