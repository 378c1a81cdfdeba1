"""The production web server: two processes of four threads, loaded once and forked."""

import gc
import os
from pathlib import Path
from typing import Any

wsgi_app = "config.wsgi:application"
bind = f"{os.environ.get('LUODI_BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("LUODI_WEB_PROCESSES", "2"))
threads = int(os.environ.get("LUODI_WEB_THREADS", "4"))
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 15
keepalive = 5
control_socket_disable = True
accesslog = None
loglevel = os.environ.get("LUODI_LOG_LEVEL", "warning").lower()
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - only heartbeats, and memory never stalls


def when_ready(_server: Any) -> None:
    """Before the fork: leave no database connection for two processes to share, and no garbage to copy pages for.

    The tables of the search are read, so that the processes share them and nobody's first search waits.
    """
    from django.db import connections

    from core.pinyin import readings

    readings("")
    connections.close_all()
    gc.collect()
    gc.freeze()
