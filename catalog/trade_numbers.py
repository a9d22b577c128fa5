"""Trade item numbers (GTIN), by which the same article is known whoever sells it. Pure."""

from __future__ import annotations

from stdnum import ean


def trade_number(text: str) -> str | None:
    """The 14 digits of a GTIN, whichever length it is written in; None for what is none, by its check digit."""
    bare = ean.compact(text)
    if not (bare.isascii() and bare.isdigit()) or len(bare) not in (8, 12, 13, 14) or not ean.is_valid(bare):
        return None
    return bare.zfill(14) if bare.strip("0") else None
