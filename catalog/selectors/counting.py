"""What each filter of a category would leave: from the kept counts as far as they know it, else counted while one waits."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.db import connection

from catalog.selectors import attribute_filters, listing
from catalog.selectors.counts import Cells, Counts
from catalog.selectors.listing import Filters
from catalog.selectors.navigation import Branch
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region

# Nothing is looked up of more than can be counted.
_COUNTS = """
WITH goods AS MATERIALIZED (
    SELECT t.product_id FROM catalog_placement t WHERE t.category_id = %(category)s AND {condition} {order} LIMIT {most}
), size AS MATERIALIZED (SELECT count(*) AS n FROM goods)
SELECT p.seller_id, p.origin, p.in_stock, count(*), p.brand_name FROM goods t JOIN catalog_product p ON p.id = t.product_id
WHERE (SELECT n FROM size) < {most} GROUP BY 1, 2, 3, 5
UNION ALL SELECT 0, '', false, n, '' FROM size WHERE n = {most}
"""
_COUNTS_OF_BRANDS = """
SELECT p.seller_id, p.origin, p.in_stock, count(*), p.brand_name FROM (
    SELECT p.* FROM catalog_product p WHERE p.status = 'live' AND p.brand_name = ANY(%(brands)s) OFFSET 0
) p JOIN catalog_placement t ON t.product_id = p.id AND t.category_id = %(category)s WHERE {condition} GROUP BY 1, 2, 3, 5
"""
_COUNTS_WITH_ATTRIBUTES = """
WITH shelf AS MATERIALIZED (
    SELECT p.seller_id, p.origin, p.in_stock, p.brand_name, COALESCE(a.tokens, '{{}}') AS tokens, {missed} AS missed,
        {chosen} AS is_chosen
    FROM catalog_placement t JOIN catalog_product p ON p.id = t.product_id
    LEFT JOIN catalog_productattributes a ON a.product_id = p.id
    WHERE t.category_id = %(category)s AND {condition}
)
SELECT (SELECT json_agg(json_build_array(seller_id, origin, in_stock, n, brand_name)) FROM (
        SELECT seller_id, origin, in_stock, brand_name, count(*) AS n FROM shelf WHERE missed = '{{}}'
        GROUP BY 1, 2, 3, 4) cell),
    {tokens}
"""
MOST_COUNTED = 1000
SMALL = 20_000  # products of a category whose attributes are counted while one waits


def counts(branch: Branch, filters: Filters, region: Region, prices: Prices) -> Counts:
    """Counts for the filters of a category: each as if its own filter were not set. One query if anything is narrowed.

    Of a price or an attribute that more than a thousand products of a large category have, no counts are known but that,
    and attributes are offered there without one. A brand that is not among those kept is counted.
    """
    cells = branch.cells.within(region.country)
    whole = cells.unfiltered
    if not filters.active:
        return whole
    if whole.attributes and whole.total <= SMALL:
        cells, tokens = _counted(branch, filters, region, prices)
        return replace(cells.counts(filters.choice), attributes=tokens)
    kept = replace(cells.counts(filters.choice), attributes=dict.fromkeys(whole.attributes))
    if not set(filters.brands) <= set(whole.brands):
        counted = Cells({"branded": _rows(_COUNTS_OF_BRANDS, branch, filters, region, prices)}).counts(filters.choice)
        return replace(counted, brands={**kept.brands, **counted.brands}, attributes=kept.attributes)
    if not filters.has_bounds and not filters.attributes:
        return kept
    if not filters.has_bounds and attribute_filters.least(filters.attributes, whole.attributes) > MOST_COUNTED:
        rows = None
    else:
        rows = _rows(_COUNTS, branch, filters, region, prices)
    if rows is None or sum(row[3] for row in rows) > MOST_COUNTED:
        return replace(kept, total=min(kept.total, MOST_COUNTED), capped=True)
    return replace(Cells({"branded": rows}).counts(filters.choice), attributes=kept.attributes)


def _rows(sql: str, branch: Branch, filters: Filters, region: Region, prices: Prices) -> list[tuple[Any, ...]]:
    """The cells of what the price, the attributes and what else is in the SQL leave. One query."""
    always = Filters(lowest=filters.lowest, highest=filters.highest, attributes=filters.attributes)
    conditions, parameters = listing.narrowed(always, region, prices)
    # An order by what no condition is on would have all that pass looked for.
    order = "ORDER BY t.sort_price" if filters.has_bounds else ""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.format(condition=" AND ".join(conditions), most=MOST_COUNTED + 1, order=order),
            parameters | {"category": branch.id, "brands": list(filters.brands)},
        )
        return list(cursor.fetchall())


def _counted(branch: Branch, filters: Filters, region: Region, prices: Prices) -> tuple[Cells, dict[str, int | None]]:
    """Cells of what prices and attributes leave, and the counts of the attributes. One query."""
    priced, parameters = listing.narrowed(Filters(lowest=filters.lowest, highest=filters.highest), region, prices)
    conditions, asked = listing.chosen(filters.choice)
    groups = attribute_filters.groups(filters.attributes)
    sql = _COUNTS_WITH_ATTRIBUTES.format(
        condition=" AND ".join(priced),
        missed=attribute_filters.MISSED.format(groups="%(groups)s") if groups else attribute_filters.NONE_MISSED,
        chosen=" AND ".join(conditions) or "true",
        tokens=attribute_filters.COUNTED.format(rows="shelf"),
    )
    asked |= {"category": branch.id, "groups": json.dumps(groups)}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | asked)
        cells, tokens = cursor.fetchone()
    led = None if filters.shows_every_offer else branch.cells.within(region.country).led
    return Cells({"branded": cells or (), "led": led}), tokens or {}
