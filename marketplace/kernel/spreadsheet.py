"""Text for a spreadsheet: what would be read as a formula is shown as it is written."""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")


def harmless(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet would take it for a formula (CWE-1236).

    One that has apostrophes in front of such a sign gets another, so that `restored` can tell them apart.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
