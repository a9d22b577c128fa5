"""Signs that nobody sees go out of names and numbers; joiners that shape a word stay."""

from __future__ import annotations

import pytest

from marketplace.kernel.signs import seen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CUP\u202e-1\u2066\u2069", "CUP-1"),
        ("\u200bMug\ufeff\u00ad\x07\x85", "Mug\x85"),
        ("كوب\u200f \u061cشاي", "كوب شاي"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian
        ("क्\u200dष", "क्\u200dष"),  # Hindi
        ("👩\u200d🍳", "👩\u200d🍳"),
        ("می\u200c\u200d\u200cخواهم", "می\u200cخواهم"),
        ("\u200dCup\u200c A\u200dB \u200cج\u200c", "Cup AB ج"),
    ],
)
def test_what_nobody_sees_is_left_out(text: str, found: str) -> None:
    assert seen(text) == found
