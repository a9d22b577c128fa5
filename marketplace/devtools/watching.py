"""Tells when the code of the shop has changed."""

from __future__ import annotations

import os
from pathlib import Path

WATCHED = (".py", ".html")
LEFT_OUT = {"var", "tests", "node_modules", "static", "locale", "docs", "__pycache__"}


class CodeWatch:
    """Compares the times of the source files with those of the last look."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen = self._look()

    def changed(self) -> str | None:
        """A file that is new, gone or different since the last call, relative to the root; None if there is none."""
        now, before = self._look(), self._seen
        self._seen = now
        different = {path for path, _ in set(now.items()) ^ set(before.items())}
        return os.path.relpath(min(different), self._root) if different else None

    def _look(self) -> dict[str, int]:
        found: dict[str, int] = {}
        folders = [str(self._root)]
        while folders:
            for entry in os.scandir(folders.pop()):
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in LEFT_OUT and not entry.name.startswith("."):
                        folders.append(entry.path)
                elif entry.name.endswith(WATCHED):
                    found[entry.path] = entry.stat().st_mtime_ns
        return found
