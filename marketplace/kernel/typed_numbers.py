"""Numbers as people type them at home, read the same whatever the language of the page or of the browser is."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

GROUPED: Final = (re.compile(r"-?\d{1,3}(,\d{3})+\.\d+"), re.compile(r"-?\d{1,3}(\.\d{3})+,\d+"))
_THOUSAND: Final = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
_MILLIONS: Final = re.compile(r"-?\d{1,3}(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,})")
_MOST_DIGITS: Final = 18
_BLANKS: Final = re.compile(r"[\s'’_]")
_SIGNS: Final = {"٫": ".", "٬": ",", "−": "-"}


def in_latin(text: str) -> str:
    """The number in the digits and marks of Latin scripts, without blanks."""
    return "".join(_latin(sign) for sign in _BLANKS.sub("", unicodedata.normalize("NFKC", text)))


def with_point(text: str) -> str:
    """The number as `Decimal` reads it, "1.234,50" and "1,234.50" as "1234.50"; what is none stays none.

    One mark alone stands before decimals: "1,234" is little more than one.
    """
    plain = in_latin(text)
    if any(pattern.fullmatch(plain) for pattern in GROUPED):
        plain = re.sub(r"[.,](?=.*[.,])", "", plain)
    elif _MILLIONS.fullmatch(plain):
        plain = re.sub(r"[.,]", "", plain)
    return plain.replace(",", ".")


def is_two_things(text: str) -> bool:
    """Whether the number is one to some and a thousand to others, such as "1.250"."""
    return bool(_THOUSAND.fullmatch(in_latin(text)))


def whole_number(text: str) -> int | None:
    """The key of a row, or another whole number, that an address or a form of ours gives back; None for anything else.

    It has eighteen digits at most, which is what the database can compare with a key.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _latin(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return str(digit) if digit is not None else _SIGNS.get(sign, sign)
