"""Translations are compiled from .po to .mo by Babel, without the gettext programs.

`python -m marketplace.devtools.catalogues` does the same by hand.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from marketplace.devtools.environment import ROOT


def compile_catalogues(root: Path = ROOT) -> int:
    """Every catalogue below `root/locale` is compiled as its source stands; the number that had changed.

    A compiled file carries the time of its source, so that an older source brought back is compiled again.
    """
    changed = 0
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        moment = source.stat().st_mtime_ns
        if target.exists() and target.stat().st_mtime_ns == moment:
            continue
        _compile(source, target, moment)
        changed += 1
    return changed


def _compile(source: Path, target: Path, moment: int) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=None, abort_invalid=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    os.utime(draft, ns=(moment, moment))
    draft.replace(target)


if __name__ == "__main__":
    print(f"{compile_catalogues()} catalogues compiled")
    sys.exit(0)
