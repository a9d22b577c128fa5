"""A category narrowed by filters: the page and its counts, by the way to the goods that is short in a shop of any size.

The shelf is in the order of the page and is walked until the page is full, which is long when hardly anything on it
passes. Where the kept counts or the price say that few products do, those are taken and put in order instead.
"""

from __future__ import annotations

from django.db import connection

from catalog.selectors import attribute_filters, category_door, counting, listing, search_door
from catalog.selectors.counts import Counts
from catalog.selectors.listing import PAGE_SIZE, Filters, Page
from catalog.selectors.navigation import Branch
from catalog.selectors.planning import planned_anew
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region

FEW = 5000  # so many products are put in order as quickly as a long shelf is walked
FEW_PRICED = 10_000  # where a price leaves some of them alone
RARE = 20  # one in so many on the shelf
FEW_PRICES = 20_000  # so many goods of a price are read as quickly as a shelf that has none of them at its beginning
FETCHED = 30  # entries of the index that are read as quickly as one product is fetched
# The choice comes first: OFFSET 0 keeps the planner from walking the shelf all the same.
_OF_PRODUCTS = """
SELECT t.product_id, row_number() OVER (ORDER BY {order}) FROM (
    SELECT p.* FROM catalog_product p WHERE p.status = 'live' AND {few} OFFSET 0
) p JOIN catalog_placement t ON t.product_id = p.id AND t.category_id = %(category)s
WHERE {condition} ORDER BY {order} LIMIT {limit}
"""
_OF_SHELF = """
SELECT t.product_id, row_number() OVER (ORDER BY {order}) FROM (
    SELECT t.* FROM catalog_placement t WHERE t.category_id = %(category)s AND {few} OFFSET 0
) t JOIN catalog_product p ON p.id = t.product_id WHERE {condition} ORDER BY {order} LIMIT {limit}
"""
# The first of those with the price, in order: nobody looks at what product the others are.
_FIRST_OF_PRICES = """
SELECT t.product_id, row_number() OVER (ORDER BY {order}) FROM (
    SELECT t.* FROM (SELECT t.* FROM catalog_placement t WHERE t.category_id = %(category)s AND {few} OFFSET 0) t
    WHERE {after} ORDER BY {order} LIMIT {most}
) t JOIN catalog_product p ON p.id = t.product_id WHERE {condition} ORDER BY {order} LIMIT {limit}
"""
_COUNT_PRICES = """
SELECT count(*) FROM (
    SELECT FROM catalog_placement t WHERE t.category_id = %(category)s AND {few} LIMIT {most}) t
"""


def page_and_counts(branch: Branch, filters: Filters, region: Region, prices: Prices) -> tuple[Page, Counts]:
    """One page of a category, and the counts for its filters. One query; none for what nothing passes.

    A price costs one more, and two or three more where it is that of many products.
    """
    if search_door.concerns(filters):
        with planned_anew():
            are_few = _are_few(branch, filters, region)
            return category_door.page_and_counts(branch, filters, region, prices, are_few=are_few)
    if not filters.active:
        counts = counting.counts(branch, filters, region, prices)
        return listing.shelf([branch.id], filters, region, prices), counts
    with planned_anew():
        counts = counting.counts(branch, filters, region, prices)
        return _page(branch, counts, filters, region, prices) if counts.total else Page([], ""), counts


def _page(branch: Branch, counts: Counts, filters: Filters, region: Region, prices: Prices) -> Page:
    whole = branch.count_in(region.country)
    passing = _passing(branch, filters, region)
    if _are_few(branch, filters, region):
        return _taken(_OF_PRODUCTS, "p.", branch, filters, region, prices)
    if _have_few(branch, filters, region):
        return _taken(_OF_SHELF, "EXISTS", branch, filters, region, prices)
    if filters.has_bounds and not counts.capped:
        return _taken(_OF_SHELF, "t.sort_price", branch, filters, region, prices)
    if (
        filters.has_bounds
        and (filters.has_choice or filters.attributes)
        and _are_taken_sooner(_number_of_prices(branch, filters, region, prices), passing, whole)
    ):
        most = 4 * (PAGE_SIZE + 1) * whole // passing if passing else FEW
        page = _taken(_FIRST_OF_PRICES, "t.sort_price", branch, filters, region, prices, most=str(min(most, FEW)))
        return page if page.after else _taken(_OF_SHELF, "t.sort_price", branch, filters, region, prices)
    return listing.shelf([branch.id], filters, region, prices)


def _passing(branch: Branch, filters: Filters, region: Region) -> int:
    return branch.cells.within(region.country).counts(filters.choice).total


def _are_few(branch: Branch, filters: Filters, region: Region) -> bool:
    """Whether the kept counts say that the choice leaves few goods; of a brand that they do not know they say none."""
    passing = _passing(branch, filters, region)
    most = FEW_PRICED if filters.has_bounds and not filters.door else FEW
    return filters.has_choice and passing <= most and passing * RARE < branch.count_in(region.country)


def _have_few(branch: Branch, filters: Filters, region: Region) -> bool:
    """Whether the kept counts say that few goods have the attributes."""
    if not filters.attributes:
        return False
    kept = branch.cells.within(region.country).unfiltered
    most = attribute_filters.most(filters.attributes, kept.attributes)
    return most <= FEW and most * RARE < kept.total


def _number_of_prices(branch: Branch, filters: Filters, region: Region, prices: Prices) -> int:
    """How many products have the price, counted to a little over `FEW_PRICES`. One query."""
    conditions, parameters = listing.narrowed(Filters(lowest=filters.lowest, highest=filters.highest), region, prices)
    few = " AND ".join(condition for condition in conditions if condition.startswith("t.sort_price"))
    with connection.cursor() as cursor:
        sql = _COUNT_PRICES.format(few=few, most=FEW_PRICES + 1)
        cursor.execute(sql, parameters | {"category": branch.id})
        return int(cursor.fetchone()[0])


def _are_taken_sooner(priced: int, passing: int, whole: int) -> bool:
    """Whether so many products with the price are read more quickly than the shelf until a page is full.

    The shelf has the price in its index; the products beside have to be fetched.
    """
    if priced > FEW_PRICES:
        return False
    return not passing or FETCHED * priced * priced * passing < (PAGE_SIZE + 1) * whole * whole


def _taken(
    sql: str, of: str, branch: Branch, filters: Filters, region: Region, prices: Prices, **form: str
) -> Page:  # fmt: skip
    """A page of the products that pass the conditions which begin with `of`, put in order. One query."""
    conditions, parameters = listing.listed(filters, region, prices)
    few = " AND ".join(condition for condition in conditions if condition.startswith(of))
    if of == "p.":  # the indexes of products have the price too
        priced = (each.replace("t.", "p.") for each in conditions if each.startswith("t.sort_price"))
        few = " AND ".join([few, *priced])
    parameters |= {"category": branch.id}
    return listing.page_of(sql, {"few": few, **form}, conditions, parameters, filters, region, prices, PAGE_SIZE)
