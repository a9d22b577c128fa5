"""Trade item numbers (GTIN), by which the same article is known whoever sells it. Pure."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from stdnum import ean

DROPPED: Final = "^0+|[^0-9]+"  # what a stored number is compared without, as the index of the variants has it


def number_column(column: str) -> str:
    """The SQL of a stored number as it is compared: without leading zeros and separators; by the index where it is not empty."""
    return f"regexp_replace({column}, '{DROPPED}', '', 'g')"


def trade_number(text: str) -> str | None:
    """The 14 digits of a GTIN, whichever length it is written in; None for what is none, by its check digit."""
    bare = ean.compact(text)
    if not (bare.isascii() and bare.isdigit()) or len(bare) not in (8, 12, 13, 14) or not ean.is_valid(bare):
        return None
    return bare.zfill(14) if bare.strip("0") else None


def no_trade_number(text: str) -> str:
    """A sentence for the seller on a number that is none."""
    return _("“%(number)s” is no GTIN: look for a wrong or a missing digit.") % {"number": text}
