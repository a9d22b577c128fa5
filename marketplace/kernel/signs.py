"""Signs that stand in no text: most of what steers machines, halves of pairs, and two that XML does not know."""

from __future__ import annotations

import re
from typing import Final

_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """`text` without them; tabs and ends of lines stay."""
    return _NO_TEXT.sub("", text)


# What nobody sees: marks of direction, embedding and isolation, blanks of no width, soft hyphens, tags, the upper controls.
# Joiners shape words of Persian, Hindi and others, and emoji: one of them stays between two signs that are not ASCII.
_UNSEEN: Final = re.compile(
    "[\u0080-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_LOOSE_JOINERS: Final = re.compile(
    "(?<![^\\x00-\\x7f\\s])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\x00-\\x7f\\s])|(?<=[\u200c\u200d])[\u200c\u200d]+"
)


def seen(text: str) -> str:
    """`text` of one line, as a name or a number of an article, without what nobody sees in it."""
    text = printable(text)
    return text if text.isascii() else _LOOSE_JOINERS.sub("", _UNSEEN.sub("", text))
