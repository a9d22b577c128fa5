"""A category by what is known at the door alone: prices and days are reckoned for the most popular of its goods.

They differ with the country and follow rules, rates and freight, so no shelf can be kept in their order. What was looked
at is the same as in a search, `MOST_HITS` goods; a filter that leaves fewer of them has all.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from catalog.selectors import counting, listing, search_door
from catalog.selectors.cards import cards_of
from catalog.selectors.counts import Counts
from catalog.selectors.listing import PAGE_SIZE, Filters, Page
from catalog.selectors.navigation import Branch
from catalog.selectors.prices import Prices
from catalog.selectors.search_door import Chosen, Hit
from catalog.selectors.search_hits import MOST_HITS
from marketplace.kernel.region import Region

_MOST_POPULAR = """
SELECT p.id, p.seller_id, p.origin, p.in_stock, p.brand_name, p.category_id, NOT ({leads}) FROM (
    SELECT t.* FROM catalog_placement t {product} WHERE t.category_id = %(category)s AND {condition}
    ORDER BY {by_popularity} LIMIT {most}
) t JOIN catalog_product p ON p.id = t.product_id ORDER BY {order}
"""

# OFFSET 0 keeps the planner from walking the shelf all the same.
_CHOSEN_FIRST = """JOIN (
    SELECT p.* FROM catalog_product p WHERE p.status = 'live' AND {few} OFFSET 0) p ON p.id = t.product_id"""


def page_and_counts(
    branch: Branch, filters: Filters, region: Region, prices: Prices, *, are_few: bool
) -> tuple[Page, Counts]:
    """One page of a category, and the counts for its filters. Two queries, three where a filter narrows a large category.

    Where not all goods were looked at, the counts are those before the door, and nobody has counted what its price or
    days leave. A choice is made before the most popular are taken, unless all of the category are; one that leaves few
    goods (`are_few`) before the shelf is looked at.
    """
    is_whole = branch.count_in(region.country) <= MOST_HITS or not filters.has_choice
    within = replace(filters, days=0, after="")
    within = replace(within, lowest=None, highest=None) if filters.door else within
    hits = (
        _hits(branch, _without_choice(within), region, prices)
        if is_whole
        else _hits(branch, within, region, prices, are_few=are_few)
    )
    chosen = search_door.at_door(hits, filters, region, prices)
    start = int(filters.after) if filters.after.isascii() and filters.after.isdigit() and len(filters.after) < 4 else 0
    ids = chosen.ids[start : start + PAGE_SIZE]
    after = str(start + PAGE_SIZE) if len(chosen.ids) > start + PAGE_SIZE else ""
    page = Page(
        cards_of([chosen.rows[pk] for pk in ids], region, prices), after, len(hits) == MOST_HITS, chosen.arriving
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


def _hits(branch: Branch, filters: Filters, region: Region, prices: Prices, *, are_few: bool = False) -> list[Hit]:
    conditions, parameters = listing.narrowed(filters, region, prices)
    few = " AND ".join(condition for condition in conditions if condition.startswith("p."))
    sql = _MOST_POPULAR.format(
        leads=listing.LEADS, condition=" AND ".join(conditions), most=MOST_HITS,
        product=_CHOSEN_FIRST.format(few=few) if are_few else listing.product_for(conditions),
        by_popularity=listing.order_of("popular"), order=listing.order_of(filters.sort),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | {"category": branch.id})
        return list(cursor.fetchall())
