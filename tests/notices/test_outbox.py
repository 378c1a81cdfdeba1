"""Queueing, leasing and delivering, directly through the actions."""

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail as outbox
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from core.isolation import scope
from notices import actions
from notices import mail as notice_mail
from notices.models import Notice
from ops.postgres import OWNER
from tests.fixtures.cast import Cast
from tests.fixtures.database import as_role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def say(subject: str = "里程碑到期", body: str = "明天到期") -> Any:
    return lambda: (subject, body)


def tell(cast: Cast, *people: Any, **options: Any) -> int:
    """Queue one notice in the zone."""
    asked = {"kind": "test", "key": "milestone:7:due", "text": say()} | options
    with cast.everywhere():
        return actions.queue(park_id=cast.zone.pk, recipients=people, **asked)


def rows(cast: Cast, **lookup: Any) -> list[Notice]:
    with cast.everywhere():
        return list(Notice.objects.filter(**lookup).select_related("recipient").order_by("id"))


def claim(channel: str = "page", limit: int = 50) -> list[Notice]:
    return actions.claim_due(limit=limit, channel=channel)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_the_same_cause_tells_each_person_once_per_channel(cast: Cast) -> None:
    for _again in range(3):
        tell(cast, cast.officer, cast.manager, cast.officer)
    told = [(row.recipient.username, row.channel) for row in rows(cast)]
    assert sorted(told) == [("manager", "mail"), ("manager", "page"), ("officer", "mail"), ("officer", "page")]


def test_everybody_reads_their_own_language(cast: Cast) -> None:
    cast.manager.language = "en"
    tell(
        cast, cast.officer, cast.manager, text=lambda: (translation.get_language(), gettext("Yes")), channels=("page",)
    )
    assert {row.recipient.username: row.subject for row in rows(cast)} == {"officer": "zh-hans", "manager": "en"}


def test_who_changes_the_language_reads_old_notices_and_late_mails_in_it(cast: Cast) -> None:
    tell(cast, cast.officer, text=lambda: (gettext("Yes"), translation.get_language() or ""))
    page = rows(cast, channel="page")[0]
    assert (page.subject, page.body) == ("是", "zh-hans")
    with translation.override("en"):
        assert (page.heading, page.text, str(page)) == ("Yes", "en", "Yes")
    with translation.override("zh-hans"):
        assert (page.heading, page.text) == ("是", "zh-hans")
    cast.officer.language = "en"
    cast.officer.save(update_fields=["language"])
    actions.deliver_due()
    (sent,) = outbox.outbox
    assert sent.subject == "Yes"
    assert str(sent.body).startswith("en\n")


def test_what_was_written_in_one_language_only_is_read_in_that(cast: Cast) -> None:
    tell(cast, cast.officer, channels=("page",))
    with cast.everywhere():
        Notice.objects.update(wordings={})
    with translation.override("en"):
        assert rows(cast)[0].heading == "里程碑到期"


def test_people_without_an_address_are_told_in_the_page_only(cast: Cast) -> None:
    cast.officer.email = ""
    tell(cast, cast.officer)
    assert [row.channel for row in rows(cast)] == ["page"]


def test_disabled_people_are_not_told(cast: Cast) -> None:
    cast.officer.is_active = False
    assert tell(cast, cast.officer) == 0
    assert rows(cast) == []


def test_nothing_is_delivered_before_it_is_due(cast: Cast, clock: Any) -> None:
    tell(cast, cast.officer, due_at=NOW + timedelta(days=3))
    assert actions.deliver_due() == 0
    clock.shift(timedelta(days=3))
    assert actions.deliver_due() == 2


def test_a_cancelled_reminder_comes_back_when_its_date_does(cast: Cast) -> None:
    tell(cast, cast.officer, key="milestone:7:2026-12-01", due_at=NOW + timedelta(days=3), channels=("page",))
    with cast.everywhere():
        assert actions.cancel(park_id=cast.zone.pk, key_prefix="milestone:7:") == 1
    assert rows(cast)[0].state == "cancelled"
    tell(cast, cast.officer, key="milestone:7:2026-12-01", due_at=NOW + timedelta(days=2), channels=("page",))
    (row,) = rows(cast)
    assert (row.state, row.due_at) == ("pending", NOW + timedelta(days=2))


@pytest.mark.django_db(transaction=True)
def test_the_notices_of_one_matter_are_looked_up_in_the_index_behind_row_security(cast: Cast) -> None:
    tell(cast, cast.officer)
    (told,) = rows(cast, channel="page")
    with cast.everywhere():
        copies = [Notice(**given(told), key=f"milestone:{number}:due") for number in range(8, 1_000)]
        Notice.objects.bulk_create(copies)
    with as_role(OWNER), connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_notice")
    with cast.everywhere():
        matter = Notice.objects.of_matter(cast.zone.pk, "milestone:7:").order_by()
        assert {notice.key for notice in matter} == {"milestone:7:due"}
        plan = matter.explain()
    assert "key" in plan.partition("Index Cond:")[2].splitlines()[0], plan


def given(notice: Notice) -> dict[str, Any]:
    return {name: getattr(notice, name) for name in ("park_id", "recipient_id", "channel", "kind", "subject", "due_at")}


