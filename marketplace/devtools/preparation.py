"""The database is brought to the state that the code describes; steps whose sources have not changed are left out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from marketplace.devtools.catalogues import compile_catalogues
from marketplace.devtools.environment import announce

ALL_FROM_HERE = ("requirements.txt",)


@dataclass(frozen=True, slots=True)
class Step:
    """A management command, what it is for, and the files whose change makes it necessary again."""

    command: str
    purpose: str
    sources: tuple[str, ...]
    arguments: tuple[str, ...] = ()


STEPS = (
    Step("migrate", "Bringing the database up to date", ("*/migrations/*.py",), ("--noinput", "--verbosity=0")),
    Step("load_rules", "Loading the rules of tax and duty", ("compliance/data/**/*", "compliance/management/**/*.py")),
    Step("load_services", "Loading shipping services", ("logistics/data/**/*", "logistics/management/**/*.py")),
    Step("load_rates", "Loading exchange rates", ("payments/data/**/*", "payments/management/**/*.py")),
    Step(
        "seed_demo",
        "Filling the shop with sellers and products",
        ("demo/*.py", "demo/data/**/*", "demo/media/**/*", "*/management/commands/seed_demo.py"),
    ),
)


def prepare(root: Path, note: Path, *, trusted: bool, run: Callable[[Step], None]) -> bool:
    """Runs the steps that are due and writes down in `note` what they were run with; True if there were any.

    A change in one step makes all later ones due. `trusted` says that the note speaks of this very database;
    without it every step is run, each of which may be repeated at any time.
    """
    if changed := compile_catalogues(root):
        announce(f"Compiled {changed} translation catalogues")
    done = _read(note) if trusted else {}
    digest = hashlib.sha256()
    for name in ALL_FROM_HERE:
        digest.update((root / name).read_bytes())
    worked = False
    for step in STEPS:
        for source in _files(root, step.sources):
            digest.update(str(source.relative_to(root)).encode() + source.read_bytes())
        if not worked and done.get(step.command) == digest.hexdigest():
            continue
        worked, begun = True, time.monotonic()
        announce(f"{step.purpose} …")
        run(step)
        announce(f"  took {time.monotonic() - begun:.1f} s")
        done[step.command] = digest.hexdigest()
        note.write_text(json.dumps(done))
    return worked


def _files(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _read(note: Path) -> dict[str, str]:
    try:
        return dict(json.loads(note.read_text()))
    except (FileNotFoundError, ValueError):
        return {}
