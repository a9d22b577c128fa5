"""Category and brand pages: what a shopper narrows them to, and one query for the cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from moneyed import Money

from catalog.scores import STEPS
from catalog.selectors import attribute_filters, navigation
from catalog.selectors.cards import Card, Source, cards
from catalog.selectors.counts import Choice
from catalog.selectors.prices import Prices
from catalog.selectors.sellers import reliable
from marketplace.kernel.region import Region

PAGE_SIZE = 24
SORTS = ("popular", "price", "price_down", "rating", "new")
DOOR_SORTS = ("landed", "delivery")  # what is known at the door alone
DELIVERY_DAYS = (3, 7, 14)
# By what the rows come, in which direction, and in which direction rows of the same value.
_ORDERS = {
    "popular": ("popularity", "DESC", "DESC"),
    "price": ("sort_price", "ASC", "DESC"),
    "price_down": ("sort_price", "DESC", "ASC"),
    "rating": ("rating_rank", "DESC", "DESC"),
    "new": ("published_at", "DESC", "DESC"),
}
_AFTER = {"ASC": ">", "DESC": "<"}
_MAX_AMOUNT = Decimal(10) ** 9
# Nobody meets a listing in a country in which it is held; one that is held everywhere is on no shelf.
_SHOWN = "%(country)s <> ALL (t.held_in)"
# Of several offers of an article lists show the one that leads in the country (docs/explanation/offers.md); hardly any row
# has a `led_in`, and in it "" stands for all countries but those that are named.
LEADS = "(t.led_in IS NULL OR (%(country)s = ANY (t.led_in)) = ('' = ANY (t.led_in)))"
_LEADS_EVERYWHERE = LEADS.replace("t.led_in", "p.led_in")  # and not only among what is in the same category
# Each category has an index in every order; several of them are merged.
_SHELVES = """
SELECT t.product_id, row_number() OVER (ORDER BY {order}) FROM (VALUES {categories}) c(id) CROSS JOIN LATERAL (
    SELECT t.product_id, t.popularity, t.sort_price, t.published_at, t.rating_rank FROM catalog_placement t {product}
    WHERE t.category_id = c.id AND {condition} ORDER BY {order} LIMIT {limit}
) t ORDER BY {order} LIMIT {limit}
"""
_OF_SELLER = """
SELECT t.product_id, row_number() OVER (ORDER BY {order})
FROM (SELECT p.id AS product_id, p.* FROM catalog_product p) t
WHERE t.seller_id = %(seller)s AND t.status = 'live' AND t.sort_price IS NOT NULL AND '' <> ALL (t.held_in)
    AND {condition}
