"""The launcher of PostgreSQL survives what happens to programs on people's machines."""

import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from ops.home import Home
from ops.postgres import BACKUP, OWNER
from ops.throwaway import temporary_folder
from tests.ops.launcher import eventually, first_line, launched, processes_with, query

pytestmark = pytest.mark.drill


@pytest.fixture
def cluster() -> Path:
    """Where a cluster is to be made."""
    return temporary_folder() / "postgres"


@pytest.fixture
def somebody() -> Iterator[int]:
    """The number of a living process that is no PostgreSQL but belongs to the same user."""
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "600"], user=user) as process:
        yield process.pid
        process.kill()


def _as_owner(url: str) -> str:
    return url.replace("luodi_app", OWNER)


def _postmaster(cluster: Path) -> int:
    return int((cluster / "postmaster.pid").read_text().split()[0])


def test_when_its_parent_is_killed_postgres_goes_too(cluster: Path) -> None:
    with launched("ops.postgres", str(cluster)) as launcher:
        first_line(launcher)
        launcher.kill()
        eventually(lambda: not processes_with(str(cluster)))


def test_it_starts_again_at_once_after_its_parent_was_killed(cluster: Path) -> None:
    with launched("ops.postgres", str(cluster)) as launcher:
        first_line(launcher)
        launcher.kill()
    with launched("ops.postgres", str(cluster)) as launcher:
        assert query(first_line(launcher), "SELECT 1") == 1


def test_a_killed_postmaster_costs_no_committed_row(cluster: Path) -> None:
    with launched("ops.postgres", str(cluster)) as launcher:
        url = first_line(launcher)
        query(_as_owner(url), "CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(_postmaster(cluster), signal.SIGKILL)
        assert launcher.wait(30) != 0
    with launched("ops.postgres", str(cluster)) as launcher:
        assert query(_as_owner(first_line(launcher)), "SELECT answer FROM kept") == 42


def _killed_halfway(cluster: Path) -> bool:
    with launched("ops.postgres", str(cluster)) as launcher:
        eventually(lambda: cluster.with_name(f"{cluster.name}.new").exists() or cluster.exists())
        launcher.kill()
    return not cluster.exists()


def test_a_kill_while_the_cluster_is_made_leaves_no_half_cluster(cluster: Path) -> None:
    # Where the machine let us look too late the cluster was made; another one then.
    folders = (cluster.with_name(f"{cluster.name}{number}") for number in range(10))
    cluster = next(folder for folder in folders if _killed_halfway(folder))
    with launched("ops.postgres", str(cluster)) as launcher:
        assert query(first_line(launcher), "SELECT 1") == 1


def test_a_process_number_that_somebody_else_has_now_is_no_running_server(cluster: Path, somebody: int) -> None:
    with launched("ops.postgres", str(cluster)) as launcher:
        first_line(launcher)
        left = (cluster / "postmaster.pid").read_text().split("\n")
        os.kill(_postmaster(cluster), signal.SIGKILL)
        launcher.wait(30)
    left[0] = str(somebody)
    (cluster / "postmaster.pid").write_text("\n".join(left))
    (cluster.parent / "run").mkdir(exist_ok=True)
    (cluster.parent / "run" / ".s.PGSQL.5432.lock").write_text("\n".join(left))
    with launched("ops.postgres", str(cluster)) as launcher:
        assert query(first_line(launcher), "SELECT 1") == 1


def test_a_request_to_end_does_not_wait_for_open_sessions(cluster: Path) -> None:
    with (
        launched("ops.postgres", str(cluster)) as launcher,
        closing(psycopg2.connect(first_line(launcher))) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1")
        launcher.terminate()
        assert launcher.wait(30) == 0  # one that waits for sessions takes a minute
    eventually(lambda: not processes_with(str(cluster)))


def test_a_second_launcher_is_told_who_works_there(cluster: Path) -> None:
    with launched("ops.postgres", str(cluster)) as first:
        url = first_line(first)
        with launched("ops.postgres", str(cluster)) as second:
            assert second.wait(30) != 0
            assert second.stderr
            assert f"process {first.pid} runs there already" in second.stderr.read()
        assert query(url, "SELECT 1") == 1


def test_roles_are_what_the_boundary_needs(cluster: Path) -> None:
    with launched("ops.postgres", str(cluster)) as launcher:
        url = first_line(launcher)
        assert query(url, "SELECT current_setting('luodi.read')") == "no park scope: open one with scope()"
        assert (
            query(url, "SELECT rolsuper OR rolbypassrls OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
            is False
        )
        assert query(url, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'luodi'") == OWNER
        assert query(url, f"SELECT rolbypassrls AND NOT rolsuper FROM pg_roles WHERE rolname = '{BACKUP}'") is True
        assert query(url, "SELECT show_trgm('上海') <> '{}'") is True


def test_a_folder_too_deep_for_a_socket_has_its_sockets_elsewhere() -> None:
    home = Home(temporary_folder() / ("deep" * 25), durable=False)
    database, broker = home.servers()
    try:
        database.start()
        broker.start()
        assert query(home.environment()["DATABASE_URL"], "SELECT 1") == 1
    finally:
        broker.stop()
        database.stop()
    assert not home.sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the server's user cannot enter")
def test_root_may_keep_the_data_where_only_root_can_look() -> None:
    private = temporary_folder() / "private"
    private.mkdir(mode=0o700)
    cluster = private / "home" / "postgres"
    cluster.parent.mkdir()
    with launched("ops.postgres", str(cluster)) as launcher:
        assert query(first_line(launcher), "SELECT 1") == 1
        assert Path(f"/proc/{_postmaster(cluster)}").stat().st_uid != 0
    assert private.stat().st_mode & 0o777 == 0o700
