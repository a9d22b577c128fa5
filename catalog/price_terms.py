"""What a seller asks for a variant by market and by number of pieces, and what was its lowest price lately."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from moneyed import Money

from marketplace.kernel.money import round_amount


@dataclass(frozen=True, slots=True)
class MarketAmount:
    """The price in one country, or wherever one currency is read: `country` is empty then.

    `lowest` is that of the thirty days before a reduction, None where the price has not stood that long.
    """

    country: str
    price: Money
    before: Decimal | None = None
    lowest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of one piece from a number of pieces on, in the currency of the variant."""

    from_quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What a price depends on besides the variant's own price. Tiers begin with the fewest pieces.

    `has_native_endings`: converted prices end as is usual in their currency. `lowest` belongs to the variant's own
    price, see `catalog.selectors.usual_prices`.
    """

    markets: tuple[MarketAmount, ...] = ()
    tiers: tuple[Tier, ...] = ()
    has_native_endings: bool = False
    lowest: Decimal | None = None

    def market(self, country: str, currency: str) -> MarketAmount | None:
        """The price that the seller set for this reader: for the country, else for the currency, else none."""
        here = (one for one in self.markets if one.country == country)
        read = (one for one in self.markets if not one.country and one.price.currency.code == currency)
        return next(here, None) or next(read, None)

    def at(self, price: Money, quantity: int) -> Money:
        """What one of `quantity` pieces costs instead of `price`, the variant's own: never more than that."""
        reached = [tier.price for tier in self.tiers if tier.from_quantity <= quantity]
        return Money(min([price.amount, *reached]), price.currency)

    def asked(self, price: Money, country: str, currency: str, quantity: int = 1) -> tuple[Money, bool]:
        """What the seller asks for one of `quantity` pieces, and whether it was set for this market.

        `price` is the variant's own. Where a market has a price of its own, a tier lowers that in the same
        proportion, rounded half up to its minor unit.
        """
        tier, market = self.at(price, quantity), self.market(country, currency)
        if market is None:
            return tier, False
        own = market.price
        if tier.amount == price.amount:
            return own, True
        amount = own.amount * tier.amount / price.amount
        return Money(round_amount(amount, own.currency.code), own.currency), True

    def lowered(self, old: Decimal, new: Decimal) -> PriceTerms:
        """The terms once a scheduled price has lowered the variant's own from `old` to `new`: markets follow in proportion."""
        return replace(self, markets=tuple(
            replace(one, price=Money(in_proportion(one.price, old, new), one.price.currency)) for one in self.markets
        ))  # fmt: skip


PLAIN = PriceTerms()


def scheduled_amount(old: Money, price: Decimal | None, percent: Decimal | None) -> Decimal:
    """What a variant that costs `old` costs by a scheduled price: that price, or less by the percentage."""
    if price is not None:
        return price
    return round_amount(old.amount * (100 - (percent or Decimal(0))) / 100, old.currency.code)


def in_proportion(market: Money, old: Decimal, new: Decimal) -> Decimal:
    """What a price in a market becomes when the variant's own goes from `old` to `new`, rounded half up."""
    return round_amount(market.amount * new / old, market.currency.code)


@lru_cache(maxsize=4096)
def price_terms(text: str | None) -> PriceTerms:
    """The terms as `catalog.selectors.price_terms.terms_column` writes them; None for those of a plain price."""
    if not text:
        return PLAIN
    said: dict[str, Any] = json.loads(text)
    return PriceTerms(
        markets=tuple(_market(*one) for one in said.get("markets", ())),
        tiers=tuple(Tier(quantity, _decimal(price)) for quantity, price in said.get("tiers", ())),
        has_native_endings=said.get("native", False),
        lowest=_optional(said.get("lowest")),
    )


def _market(country: str, currency: str, price: str, before: str | None, lowest: str | None) -> MarketAmount:
    return MarketAmount(country, Money(_decimal(price), currency), _optional(before), _optional(lowest))


def _decimal(text: str) -> Decimal:
    return Decimal(text)


def _optional(text: str | None) -> Decimal | None:
    return None if text is None else _decimal(text)
