"""Lists in a real browser: selecting rows for a bulk edit, a cell edited in its place and undone, walking on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from core.models import Job
from leads.models import Lead
from tests.fixtures.browser import DESKTOP, PHONE, Tab
from tests.fixtures.cast import Cast
from tests.fixtures.live import LiveSite
from tests.fixtures.rows import make_company, make_lead, make_view

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


def is_wide(page: Page, width: int) -> None:
    """The first column gets this width; after a navigation it takes a moment."""
    page.wait_for_function(
        "(width) => Math.round(document.querySelector('th[data-column=company]').offsetWidth) === width", arg=width
    )


def fill(cast: Cast, count: int) -> list[Lead]:
    with cast.everywhere():
        return [
            make_lead(
                cast.zone,
                owner=cast.officer,
                company=make_company(f"示例{number:02}号光电有限公司"),
                amount=1_000_000 * (number + 1),
                next_step="送方案",
                next_date=timezone.localdate() + timedelta(days=number % 9 - 2),
            )
            for number in range(count)
        ]


def test_all_that_match_are_selected_and_changed_as_one_job(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    fill(cast, 30)
    tab = opened(cast.manager, DESKTOP, "/leads/?size=25")
    page = tab.page
    bar = page.locator("#list-bulk")
    expect(bar).to_be_hidden()
    page.locator("tbody input[name=ids]").first.check()
    expect(bar.locator("[data-bulk-count]")).to_have_text("1")
    expect(bar.locator("[data-bulk-all]")).to_be_hidden()
    page.locator("[data-tick-all]").check()
    expect(bar.locator("[data-bulk-count]")).to_have_text("25")
    bar.locator("[data-bulk-all]").check()
    expect(bar.locator("[data-bulk-count]")).to_have_text("30")
    tab.shot("lists-selected")
    # Another order is another answer of the list: the bar comes anew and nothing stays selected.
    page.get_by_role("link", name="投资额").first.click()
    expect(bar).to_be_hidden()
    page.locator("[data-tick-all]").check()
    bar.locator("[data-bulk-all]").check()
    bar.get_by_role("button", name="编辑").click()
    sheet = page.locator("#sheet")
    expect(sheet.locator("#sheet-title")).to_contain_text("30 / 30")
    sheet.locator("label.ld-pill", has=page.locator("input[name=do_confidentiality][value=set]")).click()
    sheet.locator("select[name=confidentiality]").select_option("department")
    tab.shot("lists-bulk-sheet")
    assert tab.serious_findings() == []
    with page.expect_navigation():
        sheet.locator("[data-submit]").click()
    with cast.everywhere():
        job = Job.objects.get()
        assert (job.kind, len(job.input["ids"]), job.input["changes"]) == (
            "bulk_edit",
            30,
            {"confidentiality": "department"},
        )


def test_a_cell_is_edited_with_the_keyboard_keeps_mistakes_and_is_undone(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    lead = fill(cast, 2)[1]
    tab = opened(cast.officer, DESKTOP, "/leads/")
    page = tab.page
    cell = page.locator(f'[data-edit="/edit/leads/{lead.pk}/amount/"]')
    cell.focus()
    page.keyboard.press("Enter")
    field = cell.locator("input[name=amount]")
    expect(field).to_be_focused()
    field.fill("viel")
    page.keyboard.press("Enter")
    expect(cell.locator(".ld-error")).to_be_visible()
    expect(field).to_have_value("viel")
    tab.shot("lists-cell-wrong")
    page.keyboard.press("Escape")
    expect(cell).to_contain_text("200")
    page.keyboard.press("Enter")
    field.fill("2660万")
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("2,660")
    page.locator(".ld-toast-act").hover()  # it stays while one points at it
    tab.shot("lists-cell-saved")
    page.locator(".ld-toast-act").click()
    expect(cell).to_contain_text("200")
    with cast.everywhere():
        saved = Lead.objects.get(pk=lead.pk)
        assert saved.amount == 2_000_000
        assert saved.next_step == "送方案"


def test_the_list_is_taken_out_as_a_file(cast: Cast, opened: Callable[[User, int, str], Tab]) -> None:
    fill(cast, 3)
    page = opened(cast.manager, DESKTOP, "/leads/?sort=amount").page
    page.locator("#list-tools a[data-sheet]").click()
    sheet = page.locator("#sheet")
    sheet.get_by_text("CSV").click()
    with page.expect_navigation():
        sheet.locator("[data-submit]").click()
    ready(page)
    with page.expect_download() as file:
        page.locator("a[download]").click()
    assert file.value.suggested_filename.endswith(".csv")


def test_leaving_a_property_saves_it(cast: Cast, opened: Callable[[User, int, str], Tab]) -> None:
    lead = fill(cast, 1)[0]
    tab = opened(cast.officer, DESKTOP, f"/leads/{lead.pk}/")
    page = tab.page
    line = page.locator(f'[data-edit="/edit/leads/{lead.pk}/title/"]')
    line.click()
    line.locator("input[name=title]").fill("示例基地")
    page.locator("h1").click()
    expect(line).to_have_text("示例基地")
    tab.shot("lists-property")


def test_the_record_leads_on_through_the_list_one_came_from(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    leads = fill(cast, 3)
    tab = opened(cast.officer, DESKTOP, "/leads/?sort=amount")
    page = tab.page
    with page.expect_navigation():
        page.get_by_role("link", name=leads[1].company.name).click()
    ready(page)
    expect(page.locator("[data-beside=next]")).to_be_visible()
    tab.shot("lists-walk")
    with page.expect_navigation():
        page.keyboard.press("Control+ArrowRight")
    assert page.url.endswith(f"/leads/{leads[2].pk}/")


def test_views_and_columns_are_at_hand(cast: Cast, opened: Callable[[User, int, str], Tab]) -> None:
    fill(cast, 24)
    with cast.everywhere():
        view = make_view(cast.zone, owner=cast.manager, name="我的重点", is_pinned=True, visibility="park")
    tab = opened(cast.manager, DESKTOP, "/leads/")
    page = tab.page
    page.locator(".ld-saved-menu > summary").click()
    tab.shot("lists-views")
    page.keyboard.press("Escape")
    page.locator("#list-tools summary").click()
    tab.shot("lists-columns")
    page.locator("#list-tools input[value=tier]").check()
    with page.expect_navigation():
        page.locator("#list-tools button[type=submit]").click()
    assert "tier" in page.url
    ready(page)
    page.goto(page.url.split("?")[0] + f"?view={view.pk}&stage=planning")
    ready(page)
    expect(page.locator("#list-saved-state")).to_contain_text("我的重点")
    tab.shot("lists-modified")
    page.goto(page.url.split("/leads/")[0] + "/leads/calendar/")
    tab.shot("lists-calendar")
    page.goto(page.url + "?span=week")
    tab.shot("lists-week")
    assert tab.serious_findings() == []
    phone = opened(cast.manager, PHONE, "/leads/")
    phone.shot("lists-phone")
    phone.page.goto(phone.page.url.split("/leads/")[0] + "/leads/calendar/")
    phone.shot("lists-calendar-phone")


def test_columns_are_resized_kept_for_the_person_and_left_alone_on_the_phone(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    fill(cast, 3)
    tab = opened(cast.officer, DESKTOP, "/leads/")
    page = tab.page
    column = page.locator("th[data-column=company]")
    edge = column.locator(".ld-resize")

    def width() -> int:
        return round(column.bounding_box()["width"])  # type: ignore[index]

    usual = width()
    box = edge.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 85, box["y"] + 10, steps=4)
    page.mouse.up()
    assert abs(width() - usual - 80) <= 2
    wider = width()
    page.reload()
    ready(page)
    is_wide(page, wider)
    # Rows and heads that come with a part of the list have it, too.
    page.get_by_role("link", name="投资额").first.click()
    expect(page.locator("th[data-column=amount]")).to_have_attribute("aria-sort", "ascending")
    is_wide(page, wider)
    edge.press("ArrowLeft")
    is_wide(page, wider - 16)
    edge.press("Home")
    is_wide(page, 64)
    tab.shot("lists-narrow-column")
    assert tab.serious_findings() == []
    edge.press("ArrowDown")
    expect(page.locator("th[data-column] .ld-resize").nth(1)).to_be_focused()
    edge.dblclick()
    assert abs(width() - usual) <= 2
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('luodi:widths')).length") == 0
    phone = opened(cast.officer, PHONE, "/leads/")
    expect(phone.page.locator(".ld-resize").first).to_be_hidden()


def test_a_view_brings_its_widths_along_and_what_is_drawn_over_them_is_ones_own_until_it_is_saved(
    cast: Cast, opened: Callable[[User, int, str], Tab]
) -> None:
    fill(cast, 3)
    with cast.everywhere():
        view = make_view(cast.zone, owner=cast.officer, name="窄列", widths={"company": 300})
    page = opened(cast.officer, DESKTOP, f"/leads/?view={view.pk}").page
    edge = page.locator("th[data-column=company] .ld-resize")
    state = page.locator("#list-saved-state")
    is_wide(page, 300)
    expect(state).to_be_hidden()
    edge.press("ArrowLeft")
    expect(state).to_contain_text("窄列")
    page.reload()
    ready(page)
    is_wide(page, 284)
    page.locator(".ld-saved-menu > summary").click()
    with page.expect_navigation():
        page.get_by_role("link", name="窄列").click()
    ready(page)
    is_wide(page, 300)
    edge.press("Home")
    with page.expect_navigation():
        state.get_by_role("button").click()
    ready(page)
    is_wide(page, 64)
    expect(state).to_be_hidden()
    with cast.everywhere():
        view.refresh_from_db()
    assert view.widths == {"company": 64}