def test_what_was_told_cannot_be_cancelled(cast: Cast) -> None:
    tell(cast, cast.officer, channels=("page",))
    actions.deliver_due()
    with cast.everywhere():
        assert actions.cancel(park_id=cast.zone.pk, key_prefix="milestone:7:") == 0


def test_a_claimed_notice_is_nobody_elses_until_its_lease_ends(cast: Cast, clock: Any) -> None:
    tell(cast, cast.officer, channels=("page",))
    (first,) = claim()
    assert claim() == []
    clock.shift(actions.LEASE + timedelta(seconds=1))
    (second,) = claim()
    assert second.pk == first.pk


def test_a_worker_that_lost_its_lease_changes_nothing(cast: Cast, clock: Any) -> None:
    tell(cast, cast.officer, channels=("mail",))
    (slow,) = claim("mail")
    clock.shift(actions.LEASE + timedelta(seconds=1))
    (quick,) = claim("mail")
    actions.deliver(notice=quick)
    actions.deliver(notice=slow)
    assert len(outbox.outbox) == 1
    assert rows(cast)[0].state == "sent"


def test_after_three_lost_workers_a_notice_is_a_dead_letter_and_its_neighbour_goes_on(cast: Cast, clock: Any) -> None:
    tell(cast, cast.officer, channels=("mail",))
    begun = 0
    while found := claim("mail"):
        begun += actions._begin(found[0])  # … and the worker is killed here
        clock.shift(actions.LEASE + timedelta(seconds=1))
    assert begun == 3
    tell(cast, cast.officer, key="other", channels=("mail",))
    actions.deliver_due()
    assert [row.state for row in rows(cast)] == ["dead", "sent"]
    assert "lost" in rows(cast)[0].last_error


def test_a_mail_carries_the_link_and_a_message_id_of_its_own(cast: Cast) -> None:
    tell(cast, cast.officer, url="/milestones/7/", channels=("mail",))
    actions.deliver_due()
    (sent,) = outbox.outbox
    assert sent.to == ["officer@example.com"]
    assert sent.subject == "里程碑到期"
    assert f"{settings.PUBLIC_URL}/milestones/7/" in str(sent.body)
    assert sent.extra_headers["Message-ID"] == f"<{rows(cast)[0].message_id}@luodi>"


def test_a_subject_of_several_lines_cannot_add_headers(cast: Cast) -> None:
    tell(cast, cast.officer, text=say("到期\r\nBcc: everybody@example.com"), channels=("mail",))
    actions.deliver_due()
    assert outbox.outbox[0].subject == "到期 Bcc: everybody@example.com"


def test_a_missing_file_makes_a_dead_letter_not_a_loop(cast: Cast) -> None:
    tell(cast, cast.officer, channels=("mail",), attachment_id=12345)
    actions.deliver_due()
    (row,) = rows(cast)
    assert (row.state, "12345" in row.last_error) == ("dead", True)


FINAL = [
    smtplib.SMTPRecipientsRefused({"x@example.com": (550, b"no such user")}),
    smtplib.SMTPDataError(554, b"refused"),
    notice_mail.UnsendableError("no file"),
]
PASSING = [
    smtplib.SMTPRecipientsRefused({"x@example.com": (450, b"try later")}),
    smtplib.SMTPDataError(451, b"try later"),
    smtplib.SMTPServerDisconnected("gone"),
    smtplib.SMTPAuthenticationError(535, b"bad password"),
    ConnectionRefusedError("refused"),
    TimeoutError("slow"),
]


@pytest.mark.parametrize("fault", FINAL, ids=repr)
def test_a_final_fault_is_told_from_a_passing_one(fault: Exception) -> None:
    assert notice_mail.is_final(fault)
    assert not notice_mail.is_outage(fault)


@pytest.mark.parametrize("fault", PASSING, ids=repr)
def test_a_passing_fault_is_not_final(fault: Exception) -> None:
    assert not notice_mail.is_final(fault)


def test_a_passing_fault_waits_longer_every_time_and_gives_up_in_the_end(cast: Cast, clock: Any) -> None:
    tell(cast, cast.officer, channels=("mail",))
    waits = []
    while found := claim("mail"):
        actions._begin(found[0])
        actions._fail(found[0], ConnectionRefusedError("refused"))
        (row,) = rows(cast)
        waits.append(row.due_at.timestamp() - datetime.now(UTC).timestamp() if row.state == "pending" else None)
        clock.move_to(max(row.due_at, datetime.now(UTC)))
    assert waits == [*actions.PAUSES, None]
    assert rows(cast)[0].state == "dead"


def test_an_enterprise_posts_to_the_window_but_reads_only_its_own(cast: Cast) -> None:
    enterprise = cast.enterprise
    with scope(read=[cast.inner.pk], write=[cast.inner.pk], company=cast.settled.pk, user=enterprise.pk):
        people = [cast.window, enterprise]
        actions.queue(
            park_id=cast.inner.pk, recipients=people, kind="t", key="ticket:1", text=say(), channels=("page",)
        )
        assert [row.recipient_id for row in Notice.objects.all()] == [enterprise.pk]
    assert len(rows(cast)) == 2
