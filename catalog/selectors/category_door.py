"""A category by what is known at the door alone: prices and days are reckoned for the most popular of its goods.

They differ with the country and follow rules, rates and freight, so no shelf can be kept in their order. `MOST_POPULAR`
goods are looked at; a filter that leaves fewer of them has all.
"""

from __future__ import annotations

from dataclasses import replace

from catalog.selectors import counting, listing, search_door
from catalog.selectors.cards import CardRow, Source, card_rows_and, cards_of
from catalog.selectors.counts import Counts
from catalog.selectors.listing import PAGE_SIZE, Filters, Page
from catalog.selectors.navigation import Branch
from catalog.selectors.prices import Prices
from catalog.selectors.search_door import Chosen, Hit
from marketplace.kernel.region import Region

MOST_POPULAR = 7 * PAGE_SIZE
_POPULAR = """
SELECT t.product_id, row_number() OVER (ORDER BY {order}), NOT ({leads}) AS is_led FROM (
    SELECT t.* FROM catalog_placement t {product} WHERE t.category_id = %(category)s AND {condition}
    ORDER BY {by_popularity} LIMIT {most}
) t
"""
_BESIDE = ("p.seller_id", "p.brand_name", "p.category_id", "t.is_led")

# OFFSET 0 keeps the planner from walking the shelf all the same.
_CHOSEN_FIRST = """JOIN (
    SELECT p.* FROM catalog_product p WHERE p.status = 'live' AND {few} OFFSET 0) p ON p.id = t.product_id"""


def page_and_counts(
    branch: Branch, filters: Filters, region: Region, prices: Prices, *, are_few: bool
) -> tuple[Page, Counts]:
    """One page of a category, and the counts for its filters. One query, two where a filter narrows a large category.

    Where not all goods were looked at, the counts are those before the door, and nobody has counted what its price or
    days leave. A choice is made before the most popular are taken, unless all of the category are; one that leaves few
    goods (`are_few`) before the shelf is looked at.
    """
    is_whole = branch.count_in(region.country) <= MOST_POPULAR or not filters.has_choice
    within = replace(filters, days=0, after="")
    within = replace(within, lowest=None, highest=None) if filters.door else within
    found = (
        _popular(branch, _without_choice(within), region, prices)
        if is_whole
        else _popular(branch, within, region, prices, are_few=are_few)
    )
    hits = [hit for hit, _row in found]
    chosen = search_door.at_door(hits, filters, region, prices, {row.id: row for _hit, row in found})
    start = int(filters.after) if filters.after.isascii() and filters.after.isdigit() and len(filters.after) < 4 else 0
    ids = chosen.ids[start : start + PAGE_SIZE]
    after = str(start + PAGE_SIZE) if len(chosen.ids) > start + PAGE_SIZE else ""
    page = Page(
        cards_of([chosen.rows[pk] for pk in ids], region, prices), after, len(hits) == MOST_POPULAR, chosen.arriving
    )
    if is_whole and not page.of_popular:
        attributes = dict.fromkeys(branch.cells.within(region.country).unfiltered.attributes)
        return page, replace(chosen.cells.counts(filters.choice), attributes=attributes)
    return page, _counts_before(branch, within, chosen, filters, region, prices)


def _counts_before(
    branch: Branch, within: Filters, chosen: Chosen, filters: Filters, region: Region, prices: Prices
) -> Counts:
    counts = counting.counts(branch, within, region, prices)
    if filters.days or (filters.door and filters.has_bounds):
        return replace(counts, total=len(chosen.ids), capped=True)
    return counts


def _without_choice(filters: Filters) -> Filters:
    return replace(filters, sellers=(), origins=(), brands=(), in_stock=False, score=0)


def _popular(
    branch: Branch, filters: Filters, region: Region, prices: Prices, *, are_few: bool = False
) -> list[tuple[Hit, CardRow]]:  # fmt: skip
    conditions, parameters = listing.narrowed(filters, region, prices)
    few = " AND ".join(condition for condition in conditions if condition.startswith("p."))
    sql = _POPULAR.format(
        leads=listing.LEADS, condition=" AND ".join(conditions), most=MOST_POPULAR,
        product=_CHOSEN_FIRST.format(few=few) if are_few else listing.product_for(conditions),
        by_popularity=listing.order_of("popular"), order=listing.order_of(filters.sort),
    )  # fmt: skip
    rows = card_rows_and(_BESIDE, Source(sql, parameters | {"category": branch.id}), region.language)
    return [
        ((row.id, seller, row.origin, row.in_stock, brand, category, is_led), row)
        for row, (seller, brand, category, is_led) in rows
    ]
