"""Finding products by words in the reader's language: the best of a capped set, with counts for the filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog.search_text import tsquery
from catalog.selectors.cards import Card, Source, cards
from catalog.selectors.counts import Counts
from catalog.selectors.listing import PAGE_SIZE, Filters, bounds
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region

_CAP = 1000
_HITS = """
WITH q AS MATERIALIZED (SELECT {query} AS query), hits AS (
    SELECT e.product_id, e.popularity, e.document FROM catalog_searchentry e
    WHERE e.language = '{language}' AND e.document @@ (SELECT query FROM q)
    ORDER BY e.popularity DESC LIMIT {cap}
)
SELECT p.id, p.seller_id, p.origin, p.in_stock, p.sort_price, p.published_at,
       ts_rank(hits.document, (SELECT query FROM q)) * (1 + ln(1 + greatest(hits.popularity, 0)) / 10)
FROM hits JOIN catalog_product p ON p.id = hits.product_id JOIN accounts_seller s ON s.id = p.seller_id
WHERE p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search: one page of cards, the number of hits (of at most a thousand), the counts."""

    cards: list[Card]
    after: str
    counts: Counts
    capped: bool


def search(text: str, filters: Filters, region: Region, prices: Prices) -> Found:
    """Products that match every word of `text`, best first, narrowed by `filters`. Two queries, none for no words."""
    hits = _hits(text, region.language)
    low, high = bounds(filters, region, prices)

    def passes(hit: Any, *, skip: str = "") -> bool:
        _pk, seller, origin, stock, price, _published, _rank = hit
        return (
            (skip == "seller" or not filters.sellers or seller in filters.sellers)
            and (skip == "origin" or not filters.origins or origin in filters.origins)
            and (skip == "stock" or not filters.in_stock or stock)
            and (low is None or price >= low)
            and (high is None or price <= high)
        )

    kept = _sorted([hit for hit in hits if passes(hit)], filters.sort)
    start = int(filters.after) if filters.after.isdigit() and len(filters.after) < 5 else 0
    ids = [hit[0] for hit in kept[start : start + PAGE_SIZE]]
    chosen = Source("SELECT * FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY", {"ids": ids})
    shown = cards(chosen, region, prices) if ids else []
    counts = Counts(
        total=len(kept),
        in_stock=sum(1 for hit in hits if hit[3] and passes(hit, skip="stock")),
        sellers=dict(Counter(hit[1] for hit in hits if passes(hit, skip="seller"))),
        origins=dict(Counter(hit[2] for hit in hits if hit[2] and passes(hit, skip="origin"))),
    )
    after = str(start + PAGE_SIZE) if len(kept) > start + PAGE_SIZE else ""
    return Found(shown, after, counts, len(hits) >= _CAP)


def _hits(text: str, language: str) -> Sequence[tuple[Any, ...]]:
    query = tsquery(text, language)
    if query is None:
        return []
    sql, parameters = query
    with connection.cursor() as cursor:
        cursor.execute(_HITS.format(query=sql, language=language, cap=_CAP), parameters)
        return list(cursor.fetchall())


def _sorted(hits: list[Any], sort: str) -> list[Any]:
    if sort == "price":
        return sorted(hits, key=lambda hit: (hit[4], -hit[0]))
    if sort == "price_down":
        return sorted(hits, key=lambda hit: (-hit[4], hit[0]))
    if sort == "new":
        return sorted(hits, key=lambda hit: (hit[5], hit[0]), reverse=True)
    return sorted(hits, key=lambda hit: (-hit[6], -hit[0]))
