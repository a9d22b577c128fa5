"""Programs that the commands start, watch, start again and end, so that none is ever left behind.

Each program runs in a session of its own, writes to its own log, and dies with its starter even when that is
killed (Linux). What was started is written down with the moment of its start, for the next start to find.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from marketplace.devtools.environment import die_with_parent

MARK = "SAMPAN_STATE"  # environment variable of every program: the state folder that it belongs to
LOG_LIMIT = 5_000_000  # bytes after which a log is set aside at the next start


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the machine that a program runs under."""

    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """The arguments for `subprocess` that change to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True, slots=True)
class Program:
    """A command with its surroundings; `patience` is the seconds between the stop signal and the kill."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str]
    folder: Path = Path("/")
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    serves_others: bool = False  # stopped after all that do not
    output: Path | None = None  # where its standard output goes, if not to the log


@dataclass(slots=True)
class Running:
    """A started program."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)

    def ended(self) -> str | None:
        """How it ended, in words; None while it runs."""
        code = self.process.poll()
        if code is None:
            return None
        return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"

    def ask_to_stop(self) -> None:
        """Sends the stop signal to the program itself; it tells its own children."""
        if self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)

    def kill_group(self) -> None:
        """Ends at once whatever is left of the program and of the children in its session."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, *, at_once: Callable[[], bool] = lambda: False) -> None:
        """Waits for it to stop by itself as long as its patience says, then kills what is left."""
        deadline = self.started if at_once() else time.monotonic() + self.program.patience
        while self.process.poll() is None and time.monotonic() < deadline and not at_once():
            time.sleep(0.02)
        self.kill_group()


def start(program: Program) -> Running:
    """Starts a program; its output goes to its log, its children die with this process."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("ab") as log, (program.output or program.log).open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in program.command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            cwd=program.folder,
            env=dict(program.environment),
            start_new_session=True,
            preexec_fn=die_with_parent(program.stop_signal),
            **(program.account.options() if program.account else {}),
        )
    return Running(program, process)


def set_aside_long_log(log: Path) -> None:
    """A log that has grown long becomes `name.log.1`; a new one begins."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(log.name + ".1"))


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, indented, for the terminal."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 20_000))
        lines = file.read().decode(errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-count:])


def write_down(record: Path, running: Iterable[Running]) -> None:
    """Keeps pid, moment of start and stop signal of every program, so that a later start can end leftovers."""
    rows = []
    for each in running:
        with contextlib.suppress(psutil.NoSuchProcess):
            created = psutil.Process(each.process.pid).create_time()
            rows.append({"pid": each.process.pid, "created": created, "stop": int(each.program.stop_signal)})
    draft = record.with_suffix(".new")
    draft.write_text(json.dumps(rows))
    draft.replace(record)


def end_leftovers(record: Path, *, patience: float = 4.0) -> int:
    """Ends what an earlier run in the record's folder has left behind; the number of programs ended.

    A process is ours when its pid and moment of start are written down, or when its environment carries the mark
    of this folder (children of a program that was killed). A pid that now belongs to another program is left alone.
    """
    found = dict(_recorded(record))
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process not in found and process.environ().get(MARK) == str(record.parent):
                found[process] = signal.SIGTERM
    found.pop(psutil.Process(), None)
    for process, stop in found.items():
        with contextlib.suppress(psutil.Error):
            process.send_signal(stop)
    _, stubborn = psutil.wait_procs(list(found), timeout=patience)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=patience)
    record.unlink(missing_ok=True)
    return len(found)


def _recorded(record: Path) -> list[tuple[psutil.Process, int]]:
    try:
        rows = json.loads(record.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    alive = []
    for row in rows:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(row["pid"])
            if abs(process.create_time() - row["created"]) < 1 and process.status() != psutil.STATUS_ZOMBIE:
                alive.append((process, row["stop"]))
    return alive
