"""Visits without signal, in a real browser: kept on the device, sent once, never lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from leads.models import Activity, Lead
from tests.fixtures.browser import PHONE, Tab
from tests.fixtures.cast import Cast
from tests.fixtures.live import LiveSite
from tests.fixtures.rows import make_lead
from tests.leads.conftest import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = "看了厂房，没有信号"
# Two taps before the device has written the first.
TWICE = "() => [1, 2].forEach(() => document.querySelector('#offline-form').requestSubmit())"
# The storage of a slow telephone is still at work, for a second, when its owner signs out.
BUSY_DEVICE = """() => { indexedDB.open("luodi").onsuccess = ({ target }) => {
    const meta = target.result.transaction("meta", "readwrite").objectStore("meta");
    const end = performance.now() + 1000;
    const again = () => { if (performance.now() < end) meta.get("me").onsuccess = again; };
    again();
}; }"""


class Phone:
    """A telephone with Luodi on it; what a cut line makes the browser complain of is expected."""

    def __init__(self, site: LiveSite, tab: Tab) -> None:
        self.site, self.tab, self.page = site, tab, tab.page

    def sign_in(self, user: User) -> None:
        """By a session, as if the form had been filled in."""
        client = Client()
        client.force_login(user)
        self.tab.context.add_cookies(
            [{"name": "session", "value": client.cookies["session"].value, "url": self.site.url}]
        )

    def open(self, path: str, page: Page | None = None) -> Page:
        """A page, ready."""
        page = page or self.page
        page.goto(f"{self.site.url}{path}")
        page.wait_for_selector("html[data-ready]")
        return page

    def prepare(self, user: User) -> None:
        """Today opened once with signal: the worker keeps the shell, the device the names."""
        self.sign_in(user)
        self.open("/")
        self.page.wait_for_selector("html[data-device]")

    def cut(self, *, off: bool) -> None:
        """No signal, or signal again."""
        self.tab.context.set_offline(off)
        self.tab.problems.clear()


@pytest.fixture
def phone(live_site: LiveSite, open_tab: Callable[..., Tab]) -> Iterator[Phone]:
    """One telephone."""
    tab = open_tab(width=PHONE)
    yield Phone(live_site, tab)
    tab.context.set_offline(False)
    tab.problems[:] = [problem for problem in tab.problems if "ERR_" not in problem and "Failed to load" not in problem]


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """The officer's only lead."""
    with cast.everywhere():
        return make_lead(cast.zone, owner=cast.officer, company=cast.company)


def log_on_the_shell(page: Page, lead: Lead, text: str = SAID) -> None:
    """Fill in the form that works without signal, with a photo, and save."""
    fill_in_the_shell(page, lead, text)
    page.locator("[data-submit]").tap()


def fill_in_the_shell(page: Page, lead: Lead, text: str = SAID) -> None:
    page.locator("[name=target]").select_option(f"lead:{lead.pk}")
    page.locator("[name=summary]").fill(text)
    page.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(page.locator(".ld-preview")).to_have_count(1)


def the_only_visit(cast: Cast) -> tuple[str, int, int | None]:
    """Its words, photos and lead; fails unless there is exactly one."""
    with cast.everywhere():
        activity = Activity.objects.get()
        return activity.summary, activity.files.count(), activity.lead_id


def nothing_waits(page: Page) -> None:
    page.wait_for_selector("html[data-waiting='0']", timeout=40_000)


def test_a_visit_with_a_photo_survives_the_closed_page_and_is_sent_once(cast: Cast, lead: Lead, phone: Phone) -> None:
    phone.prepare(cast.officer)
    phone.cut(off=True)
    page = phone.open("/leads/")
    expect(page.locator(".off-signal")).to_be_visible()
    fill_in_the_shell(page, lead)
    page.evaluate(TWICE)
    expect(page.locator("#offline-queue li")).to_have_count(1)
    expect(page.locator("#offline-queue")).to_contain_text("等待信号")
    expect(page.locator("[name=summary]")).to_have_value("")
    phone.tab.shot("offline-waiting")
    page.close()
    again = phone.open("/log/", phone.tab.context.new_page())
    expect(again.locator("#offline-queue")).to_contain_text(SAID)
    with cast.everywhere():
        assert not Activity.objects.exists()
    phone.cut(off=False)
    nothing_waits(again)
    assert the_only_visit(cast) == (SAID, 1, lead.pk)


