"""Signs that stand in no text: most of what steers machines, halves of pairs, and two that XML does not know."""

from __future__ import annotations

import re
from typing import Final

_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """`text` without them; tabs and ends of lines stay."""
    return _NO_TEXT.sub("", text)
