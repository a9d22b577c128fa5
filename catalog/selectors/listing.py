"""Category and brand pages: one query for the cards, one for the counts of the filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import QueryDict
from moneyed import Money

from catalog.models import Placement, Product
from catalog.selectors.cards import Card, card_rows, cards
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region

PAGE_SIZE = 24
SORTS = ("popular", "price", "price_down", "new")
_ORDER = {
    "popular": ("-popularity", "-product_id"),
    "price": ("sort_price", "-product_id"),
    "price_down": ("-sort_price", "product_id"),
    "new": ("-published_at", "-product_id"),
}
_MAX_AMOUNT = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Filters:
    """What a shopper narrows a list to. Amounts are in the reader's currency; unknown words are dropped."""

    sellers: tuple[int, ...] = ()
    origins: tuple[str, ...] = ()
    lowest: Decimal | None = None
    highest: Decimal | None = None
    in_stock: bool = False
    sort: str = "popular"
    after: str = ""

    @classmethod
    def parse(cls, data: QueryDict) -> Filters:
        """Filters of a query string, however damaged."""
        sellers = tuple(
            sorted(
                {
                    int(item)
                    for item in data.getlist("seller")[:50]
                    if item.isascii() and item.isdigit() and len(item) < 10
                }
            )
        )
        origins = tuple(
            sorted(
                {item for item in data.getlist("origin")[:50] if len(item) == 2 and item.isalpha() and item.isupper()}
            )
        )
        sort = data.get("sort", "popular")
        return cls(
            sellers=sellers,
            origins=origins,
            lowest=_amount(data.get("min", "")),
            highest=_amount(data.get("max", "")),
            in_stock=data.get("stock") == "1",
            sort=sort if sort in SORTS else "popular",
            after=data.get("after", "")[:80],
        )

    @property
    def active(self) -> bool:
        """Whether anything is narrowed."""
        return (
            bool(self.sellers or self.origins or self.in_stock) or self.lowest is not None or self.highest is not None
        )

    def query(self, **changes: Any) -> str:
        """The query string of these filters with `changes`; a new filter starts at the first page."""
        new = replace(self, **({"after": ""} | changes))
        pairs: list[tuple[str, str]] = [("seller", str(item)) for item in new.sellers]
        pairs += [("origin", item) for item in new.origins]
        pairs += [
            (name, f"{value.normalize():f}")
            for name, value in (("min", new.lowest), ("max", new.highest))
            if value is not None
        ]
        pairs += [("stock", "1")] if new.in_stock else []
        pairs += [("sort", new.sort)] if new.sort != "popular" else []
        pairs += [("after", new.after)] if new.after else []
        return urlencode(pairs)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many products each filter would leave, the others applied."""

    total: int
    in_stock: int
    sellers: dict[int, int]
    origins: dict[str, int]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cards; `after` continues it, empty at the end."""

    cards: list[Card]
    after: str


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < _MAX_AMOUNT else None


