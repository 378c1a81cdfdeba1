"""The launcher of Redis: nothing in it is worth a start that fails."""

from pathlib import Path

import redis

from ops.redis import Redis
from tests.ops.launcher import eventually, processes_with


def _client(server: Redis) -> "redis.Redis[bytes]":
    return redis.Redis(unix_socket_path=str(server.socket))


def test_it_keeps_what_it_was_given_over_a_restart_and_refuses_to_forget(own_redis: Redis) -> None:
    with _client(own_redis) as client:
        client.set("kept", "1")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}
    own_redis.stop()
    own_redis.start()
    with _client(own_redis) as client:
        assert client.get("kept") == b"1"


def test_a_journal_that_cannot_be_read_is_put_aside(own_redis: Redis) -> None:
    own_redis.stop()
    journal: Path = own_redis.folder / "appendonly.aof"
    journal.write_bytes(b"*1\r\n$3\r\nNOTACOMMAND\r\n" * 20)
    own_redis.start()
    with _client(own_redis) as client:
        assert client.ping()
    assert list(own_redis.folder.glob("*.unreadable-*"))


def test_stopped_it_leaves_neither_process_nor_socket(own_redis: Redis) -> None:
    own_redis.stop()
    eventually(lambda: not processes_with(str(own_redis.socket)))
    assert not own_redis.socket.exists()
