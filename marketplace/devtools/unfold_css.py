"""Rewrites the style sheet of the admin's interface so that one sheet serves both directions of writing.

Unfold ships physical directions (left, right); the shop keeps a copy in which they are logical (start, end), under
the name that wins over the original. Run it after each new version of Unfold:

    .venv/bin/python -m marketplace.devtools.unfold_css

With --check it writes nothing and fails when the kept copy is not what the installed version gives.
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "static" / "unfold" / "css" / "styles.css"

_SIDES = {"left": "inline-start", "right": "inline-end"}
_CORNERS = {
    "top-left": "start-start",
    "top-right": "start-end",
    "bottom-left": "end-start",
    "bottom-right": "end-end",
}
_BOX = re.compile(r"(?<=[{;])((?:scroll-)?(?:margin|padding)|border)-(left|right)(?=[-:])")
_RADIUS = re.compile(r"(?<=[{;])border-(top-left|top-right|bottom-left|bottom-right)-radius(?=:)")
_INSET = re.compile(r"(?<=[{;])(left|right)(?=:)")
_VALUE = re.compile(r"(?<=[{;])(text-align|float|clear):(left|right)(?=[;}!])")

# What properties can't say: moves along the line, arrows that point along it, and text of the other direction.
_ADDED = """
[dir=rtl] .-translate-x-1\\/2{--tw-translate-x:50%}
[dir=rtl] .-translate-x-1\\/3{--tw-translate-x:33.3333%}
[dir=rtl] .translate-x-1\\/2{--tw-translate-x:-50%}
[dir=rtl] select{background-position:left .5rem center}
[dir=rtl] .material-symbols-outlined{direction:inherit}
[dir=rtl] header .material-symbols-outlined,[dir=rtl] .turns-with-text{transform:scaleX(-1)}
td,th{unicode-bidi:plaintext}
[dir=rtl] td,[dir=rtl] th{text-align:right}
"""


def logical(sheet: str) -> tuple[str, int]:
    """`sheet` with logical properties in the place of physical ones, and how many were put in place."""
    total = 0
    for pattern, put in (
        (_BOX, lambda found: f"{found[1]}-{_SIDES[found[2]]}"),
        (_RADIUS, lambda found: f"border-{_CORNERS[found[1]]}-radius"),
        (_INSET, lambda found: f"inset-{_SIDES[found[1]]}"),
        (_VALUE, lambda found: f"{found[1]}:{_aligned(found[1], found[2])}"),
    ):
        sheet, count = pattern.subn(put, sheet)
        total += count
    return sheet + _ADDED, total


def _aligned(name: str, side: str) -> str:
    return _SIDES[side].removeprefix("inline-") if name == "text-align" else _SIDES[side]


def original() -> str:
    """The style sheet of the installed version."""
    spec = find_spec("unfold")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("Unfold is not installed.")
    return (Path(spec.submodule_search_locations[0]) / "static" / "unfold" / "css" / "styles.css").read_text("utf-8")


def main(arguments: list[str]) -> int:
    """Writes or checks the kept copy; the exit code of the command."""
    sheet, count = logical(original())
    if "--check" in arguments:
        is_same = KEPT.exists() and KEPT.read_text("utf-8") == sheet
        print("The kept style sheet is up to date." if is_same else f"{KEPT} is not up to date: run this again.")
        return 0 if is_same else 1
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(sheet, "utf-8")
    print(f"{count} declarations were rewritten, {len(sheet)} characters in {KEPT.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
