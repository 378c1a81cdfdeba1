"""The inbox, the bell and the undelivered, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from core.isolation import user_scope
from core.pages.keyset import paginate
from notices.models import Notice
from notices.views import Inbox
from tests.fixtures.cast import Cast
from tests.fixtures.rows import make_notice

pytestmark = pytest.mark.django_db


def put(cast: Cast, **values: Any) -> Notice:
    with cast.everywhere():
        return make_notice(values.pop("park", cast.zone), **({"recipient": cast.officer} | values))


def reread(cast: Cast, notice: Notice) -> Notice:
    with cast.everywhere():
        notice.refresh_from_db()
    return notice


def test_the_inbox_shows_unread_notices_first_and_only_ones_own(client: Client, cast: Cast) -> None:
    put(cast, subject="先读的", read_at="2026-11-01T00:00Z")
    put(cast, subject="没读的")
    put(cast, subject="更早读的", read_at="2026-10-01T00:00Z")
    put(cast, subject="别人的", recipient=cast.colleague)
    put(cast, subject="还没到", state="pending")
    client.force_login(cast.officer)
    html = client.get("/notices/").content.decode()
    assert html.index("没读的") < html.index("先读的")
    assert "别人的" not in html
    assert "还没到" not in html
    assert "list-panel" not in html, "there is nothing to filter by but the quick filter"


def test_a_reminder_written_long_before_stands_where_it_was_told(client: Client, cast: Cast) -> None:
    now = timezone.now()
    put(cast, subject="预先写下的提醒", sent_at=now)
    put(cast, subject="昨天的通知", sent_at=now - timedelta(days=1))
    client.force_login(cast.officer)
    for address in ("/notices/", "/notices/bell/?items"):
        html = client.get(address).content.decode()
        assert html.index("预先写下的提醒") < html.index("昨天的通知"), address


def test_pages_of_the_inbox_show_every_notice_once_in_both_directions(cast: Cast) -> None:
    now = timezone.now()
    # Written in one order, told in another; two at the same moment; read and unread in turn.
    days = (3, 1, 1, 7, 5, 2, 6)
    made = [
        put(cast, sent_at=now - timedelta(days=day), read_at=now if place % 2 else None)
        for place, day in enumerate(days)
    ]
    expected = [
        one.pk for one in sorted(made, key=lambda one: (one.read_at is None, one.sent_at, one.pk), reverse=True)
    ]
    with user_scope(cast.officer):
        rows = Notice.objects.visible_to(cast.officer)
        pages = [paginate(rows, Inbox.default_order, 2)]
        while pages[-1].next:
            pages.append(paginate(rows, Inbox.default_order, 2, pages[-1].next))
        assert [row.pk for page in pages for row in page.rows] == expected
        back = [pages[-1]]
        while back[0].previous:
            back.insert(0, paginate(rows, Inbox.default_order, 2, back[0].previous))
        assert [row.pk for page in back for row in page.rows] == expected


def test_the_bell_says_how_many_are_unread_and_nothing_when_none_are(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert client.get("/notices/bell/").content == b""
    for _ in range(3):
        put(cast)
    assert client.get("/notices/bell/").content == b"3"
    assert "通知" in client.get("/notices/bell/?items").content.decode()


def test_opening_a_notice_marks_it_read_and_goes_on(client: Client, cast: Cast) -> None:
    notice = put(cast, url="/leads/")
    client.force_login(cast.officer)
    response = client.get(f"/notices/{notice.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/leads/")
    assert reread(cast, notice).read_at


@pytest.mark.parametrize("name", ["auditor", "leader", "enterprise"])
def test_people_who_may_only_look_can_still_mark_their_notices(client: Client, cast: Cast, name: str) -> None:
    notice = put(cast, recipient=getattr(cast, name), park=cast.inner)
    client.force_login(getattr(cast, name))
    client.get(f"/notices/{notice.pk}/")
    assert reread(cast, notice).read_at


def test_somebody_elses_notice_cannot_be_opened(client: Client, cast: Cast) -> None:
    notice = put(cast)
    client.force_login(cast.colleague)
    assert client.get(f"/notices/{notice.pk}/").status_code == 404
    assert reread(cast, notice).read_at is None


def test_all_are_marked_read_at_once_but_only_ones_own(client: Client, cast: Cast) -> None:
    mine, other = put(cast), put(cast, recipient=cast.colleague)
    client.force_login(cast.officer)
    assert client.post("/notices/read/").status_code == 302
    assert reread(cast, mine).read_at
    assert reread(cast, other).read_at is None


def test_who_looks_after_a_park_sees_its_undelivered_notices_and_sends_them_again(client: Client, cast: Cast) -> None:
    notice = put(cast, state="dead", channel="mail", last_error="SMTPRecipientsRefused: 550", attempts=3)
    client.force_login(cast.park_admin)
    assert "550" in client.get("/notices/undelivered/").content.decode()
    client.post(f"/notices/undelivered/{notice.pk}/retry/")
    assert (reread(cast, notice).state, notice.attempts) == ("pending", 0)


def test_another_parks_undelivered_notices_do_not_exist(client: Client, cast: Cast) -> None:
    notice = put(cast, state="dead", park=cast.elsewhere, recipient=cast.stranger, subject="外地")
    client.force_login(cast.park_admin)
    assert "外地" not in client.get("/notices/undelivered/").content.decode()
    assert client.post(f"/notices/undelivered/{notice.pk}/retry/").status_code == 404


def test_officers_do_not_look_after_notices(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert client.get("/notices/undelivered/").status_code == 403


def test_the_inbox_asks_once_for_the_unread_and_once_for_the_read(client: Client, cast: Cast) -> None:
    for _ in range(30):
        put(cast)
    client.force_login(cast.officer)
    with CaptureQueriesContext(connection) as queries:
        client.get("/notices/")
    assert len([query for query in queries if "notices_notice" in query["sql"]]) == 2


def test_the_api_lists_filters_and_marks(cast: Cast) -> None:
    unread, _read = put(cast, subject="一"), put(cast, subject="二", read_at="2026-11-01T00:00Z")
    put(cast, recipient=cast.colleague)
    api = APIClient()
    api.force_login(cast.officer)
    assert [row["subject"] for row in api.get("/api/v1/notices/").json()["results"]] == ["二", "一"]
    (row,) = api.get("/api/v1/notices/?unread=true").json()["results"]
    assert (row["id"], row["park"], row["unread"]) == (unread.pk, "zone", True)
    answer = api.post(f"/api/v1/notices/{unread.pk}/read/").json()
    assert answer["unread"] is False
    assert api.post(f"/api/v1/notices/{unread.pk}/read/").json() == answer
