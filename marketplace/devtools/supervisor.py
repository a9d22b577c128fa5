"""Keeps a set of programs running until it is told to stop, and leaves none of them behind."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from marketplace.devtools import processes
from marketplace.devtools.environment import STOP_SIGNALS, announce
from marketplace.devtools.processes import Program, Running

LIVED_WELL = 20.0  # seconds after which an end counts as the first one again
LONGEST_PAUSE = 30.0  # seconds between two attempts at most
TELL_LOG_AFTER = 3  # ends in a row after which the log is shown


class Stopped(Exception):
    """The person, or the system, asked the command to stop."""


class StepFailed(Exception):
    """A step of the preparation failed; the message is for the terminal, with the end of its log."""


@dataclass(slots=True)
class _Charge:
    """A program that is kept running: what runs now, or when it is due again."""

    program: Program
    running: Running | None
    failures: int = 0
    due: float = 0.0


class Supervisor:
    """Starts programs, starts them again when they end, stops all of them on the way out.

    Used as a context manager in the main thread. SIGINT, SIGTERM and SIGHUP raise `Stopped` at the next `watch`;
    a second one while stopping kills at once.
    """

    def __init__(self, record: Path) -> None:
        self._record = record
        self._charges: dict[str, _Charge] = {}
        self._signals = 0
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)

    def __enter__(self) -> Self:
        """From now on the stop signals are taken down instead of ending the process."""
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            signal.signal(number, self._asked)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """All programs are stopped: first those that use the servers, then the servers."""
        running = [charge.running for charge in self._charges.values() if charge.running]
        first_count = self._signals
        for last in (False, True):
            group = [each for each in running if each.program.serves_others is last]
            for each in group:
                each.ask_to_stop()
            for each in group:
                each.stop(at_once=lambda: self._signals > first_count)
        self._record.unlink(missing_ok=True)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def keep(self, program: Program) -> Running:
        """Starts a program and keeps it running from now on."""
        processes.set_aside_long_log(program.log)
        running = processes.start(program)
        self._charges[program.name] = _Charge(program, running)
        self._write_down()
        return running

    def renew(self, *names: str) -> None:
        """Stops the named programs and starts them again with the code of now."""
        charges = [self._charges[name] for name in names]
        for charge in charges:
            if charge.running:
                charge.running.ask_to_stop()
        for charge in charges:
            if charge.running:
                charge.running.stop()
            charge.running, charge.failures = processes.start(charge.program), 0
        self._write_down()

    def run(self, program: Program) -> None:
        """Runs a program to its end while the others are watched; raises `StepFailed` when it fails."""
        step = processes.start(program)
        try:
            self._write_down(step)
            while (how := step.ended()) is None:
                self.watch(0.5)
        finally:
            step.ask_to_stop()
            step.stop()
            self._write_down()
        if step.process.returncode != 0:
            raise StepFailed(f"{program.name} {how}; see {program.log}\n{processes.last_lines(program.log, 25)}")

    def watch(self, seconds: float) -> None:
        """Waits at most `seconds`, less when something happens; starts again what has ended.

        Raises `Stopped` when the command was asked to stop.
        """
        now = time.monotonic()
        waiting = [max(0.0, each.due - now) for each in self._charges.values() if each.running is None]
        if not self._signals:
            select.select([self._wake], [], [], min([seconds, *waiting]))
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)
        if self._signals:
            raise Stopped
        for charge in self._charges.values():
            self._look_after(charge)

    def _look_after(self, charge: _Charge) -> None:
        now = time.monotonic()
        if charge.running is not None and (how := charge.running.ended()):
            charge.running.kill_group()
            charge.failures = 1 if now - charge.running.started > LIVED_WELL else charge.failures + 1
            pause = 0.0 if charge.failures == 1 else min(LONGEST_PAUSE, 0.25 * 2**charge.failures)
            charge.running, charge.due = None, now + pause
            announce(f"{charge.program.name} {how}; starting it again" + (f" in {pause:.0f} s" if pause >= 1 else ""))
            if charge.failures == TELL_LOG_AFTER:
                announce(f"  the end of {charge.program.log}:\n{processes.last_lines(charge.program.log)}")
        if charge.running is None and now >= charge.due:
            charge.running = processes.start(charge.program)
            self._write_down()

    def _write_down(self, *steps: Running) -> None:
        running = [charge.running for charge in self._charges.values() if charge.running]
        processes.write_down(self._record, [*running, *steps])
