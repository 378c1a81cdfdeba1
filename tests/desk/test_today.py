"""The start page, role by role, over HTTP."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.worktime import SHANGHAI
from tests.desk.conftest import Counted, Story
from tests.fixtures.cast import Cast
from tests.fixtures.rows import (
    make_company,
    make_job,
    make_lead,
    make_milestone,
    make_notice,
    make_project,
    make_submission,
    make_ticket,
    make_undertaking,
)

pytestmark = pytest.mark.django_db
STAFF = (
    *("admin", "park_admin", "leader", "manager", "officer", "colleague", "window", "auditor"),
    *("operator_manager", "operator_officer", "stranger"),
)


def page(client: Client, cast: Cast, name: str, url: str = "/") -> str:
    client.force_login(cast.people[name])
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everybody_begins_here_with_and_without_rows(client: Client, cast: Cast, name: str, language: str) -> None:
    user = cast.people[name]
    user.language = language
    user.save()
    assert str(user) in page(client, cast, name)


@pytest.mark.parametrize("name", STAFF)
def test_everybody_begins_here_with_much_to_see(client: Client, cast: Cast, story: Story, name: str) -> None:
    text = page(client, cast, name)
    assert ("光电一期项目" in text) == (name in {"leader", "manager", "officer", "park_admin", "auditor"})


def test_an_enterprise_is_led_on_to_its_portal(client: Client, cast: Cast) -> None:
    client.force_login(cast.enterprise)
    assert client.get("/").headers["Location"] == reverse("portal:home")


def test_a_visitor_is_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/").headers["Location"].startswith("/login/")


@pytest.mark.parametrize(
    ("clock", "words"),
    [("07:00", "早上好"), ("12:00", "中午好"), ("15:00", "下午好"), ("22:00", "晚上好"), ("03:00", "晚上好")],
)
def test_the_greeting_follows_the_clock_in_beijing(client: Client, cast: Cast, clock: str, words: str) -> None:
    with time_machine.travel(datetime.fromisoformat(f"2026-11-03T{clock}").replace(tzinfo=SHANGHAI), tick=False):
        assert f"{words}，officer" in page(client, cast, "officer")


def test_an_officer_sees_what_is_overdue_with_its_buttons(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "officer")
    assert "送厂房方案" in text
    assert "逾期 2 天" in text
    assert reverse("leads:step_done", args=[story.lead.pk]) in text
    assert reverse("leads:step", args=[story.lead.pk]) in text


def test_the_project_step_of_an_officer_stands_in_the_same_list(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "officer")
    milestone = reverse("projects:milestone_done", args=[_milestone(cast, story)])
    assert milestone in text
    assert text.index("逾期 60 天") < text.index("逾期 2 天")


def _milestone(cast: Cast, story: Story) -> int:
    with cast.everywhere():
        return int(story.project.milestones.get().pk)


def test_the_step_of_a_signed_lead_is_not_to_be_done_any_more(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.officer, stage="signed", next_step="过时的一步", next_date=timezone.localdate())
    assert "过时的一步" not in page(client, cast, "officer")


def test_a_colleagues_steps_are_not_mine(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "colleague")
    assert "送厂房方案" not in text
    assert "没有到期的事项" in text


def test_more_leads_to_exactly_what_the_part_counts(client: Client, cast: Cast) -> None:
    today = timezone.localdate()
    with cast.everywhere():
        for number in range(21):
            make_lead(
                cast.zone,
                owner=cast.officer,
                company=make_company(f"示例{number}号有限公司"),
                next_step=f"第{number}步",
                next_date=today + timedelta(days=number % 7 + 1),
            )
        make_lead(cast.zone, owner=cast.officer, next_step="今天的一步", next_date=today)
        make_undertaking(cast.zone, by=cast.officer, text="答应的事", due_on=today + timedelta(days=7))
        project = make_project(cast.zone, officer=cast.officer)
        make_milestone(project, owner=cast.officer, name="项目的一步", kind="other", due_on=today + timedelta(days=7))
    assert f'href="{reverse("desk:agenda")}?part=week">还有 3 项' in page(client, cast, "officer")
    whole = page(client, cast, "officer", reverse("desk:agenda") + "?part=week")
    assert whole.count("desk-task") == 23
    assert "答应的事" in whole
    assert "项目的一步" in whole
    assert "今天的一步" not in whole
    assert client.get(reverse("desk:agenda") + "?part=none").status_code == 404


def test_done_brings_one_back_here(client: Client, cast: Cast, story: Story) -> None:
    client.force_login(cast.officer)
    response = client.post(reverse("leads:step_done", args=[story.lead.pk]), {"next": "/"})
    assert response.headers["Location"] == "/"
    assert "送厂房方案" not in client.get("/").content.decode()


def test_a_manager_sees_what_waits_for_a_decision(client: Client, cast: Cast, story: Story) -> None:
    with cast.everywhere():
        make_submission(cast.zone, by=cast.officer, title="有企业想建厂")
        make_lead(cast.zone, owner=cast.officer, stage="screening", company=cast.settled)
    text = page(client, cast, "manager")
    assert "有企业想建厂" in text
    assert "示例碳材有限公司" in text
    assert "100 万元" in text  # the payment to recognise
    assert f"{reverse('leads:list')}?stage=screening" in text


def test_an_officer_is_not_shown_the_managers_piles(client: Client, cast: Cast, story: Story) -> None:
    with cast.everywhere():
        make_submission(cast.zone, by=cast.colleague, title="同事的信息")
    text = page(client, cast, "officer")
    assert "同事的信息" not in text
    assert "待认定到位资金" not in text


def test_the_leaders_figures_lead_to_their_records(client: Client, cast: Cast, story: Story) -> None:
    with time_machine.travel(datetime(2026, 10, 20, 9, tzinfo=SHANGHAI), tick=False):
        text = page(client, cast, "leader")
        assert f"{reverse('projects:list')}?counted_month=2026-10-01" in text
        assert "1,000 万元" in text
        listed = client.get(reverse("projects:list"), {"counted_month": "2026-10-01"}).content.decode()
        assert "光电一期项目" in listed
        assert (
            "光电一期项目" not in client.get(reverse("projects:list"), {"counted_month": "2026-09-01"}).content.decode()
        )


def test_a_red_project_says_what_since_when_and_whose(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "leader")
    assert "光电一期项目" in text
    assert "立项" in text or "项目备案" in text
    assert "逾期 60 天" in text


def test_the_park_chosen_above_narrows_the_figures(client: Client, cast: Cast, story: Story) -> None:
    assert "光电一期项目" in page(client, cast, "leader", "/?park=zone")
    assert "光电一期项目" not in page(client, cast, "leader", "/?park=inner")


def test_an_operator_sees_nothing_of_the_zone(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "operator_manager")
    assert "光电一期项目" not in text
    assert "邻居" not in text


def test_the_window_sees_requests_by_the_time_that_is_left(client: Client, cast: Cast) -> None:
    now = timezone.now()
    with cast.everywhere():
        for title, days in (("第二件", 2), ("第一件", -1), ("第三件", 9)):
            make_ticket(
                cast.zone, company=cast.settled, by=cast.manager, title=title, due_at=now + timedelta(days=days)
            )
        make_ticket(cast.zone, company=cast.settled, by=cast.manager, title="别人的", holder=cast.manager)
    text = page(client, cast, "window")
    assert text.index("第一件") < text.index("第二件") < text.index("第三件")
    assert "别人的" not in text
    assert "逾期 1" in text


def test_an_administrator_begins_with_parks_people_and_notices(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        make_notice(cast.platform, recipient=cast.admin, subject="备份已完成")
    text = page(client, cast, "admin")
    assert reverse("parks:list") in text
    assert reverse("accounts:people") in text
    assert reverse("notices:given_up") in text
    assert "备份已完成" in text


def test_a_job_that_waits_is_called_by_its_name(client: Client, cast: Cast) -> None:
    with cast.everywhere():
        make_job(cast.zone, owner=cast.park_admin, kind="bulk_edit", state="running")
    client.force_login(cast.park_admin)
    page = client.get("/").content.decode()
    assert "批量修改" in page
    assert "bulk_edit" not in page


def test_an_auditor_may_look_and_has_no_button(client: Client, cast: Cast, story: Story) -> None:
    text = page(client, cast, "auditor")
    assert "光电一期项目" in text
    assert reverse("accounts:people") not in text
    assert "?kind=outbound_visit" not in text


@pytest.mark.parametrize(
    ("name", "most"), [("officer", 16), ("manager", 24), ("leader", 27), ("window", 8), ("auditor", 12)]
)
def test_the_start_page_asks_a_bounded_number_of_questions(
    client: Client, cast: Cast, story: Story, name: str, most: int
) -> None:
    client.force_login(cast.people[name])
    client.get("/")
    counted = Counted(client, "/")
    assert len(counted) <= most, "\n".join(counted.sql)
