"""Product cards: one narrow row each, priced for the reader's region without a further query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from moneyed import Money, get_currency

from catalog.selectors.navigation import text_column
from catalog.selectors.prices import Delivered, Goods, Prices
from marketplace.kernel.region import Region

_FIELDS = ("id", "slug", "title", "seller__name", "seller__slug", "card_price", "card_price_currency", "card_compare_at",
           "card_weight_grams", "card_ship_from", "card_image", "in_stock", "origin", "hs_code", "tax_category",
           "lithium", "customs_description", "popularity", "sort_price", "published_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of a product. Prices are in the reader's currency."""

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
    sort_key: tuple[Any, ...]


def card_rows(source: QuerySet[Any], language: str, prefix: str = "") -> QuerySet[Any, tuple[Any, ...]]:
    """The narrow rows from which cards are made; `prefix` leads from `source` to the product."""
    own = NullIf(F(prefix + text_column("name", language)), Value(""), output_field=CharField())
    title = Coalesce(own, F(f"{prefix}name_en"), output_field=CharField())
    names = (name if name == "title" else prefix + name for name in _FIELDS)
    rows: QuerySet[Any, tuple[Any, ...]] = source.annotate(title=title).values_list(*names)
    return rows


def cards(rows: Iterable[tuple[Any, ...]], region: Region, prices: Prices) -> list[Card]:
    """Cards of `rows` (as `card_rows` gives them) with shop price and delivered price for `region`."""
    rows = list(rows)
    goods = [_goods(row) for row in rows]
    delivered = prices.delivered(goods, region)
    base = reverse("product", args=["-"])[:-2]
    result = []
    for row, item, landed in zip(rows, goods, delivered, strict=True):
        price = prices.shop(item.price, region.currency) if item else None
        compare = prices.shop(Money(row[7], row[6]), region.currency) if item and row[7] else None
        result.append(
            Card(row[0], row[1], f"{base}{row[1]}/", row[2], row[3], row[4], row[10], row[2], price, compare,
                 row[11], row[12], landed, (row[17], row[18], row[19], row[0]))
        )  # fmt: skip
    return result


def _goods(row: tuple[Any, ...]) -> Goods | None:
    amount: Decimal | None = row[5]
    if amount is None:
        return None
    return Goods(sku=row[1], price=Money(amount, get_currency(row[6])), description=row[16] or row[2], hs_code=row[13],
                 origin=row[12], weight_grams=row[8], tax_category=row[14], lithium=row[15],
                 ship_from=tuple(row[9]))  # fmt: skip
