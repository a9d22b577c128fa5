"""Where a reader is and how prices are shown to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """The language of the page, the country that goods go to (ISO 3166-1), and the currency of prices (ISO 4217)."""

    language: str
    country: str
    currency: str
