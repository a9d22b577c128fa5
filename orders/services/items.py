"""The lines of a cart as they stand now, with what can be bought of each from which warehouse: one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from moneyed import Money, get_currency

from catalog.availability import Availability, availability
from catalog.price_terms import price_terms
from catalog.selectors.availability import AVAILABILITY, HELD_PART, PARTS
from catalog.selectors.navigation import shown_text, text_column
from catalog.selectors.price_terms import terms_column
from catalog.selectors.prices import Prices
from marketplace.kernel.consignment import ConsignmentLine
from marketplace.kernel.region import Region
from orders.models import Cart

_LINES = """
SELECT l.id, l.quantity, l.seen_price, l.seen_price_currency, v.id, v.sku, v.price, v.price_currency, v.weight_grams,
    v.is_active AND p.status = 'live' AND s.status = 'approved', p.held_in && %s::varchar[] OR {held_part}, p.slug,
    {name}, concat_ws(' · ', {choices}), s.id, s.name, p.card_image, p.hs_code, p.origin,
    COALESCE(NULLIF(p.customs_description, ''), {goods}), p.tax_category, p.lithium,
    {parts}, {terms}::text, {availability}
FROM orders_cartline l JOIN catalog_variant v ON v.id = l.variant_id JOIN catalog_product p ON p.id = v.product_id
JOIN accounts_seller s ON s.id = p.seller_id LEFT JOIN catalog_optionvalue o1 ON o1.id = v.value1_id
LEFT JOIN catalog_optionvalue o2 ON o2.id = v.value2_id LEFT JOIN catalog_optionvalue o3 ON o3.id = v.value3_id
WHERE l.cart_id = %s ORDER BY l.added_at, l.id
"""
_TERMS = terms_column("v", with_lowest=False)


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
    parts: Sequence[Sequence[Any]] | None
    terms: str | None
    stock: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the cart as it stands now; prices are the seller's and the shopper's.

    `is_held`: it may not be sold to the country that the cart goes to. `goods` says how much of `unit_price` is the
    exchange-rate buffer; `seller_price` is without: what the seller asks for one of so many pieces in this market.
    `listed_price` is the variant's own, which `seen_price` was when the shopper last looked. `consists_of` are the parts of
    a bundle, as order lines keep them.
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
    stock: Availability
    on_sale: bool
    is_held: bool
    seller_price: Money
    listed_price: Money
    seen_price: Money
    unit_price: Money
    goods: ConsignmentLine
    consists_of: tuple[Mapping[str, Any], ...] = ()

    @property
    def available(self) -> int:
        """Pieces that can be promised, over all warehouses, or ordered without stock."""
        return self.stock.left

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
    sql = _LINES.format(
        name=shown_text("p.name", language), goods=shown_text("p.name", "en"), choices=choices, terms=_TERMS,
        availability=AVAILABILITY, parts=PARTS.format(part_name=shown_text("of_part.name", language)),
        held_part=HELD_PART.format(countries="%s"),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, [["", country], ["", country], cart.pk])
        return [_item(_Row._make((*row[:-4], row[-4:])), region, prices, country) for row in cursor.fetchall()]


def _item(row: _Row, region: Region, prices: Prices, country: str) -> Item:
    listed_price = Money(row.price, get_currency(row.currency))
    terms = price_terms(row.terms)
    unit_price, buffer, seller_price = prices.price_for(listed_price, terms, country, region.currency, row.quantity)
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
        stock=availability(row.stock, prices.on),
        on_sale=row.on_sale,
        is_held=row.is_held,
        seller_price=seller_price,
        listed_price=listed_price,
        seen_price=Money(row.seen_price, get_currency(row.seen_currency)),
        unit_price=unit_price,
        goods=goods,
        consists_of=tuple({"sku": sku, "name": name, "quantity": pieces} for pieces, sku, name, *_ in row.parts or ()),
    )
