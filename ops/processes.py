"""A supervisor: keeps child processes alive, stops all of them on Ctrl-C, and leaves none behind.

A child that ends is started again after a pause that doubles. Children die with the supervisor, by the kernel's hand
where it is killed.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ops.identity import before_exec

_FIRST_PAUSE, _LONGEST_PAUSE, _PROVEN_AFTER = 1.0, 30.0, 60.0  # seconds
_STOP_PATIENCE = 15.0


class Kept(Protocol):
    """Anything that can be started, watched and stopped: a server as well as a child."""

    name: str

    @property
    def running(self) -> bool:
        """Whether it lives."""

    def start(self) -> None:
        """Start it."""


@dataclass
class Child:
    """One program of ours, in a session of its own; what it prints goes to its log."""

    name: str
    command: Sequence[str]
    log: Path
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    death_signal: signal.Signals = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the program."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own command lines
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.cwd,
                env=dict(self.env),
                preexec_fn=before_exec(None, self.death_signal),
                start_new_session=True,
            )

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        if self.running and self.process is not None:
            self.process.terminate()

    def stop(self, patience: float = _STOP_PATIENCE) -> None:
        """End it, in an orderly way first."""
        self.ask_to_stop()
        self.finish(time.monotonic() + patience)

    def finish(self, deadline: float) -> None:
        """Wait until the deadline, then end it with everything it forked."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class _Restart:
    """When one of the kept was started, and how long to wait before the next time."""

    def __init__(self) -> None:
        self.pause = _FIRST_PAUSE
        self.started = time.monotonic()
        self.due: float | None = None

    def after_end(self, now: float) -> None:
        """Plan the next start; who has run for a while begins with a short pause again."""
        if now - self.started > _PROVEN_AFTER:
            self.pause = _FIRST_PAUSE
        self.due = now + self.pause
        self.pause = min(self.pause * 2, _LONGEST_PAUSE)


class Supervisor:
    """Runs servers and children until it is told to stop."""

    def __init__(self, servers: Sequence[Kept], children: Sequence[Child], log: Path) -> None:
        self.servers = servers
        self.children = children
        self.log = log
        self._restarts: dict[str, _Restart] = {server.name: _Restart() for server in servers}

    def start(self, *names: str) -> None:
        """Start these children, or all of them; the servers run already."""
        for child in self.children:
            if not names or child.name in names:
                self._restarts[child.name] = _Restart()
                child.start()

    def watch(self) -> None:
        """Start again whatever was started, ended and is due."""
        now = time.monotonic()
        for kept in [*self.servers, *self.children]:
            state = self._restarts.get(kept.name)
            if state is None or kept.running:
                continue
            if state.due is None:
                state.after_end(now)
                self._note(f"{kept.name} ended; it is started again")
            elif now >= state.due:
                self._start_again(kept, state)

    def stop(self, patience: float = _STOP_PATIENCE) -> None:
        """Stop the children, all at the same time."""
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + patience
        for child in self.children:
            child.finish(deadline)

    def _start_again(self, kept: Kept, state: _Restart) -> None:
        state.due, state.started = None, time.monotonic()
        try:
            kept.start()
        except (OSError, RuntimeError) as error:
            self._note(f"{kept.name}: {error}")

    def _note(self, line: str) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as file:
            file.write(f"{time.strftime('%F %T')} {line}\n")
