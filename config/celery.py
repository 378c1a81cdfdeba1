"""The Celery app: settings that lose nothing when Redis or a worker dies, and the three entries of beat.

What is to be done lives in rows of PostgreSQL. Redis only wakes a worker up, so it may forget everything at any moment.
"""

import os
import signal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import worker_process_init

from ops.identity import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HEARTBEAT = float(os.environ.get("LUODI_HEARTBEAT", "60"))  # seconds; a drill need not wait a minute for one


def broker_url(redis_url: str) -> str:
    """kombu's spelling of `redis://…` and `unix:///path?db=0`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


app = Celery("luodi")
app.set_default()  # for every thread, not only this one
app.conf.update(
    broker_url=broker_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")),
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # A task that its worker never acknowledged is handed out again after these seconds: more than the hard limit.
        "visibility_timeout": 900,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 25,
    },
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    # Safe only because the rows cap the attempts: a task that kills its worker would come back for ever.
    task_reject_on_worker_lost=True,
    task_default_queue="luodi",
    task_serializer="json",
    accept_content=["json"],
    task_soft_time_limit=240,
    task_time_limit=300,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=30,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="Asia/Shanghai",
    # `expires`: after a pause of the worker one tick is enough, not every tick that it missed.
    beat_schedule={
        "tick": {"task": "notices.tasks.tick", "schedule": 5.0, "options": {"expires": 10}},
        "upkeep": {"task": "core.tasks.upkeep", "schedule": 600.0, "options": {"expires": 600}},
        "heartbeat": {"task": "core.tasks.heartbeat", "schedule": HEARTBEAT, "options": {"expires": HEARTBEAT}},
    },
)
app.autodiscover_tasks()


@worker_process_init.connect
def _die_with_worker(**_kwargs: Any) -> None:
    """A child whose worker was killed would finish its task beside the one that repeats it."""
    die_with_parent(os.getppid(), signal.SIGKILL)
