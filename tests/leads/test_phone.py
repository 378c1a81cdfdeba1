"""The telephone in one hand: from Today to a saved visit, and photos that open in place."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Activity
from tests.fixtures.browser import PHONE, Tab
from tests.fixtures.cast import Cast
from tests.fixtures.live import LiveSite
from tests.fixtures.rows import make_company, make_lead
from tests.leads.conftest import jpeg, tomorrow, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(live_site: LiveSite, open_tab: Callable[..., Tab], cast: Cast) -> Tab:
    """The officer's telephone, signed in."""
    tab, client = open_tab(width=PHONE), Client()
    client.force_login(cast.officer)
    tab.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_site.url}])
    return tab


def test_from_today_to_a_saved_visit_in_two_taps_and_one_text(cast: Cast, live_site: LiveSite, phone: Tab) -> None:
    with cast.everywhere():
        make_lead(cast.zone, owner=cast.officer, company=make_company("示例远期有限公司"), next_date=tomorrow())
        due = make_lead(
            cast.zone, owner=cast.officer, company=cast.company, next_step="拜访", next_date=timezone.localdate()
        )
    page = phone.page
    page.goto(f"{live_site.url}/")
    page.wait_for_selector("html[data-ready]")
    page.locator(".desk-do-main").tap()
    sheet = page.locator("#sheet")
    sheet.locator("[name=summary]").fill("看了厂房，需要两千平方米")
    small = sheet.locator("button, a.btn, .ld-pill span").evaluate_all(
        "(all) => all.filter((one) => one.offsetParent && one.offsetHeight < 36).map((one) => one.outerHTML)"
    )
    assert small == []
    with page.expect_navigation():
        sheet.locator("[data-submit]").tap()
    with cast.everywhere():
        row = Activity.objects.get()
    assert (row.lead_id, row.kind) == (due.pk, "outbound_visit")
    assert page.url == f"{live_site.url}/"


def test_a_photo_opens_in_place_and_a_draft_of_every_field_is_kept(cast: Cast, live_site: LiveSite, phone: Tab) -> None:
    with cast.everywhere():
        lead = make_lead(cast.zone, owner=cast.officer, company=cast.company)
    row = visit(cast.officer, lead, files=[SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")])
    page = phone.page
    page.goto(f"{live_site.url}{row.get_absolute_url()}")
    page.wait_for_selector("html[data-ready]")
    page.locator("a[data-photo]").tap()
    expect(page.locator(".ld-viewer img")).to_be_visible()
    page.locator(".ld-viewer-button").last.tap()
    page.goto(f"{live_site.url}/leads/{lead.pk}/log/")
    page.wait_for_selector("html[data-ready]")
    page.locator("[name=met]").fill("王总")
    page.locator("[name=summary]").fill("谈到一半")
    page.locator("[name=next_step]").fill("送方案")
    page.locator("[name=summary]").focus()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("[name=summary]")).to_have_value("谈到一半")
    expect(page.locator("[name=met]")).to_have_value("王总")
    expect(page.locator("[name=next_step]")).to_have_value("送方案")
    expect(page.locator(".ld-draft")).to_have_count(1)
