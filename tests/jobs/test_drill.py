"""Real workers, killed and cut off while people are told things: nothing is lost, nothing in the page is doubled."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from config.celery import broker_url
from core.models import Heartbeat
from notices import actions
from notices.models import Notice
from notices.tasks import tick
from ops.daemon import wait_for
from ops.redis import Redis
from tests.fixtures.cast import Cast
from tests.fixtures.live import LiveProcess
from tests.fixtures.mail import SmtpSink

REMINDERS, KILLS = 200, 10
SLOW_SAVE = 0.3  # seconds, as promised while Redis is away


@pytest.fixture
def people(transactional_db: None, cast: Cast) -> Cast:
    """The cast, seen by other processes too."""
    return cast


def words(number: int) -> tuple[str, str]:
    """What a reminder says."""
    return f"提醒 {number}", "演练"


def remind(cast: Cast, number: int, **options: Any) -> None:
    """One reminder to the officer, in the page and by mail."""
    with cast.everywhere():
        actions.queue(
            park_id=cast.zone.pk,
            recipients=[cast.officer],
            kind="drill",
            key=f"drill:{number}",
            text=partial(words, number),
            **options,
        )


def states(cast: Cast) -> Counter[str]:
    with cast.everywhere():
        return Counter(Notice.objects.values_list("state", flat=True))


def more_mail(sink: SmtpSink, before: int) -> bool:
    """Whether another one came."""
    return len(sink.messages) > before


def leases_end(cast: Cast) -> None:
    """Nobody lives who could hold one: what the killed workers had in hand is free, as it is 45 seconds later."""
    with cast.everywhere():
        held = Notice.objects.filter(state=Notice.State.SENDING)
        held.update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.drill
def test_ten_killed_workers_lose_none_of_200_reminders_and_double_none_in_the_page(
    people: Cast, live_worker: LiveProcess, live_beat: LiveProcess, smtp_sink: SmtpSink
) -> None:
    numbers = count()
    for kill in range(KILLS):
        for _reminder in range(REMINDERS // KILLS):
            remind(people, next(numbers))
        before = len(smtp_sink.messages)
        wait_for(partial(more_mail, smtp_sink, before), 90, f"no mail came:\n{live_worker.log[-3000:]}")
        live_worker.kill()
        if kill == KILLS - 1:
            leases_end(people)
        live_worker.start()
    done = {"sent": 2 * REMINDERS}
    wait_for(lambda: states(people) == done, 180, f"not all were delivered: {states(people)}")
    with people.everywhere():
        shown = Notice.objects.visible_to(people.officer)
        assert shown.count() == REMINDERS
        expected = {
            f"<{uuid}@luodi>" for uuid in Notice.objects.filter(channel="mail").values_list("message_id", flat=True)
        }
    sent = Counter(str(message["Message-ID"]) for message in smtp_sink.messages)
    assert set(sent) == expected
    assert sum(sent.values()) - REMINDERS <= 2 * KILLS  # only those in flight in the two processes of a killed worker


@pytest.mark.drill
def test_a_worker_without_beat_is_told_from_a_frozen_worker(people: Cast, live_worker: LiveProcess) -> None:
    wait_for(lambda: set(Heartbeat.objects.values_list("name", flat=True)) == {"worker"}, 60, "the worker has no pulse")


@pytest.fixture
def broken_redis(own_redis: Redis) -> Iterator[Redis]:
    """A Redis that the test may break, as this process's broker."""
    before = current_app.conf["broker_url"]
    current_app.conf["broker_url"] = broker_url(own_redis.url())
    yield own_redis
    if own_redis.process:
        own_redis.process.send_signal(signal.SIGCONT)
    current_app.conf["broker_url"] = before


def save_times(cast: Cast, first: int) -> list[float]:
    """How long each of thirty saves that tell somebody takes, until it has committed."""
    times = []
    for number in range(first, first + 30):
        began = time.perf_counter()
        remind(cast, number)
        connection.commit() if not connection.in_atomic_block else None
        times.append(time.perf_counter() - began)
    return times


@pytest.mark.drill
@pytest.mark.parametrize("fault", ["gone", "hung"])
def test_saves_go_on_while_redis_is_away_and_the_notices_follow(people: Cast, broken_redis: Redis, fault: str) -> None:
    assert broken_redis.process
    if fault == "gone":
        broken_redis.kill()
    else:
        broken_redis.process.send_signal(signal.SIGSTOP)
    # A save that waits for Redis does so every time; a machine that stands still for a moment does not.
    rounds = (sorted(save_times(people, first)) for first in (0, 30, 60))
    assert any(times[int(len(times) * 0.95)] < SLOW_SAVE for times in rounds)
    tick()  # the next one that beat sends
    assert set(states(people)) == {"sent"}
