"""Runs a program of `ops` as a process of its own, the way a person starts it, and sees what is left of it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from ops.daemon import wait_for
from ops.home import ROOT


@contextmanager
def launched(*arguments: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """`python -m …`, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def first_line(process: "subprocess.Popen[str]") -> str:
    """What it says once it is ready; what it complained about where it says nothing."""
    assert process.stdout
    line = process.stdout.readline().strip()
    assert line, process.communicate()[1]
    return line


def query(url: str, sql: str) -> Any:
    """The first value that a query answers."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def processes_with(word: str) -> list[int]:
    """The processes that name this word on their command line or stand in such a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (
                word in (entry / "cmdline").read_text() or word in str((entry / "cwd").readlink())
            ):
                found.append(int(entry.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def eventually(condition: Callable[[], object], patience: float = 20) -> None:
    """Wait for real processes, which no frozen clock moves."""
    wait_for(lambda: bool(condition()), patience, "it did not happen")
