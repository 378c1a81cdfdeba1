"""A server in the foreground of one folder: locked, started as a child that dies with us, stopped in time."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ops.identity import Identity, before_exec

_LOG_LIMIT = 10 * 1024 * 1024


class ServerError(RuntimeError):
    """A server could not be started; the message says why and where its log is."""


class FolderLock:
    """At most one server works in a folder.

    The server and everything it forks inherit the open file, so the lock lasts until the last of them has gone, even
    when the launcher was killed long before.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether it is ours."""
        return self._file is not None

    @property
    def descriptor(self) -> int:
        """The open file that children inherit."""
        if self._file is None:
            raise ServerError(f"{self.path} is not locked")
        return self._file

    def acquire(self, patience: float = 90) -> None:
        """Take the lock; wait only for the leftovers of a launcher that is no longer alive."""
        if self._file is not None:
            return
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            wait_for(lambda: self._try(file), patience, f"{self.path.name}: processes of an earlier start do not end")
        except BaseException:
            os.close(file)
            raise
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _try(self, file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(file, 20, 0).decode() or "0"
            if _alive(int(holder)):
                raise ServerError(f"{self.path.parent} is in use: process {holder} runs there already") from None
            return False
        return True


def is_locked(path: Path) -> bool:
    """Whether a server, or something it left behind, works in the folder of this lock."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class Daemon:
    """One server process. Subclasses say how it is started and when it is ready."""

    name = "server"
    stop_signal = signal.SIGTERM
    start_patience = 30.0
    stop_patience = 30.0

    def __init__(self, folder: Path, sockets: Path, log: Path, identity: Identity | None) -> None:
        self.folder = folder
        self.sockets = sockets
        self.log = log
        self.identity = identity
        self.process: subprocess.Popen[bytes] | None = None
        self.lock = FolderLock(folder.with_name(folder.name + ".lock"))

    def command(self) -> Sequence[str]:
        """The command line of the server."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the folder ready; the lock is held."""

    def is_ready(self) -> bool:
        """Whether the server answers."""
        raise NotImplementedError

    def after_start(self) -> None:
        """What is still to be done once the server answers."""

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the server and return when it answers."""
        self.lock.acquire()
        try:
            self.make_folder(self.sockets)
            self.prepare()
            self.launch()
            self.after_start()
        except BaseException:
            self.kill()
            self.lock.release()
            raise

    def launch(self) -> None:
        """Start the process and wait until it answers or ends."""
        self.process = self.spawn(self.command(), self.stop_signal)
        wait_for(self._answers, self.start_patience, f"{self.name} does not answer; its log is {self.log}")

    def _answers(self) -> bool:
        if not self.running:
            raise ServerError(f"{self.name} ended while starting:\n{self.last_words()}")
        return self.is_ready()

    def stop(self) -> None:
        """Stop in an orderly way, then with force; the folder can be used again afterwards."""
        if not self.lock.held:
            return
        if self.process is not None and self.running:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_patience)
            except subprocess.TimeoutExpired:
                self.kill()
        with suppress(OSError):  # another server's socket is still in it
            self.sockets.rmdir()
        self.lock.release()

    def wait(self) -> int:
        """Wait until the server ends by itself."""
        return self.process.wait() if self.process is not None else 0

    def kill(self) -> None:
        """End the process at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def spawn(self, command: Sequence[str], death_signal: signal.Signals) -> "subprocess.Popen[bytes]":
        """A child of the right user, in a session of its own so that Ctrl-C reaches only the launcher."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own command lines
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                pass_fds=(self.lock.descriptor,),
                preexec_fn=before_exec(self.identity, death_signal),
                start_new_session=True,
            )

    def make_folder(self, folder: Path) -> None:
        """A private folder of the server's user."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.identity is not None:
            self.identity.own(folder)
        folder.chmod(0o700)

    def last_words(self, size: int = 1500) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-size:] if self.log.exists() else ""


def wait_for(condition: Callable[[], bool], patience: float, complaint: str | Callable[[], str]) -> None:
    """Ask again and again until the condition holds; a complaint that is called tells how it stands in the end."""
    deadline, pause = time.monotonic() + patience, 0.01
    while not condition():
        if time.monotonic() > deadline:
            raise ServerError(complaint if isinstance(complaint, str) else complaint())
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)


def _alive(pid: int) -> bool:
    try:
        return pid > 0 and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
