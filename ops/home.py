"""The data folder (`LUODI_HOME`): what lies where, and the environment that follows from it."""

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ops import postgres, redis
from ops.daemon import ServerError
from ops.identity import Identity, identity_for

ROOT = Path(__file__).resolve().parent.parent
# A socket's path may have 107 bytes; PostgreSQL's and ours end in 20 at most.
_LONGEST_FOLDER = 107 - 20


@dataclass(frozen=True)
class Home:
    """One data folder with its two servers."""

    path: Path
    durable: bool = True

    @classmethod
    def from_environment(cls) -> "Home":
        """`LUODI_HOME`, by default `var/` beside the program."""
        return cls(Path(os.environ.get("LUODI_HOME") or ROOT / "var").resolve())

    @property
    def sockets(self) -> Path:
        """The folder of the sockets: inside, unless the path would be too long for a socket."""
        inside = self.path / "run"
        if len(os.fsencode(inside)) <= _LONGEST_FOLDER:
            return inside
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"luodi-{os.geteuid()}-{name}"

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.path / "log" / f"{name}.log"

    def servers(self) -> tuple[postgres.Postgres, redis.Redis]:
        """The two servers, not started yet."""
        identity = self._identity()
        self._check_sockets(identity)
        database = postgres.Postgres(
            self.path / "postgres",
            sockets=self.sockets,
            log=self.log("postgres"),
            identity=identity,
            durable=self.durable,
        )
        broker = redis.Redis(self.path / "redis", sockets=self.sockets, log=self.log("redis"), identity=identity)
        return database, broker

    def environment(self) -> dict[str, str]:
        """What web, worker and commands need to find the servers."""
        return {
            "LUODI_HOME": str(self.path),
            "DATABASE_URL": postgres.url(self.sockets, postgres.APP),
            "OWNER_DATABASE_URL": postgres.url(self.sockets, postgres.OWNER),
            "REDIS_URL": f"unix://{self.sockets / 'redis.sock'}?db=0",
            "LUODI_SECRET_KEY": self._secret_key(),
        }

    def _identity(self) -> Identity | None:
        self.path.mkdir(parents=True, exist_ok=True)
        return identity_for(self.path / "postgres", [postgres.programs() / "postgres", redis.program(), self.sockets])

    def _check_sockets(self, identity: Identity | None) -> None:
        """A folder in a place that everybody writes to must not be somebody else's."""
        if not self.sockets.exists():
            return
        status = self.sockets.lstat()
        ours = {os.geteuid(), *([identity.uid] if identity else [])}
        if status.st_uid not in ours or not stat.S_ISDIR(status.st_mode):
            raise ServerError(f"{self.sockets} belongs to somebody else; remove it or set TMPDIR")

    def _secret_key(self) -> str:
        """Made once; whoever has it can forge sessions, so nobody else may read it."""
        path = self.path / "secret_key"
        if not path.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text()
