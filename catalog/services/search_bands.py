"""Marks the search entries of the most popular products, which a search looks through before all others."""

from __future__ import annotations

from django.db import connection

from catalog.models.search import HEAD, MIDDLE

BATCH = 5_000  # products whose entries change in one transaction
_LEAST = """
SELECT popularity FROM catalog_product WHERE status = 'live' ORDER BY popularity DESC, id DESC OFFSET %s LIMIT 1
"""
# The numbers are those of `Band`.
_CHANGED = """
SELECT product_id, band FROM (
    SELECT p.id AS product_id,
        CASE WHEN p.popularity > %(head)s THEN 0 WHEN p.popularity > %(middle)s THEN 1 ELSE 2 END AS band
    FROM catalog_product p WHERE p.status = 'live'
) new WHERE EXISTS (
    SELECT 1 FROM catalog_searchentry e WHERE e.product_id = new.product_id AND e.band <> new.band
) ORDER BY product_id
"""
_MARK = """
UPDATE catalog_searchentry e SET band = new.band FROM unnest(%s::bigint[], %s::int[]) AS new(product_id, band)
WHERE e.product_id = new.product_id AND e.band <> new.band
"""


def refresh_bands() -> int:
    """Brings the bands in line with the popularity of the products on sale; returns for how many products it changed.

    Of products that are equally popular as the first one outside, none is in a band: a shop in which nobody has
    looked at anything has empty bands. Written in small transactions, so that no import waits for it.
    """
    with connection.cursor() as cursor:
        head, middle = (_least(size) for size in (HEAD, MIDDLE))
        cursor.execute(_CHANGED, {"head": head, "middle": middle})
        changed = cursor.fetchall()
        for begin in range(0, len(changed), BATCH):
            products, bands = zip(*changed[begin : begin + BATCH], strict=True)
            cursor.execute(_MARK, [list(products), list(bands)])
    return len(changed)


def _least(size: int) -> int:
    """The popularity above which a product is among the first `size`; beyond any for a shop that has no more."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAST, [size])
        row = cursor.fetchone()
    return int(row[0]) if row else 2**31 - 1