def test_an_answer_lost_after_the_commit_makes_no_second_visit(cast: Cast, lead: Lead, phone: Phone) -> None:
    phone.prepare(cast.officer)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The server has done its work, the answer never arrives: once for the visit, once for the photo."""
        if route.request.method == "POST" and lost.count(route.request.url) == 0:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.tab.context.route("**/api/v1/activities/**", lose)
    page = phone.open("/offline/")
    log_on_the_shell(page, lead)
    expect(page.locator("#offline-queue li")).to_have_count(1)
    nothing_waits(page)
    assert len(lost) == 2
    assert the_only_visit(cast) == (SAID, 1, lead.pk)


def test_the_open_form_whose_request_finds_no_signal_is_kept_with_its_photo(
    cast: Cast, lead: Lead, phone: Phone
) -> None:
    phone.prepare(cast.officer)
    page = phone.page
    page.locator(".ld-bottom-log").tap()
    sheet = page.locator("#sheet")
    sheet.locator("[name=summary]").fill(SAID)
    sheet.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    phone.cut(off=True)
    sheet.locator("[data-submit]").tap()
    expect(page.locator("[data-waiting]")).to_contain_text("1")
    expect(sheet).not_to_be_visible()
    phone.tab.shot("offline-today")
    phone.cut(off=False)
    expect(page.locator("[data-waiting]")).to_be_hidden(timeout=40_000)
    assert the_only_visit(cast) == (SAID, 1, lead.pk)


def test_an_expired_login_keeps_the_queue_and_asks_to_sign_in(cast: Cast, lead: Lead, phone: Phone) -> None:
    phone.prepare(cast.officer)
    phone.cut(off=True)
    page = phone.open("/")
    log_on_the_shell(page, lead)
    expect(page.locator("#offline-queue li")).to_have_count(1)
    Session.objects.all().delete()
    phone.cut(off=False)
    expect(page.locator("#offline-login")).to_be_visible()
    expect(page.locator("#offline-queue li")).to_have_count(1)
    phone.tab.shot("offline-signin")
    phone.sign_in(cast.officer)
    phone.open("/")
    expect(page.locator("[data-waiting]")).to_be_hidden(timeout=40_000)
    expect(page.locator("[data-waiting-count]")).to_have_text("0", timeout=40_000)
    assert the_only_visit(cast) == (SAID, 1, lead.pk)


def test_somebody_else_at_the_device_neither_sees_nor_sends_it(cast: Cast, lead: Lead, phone: Phone) -> None:
    phone.prepare(cast.officer)
    phone.cut(off=True)
    page = phone.open("/")
    log_on_the_shell(page, lead)
    expect(page.locator("#offline-queue li")).to_have_count(1)
    phone.sign_in(cast.colleague)
    phone.open("/offline/")
    phone.cut(off=False)
    phone.open("/offline/")
    expect(page.locator("#offline-name")).to_have_text("colleague")
    expect(page.locator("#offline-queue li")).to_have_count(0)
    assert SAID not in page.content()
    with cast.everywhere():
        assert not Activity.objects.exists()
    phone.sign_in(cast.officer)
    phone.open("/")
    expect(page.locator("[data-waiting-count]")).to_have_text("0", timeout=40_000)
    phone.open("/offline/")
    nothing_waits(page)
    assert the_only_visit(cast) == (SAID, 1, lead.pk)


def test_a_refused_visit_stays_with_its_reason_until_it_is_changed(cast: Cast, lead: Lead, phone: Phone) -> None:
    phone.prepare(cast.officer)
    page = phone.open("/offline/")
    ahead = timezone.localtime() + timedelta(days=2)
    page.locator("[name=happened_at]").fill(ahead.strftime("%Y-%m-%dT%H:%M"))
    log_on_the_shell(page, lead)
    expect(page.locator(".off-reason")).to_contain_text("时间在将来")
    phone.tab.shot("offline-refused")
    page.get_by_role("button", name="修改").tap()
    page.locator("[name=happened_at]").fill(timezone.localtime().strftime("%Y-%m-%dT%H:%M"))
    page.locator("[data-submit]").tap()
    nothing_waits(page)
    assert the_only_visit(cast) == (SAID, 1, lead.pk)


def test_what_is_changed_while_it_is_on_its_way_is_not_lost_without_a_word(
    cast: Cast, lead: Lead, phone: Phone
) -> None:
    phone.prepare(cast.officer)
    page = phone.open("/offline/")
    phone.cut(off=True)
    log_on_the_shell(page, lead)
    page.get_by_role("button", name="修改").tap()
    phone.cut(off=False)
    nothing_waits(page)
    page.locator("[name=summary]").fill("听错了，要三千平方米")
    page.locator("[data-submit]").tap()
    expect(page.locator(".off-state")).to_contain_text("修改之前已经送达")
    expect(page.locator("#offline-queue")).to_contain_text("三千平方米")
    with cast.everywhere():
        assert (
            page.get_by_role("link", name="打开这次走访").get_attribute("href")
            == f"/activities/{Activity.objects.get().pk}/"
        )
    assert the_only_visit(cast) == (SAID, 1, lead.pk)


def test_a_lead_handed_over_meanwhile_takes_the_visit_and_its_new_owner_is_told(
    cast: Cast, lead: Lead, phone: Phone
) -> None:
    phone.prepare(cast.officer)
    phone.cut(off=True)
    page = phone.open("/")
    log_on_the_shell(page, lead)
    expect(page.locator("#offline-queue li")).to_have_count(1)
    with cast.everywhere():
        Lead.objects.filter(pk=lead.pk).update(owner=cast.colleague, confidentiality="own")
    phone.cut(off=False)
    nothing_waits(page)
    assert the_only_visit(cast) == (SAID, 1, lead.pk)
    with cast.everywhere():
        assert Activity.objects.get().by_id == cast.officer.pk


def test_who_signs_out_leaves_no_names_and_no_form_behind(cast: Cast, lead: Lead, phone: Phone) -> None:
    phone.prepare(cast.officer)
    page = phone.page
    page.evaluate(BUSY_DEVICE)
    page.locator(".ld-account").tap()
    with page.expect_navigation():
        page.locator("[data-leave] button").tap()
    phone.cut(off=True)
    phone.open("/leads/")
    expect(page.locator("#offline-nobody")).to_be_visible()
    expect(page.locator("#offline-form")).to_be_hidden()
    assert lead.name not in page.content()
