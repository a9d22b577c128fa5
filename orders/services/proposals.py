"""What a cart would cost at a door: its lines, shared out to warehouses, each parcel with freight and landed cost.

Reading only: one query, the rest is arithmetic on what the process keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from moneyed import Money

from catalog.availability import Place
from catalog.selectors.prices import Prices
from compliance.landed_cost.assessment import AssessmentWarning
from logistics import quotes
from logistics.allocation import nearest
from logistics.quotes import DeliveredPrice, ShippingOption
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.money import total, zero
from marketplace.kernel.region import Region
from orders.models import Cart
from orders.services.items import Item, items_of


@dataclass(frozen=True, slots=True)
class Portion:
    """Pieces of an item that one warehouse sends; `to_order` when they do not lie there yet."""

    item: Item
    place: Place
    quantity: int
    to_order: bool = False

    @property
    def takes(self) -> tuple[tuple[int, int], ...]:
        """How many pieces of which stock level: those of its parts for a bundle."""
        return self.place.takes(self.quantity)

    @property
    def ready_on(self) -> date | None:
        """The day before which they can't be sent; None for what lies in stock."""
        return self.item.stock.ready_on(to_order=self.to_order)


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

    @property
    def ready_on(self) -> date | None:
        """The day before which the parcel can't be sent: its pieces wait for the last one."""
        return max((portion.ready_on for portion in self.portions if portion.ready_on), default=None)


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
        return any(item.seen_price != item.listed_price for item in self.items)

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
    tax_number: str = "",
) -> Proposal:
    """The cart for `destination`; `services` are the shipping services chosen, by part ("seller-warehouse").

    `tax_number` is that of a business that buys, "" where there is none that counts.
    """
    items = items_of(cart, region, prices, destination.country)
    shares, short = _share_out([item for item in items if not item.is_held], destination, prices)
    nothing = zero(region.currency)
    bare = Consignment(
        "", destination, region.currency, (), nothing, nothing, buyer="business" if tax_number else "consumer",
        buyer_vat_number=tax_number,
    )  # fmt: skip
    parts = tuple(
        _part(key, portions, bare, prices, (services or {}).get(part_key(*key[:2]), ""))
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
    """Which warehouse sends what: one that has all pieces if there is one, the nearest first.

    What lies nowhere in this number is made to order where the seller does that. Pieces that another line needs, such
    as a bundle with the same part, are not given twice.
    """
    shares: dict[_Key, list[Portion]] = {}
    short = []
    taken: dict[int, int] = {}
    for item in items:
        portions = _portions(item, _ranked(item.stock.places, destination.country, prices), taken)
        for portion in portions:
            key = (item.seller_id, portion.place.warehouse_id, portion.place.country)
            shares.setdefault(key, []).append(portion)
            for level, pieces in () if portion.to_order else portion.takes:
                taken[level] = taken.get(level, 0) + pieces
        if sum(portion.quantity for portion in portions) < item.quantity or not item.on_sale:
            short.append(item)
    return shares, short


def _portions(item: Item, ranked: Sequence[Place], taken: Mapping[int, int]) -> list[Portion]:
    left = [(place, place.left(taken)) for place in ranked]
    whole = [(place, pieces) for place, pieces in left if pieces >= item.quantity][:1]
    if not whole and sum(pieces for _place, pieces in left) < item.quantity <= item.stock.room:
        return [Portion(item, item.stock.places[0], item.quantity, to_order=True)]
    portions, wanted = [], item.quantity
    for place, pieces in whole or left:
        if quantity := min(pieces, wanted):
            portions.append(Portion(item, place, quantity))
            wanted -= quantity
    return portions


def _ranked(places: Sequence[Place], country: str, prices: Prices) -> list[Place]:
    left = list(places)
    ranked = []
    while left:
        best = nearest([place.country for place in left], country, prices.tariff.customs_areas)
        place = next(place for place in left if place.country == best)
        left.remove(place)
        ranked.append(place)
    return ranked


def _part(key: _Key, portions: list[Portion], bare: Consignment, prices: Prices, service: str) -> Part:
    seller_id, warehouse_id, country = key
    consignment = replace(bare, ship_from=country, lines=tuple(_line(portion) for portion in portions))
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