ORDER BY {order} LIMIT {limit}
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a shopper narrows a list to. Amounts are in the reader's currency; unknown words are dropped.

    With `door` they bound the price at the door, and `days` are the most that the goods are under way (0: any). `score`
    is the least that the seller has to have (0: any), `category` the slug of one to which a search is narrowed.
    """

    sellers: tuple[int, ...] = ()
    origins: tuple[str, ...] = ()
    lowest: Decimal | None = None
    highest: Decimal | None = None
    in_stock: bool = False
    sort: str = "popular"
    after: str = ""
    days: int = 0
    door: bool = False
    attributes: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    score: int = 0
    category: str = ""

    @classmethod
    def parse(cls, data: QueryDict, *, at_door: bool = False, in_search: bool = False) -> Filters:
        """Filters of a query string, however damaged; with `at_door` also what is known there alone, and with
        `in_search` the category.
        """
        category = data.get("category", "") if in_search else ""
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
            sort=sort if sort in SORTS or (at_door and sort in DOOR_SORTS) else "popular",
            after=data.get("after", "")[:80],
            days=next((days for days in DELIVERY_DAYS if at_door and data.get("days") == str(days)), 0),
            door=at_door and data.get("door") == "1",
            attributes=attribute_filters.parsed(data.getlist("attr")),
            brands=tuple(sorted({item for item in data.getlist("brand")[:50] if _is_brand(item)})),
            score=next((score for score in STEPS if data.get("score") == str(score)), 0),
            category=category if navigation.trail_of(category) else "",
        )

    @property
    def has_bounds(self) -> bool:
        """Whether a price is asked for."""
        return self.lowest is not None or self.highest is not None

    @property
    def active(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.has_choice or self.days or self.attributes) or self.has_bounds

    @property
    def has_choice(self) -> bool:
        """Whether anything is asked that kept counts know."""
        return bool(self.sellers or self.origins or self.brands or self.in_stock or self.score or self.category)

    @property
    def shows_every_offer(self) -> bool:
        """Whether something is asked that the leading offer of an article may not have, so that each stands by itself."""
        return replace(self, in_stock=False).active

    @property
    def choice(self) -> Choice:
        """What is asked of sellers, origins, brands, stock and category."""
        categories = navigation.ids_below(self.category) if self.category else None
        return Choice(self.sellers, self.origins, self.brands, self.in_stock, reliable(self.score), categories)

    def query(self, **changes: Any) -> str:
        """The query string of these filters with `changes`; a new filter starts at the first page."""
        # A page has some thirty such addresses; a changed copy of the filters for each would cost more than the text.
        new = {name: getattr(self, name) for name in self.__slots__} | {"after": ""} | changes
        bounds = [
            (name, value) for name, value in (("min", new["lowest"]), ("max", new["highest"])) if value is not None
        ]
        pairs: list[tuple[str, str]] = [("category", new["category"])] if new["category"] else []
        pairs += [("seller", str(item)) for item in new["sellers"]]
        pairs += [("origin", item) for item in new["origins"]]
        pairs += [("brand", item) for item in new["brands"]]
        pairs += [("attr", item) for item in new["attributes"]]
        pairs += [(name, f"{value.normalize():f}") for name, value in bounds]
        pairs += [("stock", "1")] if new["in_stock"] else []
        pairs += [("score", str(new["score"]))] if new["score"] else []
        pairs += [("days", str(new["days"]))] if new["days"] else []
        pairs += [("door", "1")] if new["door"] and bounds else []
        pairs += [("sort", new["sort"])] if new["sort"] != "popular" else []
        pairs += [("after", new["after"])] if new["after"] else []
        return urlencode(pairs)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cards; `after` continues it, empty at the end.

    Where it is put in order by what is known at the door, `of_popular` says that only the most popular goods were looked
    at, and `arriving` how many of these arrive within so many days.
    """

    cards: list[Card]
    after: str
    of_popular: bool = False
    arriving: Mapping[int, int] = field(default_factory=dict)


def _is_brand(text: str) -> bool:
    return 0 < len(text) <= 120 and text.isprintable()


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


def shelf(category_ids: Sequence[int], filters: Filters, region: Region, prices: Prices, size: int = PAGE_SIZE) -> Page:
    """One page of a category, or of several that have no product in common, for `region`. One query."""
    conditions, parameters = listed(filters, region, prices)
    if LEADS in conditions and len(category_ids) > 1:
        conditions += [_LEADS_EVERYWHERE]
    product = product_for(conditions)
    shelves = {f"category_{number}": pk for number, pk in enumerate(category_ids or [0])}
    form = {"categories": ", ".join(f"(%({name})s::bigint)" for name in shelves), "product": product}
    return page_of(_SHELVES, form, conditions, parameters | shelves, filters, region, prices, size)


def order_of(sort: str) -> str:
    """SQL for the order of placements (`t`) in a sort that is not one of the door's; by popularity for these."""
    column, direction, tie = _ORDERS.get(sort, _ORDERS["popular"])
    return f"t.{column} {direction}, t.product_id {tie}"


def product_for(conditions: Sequence[str]) -> str:
    """The product beside its placement, where one of the conditions is on it."""
    return (
        "JOIN catalog_product p ON p.id = t.product_id"
        if any(each.startswith(("p.", "(p.")) for each in conditions)
        else ""
    )


