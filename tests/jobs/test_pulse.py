"""A frozen beat is told from a frozen worker."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from core import tasks
from core.models import Heartbeat

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def missing(client: Client) -> tuple[int, list[str]]:
    response = client.get("/readyz")
    return response.status_code, response.json()["missing"]


def test_nothing_is_ready_before_the_first_heartbeat(client: Client) -> None:
    assert missing(client) == (503, ["worker", "beat"])


def test_a_heartbeat_shows_both_alive(client: Client) -> None:
    tasks.heartbeat()
    assert missing(client) == (200, [])


def test_a_frozen_beat_is_seen_within_five_minutes_while_the_worker_lives(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        tasks.heartbeat()
        clock.shift(timedelta(minutes=5, seconds=1))
        tasks.pulse()
        assert missing(client) == (503, ["beat"])


def test_a_frozen_worker_takes_the_heartbeats_of_beat_with_it(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        tasks.heartbeat()
        clock.shift(timedelta(minutes=5, seconds=1))
        assert missing(client) == (503, ["worker", "beat"])


def test_a_stamp_moves_and_is_not_added(client: Client) -> None:
    for _again in range(3):
        tasks.heartbeat()
    assert Heartbeat.objects.count() == 2
