"""The workers of a shop on one machine, in development as in the tests: one for each queue, so that none waits for the other."""

from __future__ import annotations

from typing import Final

from marketplace.schedule import BULK, SWIFT

CELERY: Final = ("celery", "-A", "marketplace")
WORKERS: Final = {
    name: (*CELERY, "worker", "-Q", queue, "-n", f"{name}@%h", "-c", "2", "--loglevel", "info", "--without-mingle",
           "--without-gossip")
    for name, queue in (("worker", SWIFT), ("bulk", BULK))
}  # fmt: skip
"""By name, the modules with their arguments that Python runs."""
