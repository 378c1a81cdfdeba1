"""The product's real processes work together on the test database."""

from collections.abc import Callable

import pytest
from celery import current_app

from core.models import Heartbeat
from tests.fixtures.browser import PHONE, Tab
from tests.fixtures.live import LiveProcess, LiveSite
from tests.ops.launcher import eventually


@pytest.mark.drill
def test_the_worker_does_what_beat_asks_for_and_returns_after_a_kill(
    live_worker: LiveProcess, live_beat: LiveProcess
) -> None:
    eventually(lambda: Heartbeat.objects.exists(), 90)
    live_worker.kill()
    Heartbeat.objects.all().delete()
    live_worker.start()
    current_app.send_task("core.tasks.heartbeat")
    eventually(lambda: Heartbeat.objects.exists(), 90)


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, 1440])
def test_a_browser_shows_the_login_page_as_it_was_made(
    live_site: LiveSite, open_tab: Callable[..., Tab], width: int
) -> None:
    tab = open_tab(width=width)
    tab.page.goto(f"{live_site.url}/login/")
    tab.page.locator("input[name=username]").wait_for()
    assert tab.page.evaluate("getComputedStyle(document.body).fontFamily") != ""
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.serious_findings() == []
    tab.shot(f"login-{width}")
