"""What one variant costs at the door of every country served: reckoned in memory, as a shopper there would see it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from moneyed import Money

from catalog.models import Variant
from catalog.price_terms import PLAIN, PriceTerms
from catalog.selectors.availability import availability_of
from catalog.selectors.prices import Goods, Prices
from compliance.landed_cost.assessment import Assessment
from logistics import quotes
from marketplace.kernel import clock
from marketplace.kernel.consignment import Consignment, Destination
from marketplace.kernel.fx import MissingRate
from marketplace.kernel.money import zero
from marketplace.kernel.region import currency_of

NO_SERVICE, NO_RATE = "no_service", "no_rate"


@dataclass(frozen=True, slots=True)
class DoorPrice:
    """One piece at one door, by the cheapest freight from the nearest warehouse that has it.

    `status` is that of the assessment, "no_service" where nothing goes there, or "no_rate" where an exchange rate is
    missing; without an assessment there are no figures. `total_home` is the total in the seller's currency, and
    `added_pct` what comes on top of the price, in percent of it: both None where the total is not all there is to pay.
    """

    country: str
    ship_from: str
    status: str
    assessment: Assessment | None = None
    total_home: Money | None = None
    added_pct: Decimal | None = None


def goods_of(variant: Variant, terms: PriceTerms = PLAIN) -> Goods:
    """One piece of a variant whose product, seller, parts and stock levels with their warehouses are loaded."""
    product = variant.product
    return Goods(
        sku=variant.sku or str(variant.pk),
        price=variant.price,
        description=product.customs_description or product.name_en or product.name or "",
        hs_code=product.hs_code,
        origin=product.origin,
        weight_grams=variant.weight_grams,
        tax_category=product.tax_category,
        lithium=product.lithium,
        ship_from=availability_of(variant, clock.today()).countries or (product.seller.home_country,),
        terms=terms,
    )


def door_prices(goods: Goods, prices: Prices) -> list[DoorPrice]:
    """The price of one piece at the door of each country served. No query."""
    return [_price(goods, country, prices) for country in sorted(prices.tariff.served)]


def _price(goods: Goods, country: str, prices: Prices) -> DoorPrice:
    ship_from = prices.node(goods.ship_from, country)
    home, currency = goods.price.currency.code, currency_of(country)
    try:
        delivered = _delivered(goods, ship_from, country, currency, prices)
        if delivered is None:
            return DoorPrice(country, ship_from, NO_SERVICE)
        total = prices.fx.convert(delivered.total, home) if delivered.is_complete else None
    except MissingRate:
        return DoorPrice(country, ship_from, NO_RATE)
    added = None
    if total is not None and delivered.goods.amount:
        added = (delivered.total.amount / delivered.goods.amount - 1) * 100
    return DoorPrice(country, ship_from, delivered.status, delivered, total, added)


def _delivered(goods: Goods, ship_from: str, country: str, currency: str, prices: Prices) -> Assessment | None:
    nothing = zero(currency)
    lines = (prices.line(goods, 1, currency, country),)
    consignment = Consignment(ship_from, Destination(country), currency, lines, nothing, nothing)
    options = quotes.shipping_options(consignment, prices.tariff, prices.fx)
    if not options:
        return None
    return quotes.quote(consignment, options[0], prices.rule_book, prices.fx, prices.on).assessment
