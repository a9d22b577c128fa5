"""What a cart would cost at a door: its lines, shared out to warehouses, each parcel with freight and landed cost.

Reading only: one query, the rest is arithmetic on what the process keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from moneyed import Money

from catalog.selectors.prices import Prices
from compliance.landed_cost.assessment import AssessmentWarning
from logistics import quotes
from logistics.allocation import nearest
from logistics.quotes import DeliveredPrice, ShippingOption
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.money import total, zero
from marketplace.kernel.region import Region
from orders.models import Cart
from orders.services.items import Item, Level, items_of


@dataclass(frozen=True, slots=True)
class Portion:
    """Pieces of an item that one warehouse sends."""

    item: Item
    stock_level_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Part:
    """One consignment: what a seller sends from one warehouse, how it may be sent, and what it costs at the door."""

    seller_id: int
    seller_name: str
    warehouse_id: int
    warehouse_country: str
    portions: tuple[Portion, ...]
    options: tuple[ShippingOption, ...]
    consignment: Consignment
    delivered: DeliveredPrice | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of all parts, in the shopper's currency; `total` is due at checkout, `buffer` is part of `goods`."""

    goods: Money
    shipping: Money
    duty: Money
    tax: Money
    fees: Money
    total: Money
    on_delivery: Money
    buffer: Money


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cart for a destination. `short` are items of which too few are left; `unserved` parts have no way to go.

    Items that may not be sold there are in no part.
    """

    destination: Destination
    currency: str
    items: tuple[Item, ...]
    parts: tuple[Part, ...]
    short: tuple[Item, ...]
    unserved: tuple[Part, ...]
    blocked: tuple[Part, ...]
    totals: Totals | None

    @property
    def held(self) -> tuple[Item, ...]:
        """The items that may not be sold to the destination."""
        return tuple(item for item in self.items if item.is_held)

    @property
    def pieces(self) -> int:
        """The pieces in the cart."""
        return sum(item.quantity for item in self.items)

    @property
    def has_new_prices(self) -> bool:
        """Whether a seller has changed a price since the shopper last looked."""
        return any(item.seen_price != item.seller_price for item in self.items)

    @property
    def can_be_ordered(self) -> bool:
        """Whether every piece can be sent."""
        return self.totals is not None and not (self.held or self.short or self.unserved or self.blocked)


def propose(
    cart: Cart | None,
    destination: Destination,
    region: Region,
    prices: Prices,
    services: Mapping[str, str] | None = None,
) -> Proposal:
    """The cart for `destination`; `services` are the shipping services chosen, by part ("seller-warehouse")."""
    items = items_of(cart, region, prices, destination.country)
    shares, short = _share_out([item for item in items if not item.is_held], destination, prices)
    parts = tuple(
        _part(key, portions, destination, region, prices, (services or {}).get(part_key(*key[:2]), ""))
        for key, portions in shares.items()
    )
    unserved = tuple(part for part in parts if part.delivered is None)
    blocked = tuple(part for part in parts if part.delivered and part.delivered.assessment.status == "blocked")
    totals = _totals(parts, region.currency) if parts and not unserved else None
    return Proposal(destination, region.currency, tuple(items), parts, tuple(short), unserved, blocked, totals)


def advice_for(part: Part, prices: Prices, language: str) -> AssessmentWarning | None:
    """By how much the lines of a part would cost more or less in parcels of their own; None where they would not."""
    return prices.advice(part.delivered.assessment, part.consignment, language) if part.delivered else None


def part_key(seller_id: int, warehouse_id: int) -> str:
    """The name of a part in forms."""
    return f"{seller_id}-{warehouse_id}"


_Key = tuple[int, int, str]


def _share_out(
    items: Sequence[Item], destination: Destination, prices: Prices
) -> tuple[dict[_Key, list[Portion]], list[Item]]:
    """Which warehouse sends what: one that has all pieces if there is one, the nearest first."""
    shares: dict[_Key, list[Portion]] = {}
    short = []
    for item in items:
        ranked = _ranked(item.levels, destination.country, prices)
        whole = [level for level in ranked if level.available >= item.quantity][:1]
        wanted = item.quantity
        for level in whole or ranked:
            quantity = min(level.available, wanted)
            if quantity:
                key = (item.seller_id, level.warehouse_id, level.country)
                shares.setdefault(key, []).append(Portion(item, level.id, quantity))
                wanted -= quantity
        if wanted or not item.on_sale:
            short.append(item)
    return shares, short


def _ranked(levels: Sequence[Level], country: str, prices: Prices) -> list[Level]:
    left = list(levels)
    ranked = []
    while left:
        best = nearest([level.country for level in left], country, prices.tariff.customs_areas)
        level = next(level for level in left if level.country == best)
        left.remove(level)
        ranked.append(level)
    return ranked


def _part(
    key: _Key, portions: list[Portion], destination: Destination, region: Region, prices: Prices, service: str
) -> Part:
    seller_id, warehouse_id, country = key
    lines = tuple(_line(portion) for portion in portions)
    nothing = zero(region.currency)
    consignment = Consignment(country, destination, region.currency, lines, nothing, nothing)
    options = quotes.shipping_options(consignment, prices.tariff, prices.fx)
    chosen = next((option for option in options if option.service.code == service), options[0] if options else None)
    delivered = None
    if chosen is not None:
        how = chosen.service
        consignment = replace(consignment, shipping=chosen.price, channel=how.channel, transport=how.transport)
        delivered = quotes.quote(consignment, chosen, prices.rule_book, prices.fx, prices.on)
    seller_name = portions[0].item.seller_name
    return Part(seller_id, seller_name, warehouse_id, country, tuple(portions), options, consignment, delivered)


def _line(portion: Portion) -> ConsignmentLine:
    return replace(portion.item.goods, quantity=portion.quantity)


def _totals(parts: Sequence[Part], currency: str) -> Totals:
    """What is collected at checkout, by kind. Charges that the carrier collects stand in `on_delivery` alone."""
    assessed = [part.delivered.assessment for part in parts if part.delivered]
    prepaid = [one.prepaid for one in assessed]

    def add(name: str, among: Sequence[Any]) -> Money:
        return total((getattr(one, name) for one in among), currency)

    goods, shipping = add("goods", assessed), add("shipping", assessed) + add("insurance", assessed)
    duty, tax, fees = add("duty", prepaid), add("tax", prepaid), add("fees", prepaid)
    due = goods + shipping + duty + tax + fees
    buffer = total((one.buffer for one in assessed if one.buffer is not None), currency)
    return Totals(goods, shipping, duty, tax, fees, due, add("due_on_delivery", assessed), buffer)
