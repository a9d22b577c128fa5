"""Did you mean …? Another spelling of a search that finds more, from the words of the listings on sale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

from django.db import connection

from catalog.search_query import columns, tsquery
from catalog.search_text import HAN
from catalog.selectors.synonyms import synonyms
from catalog.spelling import FAR_MORE, Similar, folded, likelihood, mended, swapped, to_look_up
from marketplace.kernel.region import Region

# Rows of word, term, products and distance, by a function of the database (migration 0002) that plans with settings of
# its own. The parameters are `typed_words`.
# Two letters that were exchanged count as one change.
SIMILAR = """(SELECT json_agg(json_build_array(word, term, products, distance)) FROM (
    SELECT typed.word, t.term, t.products, 1 AS distance FROM unnest(%s::text[], %s::text[]) AS typed(word, term)
    JOIN catalog_searchterm t ON t.language IN ('{language}', 'en') AND t.term = typed.term
    UNION ALL SELECT word, term, products, distance FROM catalog_similar_terms(%s::text[], %s::text[], '{language}')
) near)"""
_NUMBER = """
WITH q AS MATERIALIZED (SELECT catalog_query(%s::text[], %s::text[]) AS query), hits AS MATERIALIZED (
    SELECT e.product_id FROM catalog_searchentry e
    WHERE e.language = '{language}' AND e.document @@ (SELECT query FROM q) ORDER BY e.popularity DESC LIMIT {most}
)
SELECT count(*) FROM hits JOIN catalog_product p ON p.id = hits.product_id JOIN accounts_seller s ON s.id = p.seller_id
WHERE p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL AND NOT p.held_in && %s::varchar[]
"""
_MOST = 500


@lru_cache(maxsize=4096)
def typed_words(text: str) -> tuple[list[str], ...] | None:
    """What of a search is compared with the words of the listings; None when nothing can be.

    Words beside each way to exchange two of their letters, then the words and the same folded.
    """
    words = to_look_up(text)
    exchanged = [(word, other) for word in words if not HAN.search(word) for other in swapped(word)]
    return ([word for word, _other in exchanged], [other for _word, other in exchanged],
            words, [folded(word) for word in words]) if words else None  # fmt: skip


def better_spelling(text: str, region: Region, found: int, similar: Iterable[Sequence[Any]]) -> str:
    """A spelling of `text` that finds ten times as many as the `found` products; empty when there is none. One query at most.

    `similar` are the rows that `SIMILAR` has found.
    """
    known: defaultdict[str, list[Similar]] = defaultdict(list)
    for word, *term in similar:
        known[word].append(Similar(*term))
    for word, words in known.items():
        words.sort(key=partial(likelihood, word))
    other = mended(text, known)
    return other if other != text and _number(other, region) >= max(1, found * FAR_MORE) else ""


def _number(text: str, region: Region) -> int:
    """How many products on sale a search finds, of the first five hundred hits."""
    query = tsquery(text, synonyms(region.language))
    if query is None:
        return 0
    with connection.cursor() as cursor:
        sql = _NUMBER.format(language=region.language, most=_MOST)
        cursor.execute(sql, [*columns(query), ["", region.country]])
        return int(cursor.fetchone()[0])
