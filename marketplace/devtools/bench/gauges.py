"""Reads from the kernel what processes have used: processor time and memory of a whole tree."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import psutil


def tree(pid: int) -> list[int]:
    """The process and all that descend from it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return []


def processor_seconds(pids: Iterable[int]) -> float:
    """What all threads of the processes have used so far, to the nanosecond that the scheduler keeps."""
    used = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                used += int(task.read_text().split()[0])
    return used / 1e9


def proportional_megabytes(pid: int) -> float:
    """The memory of one process, with its share of what it has in common with others (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
