"""What a cart would cost at a door: its lines, shared out to warehouses, each parcel with freight and landed cost.

Reading only: two queries, the rest is arithmetic on what the process keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from moneyed import Money, get_currency

from catalog.models import Product, StockLevel
from catalog.selectors.navigation import text_column
from catalog.selectors.prices import Prices
from logistics import quotes
from logistics.allocation import nearest
from logistics.quotes import DeliveredPrice, ShippingOption
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.money import total, zero
from marketplace.kernel.region import Region
from orders.models import Cart

_VALUES = ("value1", "value2", "value3")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the cart as it stands now; prices are the seller's and the shopper's."""

    line_id: int
    variant_id: int
    sku: str
    name: str
    choices: str
    slug: str
    image: str
    seller_id: int
    seller_name: str
    quantity: int
    available: int
    on_sale: bool
    seller_price: Money
    seen_price: Money
    unit_price: Money
    goods: ConsignmentLine

    @property
    def value(self) -> Money:
        """The price of all pieces, for the shopper."""
        return self.unit_price * self.quantity


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
    """The sums of all parts, in the shopper's currency; `total` is due at checkout."""

    goods: Money
    shipping: Money
    duty: Money
    tax: Money
    fees: Money
    total: Money
    on_delivery: Money


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cart for a destination. `short` are items of which too few are left; `unserved` parts have no way to go."""

    destination: Destination
    currency: str
    items: tuple[Item, ...]
    parts: tuple[Part, ...]
    short: tuple[Item, ...]
    unserved: tuple[Part, ...]
    blocked: tuple[Part, ...]
    totals: Totals | None

    @property
    def can_be_ordered(self) -> bool:
        """Whether every piece can be sent."""
        return self.totals is not None and not (self.short or self.unserved or self.blocked)


def items_of(cart: Cart | None, region: Region, prices: Prices) -> list[Item]:
    """The lines of a cart in the order they were added. One query."""
    if cart is None:
        return []
    language = region.language
    name, source = text_column("variant__product__name", language), "variant__product__name_en"
    choice = [f"variant__{value}__{text_column('name', language)}" for value in _VALUES]
    choice_source = [f"variant__{value}__code" for value in _VALUES]
    fields = (
        "pk", "quantity", "seen_price", "seen_price_currency", "variant_id", "variant__sku", "variant__price",
        "variant__price_currency", "variant__weight_grams", "variant__is_active", "variant__product__slug",
        "variant__product__status", "variant__product__seller__status", "variant__product__seller_id",
        "variant__product__seller__name", "variant__product__card_image", "variant__product__hs_code",
        "variant__product__origin", "variant__product__customs_description", "variant__product__tax_category",
        "variant__product__lithium",
    )  # fmt: skip
    rows = cart.lines.annotate(left=_available()).values("left", name, source, *choice, *choice_source, *fields)
    return [_item(row, row[name] or row[source], [row[a] or row[b] for a, b in zip(choice, choice_source, strict=True)],
                  region, prices) for row in rows]  # fmt: skip


def _available() -> Any:
    levels = StockLevel.objects.filter(variant_id=OuterRef("variant_id"), warehouse__is_active=True).order_by()
    pieces = levels.values("variant_id").annotate(n=Sum(F("on_hand") - F("reserved"))).values("n")
    return Coalesce(Subquery(pieces), 0)


def _item(row: Mapping[str, Any], name: str, choices: Sequence[str | None], region: Region, prices: Prices) -> Item:
    seller_price = Money(row["variant__price"], get_currency(row["variant__price_currency"]))
    unit_price = prices.shop(seller_price, region.currency)
    product = "variant__product__"
    goods = ConsignmentLine(
        sku=row["variant__sku"] or str(row["variant_id"]),
        description=row[product + "customs_description"] or row[product + "name_en"] or name,
        hs_code=row[product + "hs_code"],
        origin=row[product + "origin"],
        quantity=row["quantity"],
        unit_price=unit_price,
        weight_grams=row["variant__weight_grams"],
        tax_category=row[product + "tax_category"],
        lithium=row[product + "lithium"],
    )
    return Item(
        line_id=row["pk"],
        variant_id=row["variant_id"],
        sku=row["variant__sku"],
        name=name,
        choices=" · ".join(choice for choice in choices if choice),
        slug=row[product + "slug"],
        image=row[product + "card_image"],
        seller_id=row[product + "seller_id"],
        seller_name=row[product + "seller__name"],
        quantity=row["quantity"],
        available=row["left"],
        on_sale=row["variant__is_active"]
        and row[product + "status"] == Product.Status.LIVE
        and row[product + "seller__status"] == "approved",
        seller_price=seller_price,
        seen_price=Money(row["seen_price"], get_currency(row["seen_price_currency"])),
        unit_price=unit_price,
        goods=goods,
    )


def propose(
    cart: Cart | None,
    destination: Destination,
    region: Region,
    prices: Prices,
    services: Mapping[str, str] | None = None,
) -> Proposal:
    """The cart for `destination`; `services` are the shipping services chosen, by part ("seller-warehouse")."""
    items = items_of(cart, region, prices)
    shares, short = _share_out(items, destination, prices)
    parts = tuple(
        _part(key, portions, destination, region, prices, (services or {}).get(part_key(*key[:2]), ""))
        for key, portions in shares.items()
    )
    unserved = tuple(part for part in parts if part.delivered is None)
    blocked = tuple(part for part in parts if part.delivered and part.delivered.assessment.status == "blocked")
    totals = _totals(parts, region.currency) if parts and not unserved else None
    return Proposal(destination, region.currency, tuple(items), parts, tuple(short), unserved, blocked, totals)


def part_key(seller_id: int, warehouse_id: int) -> str:
    """The name of a part in forms."""
    return f"{seller_id}-{warehouse_id}"


_Key = tuple[int, int, str]


def _share_out(
    items: Sequence[Item], destination: Destination, prices: Prices
) -> tuple[dict[_Key, list[Portion]], list[Item]]:
    """Which warehouse sends what: one that has all pieces if there is one, the nearest first."""
    levels: dict[int, list[StockLevel]] = {}
    stock = StockLevel.objects.filter(
        variant_id__in=[item.variant_id for item in items], warehouse__is_active=True, on_hand__gt=F("reserved")
    )
    for level in stock.select_related("warehouse").order_by("pk"):
        levels.setdefault(level.variant_id, []).append(level)
    shares: dict[_Key, list[Portion]] = {}
    short = []
    for item in items:
        ranked = _ranked(levels.get(item.variant_id, []), destination.country, prices)
        whole = [level for level in ranked if level.available >= item.quantity][:1]
        wanted = item.quantity
        for level in whole or ranked:
            quantity = min(level.available, wanted)
            if quantity:
                key = (item.seller_id, level.warehouse_id, level.warehouse.country)
                shares.setdefault(key, []).append(Portion(item, level.pk, quantity))
                wanted -= quantity
        if wanted or not item.on_sale:
            short.append(item)
    return shares, short


def _ranked(levels: Sequence[StockLevel], country: str, prices: Prices) -> list[StockLevel]:
    left = list(levels)
    ranked = []
    while left:
        best = nearest([level.warehouse.country for level in left], country, prices.tariff.customs_areas)
        level = next(level for level in left if level.warehouse.country == best)
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
    prepaid = [one for one in assessed if one.collected == "checkout"]

    def add(name: str, among: Sequence[Any]) -> Money:
        return total((getattr(one, name) for one in among), currency)

    goods, shipping = add("goods", assessed), add("shipping", assessed) + add("insurance", assessed)
    duty, tax, fees = add("duty", prepaid), add("tax", prepaid), add("fees", prepaid)
    return Totals(
        goods, shipping, duty, tax, fees, goods + shipping + duty + tax + fees, add("due_on_delivery", assessed)
    )
