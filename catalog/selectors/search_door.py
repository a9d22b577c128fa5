"""Goods by what they cost at the shopper's door and by how long they are on their way: exact for a capped set of them.

Both depend on where the goods lie, on their weight and on the rules of the shopper's country, so they are reckoned in
the process for each hit of a search, and for the most popular goods of a category.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from catalog.selectors.cards import CardRow, Source, card_rows, goods_of
from catalog.selectors.counts import Cells
from catalog.selectors.listing import DELIVERY_DAYS, DOOR_SORTS, Filters
from catalog.selectors.prices import Prices
from logistics.quotes import DeliveredPrice
from marketplace.kernel.region import Region

Hit = tuple[int, int, str, bool, str, int, bool]  # product, seller, origin, stock, brand, category, whether it is led
REMEMBERED = 4000  # prices at a door, about 300 bytes each
_KEYS = "SELECT * FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY"


class _AtDoor(NamedTuple):
    """A hit with its price at the door (None when not all of it is known) and its most days under way (None: not sent)."""

    id: int
    seller: int
    origin: str
    in_stock: bool
    brand: str
    category: int
    is_led: bool
    total: Decimal | None
    days: int | None


class Chosen(NamedTuple):
    """What of the hits is left, in its order, the counts for the filters, and how many arrive within each of the days.

    `categories` are the counts of the categories that the hits lie in, `rows` what their cards are made from.
    """

    ids: list[int]
    cells: Cells
    arriving: dict[int, int]
    categories: Mapping[int, int]
    rows: dict[int, CardRow]


def concerns(filters: Filters) -> bool:
    """Whether an order or a filter asks for what is known at the door alone."""
    return filters.sort in DOOR_SORTS or bool(filters.days) or (filters.door and filters.has_bounds)


def at_door(
    everything: Sequence[Hit], filters: Filters, region: Region, prices: Prices, rows: dict[int, CardRow] | None = None
) -> Chosen:
    """The hits that a shopper in `region` gets within the days and at the price that they ask for.

    One query, none where the `rows` of their cards are known.
    """
    if rows is None:
        source = Source(_KEYS, {"ids": [hit[0] for hit in everything]})
        rows = {row.id: row for row in card_rows(source, region.language)}
    hits = _reckoned([hit for hit in everything if hit[0] in rows], rows, region, prices)
    choice = filters.choice
    priced = [hit for hit in hits if _is_within(hit, filters)]
    in_time = [hit for hit in priced if not filters.days or (hit.days is not None and hit.days <= filters.days)]
    kept = [hit for hit in in_time if choice.admits(hit.category)]
    led = [] if filters.shows_every_offer else [hit for hit in kept if hit.is_led]
    shown = [hit for hit in kept if all(choice.passed(hit)) and hit not in led]
    if filters.sort == "landed":
        shown.sort(key=lambda hit: (hit.total is None, hit.total or Decimal(0)))
    elif filters.sort == "delivery":
        shown.sort(key=lambda hit: (hit.days is None, hit.days or 0))
    wanted = [hit for hit in priced if choice.admits(hit.category) and all(choice.passed(hit))]
    arriving = {days: sum(hit.days is not None and hit.days <= days for hit in wanted) for days in DELIVERY_DAYS}
    categories = Counter(hit.category for hit in in_time if all(choice.passed(hit)))
    cells = Cells({"branded": [(hit.seller, hit.origin, hit.in_stock, 1, hit.brand) for hit in kept],
                   "led": [len(led), sum(hit.in_stock for hit in led)]})  # fmt: skip
    return Chosen([hit.id for hit in shown], cells, arriving, categories, rows)


def _reckoned(hits: Sequence[Hit], rows: Mapping[int, CardRow], region: Region, prices: Prices) -> list[_AtDoor]:
    # The row itself, with its texts, would be a kilobyte to remember.
    keys = [(hit[0], hash(rows[hit[0]]), region) for hit in hits]
    found = {key: prices.doors.get(key) for key in keys}
    new = [key for key, facts in found.items() if facts is None]
    if len(prices.doors) + len(new) > REMEMBERED:
        prices.doors.clear()
    landed = prices.at_door([goods_of(rows[key[0]]) for key in new], region)
    for key, price in zip(new, landed, strict=True):
        found[key] = prices.doors[key] = _facts(price)
    return [_AtDoor(*hit, *(found[key] or (None, None))) for hit, key in zip(hits, keys, strict=True)]


def _facts(landed: DeliveredPrice | None) -> tuple[Decimal | None, int | None]:
    """The whole price and the days, each None where nobody knows it; both for what may not be sent."""
    if landed is None or landed.assessment.status == "blocked":
        return None, None
    return landed.total.amount if landed.assessment.is_complete else None, landed.days[1]


def _is_within(hit: _AtDoor, filters: Filters) -> bool:
    if not (filters.door and filters.has_bounds):
        return True
    if hit.total is None:
        return False
    low, high = filters.lowest, filters.highest
    return (low is None or hit.total >= low) and (high is None or hit.total <= high)