def products_of_seller(seller_id: int, filters: Filters, region: Region, prices: Prices) -> Page:
    """One page of what a seller has on sale, in the order that `filters` names. One query."""
    parameters = {"seller": seller_id, "country": region.country}
    return page_of(_OF_SELLER, {}, [_SHOWN], parameters, filters, region, prices, PAGE_SIZE)


def chosen(choice: Choice) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions on products (`p`) for a choice, and their parameters."""
    asked = {
        "sellers": ("p.seller_id = ANY(%(sellers)s)", choice.sellers or None),
        "origins": ("p.origin = ANY(%(origins)s)", choice.origins or None),
        "brands": ("p.brand_name = ANY(%(brands)s)", choice.brands or None),
        "reliable": ("p.seller_id = ANY(%(reliable)s)", choice.reliable),
        "categories": ("p.category_id = ANY(%(categories)s)", choice.categories),
    }
    conditions = [sql for sql, values in asked.values() if values is not None]
    conditions += ["p.in_stock"] if choice.in_stock else []
    return conditions, {name: list(values) for name, (_sql, values) in asked.items() if values is not None}


def narrowed(filters: Filters, region: Region, prices: Prices) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions on placements (`t`) and products (`p`), and their parameters."""
    low, high = bounds(filters, region, prices)
    conditions, parameters = chosen(filters.choice)
    conditions += ["t.sort_price >= %(low)s"] if low is not None else []
    conditions += ["t.sort_price <= %(high)s"] if high is not None else []
    attributes, asked_for = attribute_filters.narrowing(filters.attributes)
    parameters |= asked_for | {"low": low, "high": high, "country": region.country}
    return [_SHOWN, *conditions, *attributes], parameters


def listed(filters: Filters, region: Region, prices: Prices) -> tuple[list[str], dict[str, Any]]:
    """The same for what a list shows: of an article the leading offer, until all are asked for."""
    conditions, parameters = narrowed(filters, region, prices)
    return conditions if filters.shows_every_offer else [*conditions, LEADS], parameters


def _continued(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """The rows after the last one of the page before; all of them for a damaged cursor."""
    value, _, last = filters.after.rpartition("_")
    column, direction, tie = _ORDERS[filters.sort]
    parsed = _cursor_value(column, value) if last.isascii() and last.isdigit() and len(last) < 19 and value else None
    if parsed is None:
        return [], {}
    side, other = _AFTER[direction], _AFTER[tie]
    sql = f"t.{column} {side}= %(value)s AND (t.{column} {side} %(value)s OR t.product_id {other} %(last)s)"
    return [sql], {"value": parsed, "last": int(last)}


def _cursor_value(column: str, value: str) -> Any:
    try:
        if column in ("popularity", "rating_rank"):
            return int(value) if len(value) < 11 else None
        if column == "sort_price":
            return _amount(value)
        return datetime.fromtimestamp(float(value), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def page_of(
    sql: str, form: Mapping[str, str], conditions: list[str], parameters: Mapping[str, Any], filters: Filters,
    region: Region, prices: Prices, size: int,
) -> Page:  # fmt: skip
    """The page that the SQL `sql` gives, in the order and from the place that `filters` name. One query."""
    more, values = _continued(filters)
    source = sql.format(
        **form,
        condition=" AND ".join([*conditions, *more]) or "true",
        after=" AND ".join(more) or "true",
        order=order_of(filters.sort),
        limit=size + 1,
    )
    fetched = cards(Source(source, {**parameters, **values}), region, prices)
    found = fetched[:size]
    after = f"{_cursor(found[-1], filters.sort)}_{found[-1].id}" if len(fetched) > size else ""
    return Page(found, after)


def _cursor(card: Card, sort: str) -> Any:
    value = getattr(card.row, _ORDERS[sort][0])
    return value.timestamp() if sort == "new" else value
