"""The whole shop in processes of its own: Valkey, counterpart, web, worker and beat, on one database.

Programs can be killed and started again one by one; nothing outlives the test.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests

from marketplace.devtools import processes
from marketplace.devtools.environment import ROOT
from marketplace.devtools.processes import Program, Running
from marketplace.devtools.remembered import free_port
from marketplace.devtools.valkey import ValkeyServer
from marketplace.devtools.workers import CELERY, WORKERS

SECRET = "secret-of-the-counterpart-in-the-tests"
PYTHON = [sys.executable, "-m"]


class Stack:
    """One running shop; `url` is its address, `sandbox` that of the counterpart."""

    def __init__(self, folder: Path, database: str, **changes: str) -> None:
        self.folder = folder
        port, sandbox_port = free_port(), free_port()
        self.url, self.sandbox = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
        self.books = folder / "sandbox.sqlite3"
        self.valkey = ValkeyServer(folder / "valkey", port=free_port(), password=secrets.token_hex(8), throwaway=True)
        self.valkey.prepare()
        self.environment = dict(os.environ) | {
            "DATABASE_URL": database,
            "REDIS_URL": self.valkey.url(),
            "SITE_URL": self.url,
            "CSRF_TRUSTED_ORIGINS": self.url,
            "SANDBOX_URL": self.sandbox,
            "SANDBOX_SECRET": SECRET,
            "EMAIL_URL": f"filemail://{folder / 'mail'}",
            "PYTHONUNBUFFERED": "1",
            **changes,
        }
        self.environment.pop("PYTEST_CURRENT_TEST", None)
        (folder / "mail").mkdir()
        self._programs = {
            "valkey": self.valkey.program(folder / "valkey.log", self.environment),
            "sandbox": self._program("sandbox", *PYTHON, "demo.sandbox", "--port", str(sandbox_port), "--state",
                                     str(self.books)),
            "web": self._program("web", *PYTHON, "marketplace.serve", "--interface", "wsgi", "--host", "127.0.0.1",
                                 "--port", str(port), "--no-ws", "--workers", "1", "--blocking-threads", "4",
                                 "marketplace.wsgi:application"),
            **{name: self._program(name, *PYTHON, *command) for name, command in WORKERS.items()},
            "beat": self._program("beat", *PYTHON, *CELERY, "beat", "--pidfile=", "--schedule", str(folder / "beat-schedule")),
        }  # fmt: skip
        self._running: dict[str, Running] = {}

    def _program(self, name: str, *command: str) -> Program:
        return Program(name, command, self.folder / f"{name}.log", self.environment, folder=ROOT, patience=4.0)

    def start(self, *names: str) -> None:
        """The programs run; all that do not yet when none is named."""
        for name in names or [each for each in self._programs if each not in self._running]:
            self._running[name] = processes.start(self._programs[name])

    def kill(self, *names: str) -> None:
        """The programs are gone without a chance to say good-bye, their children as well."""
        for name in names:
            self._running.pop(name).kill_group()

    def stop(self) -> None:
        """Everything has ended."""
        for running in self._running.values():
            running.ask_to_stop()
        for running in self._running.values():
            running.stop(at_once=lambda: False)
        self._running.clear()

    def wait_until(self, question: Callable[[], object], what: str, *, seconds: float = 60.0) -> None:
        """Returns when the answer is true; fails with the ends of the logs when that takes too long."""
        deadline = time.monotonic() + seconds
        while not question():
            if time.monotonic() > deadline:
                logs = [f"{log.name}:\n{processes.last_lines(log)}" for log in sorted(self.folder.glob("*.log"))]
                raise AssertionError(f"Waited {seconds:.0f} s for {what}.\n" + "\n".join(logs))
            time.sleep(0.1)

    def answers(self, url: str) -> bool:
        """Whether a server answers there."""
        try:
            return requests.get(url, timeout=2, headers={"Host": "localhost"}).status_code == 200
        except requests.RequestException:
            return False

    def wait_for_servers(self) -> None:
        """The shop and its counterpart answer."""
        for url in (self.sandbox, self.url):
            self.wait_until(lambda url=url: self.answers(f"{url}/healthz"), f"an answer of {url}")

    def faults(self, section: str, **switches: Any) -> None:
        """Sets the faults of the counterpart's "psp" or "carrier"."""
        requests.post(f"{self.sandbox}/faults", json={section: switches}, timeout=10).raise_for_status()

    def rows(self, kind: str) -> list[tuple[str, str]]:
        """Keys and values in the counterpart's own books."""
        with closing(sqlite3.connect(self.books, timeout=10)) as books:
            return books.execute("SELECT key, value FROM document WHERE kind = ? ORDER BY place", (kind,)).fetchall()

    def mails(self) -> list[str]:
        """The letters that were sent."""
        return [path.read_text() for path in (self.folder / "mail").iterdir()]


@contextmanager
def running_stack(folder: Path, database: str, changes: Mapping[str, str]) -> Iterator[Stack]:
    """A shop whose programs end with the block."""
    stack = Stack(folder, database, **changes)
    try:
        yield stack
    finally:
        stack.stop()
