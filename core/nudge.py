"""Wake the worker up after a commit, without ever waiting for Redis.

The work itself is a row that the next tick finds anyway; a nudge only saves the seconds until then. So it is handed to
a thread, and dropped where it cannot be delivered. The web process sends nothing to Celery in any other way.
"""

import logging
import os
import queue
import threading
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

_WAITING_AT_MOST = 16
_EXPIRES_AFTER = 30  # seconds


class Nudger:
    """One thread with a short queue, made anew in every forked process."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[str] = queue.Queue(_WAITING_AT_MOST)
        self._lock = threading.Lock()
        self._process = 0

    def offer(self, task_name: str) -> None:
        """Queue the name, unless the queue is full: then Redis is away, and the tick will do."""
        self._ensure_thread()
        try:
            self._waiting.put_nowait(task_name)
        except queue.Full:
            logger.debug("nudge %s dropped", task_name)

    def _ensure_thread(self) -> None:
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._waiting = queue.Queue(_WAITING_AT_MOST)
                threading.Thread(target=self._deliver_all, name="nudge", daemon=True).start()
                self._process = os.getpid()

    def _deliver_all(self) -> None:
        waiting = self._waiting
        while True:
            try:
                _send(waiting.get())
            except Exception:
                logger.info("a nudge was not delivered", exc_info=True)


def _send(task_name: str) -> None:
    """Over a connection of its own: a pooled one may be a dead one, and kombu would try to revive it for minutes."""
    with current_app.connection_for_write() as connection:
        connection.transport_options = {**(connection.transport_options or {}), "max_retries": 1, "interval_start": 0}
        current_app.send_task(task_name, connection=connection, expires=_EXPIRES_AFTER, retry=False, ignore_result=True)


_nudger = Nudger()


def nudge(task_name: str) -> None:
    """Run this task soon after the current transaction commits; never blocks, never fails."""
    transaction.on_commit(partial(_nudger.offer, task_name), robust=True)
