"""Leads in a real browser: the phone's log, the company box, the board and its sheet."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from companies.models import Company
from leads.models import Activity, Lead
from tests.fixtures.browser import DESKTOP, PHONE, Tab
from tests.fixtures.cast import Cast
from tests.fixtures.live import LiveSite
from tests.fixtures.rows import make_contact, make_lead
from tests.leads.conftest import jpeg, tomorrow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(live_site: LiveSite, open_tab: Callable[..., Tab]) -> Callable[[User, int, str], Tab]:
    """A window of this width with this person signed in, on a page."""

    def as_person(user: User, width: int, path: str) -> Tab:
        tab, client = open_tab(width=width), Client()
        client.force_login(user)
        cookie = client.cookies["session"].value
        tab.context.add_cookies([{"name": "session", "value": cookie, "url": live_site.url}])
        tab.page.goto(f"{live_site.url}{path}")
        ready(tab.page)
        return tab

    return as_person


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready]")


def a_company(name: str) -> Company:
    company = Company(name=name)
    company.derive()
    company.save()
    return company


def test_a_visit_is_saved_on_the_phone_in_three_taps_and_one_text(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    company = a_company("示例激光有限公司")
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=company)
    tab = opened(cast.officer, PHONE, "/leads/")
    page = tab.page
    page.locator(".ld-bottom-log").tap()
    sheet = page.locator("#sheet")
    sheet.get_by_text("示例激光有限公司").tap()
    sheet.locator("[name=summary]").fill("看了厂房，需要两千平方米")
    sheet.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    tab.shot("leads-log-phone")
    with page.expect_navigation():
        sheet.locator("[data-submit]").tap()
    ready(page)
    expect(page.get_by_text("看了厂房，需要两千平方米")).to_be_visible()
    assert page.url.endswith(f"/leads/{lead.pk}/")
    tab.shot("leads-record-phone")
    assert tab.serious_findings() == []
    with cast.everywhere():
        activity = Activity.objects.get()
        assert (activity.lead_id, activity.kind, activity.files.count()) == (lead.pk, "outbound_visit", 1)


def test_a_company_is_found_while_typing_and_claimed(cast: Cast, opened: Callable[[User, int, str], Tab]) -> None:
    a_company("示例激光有限公司")
    tab = opened(cast.officer, DESKTOP, "/leads/")
    page = tab.page
    page.get_by_role("link", name="新增线索").first.click()
    sheet = page.locator("#sheet")
    for typed in ("激光", "sljg", "jiguang"):
        with page.expect_response("**/leads/companies/**"):
            sheet.locator("[name=company_text]").fill(typed)
        expect(sheet.locator(".ld-pick", has_text="示例激光有限公司")).to_be_visible()
    sheet.locator(".ld-pick", has_text="示例激光有限公司").click()
    sheet.locator("[name=amount]").fill("2.66亿")
    sheet.locator("[name=next_step]").fill("电话约访")
    sheet.get_by_role("button", name="明天").click()
    tab.shot("leads-claim")
    with page.expect_navigation():
        sheet.locator("[data-submit]").click()
    ready(page)
    expect(page.locator("h1")).to_contain_text("示例激光有限公司")
    with cast.everywhere():
        lead = Lead.objects.get()
        assert (lead.owner_id, lead.amount, lead.next_date) == (cast.officer.pk, Decimal(266_000_000), tomorrow())


def test_a_card_is_dragged_and_the_sheet_asks_for_what_the_stage_demands(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
        make_contact(cast.zone, company=cast.company)
    tab = opened(cast.officer, DESKTOP, "/leads/board/")
    page = tab.page
    page.locator("#column-planning .ld-card").drag_to(page.locator("#column-contacting [data-cards]"))
    expect(page.locator("#head-contacting .ld-count")).to_have_text("1")
    page.locator("#column-contacting .ld-card").drag_to(page.locator("#column-visiting [data-cards]"))
    sheet = page.locator("#sheet")
    expect(sheet.locator("[name=next_step]")).to_be_visible()
    expect(page.locator("#column-contacting .ld-card")).to_have_count(1)
    sheet.locator("[name=next_step]").fill("去上海拜访")
    tab.shot("leads-board-sheet")
    sheet.locator("[data-submit]").click()
    expect(sheet.locator(".ld-field-wrong [name=next_date]")).to_be_visible()
    sheet.get_by_role("button", name="明天").click()
    with page.expect_navigation():
        sheet.locator("[data-submit]").click()
    ready(page)
    expect(page.locator("#column-visiting .ld-card")).to_have_count(1)
    assert tab.serious_findings() == []
    with cast.everywhere():
        lead.refresh_from_db()
    assert (lead.stage, lead.next_date) == ("visiting", tomorrow())


def test_the_composer_saves_a_call_and_a_hostile_photo_keeps_the_text(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    tab = opened(cast.officer, DESKTOP, f"/leads/{lead.pk}/")
    page = tab.page
    page.locator(".lead-composer textarea").fill("电话确认了来访时间")
    page.locator(".lead-composer").get_by_text("电话", exact=True).click()
    with page.expect_navigation():
        page.locator(".lead-composer [data-submit]").click()
    ready(page)
    expect(page.locator(".ld-entry", has_text="电话确认了来访时间")).to_be_visible()
    page.get_by_role("link", name="记录", exact=True).first.click()
    sheet = page.locator("#sheet")
    sheet.locator("[name=summary]").fill("带回了资料")
    hostile = b"<html><script>alert(1)</script></html>"
    sheet.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": hostile}
    )
    sheet.locator("[data-submit]").click()
    expect(sheet.locator("[data-field=files] .ld-error")).to_be_visible()
    expect(sheet.locator("[name=summary]")).to_have_value("带回了资料")
    tab.problems[:] = [problem for problem in tab.problems if "422" not in problem]
