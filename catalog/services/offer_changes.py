"""Notes whose place among the offers of an article is to be found anew; `catalog.services.leading` does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection

from catalog.trade_numbers import number_column

# Those of which another seller has an article or had one, and the bundles that they are part of.
_NOTE: Final = """
WITH asked AS (
    SELECT unnest(%(ids)s::bigint[]) AS id UNION SELECT bundle.product_id FROM catalog_bundlepart b
    JOIN catalog_variant part ON part.id = b.part_id JOIN catalog_variant bundle ON bundle.id = b.bundle_id
    WHERE part.product_id = ANY(%(ids)s)
)
INSERT INTO catalog_offerchange (product_id)
SELECT id FROM asked WHERE EXISTS (
    SELECT FROM catalog_variant v JOIN catalog_variant o
        ON o.gtin <> '' AND {other} = {own}
    WHERE v.product_id = asked.id AND v.gtin ~ '[1-9]' AND o.seller_id <> v.seller_id)
OR EXISTS (SELECT FROM catalog_lead l WHERE l.product_id = asked.id)
OR EXISTS (SELECT FROM catalog_lead l WHERE l.leader_id = asked.id)
""".format(own=number_column("v.gtin"), other=number_column("o.gtin"))  # noqa: S608 - an expression of ours
_NOTE_OTHERS: Final = """
INSERT INTO catalog_offerchange (product_id) SELECT product_id FROM catalog_lead WHERE leader_id = ANY(%(ids)s)
UNION SELECT leader_id FROM catalog_lead WHERE product_id = ANY(%(ids)s)
"""
# Those with the same article come one after the other, so that the worker prices each once.
_NOTE_ALL: Final = """
WITH shared AS (
    SELECT {number} AS number, array_agg(v.product_id) AS products
    FROM catalog_variant v WHERE v.gtin ~ '[1-9]' GROUP BY 1 HAVING count(DISTINCT v.seller_id) > 1
), noted AS (
    SELECT number, unnest(products) AS id FROM shared
    UNION ALL SELECT '', id FROM catalog_product WHERE led_in IS NOT NULL OR more_offers IS NOT NULL
)
INSERT INTO catalog_offerchange (product_id) SELECT id FROM noted GROUP BY id ORDER BY max(number), id
""".format(number=number_column("v.gtin"))  # noqa: S608 - an expression of ours
# The last ones first: what has just changed doesn't wait for the nightly round.
_TAKE: Final = """
DELETE FROM catalog_offerchange
WHERE product_id IN (SELECT product_id FROM catalog_offerchange ORDER BY id DESC LIMIT %s)
RETURNING product_id, is_stale
"""


def note(*, product_ids: Sequence[int]) -> None:
    """The offers of the products have changed, or whether they are shown. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"ids": list(product_ids)})


def note_others(*, product_ids: Sequence[int]) -> None:
    """The products are about to be deleted: the offers that were compared with theirs are looked at anew. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_OTHERS, {"ids": list(product_ids)})


def note_all() -> int:
    """All listings of which others have the articles are looked at anew; how many. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_ALL)
        return int(cursor.rowcount)


def take(most: int) -> dict[int, bool]:
    """Takes some of what is noted: products, and whether their cards have changed. Needs an open transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [most])
        taken: dict[int, bool] = {}
        for key, is_stale in cursor.fetchall():
            taken[key] = taken.get(key, False) or is_stale
    return taken
