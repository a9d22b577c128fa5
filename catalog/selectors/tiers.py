"""Prices by quantity as a shopper reads them: what one piece costs from a number of pieces on, and all at the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moneyed import Money

from catalog.selectors.prices import Goods, Prices
from marketplace.kernel.fx import MissingRate
from marketplace.kernel.region import Region


@dataclass(frozen=True, slots=True)
class TierPrice:
    """One piece from `from_quantity` pieces on. `landed` is what that many cost at the door in one parcel, None where
    nobody knows all of it."""

    from_quantity: int
    price: Money
    landed: Money | None = None


def lowest_tier(goods: Goods, region: Region, prices: Prices) -> TierPrice | None:
    """The price by quantity that a business buyer can get down to; None for others, and where nothing gets cheaper."""
    if not region.is_business or not goods.terms.tiers:
        return None
    found = _cheaper(goods, region, prices)
    return found[-1] if found else None


def tier_prices(goods: Goods, region: Region, prices: Prices) -> list[TierPrice]:
    """Each step at which a piece gets cheaper for the reader, with what that many pieces cost at the door. No query."""
    try:
        found = _cheaper(goods, region, prices)
    except MissingRate:
        return []
    return [TierPrice(one.from_quantity, one.price, _at_the_door(goods, one, region, prices)) for one in found]


def _cheaper(goods: Goods, region: Region, prices: Prices) -> Sequence[TierPrice]:
    """The steps that are below the one before, as rounding and a sale may leave them."""
    place = region.country, region.currency
    last = prices.price_for(goods.price, goods.terms, *place).amount
    found = []
    for tier in goods.terms.tiers:
        price = prices.price_for(goods.price, goods.terms, *place, tier.from_quantity).amount
        if price < last:
            found.append(TierPrice(tier.from_quantity, price))
            last = price
    return found


def _at_the_door(goods: Goods, tier: TierPrice, region: Region, prices: Prices) -> Money | None:
    landed = prices.piece(goods, region, tier.from_quantity)
    return landed.assessment.total if landed and landed.assessment.is_complete else None
