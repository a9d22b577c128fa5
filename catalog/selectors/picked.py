"""Products that a shopper picked themselves: their cards in the order of picking, without what is held or gone."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.selectors.cards import Card, Source, cards
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region

_PICKED = """
SELECT q.id, array_position(%(keys)s::bigint[], q.id) FROM catalog_product q JOIN accounts_seller z ON z.id = q.seller_id
WHERE q.id = ANY(%(keys)s) AND q.status = 'live' AND z.status = 'approved' AND NOT q.held_in && %(held)s::varchar[]
"""


def cards_of(keys: Sequence[int], region: Region, prices: Prices) -> list[Card]:
    """The cards of the products with these keys, in that order, as far as they may be met where the reader is.

    One query, none for no keys.
    """
    if not keys:
        return []
    return cards(Source(_PICKED, {"keys": list(keys), "held": ["", region.country]}), region, prices)
