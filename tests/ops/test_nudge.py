"""A nudge wakes the worker up where it can, and costs nothing where Redis is away."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
import redis
from celery import current_app
from django.db import transaction

from config.celery import broker_url
from core.nudge import nudge
from ops.redis import Redis
from tests.ops.launcher import eventually

TASK = "notices.tasks.tick"


@pytest.fixture
def broker(own_redis: Redis) -> Iterator[Redis]:
    """A Redis of our own as the broker."""
    before = current_app.conf.broker_url
    current_app.conf.update(broker_url=broker_url(own_redis.url()), broker_write_url=None, broker_read_url=None)
    yield own_redis
    current_app.conf.update(broker_url=before)


def _delivered(broker: Redis) -> int:
    with redis.Redis(unix_socket_path=str(broker.socket)) as client:
        return int(client.llen("luodi"))


def _arrives(broker: Redis) -> bool:
    nudge(TASK)
    return _delivered(broker) > 0


@pytest.mark.django_db(transaction=True)
def test_a_nudge_arrives_after_the_commit_and_not_before(broker: Redis) -> None:
    with transaction.atomic():
        nudge(TASK)
        assert _delivered(broker) == 0
    eventually(lambda: _delivered(broker) == 1)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_nudges_nobody(broker: Redis) -> None:
    with transaction.atomic():
        nudge(TASK)
        transaction.set_rollback(True)
    nudge(TASK)
    eventually(lambda: _delivered(broker) == 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.drill
@pytest.mark.parametrize("trouble", ["hung", "gone"])
def test_saving_does_not_wait_for_a_redis_that_is(broker: Redis, trouble: str) -> None:
    assert broker.process
    if trouble == "hung":
        os.kill(broker.process.pid, signal.SIGSTOP)
    else:
        broker.kill()
    began = time.monotonic()
    for _ in range(100):
        nudge(TASK)
    assert time.monotonic() - began < 5  # a nudge that waits takes a second at least, or for ever
    if trouble == "hung":
        os.kill(broker.process.pid, signal.SIGCONT)
    else:
        broker.start()
    eventually(lambda: _arrives(broker))
