"""How a variant on sale can be had: from stock, to order or ahead, and of which parts it consists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from moneyed import Money, get_currency

from catalog.availability import Availability, availability
from catalog.price_terms import price_terms
from catalog.selectors.availability import AVAILABILITY, PARTS
from catalog.selectors.held import is_held
from catalog.selectors.navigation import shown_text
from catalog.selectors.prices import Prices
from marketplace.kernel.money import total
from marketplace.kernel.region import Region

LOW: Final = 5  # pieces, where the seller does not say when it runs low
PARTS_HELD_IN: Final = """ARRAY(
    SELECT DISTINCT unnest(of_part.held_in) FROM catalog_bundlepart b JOIN catalog_variant part ON part.id = b.part_id
    JOIN catalog_product of_part ON of_part.id = part.product_id WHERE b.bundle_id = v.id)"""
_COLUMNS: Final = ", ".join(("v.gtin, v.low_stock_at", PARTS, PARTS_HELD_IN, AVAILABILITY))
WIDTH: Final = 8
_SCHEMA: Final = {"pre_order": "PreOrder", "made_to_order": "MadeToOrder", "": "InStock"}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a variant; `low_at` pieces and fewer are few. `parts` are rows of `PARTS`, empty for no bundle."""

    gtin: str
    low_at: int
    parts: Sequence[Sequence[Any]]
    parts_held_in: Sequence[str]
    stock: Availability

    def is_held(self, country: str) -> bool:
        """Whether a part of it may not be sold to the country."""
        return is_held(self.parts_held_in, country)

    @property
    def ready_on(self) -> date | None:
        """The day before which one piece can't be sent; None for one in stock."""
        return self.stock.ready_on(to_order=self.stock.stocked < 1)

    @property
    def more_on(self) -> date | None:
        """The day by which more are made than lie in stock."""
        return self.stock.ready_on(to_order=True) if self.stock.stocked and not self.stock.is_pre_order else None

    @property
    def promise(self) -> str:
        """Why it can't be sent at once."""
        return "" if self.ready_on is None else "pre_order" if self.stock.is_pre_order else "made_to_order"

    @property
    def is_low(self) -> bool:
        """Whether so few lie in stock that a shopper should know."""
        return 0 < self.stock.stocked <= self.low_at

    @property
    def schema(self) -> str:
        """The availability in the words of schema.org."""
        return _SCHEMA[self.promise] if self.stock.left else "OutOfStock"


@dataclass(frozen=True, slots=True)
class Part:
    """What is in one piece of a bundle; `price` is that of one of them alone, in the reader's currency."""

    quantity: int
    name: str
    slug: str
    variant_id: int
    price: Money
    image: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The parts of a bundle with what all of them cost one by one; `saved` is what the bundle costs less, if it does."""

    parts: tuple[Part, ...]
    alone: Money
    saved: Money | None


def terms_columns() -> str:
    """The last `WIDTH` columns of a query on variants `v`, for `terms_of`; names in the language of the page."""
    return _COLUMNS.format(part_name=shown_text("of_part.name"))


def terms_of(columns: Sequence[Any], on: date) -> Terms:
    """The terms on a day."""
    gtin, low, parts, held_in, *stock = columns
    return Terms(gtin, LOW if low is None else low, parts or (), held_in or (), availability(stock, on))


def bundle_of(terms: Terms, price: Money, region: Region, prices: Prices) -> Bundle | None:
    """What a bundle with this price consists of; None for anything else. Raises `MissingRate`."""
    parts = tuple(
        Part(pieces, name, slug, key, _alone(Money(each, get_currency(currency)), asked, region, prices), image)
        for pieces, _sku, name, slug, key, each, currency, image, asked in terms.parts
    )
    if not parts:
        return None
    alone = total((part.price * part.quantity for part in parts), region.currency)
    return Bundle(parts, alone, alone - price if alone > price else None)


def _alone(price: Money, asked: str | None, region: Region, prices: Prices) -> Money:
    """What one piece of a part costs by itself."""
    return prices.price_for(price, price_terms(asked), region.country, region.currency).amount
