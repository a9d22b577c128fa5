"""Where a reader is and how prices are shown to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from babel.numbers import get_territory_currencies
from django.conf import settings


@dataclass(frozen=True, slots=True)
class Region:
    """The language of the page, the country that goods go to (ISO 3166-1), and the currency of prices (ISO 4217).

    `is_business`: the reader buys for a business and wants to read prices as net ones, with those by quantity.
    """

    language: str
    country: str
    currency: str
    is_business: bool = False


@lru_cache(maxsize=512)
def currency_of(country: str) -> str:
    """The currency that the shop shows first to readers in `country`."""
    for currency in get_territory_currencies(country):
        if currency in settings.CURRENCIES:
            return str(currency)
    return "USD"