def bounds(filters: Filters, region: Region, prices: Prices) -> tuple[Decimal | None, Decimal | None]:
    """Lowest and highest price in the currency by which products are sorted."""

    def base(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else prices.fx.exact(Money(amount, region.currency), prices.fx.base).amount

    return base(filters.lowest), base(filters.highest)


def _narrowed(filters: Filters, region: Region, prices: Prices) -> Q:
    low, high = bounds(filters, region, prices)
    condition = Q()
    if filters.sellers:
        condition &= Q(product__seller_id__in=filters.sellers)
    if filters.origins:
        condition &= Q(product__origin__in=filters.origins)
    if filters.in_stock:
        condition &= Q(product__in_stock=True)
    if low is not None:
        condition &= Q(sort_price__gte=low)
    if high is not None:
        condition &= Q(sort_price__lte=high)
    return condition


def _continued(filters: Filters) -> Q:
    """The rows after the last one of the page before; nothing for a damaged cursor."""
    if not filters.after:
        return Q()
    value, _, last = filters.after.rpartition("_")
    if not last.isdigit() or len(last) > 18 or not value:
        return Q()
    first, second = _ORDER[filters.sort]
    column = first.lstrip("-")
    side = "lt" if first.startswith("-") else "gt"
    tie = "lt" if second.startswith("-") else "gt"
    product = int(last)
    parsed = _cursor_value(column, value)
    if parsed is None:
        return Q()
    return Q(**{f"{column}__{side}": parsed}) | Q(**{column: parsed, f"product_id__{tie}": product})


def _cursor_value(column: str, value: str) -> Any:
    try:
        if column == "popularity":
            return int(value) if len(value) < 11 else None
        if column == "sort_price":
            return _amount(value)
        return datetime.fromtimestamp(float(value), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def shelf(category_id: int, filters: Filters, region: Region, prices: Prices) -> Page:
    """One page of a category for `region`. One query."""
    placed = Placement.objects.filter(_narrowed(filters, region, prices), _continued(filters), category_id=category_id)
    placed = placed.order_by(*_ORDER[filters.sort])
    return _page(card_rows(placed, region.language, "product__"), filters, region, prices)


def products_page(
    products: QuerySet[Product], filters: Filters, region: Region, prices: Prices, size: int = PAGE_SIZE
) -> Page:
    """One page of any set of live products (a brand, the newest) for `region`. One query."""
    listed = products.filter(status=Product.Status.LIVE, seller__status="approved", sort_price__isnull=False)
    listed = listed.filter(_renamed(_continued(filters)))
    listed = listed.order_by(*(name.replace("product_id", "pk") for name in _ORDER[filters.sort]))
    return _page(card_rows(listed, region.language), filters, region, prices, size)


def _page(
    rows: QuerySet[Any, tuple[Any, ...]], filters: Filters, region: Region, prices: Prices, size: int = PAGE_SIZE
) -> Page:
    fetched = list(rows[: size + 1])
    found = cards(fetched[:size], region, prices)
    after = ""
    if len(fetched) > size:
        popularity, price, published, pk = found[-1].sort_key
        key = {"popular": popularity, "price": price, "price_down": price, "new": published.timestamp()}[filters.sort]
        after = f"{key}_{pk}"
    return Page(found, after)


def _renamed(condition: Q) -> Q:
    copy = Q(_connector=condition.connector)
    for child in condition.children:
        if isinstance(child, Q):
            copy.children.append(_renamed(child))
        else:
            name, value = child  # type: ignore[misc]
            copy.children.append((name.replace("product_id", "pk"), value))
    return copy


_COUNTS = """
SELECT CASE WHEN grouping(p.seller_id) = 0 THEN 's' WHEN grouping(p.origin) = 0 THEN 'o' ELSE 't' END,
       p.seller_id, p.origin,
       count(*) FILTER (WHERE {seller} AND {origin} AND {stock}),
       count(*) FILTER (WHERE {seller} AND {origin} AND p.in_stock),
       count(*) FILTER (WHERE {origin} AND {stock}), count(*) FILTER (WHERE {seller} AND {stock})
FROM catalog_placement t JOIN catalog_product p ON p.id = t.product_id
WHERE t.category_id = %(category)s AND {price}
GROUP BY GROUPING SETS ((p.seller_id), (p.origin), ())
"""


def counts(category_id: int, filters: Filters, region: Region, prices: Prices) -> Counts:
    """Counts for the filters of a category: each as if its own filter were not set. One query."""
    low, high = bounds(filters, region, prices)
    price = "".join(
        f" AND t.sort_price {sign} %({name})s"
        for sign, name, value in ((">=", "low", low), ("<=", "high", high))
        if value is not None
    )
    sql = _COUNTS.format(
        seller="p.seller_id = ANY(%(sellers)s)" if filters.sellers else "true",
        origin="p.origin = ANY(%(origins)s)" if filters.origins else "true",
        stock="p.in_stock" if filters.in_stock else "true",
        price="true" + price,
    )
    parameters = {
        "category": category_id,
        "low": low,
        "high": high,
        "sellers": list(filters.sellers),
        "origins": list(filters.origins),
    }
    total = in_stock = 0
    sellers: dict[int, int] = {}
    origins: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for kind, seller, origin, all_filters, with_stock, without_seller, without_origin in cursor.fetchall():
            if kind == "s" and without_seller:
                sellers[seller] = without_seller
            elif kind == "o" and origin and without_origin:
                origins[origin] = without_origin
            elif kind == "t":
                total, in_stock = all_filters, with_stock
    return Counts(total, in_stock, sellers, origins)


def kept_counts(facets: dict[str, Any]) -> Counts:
    """The counts that a worker keeps for a category without filters. No query."""
    return Counts(
        int(facets.get("total", 0)),
        int(facets.get("stock", 0)),
        {int(key): value for key, value in (facets.get("sellers") or {}).items()},
        dict(facets.get("origins") or {}),
    )
