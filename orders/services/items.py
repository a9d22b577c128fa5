"""The lines of a cart as they stand now, with the pieces that lie in each warehouse: one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from moneyed import Money, get_currency

from catalog.selectors.navigation import text_column
from catalog.selectors.prices import Prices
from marketplace.kernel.consignment import ConsignmentLine
from marketplace.kernel.region import Region
from orders.models import Cart

_LINES = """
SELECT l.id, l.quantity, l.seen_price, l.seen_price_currency, v.id, v.sku, v.price, v.price_currency, v.weight_grams,
    v.is_active AND p.status = 'live' AND s.status = 'approved', p.held_in && %s::varchar[], p.slug,
    COALESCE(NULLIF(p.{name}, ''), p.name_en, ''), concat_ws(' · ', {choices}), s.id, s.name, p.card_image, p.hs_code, p.origin,
    COALESCE(NULLIF(p.customs_description, ''), p.name_en), p.tax_category, p.lithium,
    (SELECT json_agg(json_build_array(k.id, k.warehouse_id, w.country, k.on_hand - k.reserved) ORDER BY k.id)
     FROM catalog_stocklevel k JOIN logistics_warehouse w ON w.id = k.warehouse_id
     WHERE k.variant_id = v.id AND k.on_hand > k.reserved AND w.is_active)
FROM orders_cartline l JOIN catalog_variant v ON v.id = l.variant_id JOIN catalog_product p ON p.id = v.product_id
JOIN accounts_seller s ON s.id = p.seller_id LEFT JOIN catalog_optionvalue o1 ON o1.id = v.value1_id
LEFT JOIN catalog_optionvalue o2 ON o2.id = v.value2_id LEFT JOIN catalog_optionvalue o3 ON o3.id = v.value3_id
WHERE l.cart_id = %s ORDER BY l.added_at, l.id
"""


class Level(NamedTuple):
    """Pieces of a variant in one warehouse that can still be promised."""

    id: int
    warehouse_id: int
    country: str
    available: int


class _Row(NamedTuple):
    """A line as the database has it; texts are in the reader's language or else in the source language."""

    line_id: int
    quantity: int
    seen_price: Any
    seen_currency: str
    variant_id: int
    sku: str
    price: Any
    currency: str
    weight_grams: int | None
    on_sale: bool
    is_held: bool
    slug: str
    name: str
    choices: str
    seller_id: int
    seller_name: str
    image: str
    hs_code: str
    origin: str
    customs_description: str | None
    tax_category: str
    lithium: bool
    levels: Sequence[Sequence[Any]] | None


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the cart as it stands now; prices are the seller's and the shopper's. `levels` are not empty ones.

    `is_held`: it may not be sold to the country that the cart goes to. `goods` says how much of `unit_price` is the
    exchange-rate buffer; `seller_price` is without.
    """

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
    levels: tuple[Level, ...]
    on_sale: bool
    is_held: bool
    seller_price: Money
    seen_price: Money
    unit_price: Money
    goods: ConsignmentLine

    @property
    def available(self) -> int:
        """Pieces that can be promised, over all warehouses."""
        return sum(level.available for level in self.levels)

    @property
    def value(self) -> Money:
        """The price of all pieces, for the shopper."""
        return self.unit_price * self.quantity


def items_of(cart: Cart | None, region: Region, prices: Prices, country: str) -> list[Item]:
    """The lines of a cart that goes to `country`, in the order they were added. One query."""
    if cart is None:
        return []
    language = region.language
    column = text_column("name", language)
    choices = ", ".join(f"COALESCE(NULLIF(o{place}.{column}, ''), NULLIF(o{place}.code, ''))" for place in (1, 2, 3))
    sql = _LINES.format(name=column, choices=choices)
    with connection.cursor() as cursor:
        cursor.execute(sql, [["", country], cart.pk])
        return [_item(_Row._make(row), region, prices) for row in cursor.fetchall()]


def _item(row: _Row, region: Region, prices: Prices) -> Item:
    seller_price = Money(row.price, get_currency(row.currency))
    unit_price, buffer = prices.shop_price(seller_price, region.currency)
    goods = ConsignmentLine(
        sku=row.sku or str(row.variant_id),
        description=row.customs_description or row.name,
        hs_code=row.hs_code,
        origin=row.origin,
        quantity=row.quantity,
        unit_price=unit_price,
        weight_grams=row.weight_grams,
        tax_category=row.tax_category,
        lithium=row.lithium,
        buffer=buffer,
    )
    return Item(
        line_id=row.line_id,
        variant_id=row.variant_id,
        sku=row.sku,
        name=row.name,
        choices=row.choices,
        slug=row.slug,
        image=row.image,
        seller_id=row.seller_id,
        seller_name=row.seller_name,
        quantity=row.quantity,
        levels=tuple(Level._make(level) for level in row.levels or ()),
        on_sale=row.on_sale,
        is_held=row.is_held,
        seller_price=seller_price,
        seen_price=Money(row.seen_price, get_currency(row.seen_currency)),
        unit_price=unit_price,
        goods=goods,
    )
