"""Product cards: one narrow row each, priced for the reader's region without a further query."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from moneyed import Money, get_currency

from catalog.price_terms import price_terms
from catalog.ratings import Rating, rating_of
from catalog.selectors.navigation import shown_text
from catalog.selectors.prices import Delivered, Goods, Prices
from catalog.selectors.tiers import TierPrice, lowest_tier
from marketplace.kernel.region import Region

REMEMBERED = 4000  # cards, about 2 KB each
# The tables are joined after the choice, to the few products that are shown.
_ROWS = """
SELECT p.id, p.slug, {name}, s.name, s.slug, p.card_price, p.card_price_currency,
    p.card_compare_at, p.card_weight_grams, array_to_string(p.card_ship_from, ' '), p.card_image, p.in_stock, p.origin,
    p.hs_code, p.tax_category, p.lithium, p.customs_description, p.popularity, p.sort_price, p.published_at, p.card_terms::text,
    array_to_string(p.ratings, ' '), p.rating_rank, p.more_offers::text{beside}
FROM ({source}) t(product_id, place) JOIN catalog_product p ON p.id = t.product_id
JOIN accounts_seller s ON s.id = p.seller_id ORDER BY t.place
"""


@dataclass(frozen=True, slots=True)
class Source:
    """SQL that selects which products a list shows (`product_id`) and in which order (`place`), with its parameters."""

    sql: str
    parameters: Mapping[str, Any]


class CardRow(NamedTuple):
    """What a card is made from, as the database has it."""

    id: int
    slug: str
    title: str
    brand: str
    seller_slug: str
    price: Decimal | None
    currency: str
    compare_at: Decimal | None
    weight_grams: int | None
    ship_from: str
    image: str
    in_stock: bool
    origin: str
    hs_code: str
    tax_category: str
    lithium: bool
    customs_description: str
    popularity: int
    sort_price: Decimal
    published_at: datetime
    terms: str | None
    ratings: str
    rating_rank: int
    more_offers: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """What a list shows of a product. Prices are in the reader's currency; `lowest` is that of the thirty days before
    the reduction from `compare_at`, `tier` the lowest price by quantity, for business buyers, to whom
    the price is said to be a net one (`is_net`). `more_sellers` have the article too.

    While nothing in it changes, a card is the same object, so that what is printed for it can be kept.
    """

    id: int
    slug: str
    url: str
    name: str
    brand: str
    seller_slug: str
    image: str
    alt: str
    price: Money | None
    compare_at: Money | None
    in_stock: bool
    origin: str
    landed: Delivered | None
    row: CardRow
    lowest: Money | None = None
    tier: TierPrice | None = None
    is_net: bool = False
    rating: Rating | None = None
    more_sellers: int = 0


def cards(source: Source, region: Region, prices: Prices) -> list[Card]:
    """The cards of what `source` selects, with shop price and delivered price for `region`. One query."""
    return cards_of(_rows(source, region.language), region, prices)


def cards_of(rows: Sequence[tuple[Any, ...]], region: Region, prices: Prices) -> list[Card]:
    """The cards of rows (`CardRow`) that are known already, with shop price and delivered price for `region`."""
    found = {row: prices.cards.get((row, region)) for row in rows}
    new = [row for row, card in found.items() if card is None]
    if len(prices.cards) + len(new) > REMEMBERED:
        prices.cards.clear()
    for row, card in zip(new, _made([CardRow._make(row) for row in new], region, prices), strict=True):
        found[row] = prices.cards[row, region] = card
    return [card for card in found.values() if card]


def card_rows(source: Source, language: str) -> list[CardRow]:
    """The rows of what `source` selects, names in `language`, without prices at a door. One query."""
    return [CardRow._make(row) for row in _rows(source, language)]


def card_rows_and(beside: Sequence[str], source: Source, language: str) -> list[tuple[CardRow, tuple[Any, ...]]]:
    """The same with further columns `beside` them, of the product (`p`) or of the source (`t`). One query."""
    rows = _rows(source, language, "".join(f", {column}" for column in beside))
    return [(CardRow._make(row[: -len(beside)]), row[-len(beside) :]) for row in rows]


def _rows(source: Source, language: str, beside: str = "") -> list[tuple[Any, ...]]:
    sql = _ROWS.format(name=shown_text("p.name", language), source=source.sql, beside=beside)
    with connection.cursor() as cursor:
        cursor.execute(sql, source.parameters)
        return list(cursor.fetchall())


def _made(rows: Sequence[CardRow], region: Region, prices: Prices) -> list[Card]:
    goods = [goods_of(row) for row in rows]
    base = reverse("product", args=["-"])[:-2]
    return [
        _card(row, item, landed, f"{base}{row.slug}/", region, prices)
        for row, item, landed in zip(rows, goods, prices.delivered(goods, region), strict=True)
    ]


def _card(row: CardRow, item: Goods | None, landed: Delivered | None, url: str, region: Region, prices: Prices) -> Card:
    price = reduced = tier = None
    if item:
        price = prices.price_for(item.price, item.terms, region.country, region.currency).amount
        reduced = prices.reduction_for(item.price, row.compare_at, item.terms, region.country, region.currency)
        tier = lowest_tier(item, region, prices)
    return Card(
        id=row.id,
        slug=row.slug,
        url=url,
        name=row.title,
        brand=row.brand,
        seller_slug=row.seller_slug,
        image=row.image,
        alt=row.title,
        price=price,
        compare_at=reduced.before if reduced else None,
        in_stock=row.in_stock,
        origin=row.origin,
        landed=landed,
        row=row,
        lowest=reduced.lowest if reduced else None,
        tier=tier,
        is_net=region.is_business,
        rating=rating_of([int(count) for count in row.ratings.split()]),
        more_sellers=_in_country(json.loads(row.more_offers), region.country) if row.more_offers else 0,
    )


def _in_country(counts: Mapping[str, int], country: str) -> int:
    return counts.get(country, counts.get("", 0))


def goods_of(row: CardRow) -> Goods | None:
    """One piece of the cheapest variant of a listing; None when nothing of it has a price."""
    if row.price is None:
        return None
    return Goods(
        sku=row.slug,
        price=Money(row.price, get_currency(row.currency)),
        description=row.customs_description or row.title,
        hs_code=row.hs_code,
        origin=row.origin,
        weight_grams=row.weight_grams,
        tax_category=row.tax_category,
        lithium=row.lithium,
        ship_from=tuple(row.ship_from.split()),
        terms=price_terms(row.terms),
    )
